//! [`Registry`]: a cheap handle on a [`Core`], which it keeps alive.

use std::{
    fmt,
    sync::{Arc, Weak},
};

use super::core::Core;

/// The subscribers of events, and the methods that emit events to them.
///
/// A registry is a cheap handle: its clones refer to the same registry. Most programs create none:
/// [`scan()`](crate::scan()) fills the default one and [`Event::emit`](crate::Event::emit) uses it. A
/// test, or a part of a program with subscribers of its own, creates one with [`Registry::new`] or
/// `Registry::with`, and may make it the current one with `enter`.
///
/// ```
/// use events_core::{Event, Registry};
///
/// #[derive(Event)]
/// struct Saved {
///     path: String,
///     notes: Vec<String>,
/// }
///
/// let registry = Registry::new();
/// let listing = registry.on(|event: &mut Saved| event.notes.push("listed".into()));
///
/// let saved = registry.emit(Saved { path: "a.txt".into(), notes: vec![] });
/// assert_eq!(saved.notes, ["listed"]);
///
/// drop(listing);
/// let saved = registry.emit(Saved { path: "b.txt".into(), notes: vec![] });
/// assert!(saved.notes.is_empty());
/// ```
#[derive(Clone)]
pub struct Registry(CoreRef<Arc<Core>>);

/// A reference to the core of the default registry, which is a static, or of another one.
#[derive(Clone)]
enum CoreRef<C> {
    Default(&'static Core),
    Own(C),
}

/// A handle that does not keep its registry alive.
#[derive(Clone)]
pub(crate) struct WeakRegistry(CoreRef<Weak<Core>>);

impl WeakRegistry {
    /// The registry, if it still exists.
    pub(crate) fn upgrade(&self) -> Option<Registry> {
        match &self.0 {
            CoreRef::Default(core) => Some(Registry(CoreRef::Default(core))),
            CoreRef::Own(core) => core.upgrade().map(|core| Registry(CoreRef::Own(core))),
        }
    }
}

impl Registry {
    /// A registry without subscribers.
    #[must_use]
    pub fn new() -> Self {
        Self(CoreRef::Own(Arc::new(Core::new())))
    }

    /// A handle on the default registry, whose core this is.
    pub(crate) fn of_default(core: &'static Core) -> Self {
        Self(CoreRef::Default(core))
    }

    #[inline]
    pub(crate) fn core(&self) -> &Core {
        match &self.0 {
            CoreRef::Default(core) => core,
            CoreRef::Own(core) => core,
        }
    }

    /// A handle that does not keep this registry alive.
    pub(crate) fn weak(&self) -> WeakRegistry {
        WeakRegistry(match &self.0 {
            CoreRef::Default(core) => CoreRef::Default(core),
            CoreRef::Own(core) => CoreRef::Own(Arc::downgrade(core)),
        })
    }
}

impl Default for Registry {
    fn default() -> Self {
        Self::new()
    }
}

/// Two handles are equal when they are handles on the same registry.
impl PartialEq for Registry {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.core(), other.core())
    }
}

impl Eq for Registry {}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            CoreRef::Default(_) => f.write_str("Registry(default)"),
            CoreRef::Own(core) => write!(f, "Registry({:p})", Arc::as_ptr(core)),
        }
    }
}
