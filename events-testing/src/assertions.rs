//! Assertions about the events that were emitted so far, and about subscribers.

use std::sync::Arc;

use events_core::{__testing, Event, bounds::OwnedEvent};

use crate::{
    events::Events,
    report::{
        did_you_mean, failure_text,
        plural::{list, times},
    },
    state::rule::EventSelector,
};

/// The emitted events of one type or topic pattern; returned by
/// [`assert_emitted`](Events::assert_emitted) and [`assert_emitted_topic`](Events::assert_emitted_topic).
#[derive(Clone, Debug)]
pub struct Emissions {
    /// The text of the selector.
    selected: String,
    count: usize,
    events: Events,
}

impl Emissions {
    #[track_caller]
    fn new(events: &Events, selector: &EventSelector) -> Self {
        let count = events.count(selector);
        assert!(
            count > 0,
            "{selector} was not emitted\n\n{}",
            events.emitted_text()
        );
        Self {
            selected: selector.to_string(),
            count,
            events: events.clone(),
        }
    }

    /// Asserts that the count is exactly `expected`.
    ///
    /// # Panics
    ///
    /// When it is not.
    #[track_caller]
    #[expect(clippy::must_use_candidate, reason = "it is an assertion")]
    pub fn times(self, expected: usize) -> Self {
        let Self {
            selected,
            count,
            events,
        } = &self;
        assert!(
            *count == expected,
            "{selected} was emitted {}, not {}\n\n{}",
            times(*count),
            times(expected),
            events.emitted_text()
        );
        self
    }

    /// How many such events were emitted.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }
}

impl Events {
    /// Asserts that this event was emitted so far, delivered or not. `assert_emitted::<E>().times(2)` also
    /// asserts how often.
    ///
    /// # Panics
    ///
    /// When it was not emitted.
    #[track_caller]
    #[expect(clippy::must_use_candidate, reason = "it is an assertion")]
    pub fn assert_emitted<E: Event>(&self) -> Emissions {
        Emissions::new(self, &EventSelector::of_type::<E>())
    }

    /// Asserts that no such event was emitted so far.
    ///
    /// # Panics
    ///
    /// When one was emitted.
    #[track_caller]
    pub fn assert_not_emitted<E: Event>(&self) {
        self.assert_none(&EventSelector::of_type::<E>());
    }

    /// Asserts that an event whose whole topic matches this regular expression was emitted so far.
    ///
    /// # Panics
    ///
    /// When none was emitted, and when the pattern is not a regular expression.
    #[track_caller]
    pub fn assert_emitted_topic(&self, pattern: impl AsRef<str>) -> Emissions {
        Emissions::new(self, &EventSelector::of_topic(pattern.as_ref()))
    }

    /// Asserts that no event whose whole topic matches this regular expression was emitted so far.
    ///
    /// # Panics
    ///
    /// When one was emitted, and when the pattern is not a regular expression.
    #[track_caller]
    pub fn assert_not_emitted_topic(&self, pattern: impl AsRef<str>) {
        self.assert_none(&EventSelector::of_topic(pattern.as_ref()));
    }

    fn count(&self, selector: &EventSelector) -> usize {
        self.mock.lock().selected_events(selector).count()
    }

    fn emitted_text(&self) -> String {
        failure_text::emitted_events(&self.mock.lock())
    }

    #[track_caller]
    fn assert_none(&self, selector: &EventSelector) {
        let count = self.count(selector);
        assert!(
            count == 0,
            "{selector} was emitted {}\n\n{}",
            times(count),
            self.emitted_text()
        );
    }

    /// Asserts that no event was emitted so far. Muted events do not count.
    ///
    /// # Panics
    ///
    /// When an event was emitted. The text lists how often each topic was emitted.
    #[track_caller]
    pub fn assert_nothing_emitted(&self) {
        let data = self.mock.lock();
        let text = match data.counted_events().count() {
            0 => return,
            1 => "1 event was emitted".to_owned(),
            count => format!("{count} events were emitted"),
        };
        let counts = failure_text::topic_counts(&data);
        let emitted = failure_text::emitted_events(&data);
        drop(data);
        panic!("{text}, but none should have been\n\n{counts}\n\n{emitted}");
    }

    /// The events of this type that were emitted so far, in order, each as it was before its subscribers ran.
    ///
    /// The mock clones each event when it is emitted, and keeps the clone until [`clear`](Self::clear) or
    /// the end of the mock. If the clone shares a value with the event, such as an `Arc` or a sender, the
    /// value lives as long. What the destructors of these clones emit reaches no subscriber, and is not
    /// recorded.
    ///
    /// The events are `Sync`, because several threads may call this at the same time. An event that is not
    /// can be checked with [`matching`](crate::Expectation::matching).
    ///
    /// # Panics
    ///
    /// When an event could not be cloned: its struct has type parameters without the bounds `Clone + Send`,
    /// or its `Clone` panicked.
    #[must_use]
    #[track_caller]
    pub fn emitted<E: OwnedEvent + Clone + Send + Sync>(&self) -> Vec<E> {
        let selector = EventSelector::of_type::<E>();
        let shared: Vec<Option<Arc<E>>> = {
            let mut data = self.mock.lock();
            let selected = data.selected_events_mut(&selector);
            selected.map(|event| event.clone.share()).collect()
        };
        // From here on the mock is not locked: these are references to the clones that the mock keeps.
        let shared: Option<Vec<Arc<E>>> = shared.into_iter().collect();
        let Some(shared) = shared else {
            panic!(
                "{selector} could not be cloned when it was emitted: if its struct has type parameters, add \
                 the bounds `Clone + Send` to them; or check the event with `expect::<..>().matching(..)`"
            )
        };
        shared.iter().map(|event| E::clone(event)).collect()
    }

    /// Asserts that this subscriber is registered for the event. It is identified by the path of its function
    /// or by its id, as in the report of a scan; the end of the path is enough.
    ///
    /// # Panics
    ///
    /// When it is not registered. The text lists the subscribers that are.
    #[track_caller]
    pub fn assert_subscribed<E: Event>(&self, subscriber: &str) {
        let names = self.subscriber_names::<E>();
        if names.iter().any(|name| is_name_or_end(name, subscriber)) {
            return;
        }
        let topic = E::topic();
        let text = format!("`{subscriber}` is not subscribed to `{topic}`");
        if let Some(question) = did_you_mean::suggest(subscriber, names.iter().map(String::as_str))
        {
            panic!("{text}; {question}");
        }
        assert!(
            !names.is_empty(),
            "{text}, which has no subscribers: a mock starts with the subscribers that were scanned before \
             it was installed, so call `events_core::scan()` before that or in the test"
        );
        let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
        panic!("{text}; subscribed: {}", list(&names));
    }

    /// Asserts that no such subscriber is registered for the event.
    ///
    /// # Panics
    ///
    /// When it is registered; and when no subscriber with that path is linked into the program, because an
    /// assertion about a misspelt path could not fail.
    #[track_caller]
    pub fn assert_not_subscribed<E: Event>(&self, subscriber: &str) {
        let topic = E::topic();
        let names = self.subscriber_names::<E>();
        assert!(
            !names.iter().any(|name| is_name_or_end(name, subscriber)),
            "`{subscriber}` is subscribed to `{topic}`"
        );
        let declared = __testing::declared();
        let is_declared = declared.iter().any(|name| is_name_or_end(name, subscriber));
        if subscriber.contains("::") && !is_declared {
            let question = did_you_mean::suggest(subscriber, declared.iter().copied());
            let question = question.map_or_else(String::new, |question| format!("; {question}"));
            panic!("no subscriber `{subscriber}` is linked into this program{question}");
        }
    }

    fn subscriber_names<E: Event>(&self) -> Vec<String> {
        let subscribers = __testing::subscribers::<E>(&self.registry);
        subscribers
            .iter()
            .map(|subscriber| subscriber.name.to_string())
            .collect()
    }
}

/// Whether `wanted` is the name, or the end of the name after a `::`.
fn is_name_or_end(name: &str, wanted: &str) -> bool {
    let before = name.strip_suffix(wanted);
    before.is_some_and(|before| before.is_empty() || before.ends_with("::"))
}
