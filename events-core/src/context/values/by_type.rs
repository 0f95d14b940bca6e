//! Values of any type, one of each.

use std::{
    any::{Any, TypeId, type_name},
    collections::BTreeMap,
    fmt,
    sync::Arc,
};

use crate::primitives::CatchDrop;

/// Values by type. `Debug` prints their number only.
#[doc(hidden)]
#[derive(Clone, Default)]
pub struct ValuesByType(BTreeMap<TypeId, Value>);

/// A value with the name of its type.
#[derive(Clone)]
struct Value(&'static str, CatchDrop<Arc<dyn Any + Send + Sync>>);

impl ValuesByType {
    pub(crate) const fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// Stores a value; returns whether it replaces one of the same type.
    pub(crate) fn insert<T: Send + Sync + 'static>(&mut self, value: Arc<T>) -> bool {
        let value = Value(type_name::<T>(), CatchDrop::new(value as Arc<_>));
        self.0.insert(TypeId::of::<T>(), value).is_some()
    }

    /// Adds later values, which replace earlier ones of the same type. Returns the replaced ones.
    #[must_use = "values of user types are not to be dropped under a lock"]
    pub(crate) fn extend(&mut self, later: Self) -> Self {
        let values = later.0.into_iter();
        let replaced = values.filter_map(|(id, value)| Some((id, self.0.insert(id, value)?)));
        Self(replaced.collect())
    }

    pub(crate) fn get<T: Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        let Value(_, value) = self.0.get(&TypeId::of::<T>())?;
        Arc::clone(&**value).downcast().ok()
    }

    pub(crate) fn get_ref<T: Send + Sync + 'static>(&self) -> Option<&T> {
        let Value(_, value) = self.0.get(&TypeId::of::<T>())?;
        value.downcast_ref()
    }

    /// The types of the values, sorted.
    pub(crate) fn type_names(&self) -> Vec<&'static str> {
        let mut names: Vec<_> = self.0.values().map(|Value(name, _)| *name).collect();
        names.sort_unstable();
        names
    }
}

impl fmt::Debug for ValuesByType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ValuesByType({})", self.0.len())
    }
}
