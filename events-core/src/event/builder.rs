//! What every derived builder is made of.
//!
//! A builder has one type parameter a field: [`Unset`], or [`Set`] once it has a value. A setter
//! turns the first into the second, so a missing or a repeated field is a type error.
//!
//! Any builder has the methods that finish it, and they ask whether it can be built. That asks each
//! field for a trait of its own, which carries the error's text in plain words. So these traits are
//! named once for each event, not in every method, and events compile faster.

use super::traits::{EmitBackend, Event, OwnedEvent};

/// The state of a builder's field that has no value yet.
#[derive(Clone, Copy, Debug)]
pub struct Unset;

/// The state of a builder's field that has its value.
#[derive(Clone, Copy, Debug)]
pub struct Set;

/// The value of a field that is [`Set`], as the type of its builder says.
#[doc(hidden)]
#[inline]
#[must_use]
pub fn given<T>(value: Option<T>) -> T {
    match value {
        Some(value) => value,
        None => unreachable!("the setter that made this field Set has given it a value"),
    }
}

/// A builder in which no required field is missing.
///
/// Derived builders have the same as a method; the trait serves code that is generic over events,
/// and events that have a field called `build`.
#[diagnostic::on_unimplemented(message = "`{Self}` cannot be built: a required field is not set")]
pub trait Build {
    /// What is built.
    type Event;

    /// Puts the event together; a field that was left out takes its default.
    fn build(self) -> Self::Event;
}

/// Asked of a field's state by its setters.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "this field is set twice",
    label = "remove this call: the field is set before"
)]
pub trait Free {}

#[diagnostic::do_not_recommend]
impl Free for Unset {}

/// What the methods that finish a builder do: here, for what stands here is compiled once for all events.
#[doc(hidden)]
pub mod finish {
    use super::{Build, EmitBackend, Event, OwnedEvent};
    use crate::result::{EmitError, Emitted, QueueFull};

    /// An event's future.
    type EmitAsync<E> = <<E as Event>::Backend as EmitBackend>::EmitAsync<E>;

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
    pub fn emit_async<E: Event>(builder: impl Build<Event = E>) -> EmitAsync<E> {
        builder.build().emit_async()
    }

    #[inline]
    #[track_caller]
    pub fn enqueue<E: OwnedEvent + Send>(
        builder: impl Build<Event = E>,
    ) -> Result<(), QueueFull<E>> {
        builder.build().enqueue()
    }
}

/// The methods of these names that finish a builder. Each asks whether the builder can be built, which
/// asks of each field that must be set a trait of its own.
///
/// What is put into the queue must have more traits. That is asked as if the event had one more
/// lifetime: so those are asked who call the method, and an event that is never put there need not have
/// them.
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
        /// Puts the event together.
        #[must_use]
        $vis fn build(self) -> $event
        where
            Self: $crate::__private::Build<Event = $event>,
        {
            $crate::__private::Build::build(self)
        }
    };
    (emit $vis:vis $event:ty, $queued:tt) => {
        /// Builds the event, runs its subscribers, and gives it back as they left it.
        #[track_caller]
        $vis fn emit(self) -> $event
        where
            Self: $crate::__private::Build<Event = $event>,
        {
            $crate::__private::finish::emit(self)
        }
    };
    (try_emit $vis:vis $event:ty, $queued:tt) => {
        /// Builds the event, runs its subscribers, and tells what became of it.
        ///
        /// # Errors
        ///
        /// When a subscriber failed, or when the emit was refused as nested too deep.
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
        /// Builds the event; awaited, runs its subscribers, the async ones beside each other, and
        /// gives it back.
        #[track_caller]
        $vis fn emit_async(self) -> $crate::emitting::EmitAsync<$event>
        where
            Self: $crate::__private::Build<Event = $event>,
        {
            $crate::__private::finish::emit_async(self)
        }
    };
    (enqueue $vis:vis $event:ty, { $($queued:tt)* }) => {
        /// Builds the event, and puts it into the queue, to be emitted later.
        ///
        /// # Errors
        ///
        /// When the queue is full; the event is in the error.
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
