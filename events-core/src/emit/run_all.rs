//! An event on its way through a whole plan, on the task of whoever polls: first the chain, then the
//! tail.

use std::{pin::Pin, sync::Arc, task::Poll, task::Waker};

use super::{context::Sending, defer::hand_over, dispatch};
use crate::{
    background::{Part, Tail, Trailing},
    context::Level,
    event::{Event, Family, Visit},
    handler::{Erased, Lent},
    plan::Plan,
    result::{Failures, Told},
};

/// Where it is told what became of the event in the chain.
pub(crate) struct Telling<'a> {
    pub(crate) told: &'a mut Told,
    pub(crate) failures: &'a Failures,
    /// The tail of which a deferred handler waits for an async one, and the others with it: they go to
    /// the queue at the end.
    pub(crate) last: &'a mut Option<Arc<Tail>>,
}

/// Runs the chain, tells of it, and begins that part of the tail; what is deferred and not in it goes
/// to the queue.
pub(crate) fn begin<E: Event>(
    mut trailing: Pin<&mut Trailing<E>>,
    plan: &Plan,
    level: &Level,
    sending: Sending<'_>,
    part: Part,
    telling: Telling<'_>,
    waker: &Waker,
) -> Poll<()> {
    let Telling {
        told,
        failures,
        last,
    } = telling;
    let Some(event) = trailing.as_mut().event_mut() else {
        return Poll::Ready(());
    };
    if plan.len() > 0 {
        *told = event.__lend(Chain {
            plan,
            sending,
            failures,
        });
    }
    let Some(tail) = plan.tail().filter(|_| told.stopped_by.is_none()) else {
        return Poll::Ready(());
    };
    if part == Part::Async
        && tail.defers()
        && let Some(event) = event.__owned()
    {
        if tail.defers_last() {
            *last = Some(Arc::clone(tail));
        } else {
            let mut fail = |failure| failures.push(failure);
            let handed = hand_over(tail, Lent::of(event), sending, Part::Deferred, &mut fail);
            told.deferred = handed.deferred;
            told.ran += handed.ran;
        }
    }
    trailing.begin(tail, part, level, waker)
}

struct Chain<'a> {
    plan: &'a Plan,
    sending: Sending<'a>,
    failures: &'a Failures,
}

impl<F: Family> Visit<F> for Chain<'_> {
    type Output = Told;

    fn visit(self, event: &mut F::Of<'_>) -> Told {
        dispatch::chain(
            self.plan,
            &mut Erased::new::<F>(event),
            self.sending,
            Some(self.failures),
        )
    }
}
