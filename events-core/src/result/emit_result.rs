//! What comes back from an emit that asks for the whole story.

use std::{borrow::Cow, error::Error, fmt, ops::Deref, sync::Arc};

use super::{
    failure::{Cause, Failure},
    too_deep::TooDeep,
};
use crate::metadata::SubscriberInfo;

/// An event after [`try_emit`](crate::Event::try_emit), with what became of it.
///
/// Reads like the event itself (`Deref`); [`into_event`](Self::into_event) takes it out.
pub struct Emitted<E> {
    event: E,
    told: EmitStats,
}

/// What became of an event.
#[derive(Default)]
pub(crate) struct EmitStats {
    pub(crate) ran: usize,
    pub(crate) deferred: usize,
    pub(crate) stopped_by: Option<Arc<SubscriberInfo>>,
}

impl<E> Emitted<E> {
    pub(crate) fn new(event: E, told: EmitStats) -> Self {
        Self { event, told }
    }

    /// The event as the subscribers left it.
    #[must_use]
    pub fn event(&self) -> &E {
        &self.event
    }

    /// The event as the subscribers left it.
    #[must_use]
    pub fn into_event(self) -> E {
        self.event
    }

    /// How many subscribers ran; those that a filter kept out or that came after a stop did not.
    #[must_use]
    pub fn ran(&self) -> usize {
        self.told.ran
    }

    /// How many subscribers run later, out of the queue.
    #[must_use]
    pub fn deferred(&self) -> usize {
        self.told.deferred
    }

    /// The subscriber that returned `ControlFlow::Break`, after which no other ran.
    #[must_use]
    pub fn stopped_by(&self) -> Option<&SubscriberInfo> {
        self.told.stopped_by.as_deref()
    }

    /// Whether no subscriber ran, and none will.
    #[must_use]
    pub fn is_unheard(&self) -> bool {
        self.told.is_unheard()
    }
}

impl EmitStats {
    pub(crate) fn is_unheard(&self) -> bool {
        self.ran == 0 && self.deferred == 0
    }
}

impl<E> Deref for Emitted<E> {
    type Target = E;

    fn deref(&self) -> &E {
        &self.event
    }
}

/// Tells what became of the event, not what is in it.
impl<E> fmt::Debug for Emitted<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emitted")
            .field("ran", &self.told.ran)
            .field("deferred", &self.told.deferred)
            .field("stopped_by", &self.told.stopped_by)
            .finish_non_exhaustive()
    }
}

/// An emit in which a subscriber failed, or that was refused; the event is still here.
///
/// `Display` names each failure. Neither it nor `Debug` shows anything of the event.
pub struct EmitError<E> {
    emitted: Emitted<E>,
    topic: Cow<'static, str>,
    trouble: EmitErrorKind,
}

/// What went wrong with an emit.
#[derive(Debug)]
pub(crate) enum EmitErrorKind {
    Failed(Vec<Failure>),
    TooDeep(TooDeep),
}

impl<E> EmitError<E> {
    pub(crate) fn new(
        emitted: Emitted<E>,
        topic: Cow<'static, str>,
        trouble: EmitErrorKind,
    ) -> Self {
        Self {
            emitted,
            topic,
            trouble,
        }
    }

    /// The event as the subscribers left it.
    #[must_use]
    pub fn event(&self) -> &E {
        self.emitted.event()
    }

    /// The event as the subscribers left it.
    #[must_use]
    pub fn into_event(self) -> E {
        self.emitted.into_event()
    }

    /// Each subscriber that failed, in the order in which they ran; none when it was refused.
    #[must_use]
    pub fn failures(&self) -> &[Failure] {
        match &self.trouble {
            EmitErrorKind::Failed(failures) => failures,
            EmitErrorKind::TooDeep(_) => &[],
        }
    }

    /// Why the emit was refused before any subscriber ran; `None` when subscribers failed.
    #[must_use]
    pub fn too_deep(&self) -> Option<&TooDeep> {
        match &self.trouble {
            EmitErrorKind::Failed(_) => None,
            EmitErrorKind::TooDeep(refusal) => Some(refusal),
        }
    }

    /// How many subscribers ran, those that failed included.
    #[must_use]
    pub fn ran(&self) -> usize {
        self.emitted.ran()
    }

    /// The subscriber that stopped the ones after it.
    #[must_use]
    pub fn stopped_by(&self) -> Option<&SubscriberInfo> {
        self.emitted.stopped_by()
    }
}

impl<E> fmt::Display for EmitError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.trouble {
            EmitErrorKind::TooDeep(refusal) => refusal.fmt(f),
            EmitErrorKind::Failed(failures) => {
                let (ran, topic) = (self.ran(), &self.topic);
                let is_unreached = |one: &&Failure| matches!(one.cause(), Cause::Undelivered(_));
                let unreached = failures.iter().filter(is_unreached).count();
                let were = if unreached == 1 { "was" } else { "were" };
                match failures.len() - unreached {
                    0 => write!(
                        f,
                        "of the subscribers of `{topic}`, {unreached} {were} not reached:"
                    )?,
                    failed => {
                        write!(
                            f,
                            "{failed} of the {ran} subscribers of `{topic}` that ran failed"
                        )?;
                        if unreached > 0 {
                            write!(f, ", and {unreached} {were} not reached")?;
                        }
                    }
                }
                for (number, failure) in (1..).zip(failures) {
                    write!(f, "\n  {number}. {failure}")?;
                }
                Ok(())
            }
        }
    }
}

impl<E> fmt::Debug for EmitError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmitError")
            .field("topic", &self.topic)
            .field("emitted", &self.emitted)
            .field("trouble", &self.trouble)
            .finish()
    }
}

impl<E> Error for EmitError<E> {}
