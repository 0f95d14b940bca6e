//! A call of a handler that was refused; the error of an awaited subscriber that a sync emit meets, and that of a
//! subscriber whose event cannot be copied.

use std::{borrow::Cow, error::Error, fmt};

use super::{failures::ParamError, timed_out::TimedOut, waits_for_itself::WaitsForItself};
use crate::primitives::one_line;

/// A refused call, as the error that the dispatch receives in place of the handler's. It is private, so that
/// no handler returns one.
#[derive(Debug)]
pub(crate) enum RefusedCall {
    WaitsForItself(WaitsForItself),
    NotAwaited,
    NoCopy(NoCopy),
    Param(ParamError),
    /// It was dropped before its end.
    TimedOut(TimedOut),
}

impl fmt::Display for RefusedCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WaitsForItself(why) => why.fmt(f),
            Self::NotAwaited => NotAwaited(()).fmt(f),
            Self::NoCopy(why) => why.fmt(f),
            Self::Param(why) => why.fmt(f),
            Self::TimedOut(why) => why.fmt(f),
        }
    }
}

impl Error for RefusedCall {}

/// An awaited subscriber that a sync emit did not run: only [`emit_async`](crate::Event::emit_async) and the queue can
/// await it.
///
/// `Display` names the remedy.
///
/// ```
/// use events_core::{Event, Registry, failures::Cause};
///
/// #[derive(Event)]
/// struct Creating {
///     email: String,
/// }
///
/// let registry = Registry::new();
/// registry.on_awaited(async |event: &mut Creating| event.email.make_ascii_lowercase()).detach();
///
/// let error = registry.try_emit(Creating { email: "A@x.org".into() }).unwrap_err();
/// let Cause::NotAwaited(why) = error.failures()[0].cause() else { panic!("it is not run") };
/// assert_eq!(
///     why.to_string(),
///     "it is awaited, and a sync emit cannot wait for it; use `emit_async`, or `enqueue`",
/// );
///
/// let event = smol::block_on(registry.emit_async(Creating { email: "A@x.org".into() }));
/// assert_eq!(event.email, "a@x.org");
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct NotAwaited(pub(super) ());

impl fmt::Display for NotAwaited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "it is awaited, and a sync emit cannot wait for it; use `emit_async`, or `enqueue`",
        )
    }
}

impl Error for NotAwaited {}

/// An event that cannot be copied, for a subscriber that takes an [`EventCopy`](crate::EventCopy), or that runs after the end
/// of the unit of work in which the event was emitted without being moved.
///
/// `Display` names the topic and the remedy.
///
/// ```
/// use events_core::{Event, EventCopy, Registry, failures::Cause};
///
/// #[derive(Event)] // without `Clone`
/// #[event(topic = "shop::opened")]
/// struct Opened;
///
/// let registry = Registry::new();
/// let _audit = registry.on_topic_deferred("shop::.*", |_: &EventCopy| ())?;
///
/// let error = registry.try_emit(Opened).unwrap_err();
/// let Cause::NoCopy(why) = error.failures()[0].cause() else { panic!("it is not run") };
/// assert_eq!(why.topic(), "shop::opened");
/// assert!(why.to_string().contains("derive `Clone`"));
/// # Ok::<(), events_core::subscribing::PatternError>(())
/// ```
#[derive(Clone, Debug)]
pub struct NoCopy {
    topic: Cow<'static, str>,
    borrows: bool,
    /// Whether it is a unit of work that holds the copy.
    in_unit: bool,
}

impl NoCopy {
    pub(crate) fn new(topic: Cow<'static, str>, borrows: bool) -> Self {
        Self {
            topic,
            borrows,
            in_unit: false,
        }
    }

    /// The same where a unit of work was to hold the copy.
    pub(crate) fn in_unit(mut self) -> Self {
        self.in_unit = true;
        self
    }

    /// The topic of the event.
    #[must_use]
    pub fn topic(&self) -> &str {
        &self.topic
    }
}

impl fmt::Display for NoCopy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let topic = one_line(&self.topic);
        if self.in_unit {
            write!(
                f,
                "it receives a copy of the event when the unit of work has ended, and `{topic}` has none; "
            )?;
            if !self.borrows {
                f.write_str("move it into the unit with `emit_in`, or ")?;
            }
        } else {
            write!(f, "it takes a copy of the event, and `{topic}` has none; ")?;
        }
        f.write_str(if self.borrows {
            "an event that borrows cannot outlive the emit: store owned values in it, or make the subscriber a sync one"
        } else {
            "derive `Clone` for the event, and store in it only values that are `Send` and `Sync`; a generic event \
             also needs `#[event(clone)]` or `subscribing::register_copy`, and a model `record::register_copies`"
        })
    }
}

impl Error for NoCopy {}
