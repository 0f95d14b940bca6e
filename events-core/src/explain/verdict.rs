//! Whether a subscriber would be called with an event, and why not.

use std::{borrow::Cow, fmt};

use crate::{metadata::Origin, primitives::one_line};

/// Whether a subscriber would be called with an event; see [`Registry::explain`](crate::Registry::explain).
///
/// ```
/// use events_core::{Event, Registry, explaining::{NotCalled, Verdict}};
///
/// #[derive(Event)]
/// struct Saved;
///
/// let registry = Registry::new();
/// registry.subscribe(|_: &Saved| println!("backup")).id("backup").register()?.detach();
/// let verdict = |registry: &Registry| {
///     let explanation = registry.explain::<Saved>();
///     explanation.subscribers().next().map(|backup| backup.verdict().clone())
/// };
/// assert_eq!(verdict(&registry), Some(Verdict::Called));
/// let _muted = registry.mute("backup");
/// assert_eq!(verdict(&registry), Some(Verdict::NotCalled(NotCalled::Muted)));
/// # Ok::<(), events_core::subscribing::SubscribeError>(())
/// ```
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is called, unless a subscriber before it stops the event, or the emit does not give what its parameters
    /// [need](crate::info::SubscriberInfo::needs).
    Called,
    /// The same, if its condition (`when`) accepts the event: that depends on the event.
    CalledIf,
    /// It is not called.
    NotCalled(NotCalled),
}

/// Why a subscriber would not be called with an event. `Display` states it.
///
/// ```
/// use events_core::explaining::NotCalled;
///
/// assert_eq!(NotCalled::UsedUp.to_string(), "it runs once, and has run");
/// ```
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotCalled {
    /// It is limited to another origin, which this is.
    Origin(Origin),
    /// It runs once, and has run.
    UsedUp,
    /// It is [muted](crate::Registry::mute).
    Muted,
    /// It receives only events of a [unit of work](crate::UnitOfWork) that is rolled back.
    AfterRollback,
    /// It is [durable](crate::delivering): it receives events from a store, which has its id.
    Durable(&'static str),
    /// It takes a copy of the event, which cannot be copied: that is a failure of each emit.
    NoCopy,
    /// It is subscribed to other events, with these topics.
    OtherEvents(Vec<Cow<'static, str>>),
    /// It is subscribed to this pattern, which does not match the topic.
    OtherTopics(Cow<'static, str>),
    /// It is declared, and no scan of this registry has registered it: there was none, or it was restricted.
    NotScanned,
    /// It is a method of a listener that only [`Registry::add`](crate::Registry::add) registers, and that is not added to
    /// this registry, or was removed.
    ListenerNotAdded,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Called => f.write_str("called"),
            Self::CalledIf => f.write_str("called if its condition accepts the event"),
            Self::NotCalled(why) => write!(f, "not called: {why}"),
        }
    }
}

impl fmt::Display for NotCalled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Origin(origin) => {
                let origin = one_line(origin.as_str());
                write!(f, "it is limited to the origin `{origin}`")
            }
            Self::UsedUp => f.write_str("it runs once, and has run"),
            Self::Muted => f.write_str("it is muted"),
            Self::AfterRollback => {
                f.write_str("it runs only when the unit of work of the event is rolled back")
            }
            Self::Durable(id) => {
                write!(
                    f,
                    "it is durable, delivered from the store as `{}`",
                    one_line(id)
                )
            }
            Self::NoCopy => f.write_str("it takes a copy, and the event cannot be copied"),
            Self::OtherEvents(topics) => {
                let topics: Vec<_> = topics.iter().map(|topic| one_line(topic)).collect();
                write!(f, "it is subscribed to `{}`", topics.join("`, `"))
            }
            Self::OtherTopics(pattern) => {
                write!(
                    f,
                    "its pattern `{}` does not match the topic",
                    one_line(pattern)
                )
            }
            Self::NotScanned => f.write_str("no scan of this registry has registered it"),
            Self::ListenerNotAdded => f.write_str("its listener is not added to this registry"),
        }
    }
}
