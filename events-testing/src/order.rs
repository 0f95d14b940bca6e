//! Several expectations as one order.

use std::sync::Arc;

use crate::{expectation::Expectation, state::mock_state::Shared};

/// An expectation that can stand in an order.
pub trait Expected {
    /// Which mock it belongs to, and which of its rules it is.
    #[doc(hidden)]
    fn step(&self) -> Step;
}

/// An expectation in an order.
#[doc(hidden)]
#[derive(Clone)]
pub struct Step {
    pub(crate) shared: Arc<Shared>,
    pub(crate) rule: usize,
}

impl<E> Expected for Expectation<E> {
    fn step(&self) -> Step {
        let (shared, rule) = self.place();
        Step {
            shared: Arc::clone(shared),
            rule,
        }
    }
}

impl<E: Expected> Expected for &E {
    fn step(&self) -> Step {
        (**self).step()
    }
}

/// Several expectations that are to be met one after the other: a tuple of two to eight, or an array,
/// slice or `Vec` when all are of one type.
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
    message = "`{Self}` is no order of expectations",
    label = "an order has two expectations or more",
    note = "write `in_order((events.expect::<A>(), events.expect::<B>()))`; of one alone there is no order"
)]
pub trait InOrder {
    /// The expectations.
    #[doc(hidden)]
    fn steps(&self) -> Vec<Step>;
}

impl<E: Expected, const N: usize> InOrder for [E; N] {
    fn steps(&self) -> Vec<Step> {
        const {
            assert!(
                N > 1,
                "of one expectation there is no order; write two or more"
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
            #[expect(non_snake_case, reason = "a value is named as its type")]
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
