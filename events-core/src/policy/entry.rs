//! A hook or a middleware of a registry, and the list of those of one kind. The guard of one closes it.

use std::{
    any::type_name,
    fmt,
    panic::Location,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
};

use arc_swap::ArcSwapOption;

use crate::{
    context::OwnsHandlers,
    primitives::{DropSignal, drop_catching},
};

/// A hook or a middleware. Once it is closed it is not called again, not even from a list that still contains it.
pub(crate) struct Entry<T: ?Sized> {
    number: u64,
    name: PolicyName,
    is_closed: AtomicBool,
    /// Set if a task waits until the value is dropped.
    dropped: OnceLock<Arc<DropSignal>>,
    /// `None` while this is dropped.
    value: Option<Box<T>>,
}

/// The type of a hook or a middleware, and where it was added.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PolicyName {
    type_name: &'static str,
    location: &'static Location<'static>,
}

impl PolicyName {
    pub(crate) fn of<T: ?Sized>(location: &'static Location<'static>) -> Self {
        Self {
            type_name: type_name::<T>(),
            location,
        }
    }

    pub(super) fn parts(self) -> (&'static str, &'static Location<'static>) {
        (self.type_name, self.location)
    }
}

impl fmt::Display for PolicyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.type_name, self.location)
    }
}

impl<T: ?Sized> Entry<T> {
    pub(crate) fn new(number: u64, name: PolicyName, value: Box<T>) -> Self {
        Self {
            number,
            name,
            is_closed: AtomicBool::new(false),
            dropped: OnceLock::new(),
            value: Some(value),
        }
    }

    pub(crate) fn name(&self) -> PolicyName {
        self.name
    }

    /// The value, unless this is closed.
    #[inline]
    pub(crate) fn open(&self) -> Option<&T> {
        let is_open = !self.is_closed.load(Ordering::Acquire);
        self.value.as_deref().filter(|_| is_open)
    }

    /// From now on it is not called.
    pub(crate) fn close(&self) {
        self.is_closed.store(true, Ordering::Release);
    }

    /// The signal that the value is dropped.
    pub(crate) fn dropped(&self) -> Arc<DropSignal> {
        Arc::clone(self.dropped.get_or_init(Arc::default))
    }
}

impl<T: ?Sized> Drop for Entry<T> {
    fn drop(&mut self) {
        // The value and the wakers are user code, and what drops this may own handlers.
        let _owner = OwnsHandlers::enter();
        drop_catching(self.value.take());
        if let Some(dropped) = self.dropped.get() {
            dropped.set();
        }
    }
}

/// The hooks or the middleware of one kind, in the order in which they were added.
pub(crate) type Entries<T> = Arc<Vec<Arc<Entry<T>>>>;

/// A list that is read without a lock. Its changes are made under the writer's lock of the registry.
pub(super) struct EntryList<T: ?Sized>(ArcSwapOption<Vec<Arc<Entry<T>>>>);

impl<T: ?Sized> EntryList<T> {
    pub(super) const fn new() -> Self {
        Self(ArcSwapOption::const_empty())
    }

    /// The entries, if there are some. What drops them last drops user values.
    #[inline]
    pub(super) fn load(&self) -> Option<Entries<T>> {
        self.0.load_full()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.load().is_none()
    }

    /// Returns the list before, to be dropped without the lock.
    pub(super) fn add(&self, entry: Arc<Entry<T>>) -> Option<Entries<T>> {
        let mut entries = self.0.load_full().map_or_else(Vec::new, |old| old.to_vec());
        entries.push(entry);
        self.0.swap(Some(Arc::new(entries)))
    }

    /// Returns the list before, to be dropped without the lock; `None` if the entry is not in it.
    pub(super) fn remove(&self, number: u64) -> Option<Entries<T>> {
        let old = self.0.load_full()?;
        if !old.iter().any(|entry| entry.number == number) {
            return None;
        }
        let rest: Vec<_> = old
            .iter()
            .filter(|entry| entry.number != number)
            .cloned()
            .collect();
        self.0.store((!rest.is_empty()).then(|| Arc::new(rest)));
        Some(old)
    }

    /// Returns the list, to be dropped.
    pub(super) fn clear(&self) -> Option<Entries<T>> {
        self.0.swap(None)
    }
}
