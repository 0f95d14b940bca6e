//! The event trait, and families: how handlers of events that borrow are registered without `'static`, see `mod.rs`.
//!
//! The emit methods are implemented in folders that depend on this one; the derive names that
//! implementation as [`Event::Backend`].

use std::time::{Duration, SystemTime};
use std::{any::Any, sync::Arc};

use super::{
    json::Json,
    named_fields::NamedFields,
    ownership::{Owned, Owning},
    statics::EventStatics,
};
use crate::{
    metadata::{EventInfo, IntoKey, Origin, When},
    result::{EmitError, Emitted, FailedCheck, QueueFull},
};

/// Something that happens in a program and that its other parts may react to.
///
/// [`#[derive(Event)]`](derive@crate::Event) implements it. The trait has the emit methods:
/// [`emit`](Self::emit) and the others consume the event, run the subscribers of the current registry in
/// order, and return the event with their changes.
///
/// Guide: [events](crate::guide::events).
///
#[doc = include_str!("../../docs/event.md")]
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

    /// Does not compile when called: an event whose fields have names has a function `builder` of its own,
    /// which takes precedence. The type of the builder is inferred, so that a call causes one error: a projection in the
    /// return type would be a second one.
    #[doc(hidden)]
    #[must_use]
    fn builder<B>() -> B
    where
        Self: NamedFields<B>,
    {
        Self::named_builder()
    }

    /// Runs the subscribers and returns the event.
    ///
    #[doc = include_str!("../../docs/emit.md")]
    #[doc(alias("publish", "dispatch", "fire", "trigger"))]
    #[inline]
    #[track_caller]
    fn emit(mut self) -> Self {
        Self::Backend::__emit(&mut self, None);
        self
    }

    /// [`emit`](Self::emit) with an origin: a function, `Origin::of::<Type>()`, or text.
    ///
    #[doc = include_str!("../../docs/emit_from.md")]
    #[inline]
    #[track_caller]
    fn emit_from<M>(mut self, origin: impl IntoKey<M>) -> Self {
        Self::Backend::__emit(&mut self, Some(&Origin::from(origin.into_key())));
        self
    }

    /// Whether an event of this type, emitted without an origin on the current registry, would be received.
    ///
    #[doc = include_str!("../../docs/has_subscribers.md")]
    #[inline]
    #[must_use]
    fn has_subscribers() -> bool {
        Self::Backend::__has_subscribers::<Self>()
    }

    /// Runs the subscribers and returns the event with the result.
    ///
    #[doc = include_str!("../../docs/try_emit.md")]
    #[inline]
    #[track_caller]
    fn try_emit(self) -> Result<Emitted<Self>, EmitError<Self>> {
        Self::Backend::__try_emit(self, None)
    }

    /// [`try_emit`](Self::try_emit) with an origin.
    ///
    #[doc = include_str!("../../docs/errors_from.md")]
    #[inline]
    #[track_caller]
    fn try_emit_from<M>(self, origin: impl IntoKey<M>) -> Result<Emitted<Self>, EmitError<Self>> {
        Self::Backend::__try_emit(self, Some(&Origin::from(origin.into_key())))
    }

    /// Returns the future [`EmitAsync`](crate::emitting::EmitAsync), which runs the sync subscribers in order, and then
    /// all async ones concurrently, on the caller's task, and returns the event.
    ///
    #[doc = include_str!("../../docs/emit_async.md")]
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

    /// [`emit_async`](Self::emit_async) that returns the event with the result.
    ///
    #[doc = include_str!("../../docs/try_emit_async.md")]
    #[inline]
    #[track_caller]
    fn try_emit_async(self) -> <Self::Backend as EmitBackend>::TryEmitAsync<Self> {
        Self::Backend::__try_emit_async(self, None)
    }

    /// [`try_emit_async`](Self::try_emit_async) with an origin.
    ///
    #[doc = include_str!("../../docs/errors_from.md")]
    #[inline]
    #[track_caller]
    fn try_emit_async_from<M>(
        self,
        origin: impl IntoKey<M>,
    ) -> <Self::Backend as EmitBackend>::TryEmitAsync<Self> {
        Self::Backend::__try_emit_async(self, Some(Origin::from(origin.into_key())))
    }

    /// Puts the event into the queue of the current registry and returns at once.
    ///
    #[doc = include_str!("../../docs/enqueue.md")]
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
    #[doc = include_str!("../../docs/errors_from.md")]
    #[track_caller]
    fn enqueue_from<M>(self, origin: impl IntoKey<M>) -> Result<(), QueueFull<Self>>
    where
        Self: OwnedEvent + Send,
    {
        Self::Backend::__enqueue(self, Some(Origin::from(origin.into_key())))
    }

    /// Puts the event into the queue of the current registry when that time has passed.
    ///
    #[doc = include_str!("../../docs/enqueue_after.md")]
    #[track_caller]
    fn enqueue_after(self, delay: Duration) -> ScheduleResult<Self>
    where
        Self: OwnedEvent + Send,
    {
        Self::Backend::__schedule(self, None, When::After(delay))
    }

    /// [`enqueue_after`](Self::enqueue_after) with an origin.
    ///
    #[doc = include_str!("../../docs/errors_from.md")]
    #[track_caller]
    fn enqueue_after_from<M>(self, delay: Duration, origin: impl IntoKey<M>) -> ScheduleResult<Self>
    where
        Self: OwnedEvent + Send,
    {
        Self::Backend::__schedule(self, Some(origin.into_key().into()), When::After(delay))
    }

    /// Puts the event into the queue of the current registry at that time of the system's clock.
    ///
    #[doc = include_str!("../../docs/enqueue_at.md")]
    #[track_caller]
    fn enqueue_at(self, time: SystemTime) -> ScheduleResult<Self>
    where
        Self: OwnedEvent + Send,
    {
        Self::Backend::__schedule(self, None, When::At(time))
    }

    /// [`enqueue_at`](Self::enqueue_at) with an origin.
    ///
    #[doc = include_str!("../../docs/errors_from.md")]
    #[track_caller]
    fn enqueue_at_from<M>(self, time: SystemTime, origin: impl IntoKey<M>) -> ScheduleResult<Self>
    where
        Self: OwnedEvent + Send,
    {
        Self::Backend::__schedule(self, Some(origin.into_key().into()), When::At(time))
    }

    /// The origin of an event that is emitted without one. The four kinds of emissions in `emit` apply it.
    #[doc(hidden)]
    #[must_use]
    #[inline(always)]
    fn __default_origin() -> Option<Origin> {
        None
    }

    /// Whether events of this type fail closed: the failure of a subscriber that is not optional refuses the event.
    #[doc(hidden)]
    const __FAILS_CLOSED: bool = false;

    /// Refuses the event because of a failure, if events of this type fail closed.
    #[doc(hidden)]
    fn __refuse(&mut self, _failed: FailedCheck) {}

    /// The event itself, if it borrows nothing.
    #[doc(hidden)]
    #[inline]
    fn __owned(&self) -> Option<&dyn Any> {
        Self::Ownership::owned(self)
    }

    /// The field at that index, in the order of [`info`](Self::info), if it borrows nothing.
    #[doc(hidden)]
    #[inline]
    fn __field(&self, _number: usize) -> Option<&dyn Any> {
        None
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

    /// The type of that field as it is written in the source, or of that argument.
    #[doc(hidden)]
    fn __type_of(&self, name: &str) -> Option<&'static str> {
        let mut fields = Self::info().fields();
        Some(fields.find(|field| field.name() == name)?.type_name())
    }

    /// The topic of a named event, by which emits look up its plan.
    #[doc(hidden)]
    #[inline(always)]
    fn __own_topic(&self) -> Option<&Arc<str>> {
        None
    }

    /// The event, as a shutdown returns it.
    #[doc(hidden)]
    fn __into_any(self) -> Box<dyn Any + Send>
    where
        Self: Send + 'static,
    {
        Box::new(self)
    }

    /// The names of the fields, and whether they are secret.
    #[doc(hidden)]
    fn __names(&self) -> Vec<(&str, bool)> {
        Self::info().field_names()
    }

    /// Calls the visitor with the event as the member of its family that it is.
    #[doc(hidden)]
    fn __lend<'s, V: Visit<'s, Self::Family>>(&'s mut self, visitor: V) -> V::Output;
}

/// An event type with every lifetime that it may have. An event that borrows nothing is its own family.
///
#[doc = include_str!("../../docs/family.md")]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an event",
    label = "not an event",
    note = "put `#[derive(Event)]` on the type"
)]
pub trait Family: Sized + 'static {
    /// The member that borrows for `'x`.
    type Of<'x>: Event<Family = Self>;

    /// The data that the derive generates for the type.
    #[doc(hidden)]
    fn statics() -> EventStatics;
}

/// A function that is generic over the lifetime of an event: [`Event::__lend`] calls it. Its output may borrow the
/// event for `'s`, as a future that changes the event does.
#[doc(hidden)]
pub trait Visit<'s, F: Family> {
    /// The result of the visit.
    type Output;

    /// Visits the event.
    fn visit<'x: 's>(self, event: &'s mut F::Of<'x>) -> Self::Output;
}

/// An event that borrows nothing.
///
#[doc = include_str!("../../docs/owned_event.md")]
#[diagnostic::on_unimplemented(
    message = "`{Self}` borrows, and an owned event is needed here",
    label = "this event has a lifetime",
    note = "subscribe to it with `registry.on_borrowed::<{Self}>(|event| ..)`, a method `on_awaited_borrowed`, or `#[subscriber]`",
    note = "an event that is stored, for example in the queue, must own its data"
)]
pub trait OwnedEvent:
    Event<Family = Self, Ownership = Owned> + for<'x> Family<Of<'x> = Self>
{
}

#[diagnostic::do_not_recommend]
impl<E> OwnedEvent for E where E: Event<Family = E, Ownership = Owned> + for<'x> Family<Of<'x> = E> {}

/// The handle of a scheduled event, or the event that was not scheduled.
type Schedules<B, E> = Result<<B as EmitBackend>::Scheduled<E>, QueueFull<E>>;

/// The same of an event on the current registry: [`Scheduled`](crate::queues::Scheduled).
type ScheduleResult<E> = Schedules<<E as Event>::Backend, E>;

/// The implementation of the emit methods, on the current registry. The names have underscores so that the
/// compiler does not suggest them in its errors.
#[doc(hidden)]
pub trait EmitBackend {
    /// Returns the event.
    type EmitAsync<E: Event>: Future<Output = E>;

    /// Returns the event with the result.
    type TryEmitAsync<E: Event>: Future<Output = Result<Emitted<E>, EmitError<E>>>;

    /// The handle of a scheduled event.
    type Scheduled<E: Event>;

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

    /// Puts the event into the queue of the current registry later.
    #[track_caller]
    fn __schedule<E>(event: E, origin: Option<Origin>, when: When) -> Schedules<Self, E>
    where
        E: OwnedEvent + Send;

    /// Emits on the current registry.
    #[track_caller]
    fn __emit<E: Event>(event: &mut E, origin: Option<&Origin>);

    /// Whether the event would be received on the current registry.
    fn __has_subscribers<E: Event>() -> bool;

    /// Emits on the current registry and returns the result.
    #[track_caller]
    fn __try_emit<E: Event>(event: E, origin: Option<&Origin>) -> Result<Emitted<E>, EmitError<E>>;
}
