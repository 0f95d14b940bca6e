//! A subscriber in an explanation.

use std::{borrow::Cow, fmt, sync::Arc};

use super::verdict::{NotCalled, Verdict};
use crate::{
    metadata::{EventInfo, SubscriberInfo, UnitPhase},
    primitives::one_line,
};

/// A subscriber, with whether an event would be passed to it; see [`Explanation`](super::Explanation).
///
/// Displayed in one line: `shop::pack (src/shop.rs:12): not called: it is muted`.
///
/// ```
/// use events_core::{Event, Registry, explaining::Explained};
///
/// #[derive(Event)]
/// struct Saved;
///
/// let registry = Registry::new();
/// let subscription = registry.subscribe(|_: &Saved| println!("backup")).id("backup").register()?;
/// let explanation = registry.explain::<Saved>();
/// let backup: &Explained = explanation.called().next().expect("it is subscribed");
/// assert_eq!((&*backup.subscriber().name, backup.is_called()), ("backup", true));
/// assert!(backup.to_string().ends_with(": called"));
/// # drop(subscription);
/// # Ok::<(), events_core::subscribing::SubscribeError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Explained {
    subscriber: Arc<SubscriberInfo>,
    verdict: Verdict,
    /// Its event, if that is known.
    event: Option<&'static EventInfo>,
}

impl Explained {
    pub(super) fn new(
        subscriber: Arc<SubscriberInfo>,
        verdict: Verdict,
        event: Option<&'static EventInfo>,
    ) -> Self {
        Self {
            subscriber,
            verdict,
            event,
        }
    }

    pub(super) fn not_called(subscriber: Arc<SubscriberInfo>, why: NotCalled) -> Self {
        Self::new(subscriber, Verdict::NotCalled(why), None)
    }

    /// The subscriber. Of one that no scan has registered, the origin is not known.
    #[must_use]
    pub fn subscriber(&self) -> &SubscriberInfo {
        &self.subscriber
    }

    /// Whether it would be called, and why not.
    #[must_use]
    pub fn verdict(&self) -> &Verdict {
        &self.verdict
    }

    /// Whether it would be called, perhaps only if its condition accepts the event, or if the emit gives what its parameters
    /// [need](SubscriberInfo::needs).
    #[must_use]
    pub fn is_called(&self) -> bool {
        !matches!(self.verdict, Verdict::NotCalled(_))
    }
}

/// The verdict, with what a call needs, and when it is called if its kind does not say it.
pub(super) struct VerdictText<'e>(&'e Explained);

impl Explained {
    pub(super) fn verdict_text(&self) -> VerdictText<'_> {
        VerdictText(self)
    }

    /// Its kind, with the phase of a unit of work, if the kind does not say it.
    pub(super) fn kind_text(&self) -> Cow<'static, str> {
        self.subscriber.kind_and_phase(self.event)
    }
}

impl fmt::Display for VerdictText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(explained) = self;
        write!(f, "{}", explained.verdict)?;
        if !explained.is_called() {
            return Ok(());
        }
        for need in explained.subscriber.needs() {
            write!(f, ", {}", one_line(need))?;
        }
        let phase = explained.subscriber.own_unit_phase(explained.event);
        if phase == Some(UnitPhase::AfterCommit) {
            f.write_str(", after the commit if it is emitted in a unit of work")?;
        }
        Ok(())
    }
}

impl fmt::Display for Explained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.subscriber, self.verdict_text())
    }
}
