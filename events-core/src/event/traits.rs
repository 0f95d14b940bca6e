//! The event trait, and families: how handlers of events that borrow are registered without `'static`.
//!
//! A subscriber is stored for as long as its registry, and an event may borrow for a shorter time, so a
//! subscriber cannot be registered for one such type. It is registered for the [`Family`] of the event
//! type: the type with its lifetime replaced by `'static`, which stands for the types with every lifetime.
//! `Family::Of<'x>` is the member with lifetime `'x`; the family of an owned event has one member, the
//! event itself.
//!
//! A generic function that holds an `E: Event` cannot name the lifetime inside of `E`, so it cannot say
//! which member it holds. The derive can: [`Event::__lend`] passes the event to a [`Visit`] as that member.
//!
//! The emit methods are implemented in folders that depend on this one; the derive names that
//! implementation as [`Event::Backend`].

use std::any::Any;

use super::{
    json::Json,
    ownership::{Owned, Owning},
    statics::{BoxedEvent, EventStatics},
};
use crate::{
    metadata::{EventInfo, IntoKey, Origin},
    result::{EmitError, Emitted, QueueFull},
};

/// Something that happens in a program and that its other parts may react to.
///
/// Derived: see [`derive@crate::Event`]. The trait has the emit methods: [`emit`](Self::emit) and the
/// others consume the event, run the subscribers of the current registry in order, and return the event
/// with their changes.
///
/// ```
/// use events_core::{Event, Registry};
///
/// #[derive(Event)]
/// struct Greeting {
///     text: String,
/// }
///
/// let registry = Registry::new();
/// let _polite = registry.on(|event: &mut Greeting| event.text.push_str(", please"));
/// let _scope = registry.enter();
///
/// let greeting = Greeting { text: "tea".into() }.emit();
/// assert_eq!(greeting.text, "tea, please");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an event",
    label = "not an event",
    note = "put `#[derive(Event)]` on the type"
)]
pub trait Event: Sized {
    /// The type with every lifetime that it may have; subscribers are registered for it.
    #[doc(hidden)]
    type Family: Family;

    /// Whether the type has a lifetime: [`Owned`](super::Owned) or [`Borrowed`](super::Borrowed).
    #[doc(hidden)]
    type Ownership: Owning<Self>;

    /// The implementation of the emit methods below.
    #[doc(hidden)]
    type Backend: EmitBackend;

    /// The topic of this event type: the path of its module, `::`, and its name; or the text in
    /// `#[event(topic = "..")]`.
    #[must_use]
    fn topic() -> &'static str {
        Self::info().topic()
    }

    /// The description of this event type.
    #[must_use]
    fn info() -> &'static EventInfo {
        Self::Family::statics().info
    }

    /// Runs the subscribers and returns the event.
    ///
    /// An error or a panic in one subscriber is logged with `tracing::error!`, and the others still
    /// run. An emit that is nested too deep (see [`TooDeep`](crate::failures::TooDeep)) is logged as well,
    /// and runs no subscriber.
    #[inline]
    #[track_caller]
    fn emit(mut self) -> Self {
        Self::Backend::__emit(&mut self, None);
        self
    }

    /// [`emit`](Self::emit) with an origin: a function, `Origin::of::<Type>()`, or text.
    ///
    /// ```
    /// use events_core::{Event, Registry, subscriber, subscribers};
    ///
    /// #[derive(Event)]
    /// struct OrderPlaced {
    ///     receipt: bool,
    /// }
    ///
    /// fn checkout() -> OrderPlaced {
    ///     OrderPlaced { receipt: false }.emit_from(checkout)
    /// }
    ///
    /// #[subscriber(origin = checkout)]
    /// fn print_receipt(event: &mut OrderPlaced) {
    ///     event.receipt = true;
    /// }
    ///
    /// let _scope = Registry::with(subscribers![print_receipt]).enter();
    /// assert!(checkout().receipt);
    /// assert!(!OrderPlaced { receipt: false }.emit_from("telephone").receipt);
    /// ```
    #[inline]
    #[track_caller]
    fn emit_from<M>(mut self, origin: impl IntoKey<M>) -> Self {
        Self::Backend::__emit(&mut self, Some(&Origin::from(origin.into_key())));
        self
    }

    /// Runs the subscribers and returns the event with the result.
    ///
    /// ```
    /// use events_core::{Event, Registry};
    ///
    /// #[derive(Event)]
    /// struct Upload {
    ///     bytes: u64,
    /// }
    ///
    /// let registry = Registry::new();
    /// let _quota = registry.on(|upload: &Upload| match upload.bytes {
    ///     ..1000 => Ok(()),
    ///     bytes => Err(format!("{bytes} bytes are over the quota")),
    /// });
    /// let _scope = registry.enter();
    ///
    /// let upload = Upload { bytes: 10 }.try_emit()?;
    /// assert_eq!((upload.ran(), upload.bytes), (1, 10));
    ///
    /// let error = Upload { bytes: 5000 }.try_emit().unwrap_err();
    /// assert!(error.to_string().ends_with("returned an error: 5000 bytes are over the quota"));
    /// assert_eq!(error.into_event().bytes, 5000);
    /// # Ok::<(), events_core::EmitError<Upload>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If a subscriber returned an error or panicked (the others still ran), or if the emit was refused
    /// because emits are nested too deep (none ran). The event is in the error.
    #[inline]
    #[track_caller]
    fn try_emit(self) -> Result<Emitted<Self>, EmitError<Self>> {
        Self::Backend::__try_emit(self, None)
    }

    /// [`try_emit`](Self::try_emit) with an origin.
    ///
    /// # Errors
    ///
    /// As `try_emit`.
    #[inline]
    #[track_caller]
    fn try_emit_from<M>(self, origin: impl IntoKey<M>) -> Result<Emitted<Self>, EmitError<Self>> {
        Self::Backend::__try_emit(self, Some(&Origin::from(origin.into_key())))
    }

    /// The event itself, if it borrows nothing.
    #[doc(hidden)]
    #[inline]
    fn __owned(&self) -> Option<&dyn Any> {
        Self::Ownership::owned(self)
    }

    /// Runs the sync subscribers in order, and then all async ones concurrently, on the caller's task, and
    /// returns the event.
    ///
    /// No runtime is needed. An async subscriber reads the event; one that fails or panics does not
    /// affect the others, and is logged when all are complete. A `deferred` subscriber runs from the queue
    /// nevertheless. Dropping the future only drops the event and cancels the incomplete subscribers.
    ///
    /// ```
    /// use events_core::{Event, Registry};
    ///
    /// #[derive(Event, Clone)]
    /// struct SignedUp {
    ///     email: String,
    /// }
    ///
    /// let registry = Registry::new();
    /// registry.on(|event: &mut SignedUp| event.email.make_ascii_lowercase()).detach();
    /// registry
    ///     .on_async(|event: &SignedUp| {
    ///         let to = event.email.clone();
    ///         async move { println!("a mail to {to}") }
    ///     })
    ///     .detach();
    ///
    /// # let waits = async move {
    /// let _scope = registry.enter();
    /// let event = SignedUp { email: "A@X.org".into() }.emit_async().await;
    /// assert_eq!(event.email, "a@x.org");
    /// # };
    /// # let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    /// # assert!(std::pin::pin!(waits).poll(&mut context).is_ready());
    /// ```
    #[inline]
    #[track_caller]
    fn emit_async(self) -> <Self::Backend as EmitBackend>::EmitAsync<Self> {
        Self::Backend::__emit_async(self, None)
    }

    /// [`emit_async`](Self::emit_async) with an origin.
    #[inline]
    #[track_caller]
    fn emit_async_from<M>(
        self,
        origin: impl IntoKey<M>,
    ) -> <Self::Backend as EmitBackend>::EmitAsync<Self> {
        Self::Backend::__emit_async(self, Some(Origin::from(origin.into_key())))
    }

    /// [`emit_async`](Self::emit_async) that returns the event with the result. The failures of the sync
    /// subscribers come first, then those of the async ones, each in the order in which they started.
    ///
    /// # Errors
    ///
    /// The future returns one if a subscriber returned an error or panicked (the others still ran), or if
    /// the emit was refused because emits are nested too deep (none ran). The event is in the error.
    #[inline]
    #[track_caller]
    fn try_emit_async(self) -> <Self::Backend as EmitBackend>::TryEmitAsync<Self> {
        Self::Backend::__try_emit_async(self, None)
    }

    /// [`try_emit_async`](Self::try_emit_async) with an origin.
    ///
    /// # Errors
    ///
    /// As `try_emit_async`.
    #[inline]
    #[track_caller]
    fn try_emit_async_from<M>(
        self,
        origin: impl IntoKey<M>,
    ) -> <Self::Backend as EmitBackend>::TryEmitAsync<Self> {
        Self::Backend::__try_emit_async(self, Some(Origin::from(origin.into_key())))
    }

    /// Puts the event into the queue of the current registry and returns at once. A flush or a worker emits
    /// it later: the sync subscribers in order, then the async ones; see [`Queue`](crate::Queue).
    ///
    /// # Errors
    ///
    /// If the queue is full or shut down; the event is in the error.
    #[inline]
    #[track_caller]
    fn enqueue(self) -> Result<(), QueueFull<Self>>
    where
        Self: OwnedEvent + Send,
    {
        Self::Backend::__enqueue(self, None)
    }

    /// [`enqueue`](Self::enqueue) with an origin.
    ///
    /// # Errors
    ///
    /// As `enqueue`.
    #[inline]
    #[track_caller]
    fn enqueue_from<M>(self, origin: impl IntoKey<M>) -> Result<(), QueueFull<Self>>
    where
        Self: OwnedEvent + Send,
    {
        Self::Backend::__enqueue(self, Some(Origin::from(origin.into_key())))
    }

    /// The field at that index, in the order of [`info`](Self::info), if it borrows nothing.
    #[doc(hidden)]
    #[inline]
    fn __field(&self, _number: usize) -> Option<&dyn Any> {
        None
    }

    /// A clone of the event, if it borrows nothing and is known to be `Clone` and `Send`.
    #[doc(hidden)]
    #[inline]
    fn __copy(&self) -> Option<BoxedEvent> {
        let clone_fn = Self::Family::statics().clone_fn?;
        clone_fn(self.__owned()?)
    }

    /// The field of that name, if it borrows nothing.
    #[doc(hidden)]
    fn __named(&self, name: &str) -> Option<&dyn Any> {
        let mut fields = Self::info().fields();
        self.__field(fields.position(|field| field.name() == name)?)
    }

    /// The event as JSON, if its type is marked for that.
    #[doc(hidden)]
    #[inline]
    fn __json(&self) -> Option<Json> {
        None
    }

    /// The topic of this event: that of its type, or its own if it is an event without a type.
    #[doc(hidden)]
    #[inline]
    fn __topic(&self) -> &str {
        Self::topic()
    }

    /// The names of the fields, and whether they are secret.
    #[doc(hidden)]
    fn __names(&self) -> Vec<(&str, bool)> {
        let fields = Self::info().fields();
        fields
            .map(|field| (field.name(), field.is_secret()))
            .collect()
    }

    /// Calls the visitor with the event as the member of its family that it is.
    #[doc(hidden)]
    fn __lend<V: Visit<Self::Family>>(&mut self, visitor: V) -> V::Output;
}

/// An event type with every lifetime that it may have. An event that borrows nothing is its own family.
///
/// The derive implements it for the event type with `'static` in place of its lifetime.
pub trait Family: Sized + 'static {
    /// The member that borrows for `'x`.
    type Of<'x>: Event<Family = Self>;

    /// The data that the derive generates beside the type.
    #[doc(hidden)]
    fn statics() -> EventStatics;
}

/// A function that is generic over the lifetime of an event: [`Event::__lend`] calls it.
#[doc(hidden)]
pub trait Visit<F: Family> {
    /// The result of the visit.
    type Output;

    /// Visits the event.
    fn visit(self, event: &mut F::Of<'_>) -> Self::Output;
}

/// An event that borrows nothing.
///
/// Implemented for every event without a lifetime. It is the bound of functions that store an event, or
/// that name its type independently of a lifetime.
#[diagnostic::on_unimplemented(
    message = "`{Self}` borrows, and an owned event is needed here",
    label = "this event has a lifetime",
    note = "subscribe to it with `registry.on_borrowed::<{Self}>(|event| ..)` or `#[subscriber]`",
    note = "an event that is stored, for example in the queue, must own its data"
)]
pub trait OwnedEvent:
    Event<Family = Self, Ownership = Owned> + for<'x> Family<Of<'x> = Self>
{
}

#[diagnostic::do_not_recommend]
impl<E> OwnedEvent for E where E: Event<Family = E, Ownership = Owned> + for<'x> Family<Of<'x> = E> {}

/// The implementation of the emit methods, on the current registry. The names have underscores so that the
/// compiler does not suggest them in its errors.
#[doc(hidden)]
pub trait EmitBackend {
    /// Returns the event.
    type EmitAsync<E: Event>: Future<Output = E>;

    /// Returns the event with the result.
    type TryEmitAsync<E: Event>: Future<Output = Result<Emitted<E>, EmitError<E>>>;

    /// Emits on the current registry and waits for the async subscribers.
    #[track_caller]
    fn __emit_async<E: Event>(event: E, origin: Option<Origin>) -> Self::EmitAsync<E>;

    /// The same, and returns the result.
    #[track_caller]
    fn __try_emit_async<E: Event>(event: E, origin: Option<Origin>) -> Self::TryEmitAsync<E>;

    /// Puts the event into the queue of the current registry.
    #[track_caller]
    fn __enqueue<E>(event: E, origin: Option<Origin>) -> Result<(), QueueFull<E>>
    where
        E: OwnedEvent + Send;

    /// Emits on the current registry.
    #[track_caller]
    fn __emit<E: Event>(event: &mut E, origin: Option<&Origin>);

    /// Emits on the current registry and returns the result.
    #[track_caller]
    fn __try_emit<E: Event>(event: E, origin: Option<&Origin>) -> Result<Emitted<E>, EmitError<E>>;
}
