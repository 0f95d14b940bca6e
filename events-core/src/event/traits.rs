//! The event trait, and how events that borrow are handled without `'static`.
//!
//! Subscribers are kept for good, an event that borrows lives for a moment, so they cannot be
//! registered for one type. They are registered for its [`Family`]: the type with its lifetime
//! replaced by `'static`, which stands for the members of every lifetime. `Family::Of<'x>` is the
//! member with lifetime `'x`; the family of an owned event has one member, the event itself.
//!
//! A generic function that holds an `E: Event` cannot name the lifetime inside `E`, so it cannot
//! say which member it holds. The derive can: [`Event::__lend`] hands the event to a [`Visit`]or
//! as the member that it is.
//!
//! What the verbs do, higher floors know; the derive names it as [`Event::EmitBackend`].

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
/// Derived: see [`derive@crate::Event`]. The trait holds the verbs; each takes the event, runs the
/// subscribers of the current registry on this thread in order, and gives the event back as they
/// left it.
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
    /// The events of this type with every lifetime; subscribers are registered for it.
    #[doc(hidden)]
    type Family: Family;

    /// Whether it has a lifetime: [`Owned`](super::Owned) or [`Borrowed`](super::Borrowed).
    #[doc(hidden)]
    type Ownership: Owning<Self>;

    /// Where the verbs below lead.
    #[doc(hidden)]
    type Backend: EmitBackend;

    /// What this event is called: the path of its module, `::`, its name; or what
    /// `#[event(topic = "..")]` says.
    #[must_use]
    fn topic() -> &'static str {
        Self::info().topic()
    }

    /// What the derive knows of this type.
    #[must_use]
    fn info() -> &'static EventInfo {
        Self::Family::statics().info
    }

    /// Runs the subscribers and gives the event back.
    ///
    /// An error or a panic in one subscriber is logged with `tracing::error!`, and the others still
    /// run. An emit that is nested too deep (see [`TooDeep`](crate::failures::TooDeep)) is logged, too, and
    /// runs none.
    #[inline]
    #[track_caller]
    fn emit(mut self) -> Self {
        Self::Backend::__emit(&mut self, None);
        self
    }

    /// [`emit`](Self::emit), and says where from: a function, `Origin::of::<Type>()`, or text.
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

    /// Runs the subscribers and tells what became of the event.
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
    /// When a subscriber returned an error or panicked (the others still ran), or when the emit was
    /// refused as nested too deep (none ran). The event is in the error.
    #[inline]
    #[track_caller]
    fn try_emit(self) -> Result<Emitted<Self>, EmitError<Self>> {
        Self::Backend::__try_emit(self, None)
    }

    /// [`try_emit`](Self::try_emit), and says where from.
    ///
    /// # Errors
    ///
    /// As `try_emit`.
    #[inline]
    #[track_caller]
    fn try_emit_from<M>(self, origin: impl IntoKey<M>) -> Result<Emitted<Self>, EmitError<Self>> {
        Self::Backend::__try_emit(self, Some(&Origin::from(origin.into_key())))
    }

    /// The event itself, when it borrows nothing.
    #[doc(hidden)]
    #[inline]
    fn __owned(&self) -> Option<&dyn Any> {
        Self::Ownership::owned(self)
    }

    /// Runs the sync subscribers, in order, and then all async ones beside one another, on the
    /// caller's task, and gives the event back.
    ///
    /// No runtime is needed. An async subscriber reads the event; one that fails or panics does not
    /// disturb the others, and is logged when all are through. A subscriber that is `deferred` goes
    /// through the queue all the same. Dropping the future drops the subscribers that are not
    /// through; nothing else is lost by it but the event.
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

    /// [`emit_async`](Self::emit_async), and says where from.
    #[inline]
    #[track_caller]
    fn emit_async_from<M>(
        self,
        origin: impl IntoKey<M>,
    ) -> <Self::Backend as EmitBackend>::EmitAsync<Self> {
        Self::Backend::__emit_async(self, Some(Origin::from(origin.into_key())))
    }

    /// [`emit_async`](Self::emit_async), and tells what became of the event: of those that failed
    /// first the sync subscribers, then the async ones, each in the order in which they were begun.
    ///
    /// # Errors
    ///
    /// The future gives one when a subscriber returned an error or panicked (the others still ran),
    /// or when the emit was refused as nested too deep (none ran). The event is in the error.
    #[inline]
    #[track_caller]
    fn try_emit_async(self) -> <Self::Backend as EmitBackend>::TryEmitAsync<Self> {
        Self::Backend::__try_emit_async(self, None)
    }

    /// [`try_emit_async`](Self::try_emit_async), and says where from.
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

    /// Puts the event into the queue of the current registry, and returns at once. It is emitted
    /// when the queue is flushed, or when a worker comes to it: the sync subscribers in order, then
    /// the async ones; see [`Queue`](crate::Queue).
    ///
    /// # Errors
    ///
    /// When the queue is full or shut down; the event is in the error.
    #[inline]
    #[track_caller]
    fn enqueue(self) -> Result<(), QueueFull<Self>>
    where
        Self: OwnedEvent + Send,
    {
        Self::Backend::__enqueue(self, None)
    }

    /// [`enqueue`](Self::enqueue), and says where from.
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

    /// The field of that number, as [`info`](Self::info) counts them, when it borrows nothing.
    #[doc(hidden)]
    #[inline]
    fn __field(&self, _number: usize) -> Option<&dyn Any> {
        None
    }

    /// A copy of it, when it borrows nothing and is known to be `Clone` and `Send`.
    #[doc(hidden)]
    #[inline]
    fn __copy(&self) -> Option<BoxedEvent> {
        let clone_fn = Self::Family::statics().clone_fn?;
        clone_fn(self.__owned()?)
    }

    /// The field of that name, when it borrows nothing.
    #[doc(hidden)]
    fn __named(&self, name: &str) -> Option<&dyn Any> {
        let mut fields = Self::info().fields();
        self.__field(fields.position(|field| field.name() == name)?)
    }

    /// The event as JSON, when it is marked for that.
    #[doc(hidden)]
    #[inline]
    fn __json(&self) -> Option<Json> {
        None
    }

    /// The topic of this one: of an event without a type, each has its own.
    #[doc(hidden)]
    #[inline]
    fn __topic(&self) -> &str {
        Self::topic()
    }

    /// The names of its fields, and whether they are secret.
    #[doc(hidden)]
    fn __names(&self) -> Vec<(&str, bool)> {
        let fields = Self::info().fields();
        fields
            .map(|field| (field.name(), field.is_secret()))
            .collect()
    }

    /// Hands the event over as a member of its family.
    #[doc(hidden)]
    fn __lend<V: Visit<Self::Family>>(&mut self, visitor: V) -> V::Output;
}

/// All events of one type: the type itself, or, when it borrows, the type with every lifetime.
///
/// Written by the derive, on the event with `'static` in place of its lifetime.
pub trait Family: Sized + 'static {
    /// The member that borrows for `'x`.
    type Of<'x>: Event<Family = Self>;

    /// What stands beside the type.
    #[doc(hidden)]
    fn statics() -> EventStatics;
}

/// Takes an event as the member of its family that it is.
#[doc(hidden)]
pub trait Visit<F: Family> {
    /// What the visit gives.
    type Output;

    /// Visits the event.
    fn visit(self, event: &mut F::Of<'_>) -> Self::Output;
}

/// An event that borrows nothing.
///
/// Holds for every event without a lifetime; what must keep an event, or name its type once and
/// for all, asks for it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` borrows, and an owned event is needed here",
    label = "this event has a lifetime",
    note = "subscribe to it with `registry.on_borrowed::<{Self}>(|event| ..)` or `#[subscriber]`",
    note = "an event that is kept for later, as in the queue, must own what it needs"
)]
pub trait OwnedEvent:
    Event<Family = Self, Ownership = Owned> + for<'x> Family<Of<'x> = Self>
{
}

#[diagnostic::do_not_recommend]
impl<E> OwnedEvent for E where E: Event<Family = E, Ownership = Owned> + for<'x> Family<Of<'x> = E> {}

/// The verbs of events, as the floor that knows the registries has them. By names that the compiler
/// suggests to nobody.
#[doc(hidden)]
pub trait EmitBackend {
    /// Gives the event back.
    type EmitAsync<E: Event>: Future<Output = E>;

    /// Gives the event back with what became of it.
    type TryEmitAsync<E: Event>: Future<Output = Result<Emitted<E>, EmitError<E>>>;

    /// Emits on the current registry, and waits for the async subscribers.
    #[track_caller]
    fn __emit_async<E: Event>(event: E, origin: Option<Origin>) -> Self::EmitAsync<E>;

    /// The same, and tells what became of the event.
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

    /// Emits on the current registry and tells what became of the event.
    #[track_caller]
    fn __try_emit<E: Event>(event: E, origin: Option<&Origin>) -> Result<Emitted<E>, EmitError<E>>;
}
