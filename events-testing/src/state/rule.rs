//! A rule: one expectation of a test, and how the recorded events compare with it.

use std::{
    any::TypeId,
    fmt, mem,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use events_core::{
    __testing::{self, Intercepted, Pattern, one_line},
    Event, Origin,
    info::Location,
    subscribing::IntoPattern,
};

use super::nesting::{MAX_NESTING, Nesting};

/// The closure that a test passes to `matching`.
pub(crate) type MatchFn = Arc<dyn Fn(&mut dyn Intercepted) -> bool + Send + Sync>;

/// An expectation as its mock stores it.
pub(crate) struct Rule {
    pub(crate) selector: EventSelector,
    pub(crate) origin: Option<Origin>,
    pub(crate) matching: Option<MatchFn>,
    pub(crate) times: Option<Times>,
    /// The line of the test that created the expectation.
    pub(crate) location: Location,
    /// The number of the first event that the rule can count; earlier events are ignored.
    pub(crate) first_event: u64,
    pub(crate) results: MatchResults,
}

/// The events that a rule or an assertion is about.
pub(crate) enum EventSelector {
    Type { family: TypeId, topic: &'static str },
    Topic(Pattern),
}

/// An expected order: all matched events of each rule come before those of the next rule.
pub(crate) struct RuleOrder {
    /// The indices of the rules in their mock.
    pub(crate) rules: Vec<usize>,
    /// The line of the test that requires the order.
    pub(crate) location: Location,
}

/// How often an event must be emitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Times {
    Exactly(usize),
    AtLeast(usize),
}

/// The numbers of the selected events, by their result.
#[derive(Default)]
pub(crate) struct MatchResults {
    pub(crate) matched: Vec<u64>,
    pub(crate) other_origin: Vec<u64>,
    pub(crate) rejected: Vec<u64>,
    /// With the text of the panic; `None` if the event was cleared.
    pub(crate) panicked: Vec<(Option<u64>, String)>,
}

impl MatchResults {
    /// The numbers of all selected events.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = u64> {
        let Self {
            matched,
            other_origin,
            rejected,
            panicked,
        } = self;
        let panicked = panicked.iter().filter_map(|(number, _)| number.as_ref());
        let others = matched.iter().chain(other_origin).chain(rejected);
        others.chain(panicked).copied()
    }
}

impl MatchResults {
    /// Forgets the events. Panics of `matching` remain: they may be assertions.
    pub(crate) fn clear(&mut self) {
        let panicked = mem::take(&mut self.panicked).into_iter();
        *self = Self {
            panicked: panicked.map(|(_, text)| (None, text)).collect(),
            ..Self::default()
        };
    }
}

/// How a selected event compares with a rule.
pub(crate) enum MatchResult {
    Matched,
    /// It has another origin than the rule requires, or none.
    OtherOrigin,
    /// `matching` returned `false`.
    Rejected,
    /// `matching` panicked with this text.
    Panicked(String),
}

/// The origin and the closure of a rule, copied out of the mock, so that the closure runs while the mock
/// is not locked.
pub(crate) struct RuleCheck {
    /// The index of the rule in its mock.
    pub(crate) rule: usize,
    origin: Option<Origin>,
    matching: Option<MatchFn>,
}

impl EventSelector {
    pub(crate) fn of_type<E: Event>() -> Self {
        Self::Type {
            family: __testing::family::<E>(),
            topic: E::topic(),
        }
    }

    /// # Panics
    ///
    /// When the pattern is not a regular expression.
    #[track_caller]
    pub(crate) fn of_topic(pattern: impl IntoPattern) -> Self {
        match pattern.into_pattern() {
            Ok(pattern) => Self::Topic(pattern),
            Err(error) => panic!("{error}"),
        }
    }

    pub(crate) fn selects(&self, family: TypeId, topic: &str) -> bool {
        match self {
            Self::Type {
                family: selected, ..
            } => *selected == family,
            Self::Topic(pattern) => pattern.matches(topic),
        }
    }
}

impl fmt::Display for EventSelector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Type { topic, .. } => write!(f, "`{}`", one_line(topic)),
            Self::Topic(pattern) if pattern.is_exact() => {
                write!(f, "the topic `{}`", one_line(pattern.text()))
            }
            Self::Topic(pattern) => write!(f, "a topic like `{}`", one_line(pattern.text())),
        }
    }
}

impl Rule {
    pub(crate) fn new(selector: EventSelector, location: Location, first_event: u64) -> Self {
        Self {
            selector,
            origin: None,
            matching: None,
            times: None,
            location,
            first_event,
            results: MatchResults::default(),
        }
    }

    /// The required count; without one, at least once.
    pub(crate) fn times(&self) -> Times {
        self.times.unwrap_or(Times::AtLeast(1))
    }

    /// The check for this event, if the rule selects it; `rule` is the index of this rule.
    pub(crate) fn check(&self, rule: usize, family: TypeId, topic: &str) -> Option<RuleCheck> {
        self.selector.selects(family, topic).then(|| RuleCheck {
            rule,
            origin: self.origin.clone(),
            matching: self.matching.clone(),
        })
    }

    /// Whether a check has all options of this rule, which may have been set since the check was made.
    pub(crate) fn is_checked_by(&self, check: &RuleCheck) -> bool {
        (self.origin.is_some(), self.matching.is_some())
            == (check.origin.is_some(), check.matching.is_some())
    }

    pub(crate) fn add_result(&mut self, number: u64, result: MatchResult) {
        let results = &mut self.results;
        match result {
            MatchResult::Matched => results.matched.push(number),
            MatchResult::OtherOrigin => results.other_origin.push(number),
            MatchResult::Rejected => results.rejected.push(number),
            MatchResult::Panicked(text) => results.panicked.push((Some(number), text)),
        }
    }

    /// Whether the rule has a `matching` that was never called. Such a `matching` proves nothing.
    pub(crate) fn has_uncalled_matching(&self) -> bool {
        let MatchResults {
            matched,
            rejected,
            panicked,
            ..
        } = &self.results;
        self.matching.is_some() && matched.is_empty() && rejected.is_empty() && panicked.is_empty()
    }

    /// Whether fewer events have matched than it requires.
    pub(crate) fn has_too_few(&self) -> bool {
        let (Times::Exactly(times) | Times::AtLeast(times)) = self.times();
        self.results.matched.len() < times
    }

    /// Whether the expectation holds, at the end of the test.
    pub(crate) fn holds(&self) -> bool {
        let count = self.results.matched.len();
        let has_count = match self.times() {
            Times::Exactly(times) => count == times,
            Times::AtLeast(times) => count >= times,
        };
        has_count && self.results.panicked.is_empty() && !self.has_uncalled_matching()
    }
}

impl RuleCheck {
    /// Compares the event with the rule. A panic in `matching` becomes a result and does not reach the
    /// code that emits; so does a call that is nested too deep.
    pub(crate) fn run(&self, event: &mut dyn Intercepted, nesting: &Nesting) -> MatchResult {
        if self.origin.is_some() && self.origin.as_ref() != event.event().origin() {
            return MatchResult::OtherOrigin;
        }
        let Some(matching) = &self.matching else {
            return MatchResult::Matched;
        };
        if nesting.is_too_deep() {
            return MatchResult::Panicked(format!(
                "it was called inside itself {MAX_NESTING} times, with an event that it emits; let the \
                 chain of events end"
            ));
        }
        match catch_unwind(AssertUnwindSafe(|| matching(event))) {
            Ok(true) => MatchResult::Matched,
            Ok(false) => MatchResult::Rejected,
            Err(payload) => {
                let text = payload.downcast_ref::<&'static str>().copied();
                let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
                let text = text.unwrap_or("with a payload that is not a string");
                let result = MatchResult::Panicked(text.to_owned());
                // Its destructor might panic as well.
                mem::forget(payload);
                result
            }
        }
    }
}
