//! Questions after the fact: what was emitted, and who would hear it.

use events_core::{
    __testing::{self, Pattern, family},
    Event, OwnedEvent,
};

use crate::{
    events::Events,
    report::{
        did_you_mean as similar, failure_text as report,
        plural::{list, times},
    },
    state::recorded_event::Seen,
};

/// The events of one type or topic that were emitted; made by
/// [`assert_emitted`](Events::assert_emitted).
#[derive(Clone, Debug)]
pub struct Emissions {
    what: String,
    count: usize,
    events: Events,
}

impl Emissions {
    #[track_caller]
    pub(crate) fn of(events: &Events, what: &str, is_meant: &dyn Fn(&Seen) -> bool) -> Self {
        let count = events.count(is_meant);
        assert!(count > 0, "{what} was not emitted\n\n{}", events.told());
        Self {
            what: what.to_owned(),
            count,
            events: events.clone(),
        }
    }

    /// That it was exactly so often.
    ///
    /// # Panics
    ///
    /// When it was not.
    #[track_caller]
    #[expect(clippy::must_use_candidate, reason = "it is an assertion")]
    pub fn times(self, expected: usize) -> Self {
        let Self {
            what,
            count,
            events,
        } = &self;
        assert!(
            *count == expected,
            "{what} was emitted {}, not {}\n\n{}",
            times(*count),
            times(expected),
            events.told()
        );
        self
    }

    /// How often it was.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }
}

impl Events {
    /// That this event was emitted so far, delivered or not: `assert_emitted::<E>().times(2)` says how
    /// often.
    ///
    /// # Panics
    ///
    /// When it was not.
    #[track_caller]
    #[expect(clippy::must_use_candidate, reason = "it is an assertion")]
    pub fn assert_emitted<E: Event>(&self) -> Emissions {
        Emissions::of(self, &format!("`{}`", E::topic()), &|seen| {
            seen.family == family::<E>()
        })
    }

    /// That no such event was emitted so far.
    ///
    /// # Panics
    ///
    /// When it was.
    #[track_caller]
    pub fn assert_not_emitted<E: Event>(&self) {
        let what = format!("`{}`", E::topic());
        self.refuse(&what, &|seen| seen.family == family::<E>());
    }

    /// That an event whose topic matches this regular expression as a whole was emitted so far.
    ///
    /// # Panics
    ///
    /// When none was, and when the pattern is no regular expression.
    #[track_caller]
    pub fn assert_emitted_topic(&self, pattern: impl Into<String>) -> Emissions {
        let pattern = compiled(pattern.into());
        let what = format!("a topic like `{}`", pattern.text());
        Emissions::of(self, &what, &|seen| pattern.matches(&seen.topic))
    }

    /// That no event whose topic matches this regular expression as a whole was emitted so far.
    ///
    /// # Panics
    ///
    /// When one was, and when the pattern is no regular expression.
    #[track_caller]
    pub fn assert_not_emitted_topic(&self, pattern: impl Into<String>) {
        let pattern = compiled(pattern.into());
        let what = format!("a topic like `{}`", pattern.text());
        self.refuse(&what, &|seen| pattern.matches(&seen.topic));
    }

    /// How many such events were emitted.
    fn count(&self, is_meant: &dyn Fn(&Seen) -> bool) -> usize {
        let state = self.shared.state();
        let meant = state
            .seen
            .iter()
            .filter(|seen| seen.counts() && is_meant(seen));
        meant.count()
    }

    /// All that was emitted.
    fn told(&self) -> String {
        report::emitted(&self.shared.state())
    }

    /// How often each event was emitted, and all that was.
    fn counted(&self) -> String {
        let state = self.shared.state();
        format!("{}\n\n{}", report::counts(&state), report::emitted(&state))
    }

    #[track_caller]
    fn refuse(&self, what: &str, is_meant: &dyn Fn(&Seen) -> bool) {
        let count = self.count(is_meant);
        assert!(
            count == 0,
            "{what} was emitted {}\n\n{}",
            times(count),
            self.told()
        );
    }

    /// That no event at all was emitted so far; muted ones do not count.
    ///
    /// # Panics
    ///
    /// When one was, with how often each was.
    #[track_caller]
    pub fn assert_nothing_emitted(&self) {
        let count = self.count(&|_| true);
        let events = if count == 1 {
            "event was"
        } else {
            "events were"
        };
        assert!(
            count == 0,
            "{count} {events} emitted, and none was to be\n\n{}",
            self.counted()
        );
    }

    /// The events of this type that were emitted so far, in order, each as it was when it was emitted.
    ///
    /// They are copied where they are emitted, so that anybody may ask afterwards. The copies live until
    /// [`clear`](Self::clear) or the end of the mock: an event that is `Clone` and shares something, such
    /// as an `Arc` or a sender, shares it until then.
    ///
    /// # Panics
    ///
    /// When some could not be copied: those of a type with parameters of which it does not say that they
    /// are `Clone` and `Send`, and those whose `Clone` panics.
    #[must_use]
    #[track_caller]
    pub fn emitted<E: OwnedEvent + Clone + Send>(&self) -> Vec<E> {
        let mut state = self.shared.state();
        state.seen.sort_by_key(|seen| seen.number);
        let meant = |seen: &&Seen| seen.counts() && seen.family == family::<E>();
        let meant = state.seen.iter().filter(meant);
        let copies: Option<Vec<E>> = meant
            .map(|seen| seen.copy.as_ref()?.downcast_ref().cloned())
            .collect();
        drop(state);
        copies.unwrap_or_else(|| {
            panic!(
                "`{}` cannot be copied where it is emitted: where its struct has type parameters, let it \
                 say that they are `Clone + Send`; or look at it with `expect::<..>().matching(..)`",
                E::topic()
            )
        })
    }

    /// That this subscriber would be called with the event. It is named by the path of its function or by
    /// its id, as the report of a scan shows it; the end of the path will do.
    ///
    /// # Panics
    ///
    /// When it would not, with who would.
    #[track_caller]
    pub fn assert_subscribed<E: Event>(&self, subscriber: &str) {
        let names = self.names::<E>();
        if names.iter().any(|name| is_called(name, subscriber)) {
            return;
        }
        let topic = E::topic();
        let mut text = format!("`{subscriber}` is not subscribed to `{topic}`");
        let similar = similar::closest(subscriber, names.iter().map(String::as_str));
        if !similar.is_empty() {
            text.push_str(&format!("; did you mean {}?", quoted(&similar)));
        } else if names.is_empty() {
            text.push_str(
                ", and nobody is: a mock begins with what was scanned before it was installed, so call \
                 `events_core::scan()` there or in the test",
            );
        } else {
            text.push_str(&format!("; subscribed: {}", quoted(&names)));
        }
        panic!("{text}");
    }

    /// That no such subscriber would be called with the event.
    ///
    /// # Panics
    ///
    /// When it would; and when the program knows no subscriber of that path, for the name may be
    /// misspelt, and then this could not fail.
    #[track_caller]
    pub fn assert_not_subscribed<E: Event>(&self, subscriber: &str) {
        let topic = E::topic();
        let names = self.names::<E>();
        assert!(
            !names.iter().any(|name| is_called(name, subscriber)),
            "`{subscriber}` is subscribed to `{topic}`"
        );
        let declared = __testing::declared();
        let is_known = declared.iter().any(|name| is_called(name, subscriber));
        if subscriber.contains("::") && !is_known {
            let similar = similar::closest(subscriber, declared.iter().copied());
            let similar = match similar.as_slice() {
                [] => String::new(),
                similar => format!("; did you mean {}?", quoted(similar)),
            };
            panic!("no subscriber `{subscriber}` is linked into this program{similar}");
        }
    }

    fn names<E: Event>(&self) -> Vec<String> {
        let subscribers = __testing::subscribers::<E>(&self.registry);
        subscribers.iter().map(|one| one.name.to_string()).collect()
    }
}

#[track_caller]
fn compiled(pattern: String) -> Pattern {
    match Pattern::new(pattern.into()) {
        Ok(pattern) => pattern,
        Err(error) => panic!("{error}"),
    }
}

/// Whether this is the name, or the end of the path.
fn is_called(name: &str, wanted: &str) -> bool {
    let before = name.strip_suffix(wanted);
    before.is_some_and(|before| before.is_empty() || before.ends_with("::"))
}

fn quoted(names: &[String]) -> String {
    let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    list(&names)
}
