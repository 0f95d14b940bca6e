//! A hash table from types to values that only grows.
//!
//! Each bucket is a linked list of nodes in `OnceLock`s, so a reader takes no lock and writes nothing.
//! A value is neither moved nor removed while the table lives.

use std::{
    any::TypeId,
    hash::{Hash, Hasher},
    iter,
    sync::OnceLock,
};

use super::type_id_hasher::TypeIdHasher;

/// Values by type, in a fixed number of buckets.
pub(crate) struct TypeMap<V, const BUCKETS: usize>([Next<V>; BUCKETS]);

type Next<V> = OnceLock<Box<Node<V>>>;

struct Node<V> {
    id: TypeId,
    value: V,
    next: Next<V>,
}

impl<V, const BUCKETS: usize> TypeMap<V, BUCKETS> {
    pub(crate) const fn new() -> Self {
        Self([const { OnceLock::new() }; BUCKETS])
    }

    #[inline]
    pub(crate) fn get(&self, id: TypeId) -> Option<&V> {
        let mut next = self.bucket(id);
        while let Some(node) = next.get() {
            if node.id == id {
                return Some(&node.value);
            }
            next = &node.next;
        }
        None
    }

    /// Returns the value of a type, after inserting the result of `make` if there is none.
    #[inline]
    pub(crate) fn get_or_insert(&self, id: TypeId, make: fn() -> V) -> &V {
        let mut next = self.bucket(id);
        loop {
            let node = next.get_or_init(|| {
                Box::new(Node {
                    id,
                    value: make(),
                    next: OnceLock::new(),
                })
            });
            if node.id == id {
                return &node.value;
            }
            next = &node.next;
        }
    }

    /// All values, in an unspecified order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &V> {
        let lists = self.0.iter();
        let nodes = lists.flat_map(|bucket| iter::successors(bucket.get(), |node| node.next.get()));
        nodes.map(|node| &node.value)
    }

    #[inline]
    fn bucket(&self, id: TypeId) -> &Next<V> {
        let mut hasher = TypeIdHasher::default();
        id.hash(&mut hasher);
        let index = usize::try_from(hasher.finish() % BUCKETS as u64).unwrap_or(0);
        &self.0[index]
    }
}
