//! The result of a bridge: why it ended, and its counts.

use std::fmt;

use crate::{
    primitives::{Plural, catch_record, one_line},
    result::Panic,
};

/// The result of a bridge: why it ended, and how many items it processed.
///
/// It is also logged: at `error` after a panic, at `info` if the source ended or the registry was
/// dropped, otherwise at `debug`.
///
/// ```
/// use events_core::{Event, Registry, bridge};
///
/// #[derive(Event)]
/// struct Measured(i32);
///
/// let registry = Registry::new();
/// // In a program: the receiver of a channel, for example.
/// let readings = tokio_stream::iter([Ok(21), Err("no signal"), Ok(-300)]);
/// let ended = bridge(readings)
///     .results()
///     .filter(|degrees: &i32| *degrees > -273)
///     .with(|degrees| Some(Measured(degrees)))
///     .on(&registry)
///     .spawn()
///     .wait();
///
/// assert_eq!((ended.came(), ended.emitted(), ended.left_out(), ended.errors()), (3, 1, 1, 1));
/// assert_eq!(
///     ended.to_string(),
///     "the source has ended; 3 items came, 1 emitted, 1 left out, 1 error",
/// );
/// ```
#[derive(Debug)]
pub struct Ended {
    pub(super) why: EndReason,
    pub(super) counts: Counts,
}

/// Why a bridge ended.
///
/// ```
/// use events_core::{Event, Registry, bridge, bridges::EndReason};
///
/// #[derive(Event)]
/// struct Measured(i32);
///
/// let registry = Registry::new();
/// let measure = |texts: &'static [&str]| {
///     let readings = bridge(tokio_stream::iter(texts));
///     let events = readings.with(|text| Some(Measured(text.parse().expect("a number"))));
///     events.on(&registry).spawn().wait()
/// };
/// assert!(matches!(measure(&["21", "22"]).why(), EndReason::SourceEnded));
///
/// // A panic of a closure ends the bridge, and the program may start another one.
/// match measure(&["21", "warm"]).why() {
///     EndReason::Panicked(panic) => assert!(panic.message().starts_with("a number")),
///     why => unreachable!("{why}"),
/// }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum EndReason {
    /// The source has no more items.
    SourceEnded,
    /// The guard of the bridge was dropped, or one of its methods stopped the bridge.
    Stopped,
    /// The registry was dropped.
    RegistryGone,
    /// A closure of the bridge, the conversion into the event, or the source panicked.
    Panicked(Panic),
    /// The future was dropped, for example because its runtime was shut down.
    Dropped,
}

/// The counts of a bridge; [`Ended`] has a method for each.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    pub(super) came: usize,
    pub(super) emitted: usize,
    pub(super) left_out: usize,
    pub(super) errors: usize,
}

impl Ended {
    /// Why the bridge ended.
    #[must_use]
    pub fn why(&self) -> &EndReason {
        &self.why
    }

    /// The number of items received, including errors of the source. If it is higher than the sum of
    /// the other three counts, the bridge ended while it processed the last item.
    #[must_use]
    pub fn came(&self) -> usize {
        self.counts.came
    }

    /// The number of items that became an event whose emit completed.
    #[must_use]
    pub fn emitted(&self) -> usize {
        self.counts.emitted
    }

    /// The number of items that had another sender, did not pass a filter, or became no event.
    #[must_use]
    pub fn left_out(&self) -> usize {
        self.counts.left_out
    }

    /// The number of errors of the source, each logged at `warn`; see
    /// [`results`](crate::bridges::Bridge::results). A lag of a `broadcast::Receiver` of tokio is one, too.
    #[must_use]
    pub fn errors(&self) -> usize {
        self.counts.errors
    }

    pub(super) fn log(&self, topic: &str) {
        const TEXT: &str = "a bridge has ended";
        let topic = &*one_line(topic);
        catch_record(|| match &self.why {
            EndReason::Panicked(_) => {
                tracing::error!(target: "events_core", topic, ended = %self, "{TEXT}");
            }
            EndReason::SourceEnded | EndReason::RegistryGone => {
                tracing::info!(target: "events_core", topic, ended = %self, "{TEXT}");
            }
            EndReason::Stopped | EndReason::Dropped => {
                tracing::debug!(target: "events_core", topic, ended = %self, "{TEXT}");
            }
        });
    }
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = &self.counts;
        write!(
            f,
            "{}; {} came, {} emitted, {} left out, {}",
            self.why,
            Plural(counts.came, "item"),
            counts.emitted,
            counts.left_out,
            Plural(counts.errors, "error"),
        )
    }
}

impl fmt::Display for EndReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SourceEnded => f.write_str("the source has ended"),
            Self::Stopped => f.write_str("its guard stopped it"),
            Self::RegistryGone => f.write_str("its registry was dropped"),
            Self::Panicked(panic) => panic.fmt(f),
            Self::Dropped => f.write_str("its future was dropped"),
        }
    }
}
