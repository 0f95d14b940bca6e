//! The report of a scan: the declared subscribers of a registry, as a table.

use std::{borrow::Cow, collections::BTreeMap, fmt, sync::Arc};

use super::{hints::Hints, table::fmt_table};
use crate::{
    metadata::{EventInfo, SubscriberInfo},
    primitives::{Plural, one_line},
    queue::START_WORKER,
    registry::DeclaredOfEvent,
};

/// The declared subscribers that all scans of a registry have registered so far.
///
/// `Display` prints a table: topic, subscriber, file and line, priority, kind and origin of each
/// subscriber, by topic and in running order, and a line of totals. Behind the kind stands when it runs in a unit of work, if
/// the kind does not say it: `after commit` or `after rollback`. Below that it prints hints, one a line: that a
/// crate may not be linked, if no subscriber is; [`unmatched_patterns`](Self::unmatched_patterns);
/// [`uncopied_events`](Self::uncopied_events); and [`listeners_to_add`](Self::listeners_to_add).
///
/// ```text
/// topic                     subscriber        location                priority  kind      origin
/// orders::OrderPlaced       billing::invoice  billing/src/lib.rs:12         10  sync      -
///                           shipping::pack    shipping/src/lib.rs:8          0  sync mut  orders::checkout
/// 2 subscribers of 1 event: 1 from billing, 1 from shipping
/// ```
///
/// ```
/// use events_core::{Event, Registry, subscriber, subscribers};
///
/// #[derive(Event)]
/// struct OrderPlaced;
///
/// #[subscriber]
/// fn pack(_: &OrderPlaced) {}
///
/// #[subscriber(priority = 10)]
/// fn invoice(_: &mut OrderPlaced) {}
///
/// let report = Registry::new().scanner().subscribers(subscribers![pack, invoice]).run();
/// println!("{report}"); // the table
/// let first = report.subscribers().next().expect("it has two");
/// assert!(first.name.ends_with("::invoice"));
/// assert!(report.summary().starts_with("2 subscribers of 1 event: 2 from "));
/// ```
#[derive(Clone, Debug)]
pub struct ScanReport {
    subscribers: Vec<Arc<SubscriberInfo>>,
    /// The kind of each subscriber, with its phase of a unit of work.
    kinds: Vec<Cow<'static, str>>,
    crates: BTreeMap<&'static str, CrateCounts>,
    hints: Hints,
    listeners_to_add: Vec<String>,
    found_nothing: bool,
}

/// The numbers of event types and subscribers of one crate.
///
/// [`ScanReport::crates`] returns it. The crates that declare only events are there as well.
///
/// ```standalone_crate
/// use events_core::{Event, subscriber};
///
/// #[derive(Event)]
/// struct OrderPlaced;
///
/// #[subscriber]
/// fn pack(_: &OrderPlaced) {}
///
/// let report = events_core::scan();
/// for (name, counts) in report.crates() {
///     println!("{name}: {} events, {} subscribers", counts.events, counts.subscribers);
///     assert_eq!((counts.events, counts.subscribers), (1, 1));
/// }
/// assert_eq!(report.crates().len(), 1); // this one
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CrateCounts {
    /// The number of linked event types that it declares.
    pub events: usize,
    /// The number of its subscribers that the scans registered.
    pub subscribers: usize,
}

impl ScanReport {
    pub(crate) fn new(
        mut by_event: Vec<DeclaredOfEvent>,
        events: &[EventInfo],
        hints: Hints,
        listeners_to_add: Vec<String>,
        found_nothing: bool,
    ) -> Self {
        by_event.retain(|(_, subscribers)| !subscribers.is_empty());
        by_event.sort_by(|(_, one), (_, other)| one[0].topic.cmp(&other[0].topic));
        let mut kinds = Vec::new();
        let mut subscribers: Vec<Arc<SubscriberInfo>> = Vec::new();
        for (event, of_event) in by_event {
            kinds.extend(of_event.iter().map(|one| one.kind_and_phase(event)));
            subscribers.extend(of_event);
        }
        let mut crates: BTreeMap<_, CrateCounts> = BTreeMap::new();
        for event in events {
            crates.entry(event.crate_name()).or_default().events += 1;
        }
        for subscriber in &subscribers {
            crates
                .entry(subscriber.crate_name())
                .or_default()
                .subscribers += 1;
        }
        Self {
            subscribers,
            kinds,
            crates,
            hints,
            listeners_to_add,
            found_nothing,
        }
    }

    /// The subscribers, by topic and in running order.
    #[must_use]
    pub fn subscribers(&self) -> impl ExactSizeIterator<Item = &SubscriberInfo> {
        self.subscribers.iter().map(Arc::as_ref)
    }

    /// The numbers of each crate, by its name.
    #[must_use]
    pub fn crates(&self) -> impl ExactSizeIterator<Item = (&'static str, CrateCounts)> {
        self.crates.iter().map(|(&name, &counts)| (name, counts))
    }

    /// The number of events with a subscriber, not counting the subscribers of patterns.
    #[must_use]
    pub fn heard_events(&self) -> usize {
        self.count_topics(|subscriber| subscriber.pattern.is_none())
    }

    fn count_topics(&self, counts: impl Fn(&SubscriberInfo) -> bool) -> usize {
        let topics = self
            .subscribers
            .chunk_by(|one, next| one.topic == next.topic);
        topics
            .filter(|of_one| of_one.iter().any(|one| counts(one)))
            .count()
    }

    /// The patterns that match no linked event, each as a text that names the subscriber and, if there are some,
    /// the most similar topics. If there are some, a scan also logs the text at `warn`.
    ///
    /// Events that are emitted by their topic alone, and those of models that are not yet
    /// [registered](crate::record::register_model), are not known to a scan: a pattern for these is here as well.
    #[must_use]
    pub fn unmatched_patterns(&self) -> impl ExactSizeIterator<Item = &str> {
        self.hints.unmatched.iter().map(String::as_str)
    }

    /// The async and deferred subscribers of a pattern that cannot receive some of the linked events that match it, because
    /// these cannot be copied: each as a text with the topics and the remedy. The scan that registers such a subscriber
    /// also logs the text at `warn`.
    ///
    /// ```
    /// use events_core::{Event, EventCopy, Registry, subscriber, subscribers};
    ///
    /// #[derive(Event)] // without `Clone`
    /// #[event(topic = "report::Opened")]
    /// struct Opened;
    ///
    /// #[subscriber(topic = "report::.*", deferred)]
    /// fn audit(event: &EventCopy) {}
    ///
    /// let report = Registry::new().scanner().subscribers(subscribers![audit]).run();
    /// let text = report.uncopied_events().next().expect("it has no copy");
    /// assert!(text.contains("cannot receive `report::Opened`"));
    /// ```
    #[must_use]
    pub fn uncopied_events(&self) -> impl ExactSizeIterator<Item = &str> {
        self.hints.uncopied.iter().map(String::as_str)
    }

    /// The listeners that the scan does not create, because they are not `Default`, and that were not added to the
    /// registry before the scan, each as a text with its location. A scan also logs the text at `info`.
    #[must_use]
    pub fn listeners_to_add(&self) -> impl ExactSizeIterator<Item = &str> {
        self.listeners_to_add.iter().map(String::as_str)
    }

    /// The hint at crates that are not linked, if the scan was not restricted, no subscriber or listener is linked,
    /// and the registry has none of another library.
    pub(super) fn unlinked_hint(&self) -> Option<&'static str> {
        (self.found_nothing && self.subscribers.is_empty()).then_some(NOT_LINKED)
    }

    /// The line of totals. Subscribers that run later are async or deferred: they need an
    /// `emit_async`, or a worker or flush of the [`Queue`](crate::Queue), which the line names. Durable ones are not among them:
    /// the workers of their store call them.
    #[must_use]
    pub fn summary(&self) -> String {
        let events = self.heard_events();
        let patterns = self.count_topics(|subscriber| subscriber.pattern.is_some());
        let (events, patterns) = match (events, patterns) {
            (events, 0) => (Plural(events, "event").to_string(), String::new()),
            (0, patterns) => (String::new(), Plural(patterns, "pattern").to_string()),
            (events, patterns) => {
                let patterns = format!(" and {}", Plural(patterns, "pattern"));
                (Plural(events, "event").to_string(), patterns)
            }
        };
        let subscribers = Plural(self.subscribers.len(), "subscriber");
        let totals = format!("{subscribers} of {events}{patterns}");
        let crates: Vec<_> = self
            .crates()
            .filter(|(_, counts)| counts.subscribers > 0)
            .map(|(name, counts)| format!("{} from {name}", counts.subscribers))
            .collect();
        let needs_queue = |info: &&SubscriberInfo| info.runs_later() && info.durable.is_none();
        let later = self.subscribers().filter(needs_queue).count();
        let later = match later {
            0 => String::new(),
            later => format!(
                "; {later} {} later: {START_WORKER}, or call registry().queue().flush(), in async code \
                 flush_async().await",
                if later == 1 { "runs" } else { "run" }
            ),
        };
        if crates.is_empty() {
            totals
        } else {
            format!("{totals}: {}{later}", crates.join(", "))
        }
    }
}

/// The hint of a scan that finds no declared subscriber.
const NOT_LINKED: &str =
    "a crate that no code names is not linked; name it: events_core::scan!(the_crate)";

const HEADINGS: [&str; 6] = [
    "topic",
    "subscriber",
    "location",
    "priority",
    "kind",
    "origin",
];

/// The index of the heading of numbers, which are aligned to the right.
const PRIORITY: usize = 3;

impl fmt::Display for ScanReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rows = vec![HEADINGS.map(String::from)];
        let mut last_topic = "";
        for (subscriber, kind) in self.subscribers().zip(&self.kinds) {
            rows.push([
                if subscriber.topic == last_topic {
                    String::new()
                } else {
                    one_line(&subscriber.topic).into_owned()
                },
                one_line(&subscriber.name).into_owned(),
                subscriber.location.to_string(),
                subscriber.priority.to_string(),
                kind.clone().into_owned(),
                subscriber
                    .origin
                    .as_ref()
                    .map_or(Cow::Borrowed("-"), |origin| one_line(origin.as_str()))
                    .into_owned(),
            ]);
            last_topic = &subscriber.topic;
        }
        if rows.len() > 1 {
            fmt_table(f, &rows, PRIORITY)?;
        }
        f.write_str(&self.summary())?;
        let hints = self.unmatched_patterns().chain(self.uncopied_events());
        let hints = hints.chain(self.listeners_to_add());
        for hint in self.unlinked_hint().into_iter().chain(hints) {
            write!(f, "\n{hint}")?;
        }
        Ok(())
    }
}
