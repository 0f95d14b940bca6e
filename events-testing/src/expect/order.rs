//! Orders: several expectations that must be met one after the other.

use std::sync::Arc;

use crate::{expectation::Expectation, state::mock_state::MockState};

/// An expectation as part of an order.
///
/// ```
/// use events_core::Event;
/// use events_testing::{EventMock, Events, Expected};
///
/// #[derive(Event)]
/// struct Placed;
/// #[derive(Event)]
/// struct Paid;
///
/// /// Expects the payment after these events.
/// fn then_paid(events: &Events, before: impl Expected) {
///     events.in_order((before, events.expect::<Paid>().times(1)));
/// }
///
/// let events = EventMock::install();
/// then_paid(&events, events.expect::<Placed>());
/// Placed.emit();
/// Paid.emit();
/// ```
pub trait Expected {
    /// The mock and the rule of the expectation.
    #[doc(hidden)]
    fn step(&self) -> Step;
}

/// A step of an order: one rule of a mock.
#[doc(hidden)]
#[derive(Clone)]
pub struct Step {
    pub(crate) mock: Arc<MockState>,
    /// The index of the rule in the mock.
    pub(crate) rule: usize,
}

impl<E> Expected for Expectation<E> {
    fn step(&self) -> Step {
        let (mock, rule) = self.mock_and_rule();
        Step {
            mock: Arc::clone(mock),
            rule,
        }
    }
}

impl<E: Expected> Expected for &E {
    fn step(&self) -> Step {
        (**self).step()
    }
}

/// Expectations that must be met one after the other: a tuple of two to eight, or an array, slice or `Vec`
/// of expectations of the same type.
///
/// ```
/// # #[derive(events_core::Event)] struct Saved(u32);
/// let events = events_testing::EventMock::install();
/// let numbers = [1, 2].map(|number| events.expect::<Saved>().matching(move |event| event.0 == number));
/// events.in_order(numbers);
/// # (1..=2).for_each(|number| _ = events_core::Event::emit(Saved(number)));
/// ```
///
/// An order of one does not compile:
///
/// ```compile_fail
/// # #[derive(events_core::Event)] struct Saved(u32);
/// let events = events_testing::EventMock::install();
/// let numbers = [1].map(|number| events.expect::<Saved>().matching(move |event| event.0 == number));
/// events.in_order(numbers);
/// # (1..=2).for_each(|number| _ = events_core::Event::emit(Saved(number)));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an order of expectations",
    label = "an order needs at least two expectations",
    note = "write `in_order((events.expect::<A>(), events.expect::<B>()))`"
)]
pub trait InOrder {
    /// The steps in their order.
    #[doc(hidden)]
    fn steps(&self) -> Vec<Step>;
}

impl<E: Expected, const N: usize> InOrder for [E; N] {
    fn steps(&self) -> Vec<Step> {
        const {
            assert!(
                N > 1,
                "an order needs at least two expectations; add another"
            );
        }
        self.as_slice().steps()
    }
}

impl<E: Expected> InOrder for [E] {
    fn steps(&self) -> Vec<Step> {
        self.iter().map(Expected::step).collect()
    }
}

impl<E: Expected> InOrder for Vec<E> {
    fn steps(&self) -> Vec<Step> {
        self.as_slice().steps()
    }
}

impl<O: InOrder + ?Sized> InOrder for &O {
    fn steps(&self) -> Vec<Step> {
        (**self).steps()
    }
}

macro_rules! tuples {
    ($first:ident $second:ident $($more:ident)*) => {
        impl<$first: Expected, $second: Expected, $($more: Expected),*> InOrder
            for ($first, $second, $($more),*)
        {
            #[expect(non_snake_case, reason = "each variable has the name of its type")]
            fn steps(&self) -> Vec<Step> {
                let ($first, $second, $($more),*) = self;
                vec![$first.step(), $second.step(), $($more.step()),*]
            }
        }
        tuples!($second $($more)*);
    };
    ($last:ident) => {};
}

tuples!(A B C D E F G H);
