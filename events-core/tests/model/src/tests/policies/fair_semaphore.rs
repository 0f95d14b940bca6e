//! Calls that acquire and release permits, or are dropped while they wait.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    task::{Context, Poll, Waker},
};

use shuttle::{
    future::{block_on, spawn, yield_now},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use crate::fair_semaphore::{FairSemaphore, Ticket};
use crate::tests::check_schedules;

/// A semaphore, how many calls hold a permit, and how many have ended.
struct Shared {
    semaphore: FairSemaphore<usize>,
    holding: AtomicUsize,
    ended: AtomicUsize,
}

/// A call that waits for a permit; dropping it gives that up.
struct Waits<'s>(&'s Shared, Ticket);

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        self.0.semaphore.give_up(&mut self.1);
    }
}

async fn call(shared: &Shared, number: usize) {
    let mut waits = Waits(shared, Ticket::default());
    let acquire = |context: &mut Context<'_>| {
        let semaphore = &shared.semaphore;
        semaphore.poll_acquire(&mut waits.1, None, number, Vec::new, context.waker())
    };
    poll_fn(acquire).await.expect("it waits for no other call");
    let at_once = shared.holding.fetch_add(1, Ordering::SeqCst) + 1;
    assert!(at_once <= shared.semaphore.limit(), "{at_once} at once");
    yield_now().await;
    shared.holding.fetch_sub(1, Ordering::SeqCst);
    shared.semaphore.release(number);
}

/// A call that is dropped while it waits, after one poll.
fn dropped_call(shared: &Shared, number: usize) {
    let mut waits = Waits(shared, Ticket::default());
    let context = Context::from_waker(Waker::noop());
    let semaphore = &shared.semaphore;
    let polled = semaphore.poll_acquire(&mut waits.1, None, number, Vec::new, context.waker());
    if polled.is_ready() {
        semaphore.release(number);
    }
}

/// As many tasks make a call, and after it another; `drops` of them drop a call in between.
fn check(limit: usize, tasks: usize, drops: usize) {
    let shared = Arc::new(Shared {
        semaphore: FairSemaphore::new(limit),
        holding: AtomicUsize::new(0),
        ended: AtomicUsize::new(0),
    });
    let all: Vec<_> = (0..tasks)
        .map(|task| {
            let shared = Arc::clone(&shared);
            spawn(async move {
                call(&shared, 3 * task).await;
                if task < drops {
                    dropped_call(&shared, 3 * task + 1);
                }
                call(&shared, 3 * task + 2).await;
                shared.ended.fetch_add(1, Ordering::SeqCst);
            })
        })
        .collect();
    all.into_iter()
        .for_each(|task| block_on(task).expect("the task ends"));
    assert_eq!(shared.ended.load(Ordering::SeqCst), tasks);
}

#[test]
fn no_more_calls_than_the_limit_hold_a_permit_at_once() {
    check_schedules(|| check(1, 3, 0));
    check_schedules(|| check(2, 4, 0));
}

#[test]
fn a_call_that_is_dropped_while_it_waits_passes_its_permit_on() {
    check_schedules(|| check(1, 3, 2));
    check_schedules(|| check(2, 4, 4));
}

/// The permit is granted to a call that is then dropped, while others arrive.
#[test]
fn a_granted_permit_that_is_not_used_is_passed_on() {
    check_schedules(|| {
        let shared = Arc::new(Shared {
            semaphore: FairSemaphore::new(1),
            holding: AtomicUsize::new(0),
            ended: AtomicUsize::new(0),
        });
        let mut first = Ticket::default();
        let poll = |ticket: &mut Ticket, number| {
            let semaphore = &shared.semaphore;
            semaphore.poll_acquire(ticket, None, number, Vec::new, Waker::noop())
        };
        assert!(poll(&mut first, 0).is_ready());
        let mut second = Ticket::default();
        assert!(poll(&mut second, 1).is_pending());
        let others = (2..4).map(|number| {
            let shared = Arc::clone(&shared);
            spawn(async move { call(&shared, number).await })
        });
        let others: Vec<_> = others.collect();
        shared.semaphore.release(0);
        shared.semaphore.give_up(&mut second);
        for other in others {
            block_on(other).expect("the task ends");
        }
        let mut last = pin!(call(&shared, 4));
        let mut context = Context::from_waker(Waker::noop());
        while last.as_mut().poll(&mut context) == Poll::Pending {}
    });
}

/// The granted permit will be released, so the call waits; it is not refused.
#[test]
fn a_call_that_blocks_all_holders_waits_while_another_is_granted_a_permit() {
    let case = || {
        let semaphore = FairSemaphore::new(2);
        let mut tickets: [Ticket; 4] = Default::default();
        let mut poll = |holder: usize, inside: Option<usize>| {
            let inside = || inside.into_iter().collect();
            semaphore.poll_acquire(&mut tickets[holder], None, holder, inside, Waker::noop())
        };
        assert!(poll(0, None).is_ready());
        assert!(poll(1, None).is_ready());
        assert!(poll(2, None).is_pending());
        semaphore.release(1);
        assert!(poll(3, Some(0)).is_pending());
        assert!(matches!(poll(2, None), Poll::Ready(Ok(()))));
        semaphore.release(2);
        assert!(matches!(poll(3, Some(0)), Poll::Ready(Ok(()))));
    };
    shuttle::check_random(case, 1); // one thread
}
