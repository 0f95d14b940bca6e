//! Listeners: structs whose methods are handlers. A scan makes one of each for its registry; others are
//! added by hand.

use std::{any::Any, marker::PhantomData, sync::Arc};

use super::installer::{AddedListener, Installer, Subscriber};
use crate::{
    background::FilteredHandler,
    event::{Family, Snapshot},
    handler::{Background, EmitOrigin, ErasedHandler, Run, Step},
    plan::{EventType, HandlerKind},
    registry::{Core, Registry, SubscriberGroup},
    subscribe::{SubscribeError, SubscribedHandler, Subscription, register},
};

/// A struct whose methods are handlers; implemented by [`listener`](crate::listener) and
/// [`observer`](crate::observer), and by an `Arc` of one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a listener",
    label = "not a listener",
    note = "put `#[listener]` on its impl block, and `#[on]` on each method that is a handler"
)]
pub trait Listener: Send + Sync + 'static {
    /// What its attribute leaves of it.
    #[doc(hidden)]
    const HANDLERS: &'static [Subscriber];

    /// The listener, as all its handlers share it.
    #[doc(hidden)]
    fn into_shared(self) -> Arc<dyn Any + Send + Sync>
    where
        Self: Sized,
    {
        Arc::new(self)
    }
}

#[diagnostic::do_not_recommend]
impl<L: Listener> Listener for Arc<L> {
    const HANDLERS: &'static [Subscriber] = L::HANDLERS;

    fn into_shared(self) -> Arc<dyn Any + Send + Sync> {
        self
    }
}

impl Registry {
    /// Subscribes all handlers of a listener; dropping what comes back unsubscribes all of them.
    ///
    /// Those of equal priority run after the declared subscribers, in order of registration. A state
    /// that one takes is looked for among those that scans of this registry were given.
    ///
    /// A listener that is `Default` needs none of this: the scan makes one. Where both is done there
    /// are two, and both listen. An `Arc` of a listener is a listener, for those who want to look at
    /// it later.
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

    /// [`add`](Self::add), with what is wrong as an error.
    ///
    /// # Errors
    ///
    /// When no scan of this registry was given a state that a handler takes, a target of `before` or
    /// `after` does not listen to the handler's event, or these contradict each other. Nothing is
    /// subscribed then.
    pub fn try_add<L: Listener>(&self, listener: L) -> Result<Subscription, SubscribeError> {
        let states = self.core().states();
        let mut group = SubscriberGroup::default();
        let mut added = AddedListener {
            registry: self.clone(),
            listener: listener.into_shared(),
            members: Vec::new(),
        };
        for subscriber in L::HANDLERS {
            let core = self.core();
            let missing = Installer::run(subscriber, core, &states, &mut group, Some(&mut added));
            if let Some(missing) = missing.first() {
                return Err(SubscribeError::MissingState {
                    subscriber: format!("{subscriber:?}"),
                    type_name: missing.type_name,
                });
            }
        }
        register(self, group, added.members)
    }
}

/// A listener that a scan has made for its registry, among its listeners.
struct DefaultListener<L>(Arc<L>);

impl Installer<'_> {
    /// The listener whose method this is: the one that is added, or else that of the registry, which
    /// is made when there is none yet.
    pub fn listener<L: Listener>(&mut self, by_default: Option<fn() -> L>) -> Option<Arc<L>> {
        match &self.added {
            Some(added) => Arc::clone(&added.listener).downcast().ok(),
            None => by_default.map(|make| self.core.own_listener(make)),
        }
    }

    /// Registers a method as a handler.
    pub fn subscribe_method<F, H>(&mut self, handler: H)
    where
        F: Family,
        H: Fn(&mut F::Of<'_>, &Run<'_>) -> Step + Send + Sync + 'static,
    {
        if self.added.is_none() {
            return self.subscribe::<F, H>(handler);
        }
        let listening = Arc::new(SubscribedHandler::<F, H>::new(handler, None));
        let door = Arc::downgrade(&listening);
        let wired = ErasedHandler::new::<F, SubscribedHandler<F, H>>(listening);
        self.add(
            EventType::of::<F>(),
            HandlerKind::Sync(wired),
            self.number(),
            Some(door),
        );
    }

    /// Registers a method as a handler that runs later.
    pub fn subscribe_background_method<E, H>(
        &mut self,
        wants: impl Fn(&E, &EmitOrigin<'_>) -> bool + Send + Sync + 'static,
        handler: H,
    ) where
        E: Snapshot,
        H: Background<E>,
    {
        if self.added.is_none() {
            return self.subscribe_background::<E, H>(wants, handler);
        }
        let behind = Arc::new(FilteredHandler::new(wants, handler));
        let door = Arc::downgrade(&behind);
        self.add(
            EventType::of::<E>(),
            HandlerKind::Background(behind),
            self.number(),
            Some(door),
        );
    }
}

impl Core {
    /// This registry's own listener of that type.
    fn own_listener<L: Listener>(&self, make: fn() -> L) -> Arc<L> {
        let there = self.writer().listeners.get::<DefaultListener<L>>();
        if let Some(own) = there {
            return Arc::clone(&own.0);
        }
        // Code of the user's: not under the lock.
        let made = Arc::new(DefaultListener(Arc::new(make())));
        let own = {
            let mut writer = self.writer();
            let first = writer.listeners.get::<DefaultListener<L>>();
            first.unwrap_or_else(|| {
                writer.listeners.insert(Arc::clone(&made));
                Arc::clone(&made)
            })
        };
        Arc::clone(&own.0)
    }
}

/// Asks whether a type is `Default`: [`DefaultProbe::CONSTRUCTOR`] is how it is made if it is, and otherwise the
/// constant of the same name of [`NoDefault`], which the compiler takes when it finds no other.
#[doc(hidden)]
#[derive(Debug)]
pub struct DefaultProbe<T>(PhantomData<T>);

impl<T: Default> DefaultProbe<T> {
    /// How it is made.
    pub const CONSTRUCTOR: Option<fn() -> T> = Some(T::default);
}

/// Of a type that is not `Default`.
#[doc(hidden)]
pub trait NoDefault<T> {
    /// It is not made by default.
    const CONSTRUCTOR: Option<fn() -> T> = None;
}

impl<T> NoDefault<T> for DefaultProbe<T> {}
