//! A subscriber in an explanation.

use std::{fmt, sync::Arc};

use super::verdict::{NotCalled, Verdict};
use crate::metadata::SubscriberInfo;

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
}

impl Explained {
    pub(super) fn new(subscriber: Arc<SubscriberInfo>, verdict: Verdict) -> Self {
        Self {
            subscriber,
            verdict,
        }
    }

    pub(super) fn not_called(subscriber: Arc<SubscriberInfo>, why: NotCalled) -> Self {
        Self::new(subscriber, Verdict::NotCalled(why))
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

    /// Whether it would be called, perhaps only if its condition accepts the event.
    #[must_use]
    pub fn is_called(&self) -> bool {
        !matches!(self.verdict, Verdict::NotCalled(_))
    }
}

impl fmt::Display for Explained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.subscriber, self.verdict)
    }
}
