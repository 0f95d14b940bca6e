//! Expectations as a test writes them.

use std::{
    fmt,
    marker::PhantomData,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{Arc, Mutex, PoisonError},
};

use events_core::{
    __testing::{Intercepted, Pattern},
    AnyEvent, Event, IntoKey, Location, OwnedEvent, Registry,
};

use crate::{
    report::plural::times,
    state::{
        mock_state::{Shared, State},
        recorded_event::Seen,
        rule::{Matching, Rule, Subject, Times},
    },
};

/// An expectation, made by [`Events::expect`](crate::Events::expect) and
/// [`Events::expect_topic`](crate::Events::expect_topic): an event that is to be emitted, once or more
/// often unless told otherwise.
///
/// Whether it holds is looked at when the test ends. The events that it means are recorded, and not
/// delivered to their subscribers. Each expectation is a statement of its own: an event that several of
/// them mean counts for each.
///
/// `E` is the type of the event; of a pattern of topics it is [`ByTopic`].
#[derive(Clone)]
pub struct Expectation<E> {
    shared: Arc<Shared>,
    rule: usize,
    event: PhantomData<fn(E)>,
}

/// What an expectation of a pattern of topics is about.
#[derive(Debug)]
pub enum ByTopic {}

impl<E> Expectation<E> {
    /// The events to come; those of the past are told to whoever expects them.
    #[track_caller]
    fn new(shared: &Arc<Shared>, subject: Subject) -> Self {
        let location = Location::from(std::panic::Location::caller());
        let mut state = shared.state();
        if let Some(refusal) = state.is_late(&subject) {
            drop(state);
            panic!("{refusal}");
        }
        let begins = state.next;
        state.rules.push(Rule::new(subject, location, begins));
        let rule = state.rules.len() - 1;
        drop(state);
        Self {
            shared: Arc::clone(shared),
            rule,
            event: PhantomData,
        }
    }

    /// Exactly so often. `times(0)` is [`never`](Self::never).
    ///
    /// # Panics
    ///
    /// When it was said before how often.
    #[track_caller]
    #[expect(clippy::must_use_candidate, reason = "it is noted when it is made")]
    pub fn times(self, times: usize) -> Self {
        self.often(Times::Exactly(times))
    }

    /// So often or more.
    ///
    /// # Panics
    ///
    /// When `times` is 0, which would hold whatever happens, and when it was said before how often.
    #[track_caller]
    #[expect(clippy::must_use_candidate, reason = "it is noted when it is made")]
    pub fn at_least(self, times: usize) -> Self {
        assert!(
            times > 0,
            "`at_least(0)` holds whatever happens; write `never()`, or leave the expectation out"
        );
        self.often(Times::AtLeast(times))
    }

    /// Not at all: the test fails when such an event is emitted.
    ///
    /// With [`matching`](Self::matching), others of the type must come: when none does, `matching` was
    /// never asked, and that is a failure, for the test would have passed on nothing.
    ///
    /// # Panics
    ///
    /// When it was said before how often.
    #[track_caller]
    #[expect(clippy::must_use_candidate, reason = "it is noted when it is made")]
    pub fn never(self) -> Self {
        self.often(Times::Exactly(0))
    }

    /// Only events that are emitted from there: a function, `Origin::of::<Type>()`, or a text.
    ///
    /// # Panics
    ///
    /// When it has an origin already.
    #[track_caller]
    pub fn from<M>(self, origin: impl IntoKey<M>) -> Self {
        let origin = origin.into_key().into();
        let old = self.change(|rule| rule.origin.replace(origin));
        assert!(
            old.is_none(),
            "this expectation has an origin already; an event comes from one only, so expect those \
             from another by themselves"
        );
        self
    }

    #[track_caller]
    fn often(self, times: Times) -> Self {
        let old = self.change(|rule| rule.times.replace(times));
        assert!(
            old.is_none(),
            "it is said already how often this event is expected; of `times`, `at_least` and `never`, \
             write one"
        );
        self
    }

    #[track_caller]
    fn asking(self, matching: Matching) -> Self {
        let old = self.change(|rule| rule.matching.replace(matching));
        assert!(
            old.is_none(),
            "this expectation has a `matching` already; join both with `&&`"
        );
        self
    }

    fn change<T>(&self, change: impl FnOnce(&mut Rule) -> T) -> T {
        change(&mut self.shared.state().rules[self.rule])
    }

    /// Which mock it belongs to, and which of its rules it is.
    pub(crate) fn place(&self) -> (&Arc<Shared>, usize) {
        (&self.shared, self.rule)
    }
}

impl<E: Event> Expectation<E> {
    #[track_caller]
    pub(crate) fn of_event(shared: &Arc<Shared>) -> Self {
        let subject = Subject::Event {
            family: events_core::__testing::family::<E>(),
            topic: E::topic(),
        };
        Self::new(shared, subject)
    }

    /// Only events of which this holds; it is asked where the event is emitted, before its subscribers
    /// run. Others are delivered.
    ///
    /// A panic in it, of an `assert!` for instance, fails the test at its end.
    ///
    /// # Panics
    ///
    /// When it has a `matching` already.
    #[track_caller]
    pub fn matching(self, matching: impl Fn(&E) -> bool + Send + Sync + 'static) -> Self
    where
        E: ByValue,
    {
        self.asking(Arc::new(move |event: &mut dyn Intercepted| {
            event.event().downcast_ref().is_some_and(&matching)
        }))
    }

    /// [`matching`](Self::matching), for an event that borrows.
    ///
    /// ```
    /// use events_core::Event;
    /// use events_testing::EventMock;
    ///
    /// #[derive(Event)]
    /// struct Login<'a> {
    ///     user: &'a str,
    /// }
    ///
    /// let events = EventMock::install();
    /// events.expect::<Login<'_>>().matching_borrowed(|event| event.user == "ada");
    /// let name = String::from("ada");
    /// Login { user: &name }.emit();
    /// ```
    ///
    /// # Panics
    ///
    /// When it has a `matching` already.
    #[track_caller]
    pub fn matching_borrowed(
        self,
        matching: impl for<'x> Fn(&<E::Family as events_core::Family>::Of<'x>) -> bool
        + Send
        + Sync
        + 'static,
    ) -> Self {
        let matching = Arc::new(matching);
        self.asking(Arc::new(move |event: &mut dyn Intercepted| {
            // Who knows the type of a borrowed event are its handlers; so this is one, in a registry
            // where nobody else is.
            let (answer, matching) = (Arc::new(Mutex::new(None)), Arc::clone(&matching));
            let answers = Arc::clone(&answer);
            let registry = Registry::new();
            let asked = registry.on_borrowed::<E>(move |event| {
                let holds = catch_unwind(AssertUnwindSafe(|| matching(event)));
                *answers.lock().unwrap_or_else(PoisonError::into_inner) = Some(holds);
            });
            event.show(&registry);
            drop(asked);
            let answer = answer.lock().unwrap_or_else(PoisonError::into_inner).take();
            answer.is_some_and(|holds| holds.unwrap_or_else(|payload| resume_unwind(payload)))
        }))
    }
}

/// An event that borrows nothing, of which a closure can be told by its type.
#[diagnostic::on_unimplemented(
    message = "`{Self}` borrows, so what it must match is said otherwise",
    label = "an event with a lifetime",
    note = "write `.matching_borrowed(|event| ..)`"
)]
pub trait ByValue: OwnedEvent {}

#[diagnostic::do_not_recommend]
impl<E: OwnedEvent> ByValue for E {}

impl Expectation<ByTopic> {
    #[track_caller]
    pub(crate) fn of_topic(shared: &Arc<Shared>, pattern: String) -> Self {
        match Pattern::new(pattern.into()) {
            Ok(pattern) => Self::new(shared, Subject::Topic(pattern)),
            Err(error) => panic!("{error}"),
        }
    }

    /// Only events of which this holds; it is asked where the event is emitted, before its subscribers
    /// run. Others are delivered.
    ///
    /// A panic in it, of an `assert!` for instance, fails the test at its end.
    ///
    /// # Panics
    ///
    /// When it has a `matching` already.
    #[track_caller]
    pub fn matching(
        self,
        matching: impl Fn(&dyn AnyEvent) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.asking(Arc::new(move |event: &mut dyn Intercepted| {
            matching(event.event())
        }))
    }
}

impl State {
    /// What is wrong with expecting what has been emitted already.
    fn is_late(&self, subject: &Subject) -> Option<String> {
        let meant = |seen: &&Seen| seen.counts() && subject.is(seen.family, &seen.topic);
        let first = self.seen.iter().find(meant)?;
        let came = times(self.seen.iter().filter(meant).count());
        let (what, instead) = match subject {
            Subject::Event { topic, .. } => (format!("`{topic}`"), "assert_emitted::<..>()"),
            Subject::Topic(pattern) => (
                format!("a topic like `{}`", pattern.text()),
                "assert_emitted_topic(..)",
            ),
        };
        Some(format!(
            "an expectation after the fact: {what} was emitted {came} already, first as\n  {}\n\
             write the expectation before the code that emits; or ask `{instead}` afterwards; or forget \
             what was emitted so far with `clear()`",
            first.to_string().replace('\n', "\n  "),
        ))
    }
}

impl<E> fmt::Debug for Expectation<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.shared.state();
        let rule = &state.rules[self.rule];
        let (times, location) = (rule.times(), rule.location);
        let mut told = f.debug_struct("Expectation");
        told.field("times", &times);
        told.field("location", &format_args!("{location}"));
        told.finish_non_exhaustive()
    }
}
