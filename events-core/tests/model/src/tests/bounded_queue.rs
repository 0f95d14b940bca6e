//! The queue with a single thread.

use std::{sync::Arc, task::Poll};

use super::consumer::{Item, Queue, TestWaker, counts, poll, pop, push, push_in, taken};
use crate::{
    bounded_queue::BoundedQueue,
    context::EventChain,
    primitives::Waiter,
    sides::{DEFAULT_CAPACITY, PushErrorKind},
};

#[derive(Clone, Copy)]
enum Step {
    Capacity(usize),
    Push(Result<(), PushErrorKind>),
    PushFromJob(Result<(), PushErrorKind>),
    /// Pops the oldest item.
    Pop,
    /// Finds the queue empty.
    PopNone,
    Drain,
    Close,
}

use Step::{Capacity, Close, Drain, Pop, PopNone, Push, PushFromJob};

const FULL_OF_ONE: Result<(), PushErrorKind> = Err(PushErrorKind::Full { capacity: 1 });
const FULL_OF_TWO: Result<(), PushErrorKind> = Err(PushErrorKind::Full { capacity: 2 });
const SHUT_DOWN: Result<(), PushErrorKind> = Err(PushErrorKind::ShutDown);

/// Runs a case in a single schedule.
fn check_single(case: impl Fn(&Queue) + Send + Sync + 'static) {
    shuttle::check_random(move || case(&Arc::new(BoundedQueue::new())), 1);
}

/// The items are numbered by their steps, and the producers push in turns.
fn check(steps: &'static [Step]) {
    check_single(move |queue| {
        let mut waiting = std::collections::VecDeque::new();
        for (number, step) in steps.iter().enumerate() {
            let item = Item(number % 2, number);
            match step {
                Capacity(capacity) => queue.set_capacity(*capacity),
                Push(expected) | PushFromJob(expected) => {
                    let pushed = push(queue, item, matches!(step, PushFromJob(_)));
                    assert_eq!(pushed.map_err(|(kind, _)| kind), *expected, "step {number}");
                    waiting.extend(expected.is_ok().then_some(item));
                }
                Pop => {
                    assert!(!waiting.is_empty());
                    assert_eq!(pop(queue), waiting.pop_front(), "step {number}");
                }
                PopNone => assert_eq!(pop(queue), None, "step {number}"),
                Drain => queue.drain(),
                Close => queue.close(),
            }
            assert_eq!(queue.len(), waiting.len(), "step {number}");
            let of = |producer| waiting.iter().filter(|item| item.0 == producer).count();
            assert_eq!(counts(queue), [of(0), of(1)], "step {number}");
        }
    });
}

#[test]
fn items_are_popped_in_the_order_of_the_pushes() {
    check(&[PopNone, Push(Ok(())), Pop, PopNone]);
    check(&[Push(Ok(())), Push(Ok(())), Push(Ok(())), Pop, Pop, Pop]);
    check(&[Push(Ok(())), Push(Ok(())), Pop, Push(Ok(())), Pop, Pop]);
}

#[test]
fn the_capacity_limits_both_sides_together() {
    check(&[Capacity(1), Push(Ok(())), Push(FULL_OF_ONE), Pop]);
    check(&[
        Capacity(2),
        Push(Ok(())),
        Push(Ok(())),
        Push(FULL_OF_TWO),
        Pop,
        Push(Ok(())),
        Push(FULL_OF_TWO),
        Pop,
        Push(Ok(())),
        Push(FULL_OF_TWO),
        Pop,
        Pop,
        Push(Ok(())),
        Push(Ok(())),
        Push(FULL_OF_TWO),
    ]);
}

#[test]
fn a_smaller_capacity_keeps_queued_items() {
    check(&[
        Push(Ok(())),
        Push(Ok(())),
        Capacity(0), // at least one
        Push(FULL_OF_ONE),
        Pop,
        Push(FULL_OF_ONE),
        Pop,
        Push(Ok(())),
        Capacity(2),
        Push(Ok(())),
    ]);
}

#[test]
fn a_push_of_a_job_is_accepted_while_the_queue_drains() {
    check(&[
        Push(Ok(())),
        Drain,
        Push(SHUT_DOWN),
        PushFromJob(Ok(())),
        Pop,
        Pop,
        PopNone,
        PushFromJob(Ok(())),
        Close,
        PushFromJob(SHUT_DOWN),
        Drain, // it stays closed
        PushFromJob(SHUT_DOWN),
        Pop,
        PopNone,
    ]);
}

#[test]
fn draining_and_full_are_different_errors() {
    check(&[
        Capacity(1),
        Push(Ok(())),
        Drain,
        Push(SHUT_DOWN),
        PushFromJob(FULL_OF_ONE),
    ]);
}

#[test]
fn the_capacity_and_the_state_can_be_read() {
    check_single(|queue| {
        assert_eq!(queue.capacity(), DEFAULT_CAPACITY);
        queue.set_capacity(0);
        assert_eq!(queue.capacity(), 1);
        assert!(queue.is_open());
        queue.drain();
        assert!(!queue.is_open());
        queue.close();
        assert!(!queue.is_open());
    });
}

#[test]
fn an_unattended_queue_is_reported_once() {
    check_single(|queue| {
        let is_unattended = |item| push(queue, item, false).expect_err("it is full").1;
        queue.set_capacity(1);
        queue.attach();
        queue.attach();
        assert_eq!(queue.attached(), 2);
        push(queue, Item(0, 0), false).expect("there is room");
        queue.detach();
        assert!(!is_unattended(Item(0, 1)));
        queue.detach();
        assert!(is_unattended(Item(0, 2)));
        assert!(!is_unattended(Item(1, 3)));
        pop(queue);
        push(queue, Item(0, 4), false).expect("there is room");
        assert!(!is_unattended(Item(0, 5)));
    });
}

#[test]
fn a_draining_queue_is_not_unattended() {
    check_single(|queue| {
        queue.drain();
        assert_eq!(
            push(queue, Item(0, 0), false),
            Err((PushErrorKind::ShutDown, false))
        );
    });
}

#[test]
fn an_item_that_is_popped_and_not_taken_stays() {
    check_single(|queue| {
        push(queue, Item(0, 0), false).expect("there is room");
        drop(queue.pop());
        let popped = queue.pop().expect("it is still there");
        assert!(popped.take::<&str>().is_none());
        assert_eq!(queue.len(), 1);
        assert_eq!(pop(queue), Some(Item(0, 0)));
    });
}

#[test]
fn a_push_wakes_one_waiter() {
    check_single(|queue| {
        let wakers: Vec<_> = (0..3).map(|_| TestWaker::new(queue)).collect();
        let mut waiters: Vec<_> = wakers.iter().map(|_| Waiter::new()).collect();
        let woken = || wakers.iter().filter(|waker| waker.is_woken()).count();
        for (waiter, waker) in waiters.iter_mut().zip(&wakers) {
            assert_eq!(poll(queue, waiter, waker), Poll::Pending);
        }
        push(queue, Item(0, 0), false).expect("there is room");
        assert_eq!(woken(), 1);
        push(queue, Item(0, 1), false).expect("there is room");
        assert_eq!(woken(), 2);
        queue.drain();
        assert_eq!(woken(), 3);
        let first = poll(queue, &mut waiters[0], &wakers[0]);
        assert_eq!(first, Poll::Ready(Some(Item(0, 0))));
    });
}

#[test]
fn a_waiter_that_polls_again_is_woken_by_its_last_waker() {
    check_single(|queue| {
        let (early, late) = (TestWaker::new(queue), TestWaker::new(queue));
        let mut waiter = Waiter::new();
        assert_eq!(poll(queue, &mut waiter, &early), Poll::Pending);
        assert_eq!(poll(queue, &mut waiter, &late), Poll::Pending);
        assert_eq!(Arc::strong_count(&early), 1, "it was dropped");
        push(queue, Item(0, 0), false).expect("there is room");
        assert!(!early.is_woken() && late.is_woken());
    });
}

#[test]
fn a_removed_waiter_is_not_woken() {
    check_single(|queue| {
        let (removed_waker, other_waker) = (TestWaker::new(queue), TestWaker::new(queue));
        let (mut removed, mut other) = (Waiter::new(), Waiter::new());
        assert_eq!(poll(queue, &mut other, &other_waker), Poll::Pending);
        assert_eq!(poll(queue, &mut removed, &removed_waker), Poll::Pending);
        queue.remove_waiter(&mut removed);
        assert_eq!(Arc::strong_count(&removed_waker), 1, "it was dropped");
        assert!(!other_waker.is_woken(), "the queue is empty");
        push(queue, Item(0, 0), false).expect("there is room");
        assert!(other_waker.is_woken());
    });
}

#[test]
fn a_waker_is_dropped_while_no_lock_is_held() {
    check_single(|queue| {
        let mut waiter = Waiter::new();
        for _ in 0..2 {
            let pending = poll(queue, &mut waiter, &TestWaker::new(queue));
            assert_eq!(pending, Poll::Pending);
        }
        queue.remove_waiter(&mut waiter);
        queue.drain();
        let end = poll(queue, &mut waiter, &TestWaker::new(queue));
        assert_eq!(end, Poll::Ready(None));
    });
}

#[test]
fn a_consumer_that_cannot_pop_is_woken_by_a_later_push() {
    check_single(|queue| {
        let (late_waker, other_waker) = (TestWaker::new(queue), TestWaker::new(queue));
        let (mut late, mut other) = (Waiter::new(), Waiter::new());
        assert_eq!(poll(queue, &mut other, &other_waker), Poll::Pending);
        assert_eq!(poll(queue, &mut late, &late_waker), Poll::Pending);
        push(queue, Item(0, 0), false).expect("there is room");
        assert!(late_waker.is_woken() && !other_waker.is_woken());
        queue.remove_waiter(&mut late);
        assert!(other_waker.is_woken(), "the wake-up is passed on");
        let again = TestWaker::new(queue);
        for _ in 0..2 {
            queue.add_late_waiter(&mut late, &Arc::clone(&again).into());
            assert!(!again.is_woken(), "it does not wake itself");
        }
        push(queue, Item(0, 1), false).expect("there is room");
        assert!(again.is_woken());
    });
}

/// Consumers of which none can pop do not wake one another for ever: each has one chance for an item.
#[test]
fn a_consumer_that_cannot_pop_passes_its_wake_up_to_those_that_registered_before_it() {
    check_single(|queue| {
        let wakers: [_; 3] = std::array::from_fn(|_| TestWaker::new(queue));
        let mut waiters: [_; 3] = std::array::from_fn(|_| Waiter::new());
        for (waiter, waker) in waiters.iter_mut().zip(&wakers) {
            assert_eq!(poll(queue, waiter, waker), Poll::Pending);
        }
        // The one that registered last is woken first.
        for number in 0..2 {
            push(queue, Item(0, number), false).expect("there is room");
            let mut chances = 0;
            while let Some(woken) = wakers.iter().position(|waker| waker.take_woken()) {
                chances += 1;
                let waker = Arc::clone(&wakers[woken]).into();
                queue.add_late_waiter(&mut waiters[woken], &waker);
            }
            assert_eq!(chances, 3, "item {number}");
        }
    });
}

/// The chains that jobs push in, and how long they are in the flush with a number, or if none counts it, and
/// whether that flush counts it.
#[test]
fn an_item_has_the_chain_of_the_job_that_pushed_it() {
    check_single(|queue| {
        let second = EventChain::NONE.next();
        let in_flush = second.in_flush(7).next();
        let rows = [
            (None, 0, 0, true),
            (Some(EventChain::NONE), 0, 1, true),
            (Some(second), 0, 2, true),
            // A flush counts from its own beginning; an earlier one keeps the count of a later one.
            (Some(second), 7, 0, true),
            (Some(in_flush), 7, 2, true),
            (Some(in_flush), 6, 2, false),
            (Some(in_flush), 8, 0, true),
            (Some(second), u32::MAX / 2 + 2, 0, true),
            // The numbers of flushes wrap around.
            (Some(in_flush), u32::MAX, 2, false),
            (Some(EventChain::NONE.in_flush(u32::MAX).next()), 3, 0, true),
        ];
        for (from_job, flush, length, is_of_flush) in rows {
            push_in(queue, Item(0, 0), from_job).expect("there is room");
            let popped = queue.pop().expect("it has an item");
            let chain = match popped.front() {
                (_, true) if flush == 0 => popped.chain(),
                (_, true) => popped.chain().in_flush(flush),
                (_, false) => EventChain::of_flush(flush),
            };
            let found = (chain.length(), chain.is_of_flush(flush));
            assert_eq!(found, (length, is_of_flush), "{from_job:?} in {flush}");
            assert_eq!(taken(popped), Item(0, 0));
        }
        assert_eq!((queue.begin_flush(), queue.begin_flush()), (1, 2));
    });
}
