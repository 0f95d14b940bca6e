//! What became of a whole emission, as middleware receives and returns it.

use std::{fmt, sync::Arc};

use crate::{
    metadata::SubscriberInfo,
    result::{BoxError, EmitStats},
};

/// What became of an emission: how many subscribers ran, failed, and run later, and which one stopped it.
///
/// An [`EmitMiddleware`](super::EmitMiddleware) receives it from `next.run()`, and returns it. One that does not call `next`
/// returns [`EmitOutcome::withheld`], or that of [`EmitCall::fail`](super::EmitCall::fail). It contains nothing of the event.
///
/// ```
/// use events_core::{
///     Emission, Event, Registry,
///     middleware::{EmitMiddleware, EmitOutcome, NextEmit},
/// };
///
/// #[derive(Event)]
/// struct MailQueued;
///
/// /// No mail on the test system.
/// struct NoMail;
///
/// impl EmitMiddleware for NoMail {
///     fn call(&self, emission: &Emission, next: NextEmit<'_>) -> EmitOutcome {
///         if emission.topic().ends_with("MailQueued") {
///             return EmitOutcome::withheld();
///         }
///         next.run()
///     }
/// }
///
/// let registry = Registry::new();
/// registry.wrap_emit(NoMail).detach();
/// registry.subscribe(|_: &MailQueued| println!("sent")).id("smtp").register()?.detach();
/// let emitted = registry.try_emit(MailQueued)?;
/// let (_, outcome) = emitted.outcomes().next().expect("it is subscribed");
/// assert_eq!(outcome.to_string(), "was not reached: the event was withheld from all subscribers");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "a middleware returns the outcome"]
pub struct EmitOutcome {
    pub(super) counts: EmitCounts,
    pub(super) is_withheld: bool,
    /// The error of the middleware that returns this.
    pub(super) error: Option<BoxError>,
}

/// What the subscribers of an emission did.
#[derive(Clone, Debug, Default)]
pub(crate) struct EmitCounts {
    ran: usize,
    pub(super) failed: usize,
    deferred: usize,
    retrying: usize,
    stopped_by: Option<Arc<SubscriberInfo>>,
}

impl EmitCounts {
    pub(crate) fn of(stats: &EmitStats, failed: usize) -> Self {
        Self {
            ran: stats.ran,
            failed,
            deferred: stats.deferred as usize,
            retrying: stats.retrying(),
            stopped_by: stats.stopped_by.clone(),
        }
    }

    /// The same, with further subscribers that ran.
    pub(crate) fn with_ran(self, ran: usize) -> Self {
        let ran = self.ran + ran;
        Self { ran, ..self }
    }
}

impl EmitOutcome {
    /// The outcome if the event is withheld from all subscribers: the emitter receives it unchanged, and
    /// [`outcomes`](crate::Emitted::outcomes) names each subscriber as not reached. The emit is no failure.
    ///
    /// Once `next` was called, the outcome is that of the subscribers, whatever is returned.
    pub fn withheld() -> Self {
        Self {
            counts: EmitCounts::default(),
            is_withheld: true,
            error: None,
        }
    }

    /// How many subscribers ran, including those that failed.
    #[must_use]
    pub fn ran(&self) -> usize {
        self.counts.ran
    }

    /// How many subscribers failed, or were not reached although they should have been; and how many middlewares further
    /// inside failed.
    #[must_use]
    pub fn failed(&self) -> usize {
        self.counts.failed
    }

    /// How many subscribers run later, from the queue.
    #[must_use]
    pub fn deferred(&self) -> usize {
        self.counts.deferred
    }

    /// How many subscribers failed and are called again, from the queue.
    #[must_use]
    pub fn retrying(&self) -> usize {
        self.counts.retrying
    }

    /// The subscriber that stopped the emission by returning `ControlFlow::Break`.
    #[must_use]
    pub fn stopped_by(&self) -> Option<&SubscriberInfo> {
        self.counts.stopped_by.as_deref()
    }

    /// Whether the event was withheld from all subscribers, by a middleware that did not call `next`.
    #[must_use]
    pub fn is_withheld(&self) -> bool {
        self.is_withheld
    }
}

impl fmt::Debug for EmitOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmitOutcome")
            .field("ran", &self.counts.ran)
            .field("failed", &self.counts.failed)
            .field("deferred", &self.counts.deferred)
            .field("retrying", &self.counts.retrying)
            .field("stopped_by", &self.counts.stopped_by)
            .field("is_withheld", &self.is_withheld)
            .finish_non_exhaustive()
    }
}
