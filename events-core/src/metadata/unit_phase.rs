//! When a subscriber runs that receives an event which is emitted in a unit of work.

use std::fmt;

/// When a subscriber runs, if its event is emitted in a [unit of work](crate::UnitOfWork). Without a unit,
/// `AtOnce` and `AfterCommit` are the same.
///
/// ```
/// use events_core::{Event, Registry, units::UnitPhase};
///
/// #[derive(Event, Clone)]
/// struct OrderPlaced;
///
/// let registry = Registry::new();
/// let _mail = registry.subscribe(|_: &OrderPlaced| println!("a mail")).after_commit().id("mail").register()?;
/// let explained = registry.explain::<OrderPlaced>();
/// let mail = explained.subscribers().next().expect("it is subscribed");
/// assert_eq!(mail.subscriber().unit_phase, Some(UnitPhase::AfterCommit));
/// assert_eq!(UnitPhase::AfterCommit.to_string(), "after commit");
/// # Ok::<(), events_core::subscribing::SubscribeError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum UnitPhase {
    /// In the emit.
    AtOnce,
    /// When the unit is committed.
    AfterCommit,
    /// When the unit, or the savepoint that the event was emitted in, is rolled back. It does not receive other events.
    AfterRollback,
}

impl fmt::Display for UnitPhase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AtOnce => "at once",
            Self::AfterCommit => "after commit",
            Self::AfterRollback => "after rollback",
        })
    }
}
