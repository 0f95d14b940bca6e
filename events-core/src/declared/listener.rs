//! Listeners: structs whose methods are handlers.
//!
//! A scan creates one of each type that is `Default`; others are added at run time.

use std::{any::Any, marker::PhantomData, sync::Arc};

use super::installer::{AddedListener, InstallError, Installer, Subscriber};
use crate::{
    event::Family,
    handler::{EmitOrigin, ErasedHandler, MissingState, Run, Step},
    metadata::Key,
    plan::{EventType, HandlerKind},
    registry::{Core, Registry, SubscriberGroup},
    subscribe::{SubscribeError, SubscribedHandler, Subscription, register, weak},
};

/// A struct whose methods are handlers; implemented by [`listener`](crate::listener) and
/// [`observer`](crate::observer), and by an `Arc` of one.
///
/// [`Registry::add`] subscribes its handlers.
///
/// ```
/// use events_core::{Event, Registry, Subscription, listener, subscribing::Listener};
///
/// #[derive(Event)]
/// struct Priced(u64);
///
/// struct Discount(u64);
///
/// #[listener]
/// impl Discount {
///     #[on]
///     fn priced(&self, event: &mut Priced) {
///         event.0 -= self.0;
///     }
/// }
///
/// /// Plugins of different types, which are unsubscribed when this is dropped.
/// struct Plugins(Registry, Vec<Subscription>);
///
/// impl Plugins {
///     fn install(&mut self, plugin: impl Listener) {
///         self.1.push(self.0.add(plugin));
///     }
/// }
///
/// let mut plugins = Plugins(Registry::new(), Vec::new());
/// plugins.install(Discount(5));
/// assert_eq!(plugins.0.emit(Priced(100)).0, 95);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a listener",
    label = "not a listener",
    note = "put `#[listener]` on its impl block, and `#[on]` on each method that is a handler"
)]
pub trait Listener: Send + Sync + 'static {
    /// Its handlers, as the attribute writes them.
    #[doc(hidden)]
    const HANDLERS: &'static [Subscriber];

    /// The listener as its handlers share it.
    #[doc(hidden)]
    fn into_shared(self) -> Arc<dyn Any + Send + Sync>
    where
        Self: Sized,
    {
        Arc::new(self)
    }
}

/// Implemented by [`listener`](crate::listener) and [`observer`](crate::observer). The compiler names this trait
/// when a type has two blocks with one of these attributes: all its handlers belong in one block.
#[doc(hidden)]
pub trait OneListenerBlockPerType: Send + Sync + 'static {
    /// The handlers of the block.
    const HANDLERS: &'static [Subscriber];
}

#[diagnostic::do_not_recommend]
impl<L: OneListenerBlockPerType> Listener for L {
    const HANDLERS: &'static [Subscriber] = <L as OneListenerBlockPerType>::HANDLERS;
}

#[diagnostic::do_not_recommend]
impl<L: Listener> Listener for Arc<L> {
    const HANDLERS: &'static [Subscriber] = L::HANDLERS;

    fn into_shared(self) -> Arc<dyn Any + Send + Sync> {
        self
    }
}

impl Registry {
    /// Subscribes all handlers of a listener; dropping the returned subscription unsubscribes all
    /// of them.
    ///
    /// They run after the declared subscribers of equal priority, in order of registration. A
    /// handler may take a `State` that a scan of this registry provides.
    ///
    /// A listener that is `Default` need not be added: the scan creates one. If it is added as
    /// well, there are two, and both are called. An `Arc` of a listener is a listener, too, so that
    /// the caller can keep access to it.
    ///
    /// ```
    /// use std::sync::{Arc, Mutex};
    /// use events_core::{Event, Registry, listener};
    ///
    /// #[derive(Event)]
    /// struct Opened(&'static str);
    ///
    /// #[derive(Event)]
    /// struct Closed(&'static str);
    ///
    /// struct Doors {
    ///     open: Mutex<Vec<&'static str>>,
    /// }
    ///
    /// #[listener]
    /// impl Doors {
    ///     #[on]
    ///     fn opened(&self, event: &Opened) {
    ///         self.open.lock().unwrap().push(event.0);
    ///     }
    ///
    ///     #[on]
    ///     fn closed(&self, event: &Closed) {
    ///         self.open.lock().unwrap().retain(|door| *door != event.0);
    ///     }
    /// }
    ///
    /// let registry = Registry::new();
    /// let doors = Arc::new(Doors { open: Mutex::default() });
    /// let subscription = registry.add(Arc::clone(&doors));
    /// registry.emit(Opened("front"));
    /// registry.emit(Opened("back"));
    /// registry.emit(Closed("front"));
    /// assert_eq!(*doors.open.lock().unwrap(), ["back"]);
    ///
    /// drop(subscription);
    /// registry.emit(Closed("back"));
    /// assert_eq!(*doors.open.lock().unwrap(), ["back"]);
    /// ```
    ///
    /// # Panics
    ///
    /// When [`try_add`](Self::try_add) would return an error.
    #[track_caller]
    pub fn add<L: Listener>(&self, listener: L) -> Subscription {
        match self.try_add(listener) {
            Ok(subscription) => subscription,
            Err(error) => panic!("{error}"),
        }
    }

    /// As [`add`](Self::add), with an error instead of a panic.
    ///
    /// # Errors
    ///
    /// When no scan of this registry provides a state that a handler takes, a pattern is too large to be
    /// compiled, a target of `before` or `after` is not subscribed to the handler's event, or these options
    /// contradict each other. Of a handler of several events, each target is subscribed to at least one of them, as in
    /// a scan. Nothing is subscribed then.
    pub fn try_add<L: Listener>(&self, listener: L) -> Result<Subscription, SubscribeError> {
        let states = self.core().states();
        let mut group = SubscriberGroup::default();
        let mut added = AddedListener {
            registry: self.clone(),
            listener: listener.into_shared(),
            parts: Vec::new(),
        };
        for subscriber in L::HANDLERS {
            let core = self.core();
            let errors = Installer::run(subscriber, core, &states, &mut group, Some(&mut added));
            if let Some(error) = errors.into_iter().next() {
                let subscriber = format!("{subscriber:?}");
                return Err(match error {
                    InstallError::MissingState(MissingState {
                        type_name,
                        provided,
                    }) => SubscribeError::MissingState {
                        subscriber,
                        type_name,
                        provided,
                    },
                    InstallError::Param { type_name, error } => SubscribeError::Param {
                        subscriber,
                        type_name,
                        error,
                    },
                    InstallError::InvalidPattern { pattern, error } => {
                        SubscribeError::InvalidPattern {
                            subscriber,
                            pattern,
                            error,
                        }
                    }
                });
            }
        }
        let subscription = register(self, group, added.parts)?;
        self.core().note_added::<L>();
        Ok(subscription)
    }
}

/// A listener that a scan created; the registry stores it under this type.
struct DefaultListener<L>(Arc<L>);

impl Installer<'_> {
    /// The listener of the method that is installed: the one that is added at run time, or else
    /// that of the registry, which `constructor` creates for the first method.
    pub fn listener<L: Listener>(&mut self, constructor: Option<fn() -> L>) -> Option<Arc<L>> {
        match &self.added {
            Some(added) => Arc::clone(&added.listener).downcast().ok(),
            None => constructor.map(|constructor| self.core.default_listener(constructor)),
        }
    }

    /// Registers a method as a sync handler. The filter, if there is one, is evaluated once for each emit.
    pub fn subscribe_method<F, H>(
        &mut self,
        filter: Option<impl Fn(&F::Of<'_>, &EmitOrigin<'_>) -> bool + Send + Sync + 'static>,
        handler: H,
    ) where
        F: Family,
        H: Fn(&mut F::Of<'_>, &Run<'_>) -> Step + Send + Sync + 'static,
    {
        let handler = Arc::new(SubscribedHandler::<F, _, H>::new(filter, handler));
        let closable = weak(handler.clone());
        let erased = ErasedHandler::new::<F, SubscribedHandler<F, _, H>>(handler);
        self.add(
            EventType::of::<F>(),
            HandlerKind::Sync(erased),
            self.number(),
            Some(closable),
        );
    }
}

impl Core {
    /// Records that a listener was added at run time.
    fn note_added<L: Listener>(&self) {
        let methods: Vec<_> = L::HANDLERS.iter().map(|handler| (handler.key)()).collect();
        self.writer().added_methods.extend(methods);
    }

    /// Whether a listener with this method was added at run time.
    pub(crate) fn was_added(&self, method: &Key) -> bool {
        self.writer().added_methods.contains(method)
    }

    /// The listener of this type that belongs to the registry.
    fn default_listener<L: Listener>(&self, constructor: fn() -> L) -> Arc<L> {
        let existing = self.writer().listeners.get::<DefaultListener<L>>();
        if let Some(listener) = existing {
            return Arc::clone(&listener.0);
        }
        // User code: not under the lock. If another thread inserts one meanwhile, that one is used.
        let created = Arc::new(DefaultListener(Arc::new(constructor())));
        let listener = {
            let mut writer = self.writer();
            let existing = writer.listeners.get::<DefaultListener<L>>();
            existing.unwrap_or_else(|| {
                writer.listeners.insert(Arc::clone(&created));
                Arc::clone(&created)
            })
        };
        Arc::clone(&listener.0)
    }
}

/// Finds out at compile time whether a type is `Default`. If it is, [`DefaultProbe::CONSTRUCTOR`]
/// is its constructor; if not, the name refers to the constant of [`NoDefault`], since an inherent
/// constant takes precedence over one of a trait.
#[doc(hidden)]
#[derive(Debug)]
pub struct DefaultProbe<T>(PhantomData<T>);

impl<T: Default> DefaultProbe<T> {
    /// The constructor.
    pub const CONSTRUCTOR: Option<fn() -> T> = Some(T::default);
}

/// The constant of types that are not `Default`.
#[doc(hidden)]
pub trait NoDefault<T> {
    /// No constructor.
    const CONSTRUCTOR: Option<fn() -> T> = None;
}

impl<T> NoDefault<T> for DefaultProbe<T> {}
