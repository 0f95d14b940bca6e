//! [`Expectation`]: the handle with which a test configures a rule of its mock.

use std::{cell::Cell, fmt, marker::PhantomData, rc::Rc, sync::Arc};

use events_core::{
    __testing::{Intercepted, Viewer},
    AnyEvent, Event,
    bounds::OwnedEvent,
    info::{IntoKey, Location},
    subscribing::IntoPattern,
};

use crate::{
    report::failure_text,
    state::{
        mock_state::MockState,
        rule::{EventSelector, MatchFn, Rule, Times},
    },
};

/// An expectation that an event is emitted: at least once, unless another count is set. Created by
/// [`Events::expect`](crate::Events::expect) and [`Events::expect_topic`](crate::Events::expect_topic).
///
/// It is checked at the end of the test. The events that match it are recorded and not delivered to their
/// subscribers. Expectations are independent: an event that matches several of them counts for each.
///
/// `E` is the type of the event; it is [`ByTopic`] for an expectation of a topic pattern.
#[derive(Clone)]
pub struct Expectation<E> {
    mock: Arc<MockState>,
    /// The index of the rule in the mock.
    rule: usize,
    event: PhantomData<fn(E)>,
}

/// Marks an [`Expectation`] of a topic pattern, in place of an event type.
///
/// ```
/// use events_core::{args, emit_topic};
/// use events_testing::{ByTopic, EventMock, Events, Expectation};
///
/// /// Expects one mail to this user.
/// fn expect_mail(events: &Events, user: u32) -> Expectation<ByTopic> {
///     events.expect_topic("mail::.*").matching(move |event| event.arg("to") == Some(&user)).times(1)
/// }
///
/// let events = EventMock::install();
/// expect_mail(&events, 7);
/// emit_topic("mail::sent", args! { to: 7_u32 });
/// emit_topic("mail::sent", args! { to: 8_u32 });
/// ```
#[derive(Debug)]
pub enum ByTopic {}

impl<E> Expectation<E> {
    /// Adds a rule for the events from now on.
    ///
    /// # Panics
    ///
    /// When a selected event was already emitted.
    #[track_caller]
    fn new(mock: &Arc<MockState>, selector: EventSelector) -> Self {
        let location = Location::from(std::panic::Location::caller());
        let mut data = mock.lock();
        if let Some(text) = failure_text::late_expectation(&data, &selector) {
            drop(data);
            panic!("{text}");
        }
        let first_event = data.next_number;
        data.rules.push(Rule::new(selector, location, first_event));
        let rule = data.rules.len() - 1;
        drop(data);
        Self {
            mock: Arc::clone(mock),
            rule,
            event: PhantomData,
        }
    }

    /// Requires exactly this count. `times(0)` is [`never`](Self::never).
    ///
    /// # Panics
    ///
    /// When the expectation already has a count; and when `times` is 0 and it is part of an order.
    #[track_caller]
    #[expect(clippy::must_use_candidate, reason = "the rule is stored in the mock")]
    pub fn times(self, times: usize) -> Self {
        self.set_times(Times::Exactly(times))
    }

    /// Requires at least this count.
    ///
    /// # Panics
    ///
    /// When `times` is 0, because such an expectation always holds; and when it already has a count.
    #[track_caller]
    #[expect(clippy::must_use_candidate, reason = "the rule is stored in the mock")]
    pub fn at_least(self, times: usize) -> Self {
        assert!(
            times > 0,
            "`at_least(0)` always holds; write `never()`, or remove the expectation"
        );
        self.set_times(Times::AtLeast(times))
    }

    /// Requires that no such event is emitted.
    ///
    /// With [`matching`](Self::matching), another event of the type must be emitted: otherwise `matching`
    /// is never called, and the expectation fails because it proves nothing.
    ///
    /// # Panics
    ///
    /// When the expectation already has a count, and when it is part of an order.
    #[track_caller]
    #[expect(clippy::must_use_candidate, reason = "the rule is stored in the mock")]
    pub fn never(self) -> Self {
        self.set_times(Times::Exactly(0))
    }

    /// Restricts the expectation to events with this origin: a function, `Origin::of::<Type>()`, or a text.
    ///
    /// # Panics
    ///
    /// When the expectation already has an origin, and when such an event was emitted since it was created.
    #[track_caller]
    pub fn from<M>(self, origin: impl IntoKey<M>) -> Self {
        let origin = origin.into_key().into();
        let is_set = self.restrict("from", |rule| set_once(&mut rule.origin, origin));
        assert!(
            is_set.is_ok(),
            "this expectation already has an origin; write another expectation for the other origin"
        );
        self
    }

    #[track_caller]
    fn set_times(self, times: Times) -> Self {
        if times == Times::Exactly(0) {
            let order = {
                let data = self.mock.lock();
                let mut orders = data.orders.iter();
                let order = orders.find(|order| order.rules.contains(&self.rule));
                order.map(|order| order.location)
            };
            if let Some(location) = order {
                panic!(
                    "this expectation is part of the order at {location}, which cannot contain `never()`; \
                     remove it from the order"
                );
            }
        }
        let is_set = self.with_rule(|rule| set_once(&mut rule.times, times));
        assert!(
            is_set.is_ok(),
            "this expectation already has a count; write only one of `times`, `at_least` and `never`"
        );
        self
    }

    #[track_caller]
    fn set_matching(self, matching: MatchFn) -> Self {
        let is_set = self.restrict("matching", |rule| set_once(&mut rule.matching, matching));
        assert!(
            is_set.is_ok(),
            "this expectation already has a `matching`; combine both conditions with `&&`"
        );
        self
    }

    /// Changes the rule so that it matches fewer events.
    ///
    /// # Panics
    ///
    /// When the rule has counted an event already, which was withheld from its subscribers.
    #[track_caller]
    fn restrict<T>(&self, option: &str, change: impl FnOnce(&mut Rule) -> T) -> T {
        let mut data = self.mock.lock();
        if let Some(text) = failure_text::late_option(&data, &data.rules[self.rule], option) {
            drop(data);
            panic!("{text}");
        }
        change(&mut data.rules[self.rule])
    }

    fn with_rule<T>(&self, change: impl FnOnce(&mut Rule) -> T) -> T {
        change(&mut self.mock.lock().rules[self.rule])
    }

    /// The mock of this expectation, and the index of its rule there.
    pub(crate) fn mock_and_rule(&self) -> (&Arc<MockState>, usize) {
        (&self.mock, self.rule)
    }
}

impl<E: Event> Expectation<E> {
    #[track_caller]
    pub(crate) fn of_event(mock: &Arc<MockState>) -> Self {
        Self::new(mock, EventSelector::of_type::<E>())
    }

    /// Restricts the expectation to events for which the closure returns `true`. It is called when the
    /// event is emitted, before the subscribers. Other events are delivered.
    ///
    /// When the closure panics, for example in an `assert!`, the test fails at its end.
    ///
    /// # Panics
    ///
    /// When the expectation already has a `matching`, and when such an event was emitted since it was
    /// created.
    #[track_caller]
    pub fn matching(self, matching: impl Fn(&E) -> bool + Send + Sync + 'static) -> Self
    where
        E: ByValue,
    {
        self.set_matching(Arc::new(move |event: &mut dyn Intercepted| {
            event.event().downcast_ref().is_some_and(&matching)
        }))
    }

    /// [`matching`](Self::matching) for an event type with a lifetime.
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
    /// When the expectation already has a `matching`, and when such an event was emitted since it was
    /// created.
    #[track_caller]
    pub fn matching_borrowed(
        self,
        matching: impl for<'x> Fn(&<E::Family as events_core::bounds::Family>::Of<'x>) -> bool
        + Send
        + Sync
        + 'static,
    ) -> Self {
        let matching = Arc::new(matching);
        self.set_matching(Arc::new(move |event: &mut dyn Intercepted| {
            let (holds, matching) = (Rc::new(Cell::new(false)), Arc::clone(&matching));
            let result = Rc::clone(&holds);
            event.show(&mut Viewer::<E::Family>::new(move |event| {
                result.set(matching(event));
            }));
            holds.get()
        }))
    }
}

/// Sets an option that is not set yet, or returns the value: the first one remains in force.
fn set_once<T>(option: &mut Option<T>, value: T) -> Result<(), T> {
    match option {
        Some(_) => Err(value),
        None => {
            *option = Some(value);
            Ok(())
        }
    }
}

/// An event type without a lifetime, which [`Expectation::matching`] accepts.
///
/// ```
/// use events_core::Event;
/// use events_testing::{ByValue, EventMock, Events};
///
/// #[derive(Event, PartialEq)]
/// struct Placed {
///     number: u32,
/// }
///
/// /// Expects exactly this event, once.
/// fn expect_equal<E: ByValue + PartialEq + Send + Sync>(events: &Events, expected: E) {
///     events.expect::<E>().matching(move |event| *event == expected).times(1);
/// }
///
/// let events = EventMock::install();
/// expect_equal(&events, Placed { number: 7 });
/// Placed { number: 7 }.emit();
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` borrows, so `matching` does not accept it",
    label = "an event type with a lifetime",
    note = "use `.matching_borrowed(|event| ..)`"
)]
pub trait ByValue: OwnedEvent {}

#[diagnostic::do_not_recommend]
impl<E: OwnedEvent> ByValue for E {}

impl Expectation<ByTopic> {
    #[track_caller]
    pub(crate) fn of_topic(mock: &Arc<MockState>, pattern: impl IntoPattern) -> Self {
        Self::new(mock, EventSelector::of_topic(pattern))
    }

    /// Restricts the expectation to events for which the closure returns `true`. It is called when the
    /// event is emitted, before the subscribers. Other events are delivered.
    ///
    /// When the closure panics, for example in an `assert!`, the test fails at its end.
    ///
    /// # Panics
    ///
    /// When the expectation already has a `matching`, and when such an event was emitted since it was
    /// created.
    #[track_caller]
    pub fn matching(
        self,
        matching: impl Fn(&dyn AnyEvent) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.set_matching(Arc::new(move |event: &mut dyn Intercepted| {
            matching(event.event())
        }))
    }
}

impl<E> fmt::Debug for Expectation<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The writer behind `f` is code of the user, which must not run while the mock is locked.
        let (times, location) = self.with_rule(|rule| (rule.times(), rule.location));
        f.debug_struct("Expectation")
            .field("times", &times)
            .field("location", &format_args!("{location}"))
            .finish_non_exhaustive()
    }
}
