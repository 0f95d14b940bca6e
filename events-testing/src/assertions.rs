//! Assertions about the events that were emitted so far, and about subscribers.

use std::{borrow::Cow, fmt, marker::PhantomData, sync::Arc};

use events_core::{
    __testing::{self, Recorded, suggest},
    Event,
    bounds::OwnedEvent,
    subscribing::IntoPattern,
};

use crate::{
    events::Events,
    evidence::failures::is_name_or_end,
    expectation::ByTopic,
    report::{
        failure_text,
        plural::{list, times},
    },
    state::rule::EventSelector,
};

/// The emitted events of one type or topic pattern; returned by
/// [`assert_emitted`](Events::assert_emitted) and [`assert_emitted_topic`](Events::assert_emitted_topic).
///
/// `E` is the type of the events; it is [`ByTopic`] for those of a topic pattern.
pub struct Emissions<E> {
    /// The text of the selector, and of the conditions.
    selected: String,
    /// The numbers of the events.
    numbers: Vec<u64>,
    events: Events,
    event: PhantomData<fn(E)>,
}

impl<E> Clone for Emissions<E> {
    fn clone(&self) -> Self {
        Self {
            selected: self.selected.clone(),
            numbers: self.numbers.clone(),
            events: self.events.clone(),
            event: PhantomData,
        }
    }
}

impl<E> fmt::Debug for Emissions<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emissions")
            .field("selected", &self.selected)
            .field("count", &self.numbers.len())
            .finish_non_exhaustive()
    }
}

impl<E> Emissions<E> {
    /// The events that were emitted so far. `within` is the time that the test has waited for one, as a text;
    /// `opposite` is the assertion that holds if there are none.
    #[track_caller]
    pub(crate) fn new(
        events: &Events,
        selector: &EventSelector,
        within: &str,
        opposite: Option<&str>,
    ) -> Self {
        let numbers = events.numbers(selector);
        if numbers.is_empty() {
            panic!("{}", events.not_emitted_text(selector, within, opposite));
        }
        Self {
            selected: selector.to_string(),
            numbers,
            events: events.clone(),
            event: PhantomData,
        }
    }

    /// Asserts that the count is exactly `expected`, which is at least 1: with no such event, the assertion before has
    /// failed. [`assert_not_emitted`](Events::assert_not_emitted) asserts that there is none.
    ///
    /// # Panics
    ///
    /// When it is not.
    #[track_caller]
    #[expect(clippy::must_use_candidate, reason = "it is an assertion")]
    pub fn times(self, expected: usize) -> Self {
        let (count, selected) = (self.count(), &self.selected);
        assert!(
            count == expected,
            "{selected} was emitted {}, not {}\n\n{}",
            times(count),
            times(expected),
            self.events.emitted_text()
        );
        self
    }

    /// How many such events were emitted.
    #[must_use]
    pub fn count(&self) -> usize {
        self.numbers.len()
    }
}

impl<E> Emissions<E> {
    /// Asserts that the closure returns `true` for at least one of the events, and restricts
    /// [`times`](Self::times) and [`count`](Self::count) to these. That it holds for none is an expectation, written
    /// before the code that emits: `expect::<E>().never().matching(..)`. The closure is called with the events as they were before
    /// their subscribers ran; see [`Events::emitted`], also for the types that it accepts.
    ///
    /// ```
    /// use events_core::Event;
    /// use events_testing::EventMock;
    ///
    /// #[derive(Event, Clone)]
    /// struct Placed {
    ///     number: u32,
    /// }
    ///
    /// let events = EventMock::install();
    /// for number in [7, 8, 9] {
    ///     Placed { number }.emit();
    /// }
    /// events.assert_emitted::<Placed>().matching(|event| event.number > 7).times(2);
    /// ```
    ///
    /// # Panics
    ///
    /// When it returns `false` for all of them; when one could not be cloned, as in [`Events::emitted`]; and when one
    /// was discarded with [`clear`](Events::clear) in between.
    #[track_caller]
    pub fn matching(self, matching: impl Fn(&E) -> bool) -> Self
    where
        E: Recorded + Clone + Send + Sync,
    {
        let Self {
            selected,
            mut numbers,
            events,
            event,
        } = self;
        let shared = events.shared::<E>(&selected, &numbers);
        let mut shared = shared.iter();
        let all = numbers.clone();
        numbers.retain(|_| shared.next().is_some_and(|event| matching(event)));
        if numbers.is_empty() {
            let (which, emitted) = {
                let data = events.mock.lock();
                (
                    failure_text::event_list(&data, &all),
                    failure_text::emitted_events(&data),
                )
            };
            panic!(
                "{selected} was emitted {}, but `matching` did not hold: {which}\n\
                 - if it should not hold, write `expect::<..>().never().matching(..)` before the code that emits\n\n\
                 {emitted}",
                times(all.len())
            );
        }
        Self {
            selected: format!("{selected}, matching a condition,"),
            numbers,
            events,
            event,
        }
    }
}

impl Events {
    /// Asserts that this event was emitted so far, delivered or not. `assert_emitted::<E>().times(2)` also
    /// asserts how often, and `assert_emitted::<E>().matching(|event| ..)` that a condition holds.
    ///
    /// # Panics
    ///
    /// When it was not emitted.
    #[track_caller]
    #[expect(clippy::must_use_candidate, reason = "it is an assertion")]
    pub fn assert_emitted<E: Event>(&self) -> Emissions<E> {
        let opposite = Some("assert_not_emitted");
        Emissions::new(self, &EventSelector::of_type::<E>(), "", opposite)
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

    /// Asserts that an event whose whole topic matches this regular expression, or is that of
    /// [`Pattern::exact`](events_core::subscribing::Pattern::exact), was emitted so far.
    ///
    /// # Panics
    ///
    /// When none was emitted, and when the pattern is not a regular expression.
    #[track_caller]
    pub fn assert_emitted_topic(&self, pattern: impl IntoPattern) -> Emissions<ByTopic> {
        let selector = EventSelector::of_topic(pattern);
        Emissions::new(self, &selector, "", Some("assert_not_emitted_topic"))
    }

    /// Asserts that no event whose whole topic matches this regular expression, or is that of
    /// [`Pattern::exact`](events_core::subscribing::Pattern::exact), was emitted so far.
    ///
    /// # Panics
    ///
    /// When one was emitted, and when the pattern is not a regular expression.
    #[track_caller]
    pub fn assert_not_emitted_topic(&self, pattern: impl IntoPattern) {
        self.assert_none(&EventSelector::of_topic(pattern));
    }

    /// The numbers of the events that were emitted so far.
    fn numbers(&self, selector: &EventSelector) -> Vec<u64> {
        let data = self.mock.lock();
        let selected = data.selected_events(selector);
        selected.map(|event| event.number).collect()
    }

    fn not_emitted_text(
        &self,
        selector: &EventSelector,
        within: &str,
        opposite: Option<&str>,
    ) -> String {
        let circumstances = self.circumstances();
        let data = self.mock.lock();
        failure_text::not_emitted(&data, selector, within, &circumstances, opposite)
    }

    fn emitted_text(&self) -> String {
        failure_text::emitted_events(&self.mock.lock())
    }

    #[track_caller]
    fn assert_none(&self, selector: &EventSelector) {
        let count = self.numbers(selector).len();
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
    /// The events are `Sync`, because several threads may call this at the same time. An event that is not, and
    /// one of [`record`](events_core::record) or [`auth`](events_core::auth), of which a mock keeps no clone, can be
    /// checked with [`matching`](crate::Expectation::matching):
    ///
    /// ```compile_fail
    /// use events_core::{Event, record::Created};
    /// use events_testing::EventMock;
    ///
    /// let events = EventMock::install();
    /// Created::new(7).emit();
    /// assert_eq!(events.emitted::<Created<i32>>().len(), 1);
    /// ```
    ///
    /// # Panics
    ///
    /// When an event could not be cloned: its struct has type parameters and not the option
    /// `#[event(clone)]`, or its `Clone` panicked.
    #[must_use]
    #[track_caller]
    pub fn emitted<E: Recorded + Clone + Send + Sync>(&self) -> Vec<E> {
        let selector = EventSelector::of_type::<E>();
        let shared = self.shared(&selector.to_string(), &self.numbers(&selector));
        shared.iter().map(|event| E::clone(event)).collect()
    }

    /// References to the clones that the mock keeps of these events.
    #[track_caller]
    fn shared<E: OwnedEvent + Send + Sync>(&self, selected: &str, numbers: &[u64]) -> Vec<Arc<E>> {
        let (shared, is_discarded) = {
            let mut data = self.mock.lock();
            let is_discarded = numbers.iter().any(|number| data.event(*number).is_none());
            let shared = numbers.iter();
            let shared = shared.map(|number| data.event_mut(*number)?.clone.share());
            (shared.collect::<Vec<Option<Arc<E>>>>(), is_discarded)
        };
        assert!(
            !is_discarded,
            "{selected} was emitted, but an event of it was discarded by `clear()` since; call `matching` before that"
        );
        // From here on the mock is not locked.
        let shared: Option<Vec<Arc<E>>> = shared.into_iter().collect();
        let Some(shared) = shared else {
            panic!(
                "{selected} could not be cloned when it was emitted: if its struct has type parameters, write \
                 `#[event(clone)]` on it; or check the event with `expect::<..>().matching(..)`"
            )
        };
        shared
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
        let is_named = |name: &str| is_name_or_end(name, subscriber);
        if let Some(method) = __testing::method_to_add::<E>(&self.registry, is_named) {
            panic!(
                "{text}: `{method}` is a method of a listener that is not Default, so a scan does not create it; add it \
                 in the test with `events.registry().add(..).detach()`"
            );
        }
        if let Some(question) = suggest(subscriber, names.iter().map(String::as_str)) {
            panic!("{text}; {question}");
        }
        assert!(
            !names.is_empty() || !__testing::has_declared(&self.registry),
            "{text}, which has no subscribers; if it is declared, scan its module or crate as well"
        );
        assert!(
            !names.is_empty(),
            "{text}, which has no subscribers: a mock starts with the subscribers that were scanned before \
             it was installed, so call `events_core::scan()` before that or in the test"
        );
        let names = list(&names, |name| format!("`{name}`"));
        panic!("{text}; subscribed: {names}");
    }

    /// Asserts that no such subscriber is registered for the event.
    ///
    /// # Panics
    ///
    /// When it is registered; and when no subscriber with that path or id is linked into the program, or was
    /// registered in this test: an assertion about a misspelt name could not fail.
    #[track_caller]
    pub fn assert_not_subscribed<E: Event>(&self, subscriber: &str) {
        let topic = E::topic();
        let names = self.subscriber_names::<E>();
        assert!(
            !names.iter().any(|name| is_name_or_end(name, subscriber)),
            "`{subscriber}` is subscribed to `{topic}`"
        );
        // Those that were removed again are in the names that the mock has recorded.
        let mut known = self.mock.lock().names.clone();
        known.extend(__testing::subscriber_names(&self.registry));
        known.extend(__testing::declared().into_iter().map(Cow::Borrowed));
        let is_known = known.iter().any(|name| is_name_or_end(name, subscriber));
        if !is_known {
            let text = format!("no subscriber `{subscriber}` is linked into this program");
            match suggest(subscriber, known.iter().map(AsRef::as_ref)) {
                Some(question) => panic!("{text}; {question}"),
                None => panic!("{text}, and none with that name was registered in this test"),
            }
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
