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
/// Guide: [registries](crate::guide::registries).
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
///
/// # Libraries that are loaded at run time
///
/// A library that a program loads at run time, such as a plugin of crate type `cdylib`, contains its own copy of
/// `events-core`, and thus its own default registry. Neither copy finds the subscribers in the default registry of the
/// other one, so `event.emit()` in the library does not reach the program. Therefore:
///
/// - The program creates a registry with [`Registry::new`], passes it to the library, and emits to it. In the library,
///   `registry.scan()` registers the declared subscribers of the library, and `registry.on(..)` others.
/// - Each copy has its own current registry. Code of the library emits with `registry.emit(event)`, or enters the
///   registry in each function that the program calls: `let _scope = registry.enter();`.
/// - The default registry of the program cannot be passed: a scan or a subscription of the library there fails with
///   [`OtherCopy`](crate::subscribing::SubscribeError::OtherCopy), and its emits reach no subscriber.
/// - Both must be compiled by the same compiler, with the same version and features of `events-core` and of the crates
///   that declare the events: Rust has no stable ABI, and event types are identified by their `TypeId`.
/// - The library must stay loaded: handlers and queued events point to its code.
/// - `tracing` is copied as well: the records of the library need a `tracing::Subscriber` that the library sets.
#[derive(Clone)]
pub struct Registry(CoreRef<Arc<Core>>);

/// A reference to the core of the default registry, which is a static, or of another one.
#[derive(Clone)]
enum CoreRef<C> {
    Default(&'static Core),
    Own(C),
}

/// A handle that does not keep its registry alive; returned by [`Registry::downgrade`].
///
/// A handler that holds a [`Registry`] in which it is subscribed is a cycle: the registry keeps the handler, and the handler
/// the registry, so neither is freed. A handler that holds a `WeakRegistry` is none.
///
/// [`WeakRegistry::default`] is a handle on no registry: it never upgrades.
///
/// ```
/// use events_core::{Event, Registry};
///
/// #[derive(Event)]
/// struct OrderPaid(u32);
///
/// #[derive(Event)]
/// struct StockChanged;
///
/// let registry = Registry::new();
/// let weak = registry.downgrade();
/// let changes = registry.on(|_: &StockChanged| println!("the stock has changed"));
/// registry
///     .on(move |_: &OrderPaid| {
///         if let Some(registry) = weak.upgrade() {
///             registry.emit(StockChanged);
///         }
///     })
///     .detach();
/// registry.emit(OrderPaid(7));
///
/// let weak = registry.downgrade();
/// drop((registry, changes));
/// assert!(weak.upgrade().is_none());
/// ```
#[derive(Clone)]
pub struct WeakRegistry(CoreRef<Weak<Core>>);

impl WeakRegistry {
    /// Whether the registry exists.
    pub(super) fn exists(&self) -> bool {
        match &self.0 {
            CoreRef::Default(_) => true,
            CoreRef::Own(core) => core.strong_count() > 0,
        }
    }

    /// The registry, if it still exists. The default registry always does.
    ///
    /// The registry is dropped later if this handle is the last one: then its subscribers are freed, and the events in
    /// its queue are lost, where the handle is dropped.
    #[must_use]
    pub fn upgrade(&self) -> Option<Registry> {
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
        Self(CoreRef::Own(Arc::new_cyclic(|this| {
            Core::new(this.clone())
        })))
    }

    /// A handle on a new default registry, as another copy of the crate has it, for tests.
    pub(crate) fn default_of_another_copy() -> Self {
        Self(CoreRef::Own(Arc::new_cyclic(|this| {
            Core::for_default_of_another_copy(this.clone())
        })))
    }

    /// A handle on the default registry, whose core this is.
    pub(crate) fn of_default(core: &'static Core) -> Self {
        Self(CoreRef::Default(core))
    }

    /// The address of this registry; 0 for the default one.
    #[inline]
    pub(super) fn id(&self) -> usize {
        match &self.0 {
            CoreRef::Default(_) => 0,
            CoreRef::Own(core) => Arc::as_ptr(core).addr(),
        }
    }

    /// A handle on the registry of this core. `None` while it is dropped.
    pub(crate) fn of_core(core: &Core) -> Option<Self> {
        match core.as_static() {
            Some(core) => Some(Self(CoreRef::Default(core))),
            None => core.this().upgrade().map(|core| Self(CoreRef::Own(core))),
        }
    }

    /// Whether this is a handle on the default registry, whose core is a static.
    #[inline]
    pub(super) fn is_static(&self) -> bool {
        matches!(self.0, CoreRef::Default(_))
    }

    #[inline]
    pub(crate) fn core(&self) -> &Core {
        match &self.0 {
            CoreRef::Default(core) => core,
            CoreRef::Own(core) => core,
        }
    }

    /// A handle that does not keep this registry alive, for handlers that are subscribed to it.
    #[must_use]
    pub fn downgrade(&self) -> WeakRegistry {
        WeakRegistry(match &self.0 {
            CoreRef::Default(core) => CoreRef::Default(core),
            CoreRef::Own(core) => CoreRef::Own(Arc::downgrade(core)),
        })
    }
}

impl Default for WeakRegistry {
    fn default() -> Self {
        Self(CoreRef::Own(Weak::new()))
    }
}

impl fmt::Debug for WeakRegistry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            CoreRef::Default(_) => f.write_str("WeakRegistry(default)"),
            CoreRef::Own(core) => write!(f, "WeakRegistry({:p})", core.as_ptr()),
        }
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
