//! The parts that all derived builders share.
//!
//! A builder has one type parameter a field: [`Unset`], or [`Set`] once the field has a value. A setter
//! turns the first into the second, so a missing or a repeated field is a type error.
//!
//! Every builder has the methods that finish it, and each of these requires [`Build`], which a derived
//! builder implements if all required fields are set. The bound on each field is a trait of its own with
//! an error text. These bounds are on the `impl` of `Build` alone, not on every method, so that events
//! compile faster.

use std::time::{Duration, SystemTime};

use super::traits::{EmitBackend, Event, OwnedEvent};
use crate::{
    metadata::IntoKey,
    result::{EmitError, Emitted, QueueFull},
};

/// The state of a builder's field that has no value yet.
///
/// ```
/// use events_core::{Event, builder::{Set, Unset}};
///
/// #[derive(Event)]
/// struct Request {
///     path: &'static str,
///     user: u32,
/// }
///
/// /// The type parameters of a builder are those of the event, then one for each field, in their order.
/// fn to(path: &'static str) -> RequestBuilder<Set, Unset> {
///     Request::builder().path(path)
/// }
///
/// let request = to("/orders").user(7).build();
/// assert_eq!((request.path, request.user), ("/orders", 7));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Unset;

/// The state of a builder's field that has its value.
///
/// ```
/// use events_core::{Event, builder::{Set, Unset}};
///
/// #[derive(Event)]
/// struct Request {
///     path: &'static str,
///     user: u32,
/// }
///
/// /// Adds the user to a request that has none, with or without a path.
/// fn by<Path>(user: u32, request: RequestBuilder<Path, Unset>) -> RequestBuilder<Path, Set> {
///     request.user(user)
/// }
///
/// let request = by(7, Request::builder().path("/orders")).build();
/// assert_eq!((request.path, request.user), ("/orders", 7));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Set;

/// The value of a field that is [`Set`] by the type of its builder.
#[doc(hidden)]
#[inline]
#[must_use]
pub fn given<T>(value: Option<T>) -> T {
    match value {
        Some(value) => value,
        None => unreachable!("the setter that made this field `Set` has stored a value"),
    }
}

/// A builder in which no required field is missing.
///
/// Derived builders have a method of the same name; the trait is for code that is generic over events,
/// and for events that have a field called `build`.
///
/// ```
/// use events_core::{Event, Registry, builder::Build};
///
/// #[derive(Event)]
/// struct Measured {
///     degrees: i32,
///     #[event(default = "kitchen")]
///     room: &'static str,
/// }
///
/// /// Emits events whose builders are complete, on this registry.
/// fn emit_all<E: Event>(registry: &Registry, new: impl IntoIterator<Item: Build<Event = E>>) -> Vec<E> {
///     new.into_iter().map(|builder| registry.emit(builder.build())).collect()
/// }
///
/// let registry = Registry::new();
/// registry.on(|event: &mut Measured| event.degrees -= 273).detach();
/// let kelvin = [294, 295].map(|degrees| Measured::builder().degrees(degrees));
/// let events = emit_all(&registry, kelvin);
/// assert_eq!((events[0].degrees, events[1].degrees, events[1].room), (21, 22, "kitchen"));
/// ```
#[diagnostic::on_unimplemented(message = "`{Self}` cannot be built: a required field is not set")]
pub trait Build {
    /// The event type.
    type Event;

    /// Builds the event; a field that was not set has its default.
    fn build(self) -> Self::Event;
}

/// The methods of a builder that build the event and emit or enqueue it with an origin, which is a function,
/// `Origin::of::<Type>()`, or text; and those that enqueue it later.
///
/// `#[derive(Event)]` imports this trait in the module of the event, and so in its submodules that have
/// `use super::*`. Import it elsewhere: `use events_core::builder::EmitFrom;`.
///
/// The builder has no methods of its own for this, because they would be compiled for each event.
///
/// ```
/// use events_core::{Event, Registry};
///
/// #[derive(Event)]
/// struct OrderPlaced {
///     number: u32,
/// }
///
/// fn checkout() {
///     OrderPlaced::builder().number(7).emit_from(checkout);
/// }
///
/// let registry = Registry::new();
/// let receipts = registry.subscribe(|order: &OrderPlaced| println!("{}", order.number));
/// receipts.origin(checkout).register()?.detach();
/// let _scope = registry.enter();
/// checkout();
/// # Ok::<(), events_core::subscribing::SubscribeError>(())
/// ```
pub trait EmitFrom: Build<Event: Event> + Sized {
    /// [`emit`](Event::emit) with an origin.
    #[track_caller]
    fn emit_from<M>(self, origin: impl IntoKey<M>) -> Self::Event {
        self.build().emit_from(origin)
    }

    /// [`try_emit`](Event::try_emit) with an origin.
    ///
    /// # Errors
    ///
    /// As `try_emit`.
    #[track_caller]
    fn try_emit_from<M>(
        self,
        origin: impl IntoKey<M>,
    ) -> Result<Emitted<Self::Event>, EmitError<Self::Event>> {
        self.build().try_emit_from(origin)
    }

    /// [`emit_async`](Event::emit_async) with an origin.
    #[track_caller]
    fn emit_async_from<M>(self, origin: impl IntoKey<M>) -> EmitAsync<Self::Event> {
        self.build().emit_async_from(origin)
    }

    /// [`try_emit_async`](Event::try_emit_async) with an origin.
    #[track_caller]
    fn try_emit_async_from<M>(self, origin: impl IntoKey<M>) -> TryEmitAsync<Self::Event> {
        self.build().try_emit_async_from(origin)
    }

    /// [`enqueue`](Event::enqueue) with an origin.
    ///
    /// # Errors
    ///
    /// As `enqueue`.
    #[track_caller]
    fn enqueue_from<M>(self, origin: impl IntoKey<M>) -> Result<(), QueueFull<Self::Event>>
    where
        Self::Event: OwnedEvent + Send,
    {
        self.build().enqueue_from(origin)
    }

    /// [`enqueue_after`](Event::enqueue_after).
    ///
    /// # Errors
    ///
    /// As `enqueue_after` of the event.
    #[track_caller]
    fn enqueue_after(self, delay: Duration) -> ScheduleResult<Self::Event>
    where
        Self::Event: OwnedEvent + Send,
    {
        self.build().enqueue_after(delay)
    }

    /// [`enqueue_after`](Event::enqueue_after) with an origin.
    ///
    /// # Errors
    ///
    /// As `enqueue_after` of the event.
    #[track_caller]
    fn enqueue_after_from<M>(
        self,
        delay: Duration,
        origin: impl IntoKey<M>,
    ) -> ScheduleResult<Self::Event>
    where
        Self::Event: OwnedEvent + Send,
    {
        self.build().enqueue_after_from(delay, origin)
    }

    /// [`enqueue_at`](Event::enqueue_at).
    ///
    /// # Errors
    ///
    /// As `enqueue_at` of the event.
    #[track_caller]
    fn enqueue_at(self, time: SystemTime) -> ScheduleResult<Self::Event>
    where
        Self::Event: OwnedEvent + Send,
    {
        self.build().enqueue_at(time)
    }

    /// [`enqueue_at`](Event::enqueue_at) with an origin.
    ///
    /// # Errors
    ///
    /// As `enqueue_at` of the event.
    #[track_caller]
    fn enqueue_at_from<M>(
        self,
        time: SystemTime,
        origin: impl IntoKey<M>,
    ) -> ScheduleResult<Self::Event>
    where
        Self::Event: OwnedEvent + Send,
    {
        self.build().enqueue_at_from(time, origin)
    }
}

impl<B: Build<Event: Event>> EmitFrom for B {}

/// The future of an event's `emit_async`.
type EmitAsync<E> = <<E as Event>::Backend as EmitBackend>::EmitAsync<E>;

/// The future of an event's `try_emit_async`.
type TryEmitAsync<E> = <<E as Event>::Backend as EmitBackend>::TryEmitAsync<E>;

/// The result of an event's `enqueue_after`.
type ScheduleResult<E> = Result<<<E as Event>::Backend as EmitBackend>::Scheduled<E>, QueueFull<E>>;

/// The bound of a field's setters on the state of the field: it has no value yet.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "this field is set twice",
    label = "remove this call: the field is already set"
)]
pub trait Free {}

#[diagnostic::do_not_recommend]
impl Free for Unset {}

/// The bodies of the methods that finish a builder. As functions here they are type-checked once, not for
/// each event.
#[doc(hidden)]
pub mod finish {
    use super::{Build, Event, OwnedEvent};
    use crate::result::{EmitError, Emitted, QueueFull};

    #[inline]
    #[track_caller]
    pub fn emit<E: Event>(builder: impl Build<Event = E>) -> E {
        builder.build().emit()
    }

    #[inline]
    #[track_caller]
    pub fn try_emit<E: Event>(builder: impl Build<Event = E>) -> Result<Emitted<E>, EmitError<E>> {
        builder.build().try_emit()
    }

    #[inline]
    #[track_caller]
    pub fn enqueue<E: OwnedEvent + Send>(
        builder: impl Build<Event = E>,
    ) -> Result<(), QueueFull<E>> {
        builder.build().enqueue()
    }
}

/// The methods of these names that finish a builder. Each requires [`Build`], and so that all required
/// fields are set.
///
/// `enqueue` also requires the traits `$queued` of the event. Its bound has an unused lifetime,
/// `for<'__any>`: so it is checked where the method is called, not where it is declared, and an event that
/// is never enqueued need not have these traits.
#[doc(hidden)]
#[macro_export]
macro_rules! __finishers {
    ($vis:vis $event:ty, $queued:tt: $($name:ident)*) => {
        $($crate::__finisher! { $name $vis $event, $queued })*
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __finisher {
    (build $vis:vis $event:ty, $queued:tt) => {
        /// Builds the event.
        #[must_use]
        $vis fn build(self) -> $event
        where
            Self: $crate::__private::Build<Event = $event>,
        {
            $crate::__private::Build::build(self)
        }
    };
    (emit $vis:vis $event:ty, $queued:tt) => {
        /// Builds the event, runs its subscribers, and returns it with their changes.
        #[track_caller]
        $vis fn emit(self) -> $event
        where
            Self: $crate::__private::Build<Event = $event>,
        {
            $crate::__private::finish::emit(self)
        }
    };
    (try_emit $vis:vis $event:ty, $queued:tt) => {
        /// Builds the event, runs its subscribers, and returns the event with the result.
        ///
        /// # Errors
        ///
        /// If a subscriber failed, or if the emit was refused because emits are nested too deep.
        #[track_caller]
        $vis fn try_emit(
            self,
        ) -> $crate::__private::Result<$crate::Emitted<$event>, $crate::EmitError<$event>>
        where
            Self: $crate::__private::Build<Event = $event>,
        {
            $crate::__private::finish::try_emit(self)
        }
    };
    (emit_async $vis:vis $event:ty, $queued:tt) => {
        /// Builds the event. The future runs its subscribers, the async ones concurrently, and returns
        /// the event.
        #[track_caller]
        $vis fn emit_async(self) -> $crate::emitting::EmitAsync<$event>
        where
            Self: $crate::__private::Build<Event = $event>,
        {
            $crate::__private::finish_async(self)
        }
    };
    (enqueue $vis:vis $event:ty, { $($queued:tt)* }) => {
        /// Builds the event and puts it into the queue, to be emitted later.
        ///
        /// # Errors
        ///
        /// If the queue is full or shut down; the event is in the error.
        #[track_caller]
        $vis fn enqueue(self) -> $crate::__private::Result<(), $crate::queues::QueueFull<$event>>
        where
            Self: $crate::__private::Build<Event = $event>,
            for<'__any> $event: $($queued)*,
        {
            $crate::__private::finish::enqueue(self)
        }
    };
}
