//! The errors of emits in a unit of work: the event was not emitted, or subscribers failed.

use std::{borrow::Cow, error::Error, fmt};

use crate::{
    metadata::SubscriberInfo,
    primitives::one_line,
    result::{EmitError, Failure, SubscriberOutcome, TooDeep, Undelivered},
    unit::UnitEnded,
};

/// The error of [`Registry::try_emit_in`](crate::Registry::try_emit_in): the event was not emitted, or subscribers that run
/// at once failed.
///
/// In the first case the event is in the error, unless the unit has ended while the subscribers ran: then it is dropped. In the
/// second the unit holds it: a commit still passes it to the subscribers that run after that. Neither `Display` nor `Debug` shows
/// anything of the event.
///
/// ```
/// use events_core::{Event, Registry, UnitOfWork};
///
/// #[derive(Event)]
/// struct Saved(u32);
///
/// let registry = Registry::new();
/// let work = UnitOfWork::begin();
/// let unit = work.handle();
/// work.commit()?;
///
/// let error = registry.try_emit_in(&unit, Saved(7)).unwrap_err();
/// assert!(error.ended().is_some_and(|ended| ended.is_committed()));
/// assert_eq!(error.into_event().map(|event| event.0), Some(7));
/// # Ok::<(), events_core::units::CommitError>(())
/// ```
pub struct EmitInError<E> {
    topic: Cow<'static, str>,
    event: Option<E>,
    why: EmitInErrorKind,
}

/// Why an emit in a unit returns an error.
pub(in crate::emit) enum EmitInErrorKind {
    /// Before the emit.
    Ended(UnitEnded),
    /// While the subscribers ran that run at once: the event was emitted, and is not held.
    EndedInEmit(UnitEnded),
    Undelivered(Undelivered),
    TooDeep(Box<TooDeep>),
    Failed(Box<EmitError<()>>),
}

impl<E> EmitInError<E> {
    pub(in crate::emit) fn new(
        topic: &'static str,
        event: Option<E>,
        why: EmitInErrorKind,
    ) -> Self {
        let topic = topic.into();
        Self { topic, event, why }
    }

    pub(in crate::emit) fn into_parts(self) -> (Option<E>, EmitInErrorKind) {
        (self.event, self.why)
    }

    /// The error of an event that was not emitted since its unit had ended, or that the unit does not hold since it ended
    /// while the subscribers ran that run at once.
    #[must_use]
    pub fn ended(&self) -> Option<UnitEnded> {
        match &self.why {
            EmitInErrorKind::Ended(ended) | EmitInErrorKind::EndedInEmit(ended) => Some(*ended),
            _ => None,
        }
    }

    /// Why the queue has no room for the event, which was not emitted.
    #[must_use]
    pub fn undelivered(&self) -> Option<Undelivered> {
        match &self.why {
            EmitInErrorKind::Undelivered(why) => Some(*why),
            _ => None,
        }
    }

    /// Why the event was not emitted, if it is that emits were nested too deep.
    #[must_use]
    pub fn too_deep(&self) -> Option<&TooDeep> {
        match &self.why {
            EmitInErrorKind::TooDeep(why) => Some(why),
            _ => None,
        }
    }

    /// The subscribers that run at once and failed, in the order in which they ran; empty if the event was not emitted.
    #[must_use]
    pub fn failures(&self) -> &[Failure] {
        match &self.why {
            EmitInErrorKind::Failed(error) => error.failures(),
            _ => &[],
        }
    }

    /// What became of each subscriber, as [`EmitError::outcomes`] returns it; none if the event was not emitted.
    pub fn outcomes(&self) -> impl Iterator<Item = (&SubscriberInfo, SubscriberOutcome)> {
        let failed = match &self.why {
            EmitInErrorKind::Failed(error) => Some(error),
            _ => None,
        };
        failed.into_iter().flat_map(|error| error.outcomes())
    }

    /// The event, if it was not emitted. `None` if the unit has it, or if the unit ended while subscribers ran at once.
    #[must_use]
    pub fn event(&self) -> Option<&E> {
        self.event.as_ref()
    }

    /// The event, if it was not emitted, as [`event`](Self::event).
    #[must_use]
    pub fn into_event(self) -> Option<E> {
        self.event
    }
}

impl<E> fmt::Display for EmitInError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let topic = one_line(&self.topic);
        match &self.why {
            EmitInErrorKind::Ended(ended) => write!(f, "`{topic}` was not emitted: {ended}"),
            EmitInErrorKind::EndedInEmit(ended) => write!(
                f,
                "`{topic}` was emitted, but is not held for the subscribers that run later: {ended}"
            ),
            EmitInErrorKind::Undelivered(why) => write!(f, "`{topic}` was not emitted: {why}"),
            EmitInErrorKind::TooDeep(why) => why.fmt(f),
            EmitInErrorKind::Failed(error) => error.fmt(f),
        }
    }
}

impl<E> fmt::Debug for EmitInError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("EmitInError");
        debug.field("topic", &format_args!("\"{}\"", one_line(&self.topic)));
        match &self.why {
            EmitInErrorKind::Ended(ended) | EmitInErrorKind::EndedInEmit(ended) => {
                debug.field("why", ended)
            }
            EmitInErrorKind::Undelivered(why) => debug.field("why", why),
            EmitInErrorKind::TooDeep(why) => debug.field("why", why),
            EmitInErrorKind::Failed(error) => debug.field("why", error),
        };
        debug.finish_non_exhaustive()
    }
}

impl<E> Error for EmitInError<E> {}
