//! The methods of the registry that subscribe at run time; those with a topic pattern are in
//! `topic_methods`.

use std::panic::Location;

use super::{
    batch::Batch,
    builder::NewSubscription,
    kinds::{AwaitedKind, BackgroundKind},
    subscription::Subscription,
};
use crate::{
    background::{
        AwaitedCall, AwaitedHandler, BorrowedAwaitedCall, BorrowedAwaitedHandler,
        StatefulAwaitedCall, StatefulAwaitedHandler, StatefulBorrowedAwaitedCall,
        StatefulBorrowedAwaitedHandler,
    },
    context::Subscribed,
    event::{Event, Family, OwnedEvent, Snapshot},
    handler::{AsyncCall, AsyncHandler, DeferredCall, DeferredHandler, Handler, Run, Step},
    metadata::Key,
    registry::Registry,
};

impl Registry {
    /// Subscribes a function or closure that takes `&E` or `&mut E`; see [`Handler`].
    ///
    /// The next emit calls it. It has no options, so registering it returns no error;
    /// [`subscribe`](Self::subscribe) has options.
    ///
    /// # Panics
    ///
    /// When `before` and `after` of other subscribers that name this function contradict each
    /// other.
    #[track_caller]
    pub fn on<E, M, H>(&self, handler: H) -> Subscription
    where
        E: OwnedEvent,
        H: Handler<E, M>,
    {
        self.subscribe(handler).register_or_panic()
    }

    /// As [`on`](Self::on), with options; nothing is subscribed before `register()`.
    #[track_caller]
    pub fn subscribe<E, M, H>(&self, handler: H) -> NewSubscription<E>
    where
        E: OwnedEvent,
        H: Handler<E, M>,
    {
        let (handler, own) = Subscribed::new(handler, H::TAKES_EMISSION);
        NewSubscription::sync(
            self.clone(),
            Location::caller().into(),
            Key::of::<H>(),
            H::CHANGES,
            move |event: &mut E, run: &Run<'_>| H::call(&handler, event, run),
        )
        .owning(own)
    }

    /// Subscribes an async function that takes `&mut E` or `&E`, and that [`emit_async`](Event::emit_async) and the queue await in
    /// its place among the sync subscribers; see [`AwaitedHandler`].
    ///
    /// It may change the event, fail, or stop the subscribers after it. A sync emit cannot wait for it, and does not run it:
    /// that is a failure, [`Cause::NotAwaited`](crate::failures::Cause::NotAwaited).
    ///
    /// A closure that captures nothing is written `async |event: &mut E| ..`. For values that it needs, use
    /// [`on_awaited_with`](Self::on_awaited_with). A closure that captures values may also return a boxed future, and is
    /// then passed to [`boxed`](crate::handlers::boxed).
    ///
    /// ```
    /// use std::ops::ControlFlow;
    /// use events_core::{Event, Registry};
    ///
    /// #[derive(Event)]
    /// struct Creating {
    ///     email: String,
    /// }
    ///
    /// async fn is_taken(email: &str) -> Result<bool, std::io::Error> {
    ///     Ok(email == "a@x.org") // asks a database
    /// }
    ///
    /// async fn check(event: &mut Creating) -> Result<ControlFlow<()>, std::io::Error> {
    ///     event.email.make_ascii_lowercase();
    ///     if is_taken(&event.email).await? { Ok(ControlFlow::Break(())) } else { Ok(ControlFlow::Continue(())) }
    /// }
    ///
    /// let registry = Registry::new();
    /// registry.on_awaited(check).detach();
    /// registry.on(|event: &mut Creating| event.email.push('!')).detach();
    ///
    /// let create = |email: &str| smol::block_on(registry.emit_async(Creating { email: email.into() }));
    /// assert_eq!(create("A@x.org").email, "a@x.org");
    /// assert_eq!(create("B@x.org").email, "b@x.org!");
    /// ```
    ///
    /// # Cancellation
    ///
    /// When the future of the emit is dropped while the handler waits, the handler is dropped there, and no subscriber
    /// behind it runs.
    ///
    /// # Panics
    ///
    /// As [`on`](Self::on).
    #[track_caller]
    pub fn on_awaited<E, M: 'static, H>(&self, handler: H) -> Subscription
    where
        E: OwnedEvent,
        H: AwaitedHandler<E, M>,
    {
        self.subscribe_awaited(handler).register_or_panic()
    }

    /// As [`on_awaited`](Self::on_awaited), with options.
    #[track_caller]
    pub fn subscribe_awaited<E, M: 'static, H>(&self, handler: H) -> NewSubscription<E, AwaitedKind>
    where
        E: OwnedEvent,
        H: AwaitedHandler<E, M>,
    {
        let location = Location::caller().into();
        let name = Key::of::<H>();
        let (handler, own) = Subscribed::new(handler, H::TAKES_EMISSION);
        let handler = AwaitedCall::<H, M>::new(handler);
        NewSubscription::awaited(self.clone(), location, name, H::CHANGES, handler).owning(own)
    }

    /// As [`on_awaited`](Self::on_awaited), with a value that the handler reads:
    /// `registry.on_awaited_with(db, async |event: &mut E, db: &Db| ..)`. See [`StatefulAwaitedHandler`].
    ///
    /// A closure that captured the value would borrow it in its future, of which the compiler cannot know then whether it
    /// is `Send`.
    ///
    /// ```
    /// use events_core::{Event, Registry};
    ///
    /// #[derive(Event)]
    /// struct Price(u64);
    ///
    /// let registry = Registry::new();
    /// let tax = 19;
    /// registry.on_awaited_with(tax, async |price: &mut Price, tax: &u64| price.0 += tax).detach();
    /// assert_eq!(smol::block_on(registry.emit_async(Price(100))).0, 119);
    /// ```
    ///
    /// # Panics
    ///
    /// As [`on`](Self::on).
    #[track_caller]
    pub fn on_awaited_with<E, S, M: 'static, H>(&self, state: S, handler: H) -> Subscription
    where
        E: OwnedEvent,
        S: Send + Sync + 'static,
        H: StatefulAwaitedHandler<E, S, M>,
    {
        self.subscribe_awaited_with(state, handler)
            .register_or_panic()
    }

    /// As [`on_awaited_with`](Self::on_awaited_with), with options.
    #[track_caller]
    pub fn subscribe_awaited_with<E, S, M: 'static, H>(
        &self,
        state: S,
        handler: H,
    ) -> NewSubscription<E, AwaitedKind>
    where
        E: OwnedEvent,
        S: Send + Sync + 'static,
        H: StatefulAwaitedHandler<E, S, M>,
    {
        let location = Location::caller().into();
        let name = Key::of::<H>();
        let (handler, own) = Subscribed::new(handler, H::TAKES_EMISSION);
        let handler = StatefulAwaitedCall::<S, H, M>::new(state, handler);
        NewSubscription::awaited(self.clone(), location, name, H::CHANGES, handler).owning(own)
    }

    /// As [`on_awaited`](Self::on_awaited), for an event that borrows:
    /// `registry.on_awaited_borrowed::<Checkout, _>(function)`, with `async fn function(event: &mut Checkout<'_>)`. See
    /// [`BorrowedAwaitedHandler`].
    ///
    /// # Panics
    ///
    /// As [`on`](Self::on).
    #[track_caller]
    pub fn on_awaited_borrowed<E: Event, H>(&self, handler: H) -> Subscription
    where
        H: BorrowedAwaitedHandler<E::Family>,
    {
        self.subscribe_awaited_borrowed::<E, H>(handler)
            .register_or_panic()
    }

    /// As [`on_awaited_borrowed`](Self::on_awaited_borrowed), with options.
    #[track_caller]
    pub fn subscribe_awaited_borrowed<E: Event, H>(
        &self,
        handler: H,
    ) -> NewSubscription<E::Family, AwaitedKind>
    where
        H: BorrowedAwaitedHandler<E::Family>,
    {
        let location = Location::caller().into();
        let name = Key::of::<H>();
        let handler = BorrowedAwaitedCall(handler);
        NewSubscription::awaited(self.clone(), location, name, true, handler)
    }

    /// As [`on_awaited_borrowed`](Self::on_awaited_borrowed), with a value that the handler reads:
    /// `registry.on_awaited_borrowed_with::<Checkout, _, _>(db, async |event: &mut Checkout<'_>, db: &Db| ..)`. See
    /// [`StatefulBorrowedAwaitedHandler`].
    ///
    /// # Panics
    ///
    /// As [`on`](Self::on).
    #[track_caller]
    pub fn on_awaited_borrowed_with<E: Event, S, H>(&self, state: S, handler: H) -> Subscription
    where
        S: Send + Sync + 'static,
        H: StatefulBorrowedAwaitedHandler<E::Family, S>,
    {
        self.subscribe_awaited_borrowed_with::<E, S, H>(state, handler)
            .register_or_panic()
    }

    /// As [`on_awaited_borrowed_with`](Self::on_awaited_borrowed_with), with options.
    #[track_caller]
    pub fn subscribe_awaited_borrowed_with<E: Event, S, H>(
        &self,
        state: S,
        handler: H,
    ) -> NewSubscription<E::Family, AwaitedKind>
    where
        S: Send + Sync + 'static,
        H: StatefulBorrowedAwaitedHandler<E::Family, S>,
    {
        let location = Location::caller().into();
        let name = Key::of::<H>();
        let handler = StatefulBorrowedAwaitedCall(state, handler);
        NewSubscription::awaited(self.clone(), location, name, true, handler)
    }

    /// Subscribes an async function, or a closure that returns a future; see [`AsyncHandler`].
    ///
    /// [`emit_async`](Event::emit_async) waits for it. A sync emit enqueues a clone of the event
    /// for it, so the queue needs a worker or a flush: see [`Queue`](crate::Queue).
    ///
    /// ```
    /// use events_core::{Event, Registry};
    ///
    /// #[derive(Event, Clone)]
    /// struct SignedUp {
    ///     email: String,
    /// }
    ///
    /// async fn welcome(event: &SignedUp) -> Result<(), std::io::Error> {
    ///     println!("welcome, {}", event.email);
    ///     Ok(())
    /// }
    ///
    /// let registry = Registry::new();
    /// registry.on_async(welcome).detach();
    /// registry.emit(SignedUp { email: "a@x.org".into() });
    /// assert_eq!(registry.queue().flush().ran(), 1);
    /// ```
    ///
    /// # Panics
    ///
    /// As [`on`](Self::on).
    #[track_caller]
    pub fn on_async<E, M: 'static, H>(&self, handler: H) -> Subscription
    where
        E: Snapshot,
        H: AsyncHandler<E, M>,
    {
        self.subscribe_async(handler).register_or_panic()
    }

    /// As [`on_async`](Self::on_async), with options.
    #[track_caller]
    pub fn subscribe_async<E, M: 'static, H>(
        &self,
        handler: H,
    ) -> NewSubscription<E, BackgroundKind>
    where
        E: Snapshot,
        H: AsyncHandler<E, M>,
    {
        let (handler, own) = Subscribed::new(handler, H::TAKES_EMISSION);
        let location = Location::caller().into();
        let new = NewSubscription::background(
            self.clone(),
            location,
            Key::of::<H>(),
            AsyncCall::<H, M>::new(handler),
        );
        new.asynchronous().owning(own)
    }

    /// Subscribes a sync function or closure that runs from the queue, with a clone of the event;
    /// see [`DeferredHandler`].
    ///
    /// # Panics
    ///
    /// As [`on`](Self::on).
    #[track_caller]
    pub fn on_deferred<E, M: 'static, H>(&self, handler: H) -> Subscription
    where
        E: Snapshot,
        H: DeferredHandler<E, M>,
    {
        self.subscribe_deferred(handler).register_or_panic()
    }

    /// As [`on_deferred`](Self::on_deferred), with options.
    #[track_caller]
    pub fn subscribe_deferred<E, M: 'static, H>(
        &self,
        handler: H,
    ) -> NewSubscription<E, BackgroundKind>
    where
        E: Snapshot,
        H: DeferredHandler<E, M>,
    {
        let (handler, own) = Subscribed::new(handler, H::TAKES_EMISSION);
        let location = Location::caller().into();
        let new = NewSubscription::background(
            self.clone(),
            location,
            Key::of::<H>(),
            DeferredCall::<H, M>::new(handler),
        );
        new.deferred().owning(own)
    }

    /// Subscriptions that are registered together and dropped together; see [`Batch`].
    pub fn batch(&self) -> Batch {
        Batch::new(self.clone())
    }

    /// Subscribes a closure to an event that borrows: `registry.on_borrowed::<Login>(|event| ..)`.
    ///
    /// The closure takes `&mut Login<'_>` with any lifetime.
    ///
    /// # Panics
    ///
    /// As [`on`](Self::on).
    #[track_caller]
    pub fn on_borrowed<E: Event>(
        &self,
        handler: impl Fn(&mut <E::Family as Family>::Of<'_>) + Send + Sync + 'static,
    ) -> Subscription {
        self.subscribe_borrowed::<E>(handler).register_or_panic()
    }

    /// As [`on_borrowed`](Self::on_borrowed), with options.
    #[track_caller]
    pub fn subscribe_borrowed<E: Event>(
        &self,
        handler: impl Fn(&mut <E::Family as Family>::Of<'_>) + Send + Sync + 'static,
    ) -> NewSubscription<E::Family> {
        NewSubscription::sync(
            self.clone(),
            Location::caller().into(),
            Key::of_value(&handler),
            true,
            move |event: &mut <E::Family as Family>::Of<'_>, _: &Run<'_>| {
                handler(event);
                Step::Done
            },
        )
    }
}
