//! What the store does when nobody else is there.

use std::{sync::Arc, task::Poll};

use super::taker::{Bell, Queue, Thing, poll, pop, push};
use crate::{
    bounded_queue::{BoundedQueue, DEFAULT_CAPACITY, PushErrorKind},
    waiters::Waiter,
};

#[derive(Clone, Copy)]
enum Step {
    Capacity(usize),
    Push(Result<(), PushErrorKind>),
    PushInside(Result<(), PushErrorKind>),
    /// What has waited longest.
    Pop,
    /// Nothing waits.
    PopNothing,
    Drain,
    Close,
}

use Step::{Capacity, Close, Drain, Pop, PopNothing, Push, PushInside};

const FULL_OF_ONE: Result<(), PushErrorKind> = Err(PushErrorKind::Full { capacity: 1 });
const FULL_OF_TWO: Result<(), PushErrorKind> = Err(PushErrorKind::Full { capacity: 2 });
const SHUT_DOWN: Result<(), PushErrorKind> = Err(PushErrorKind::ShutDown);

/// Runs a case in a single schedule.
fn alone(case: impl Fn(&Queue) + Send + Sync + 'static) {
    shuttle::check_random(move || case(&Arc::new(BoundedQueue::new())), 1);
}

/// What is pushed is numbered, and the emitters take turns.
fn check(steps: &'static [Step]) {
    alone(move |store| {
        let mut waiting = std::collections::VecDeque::new();
        for (number, step) in steps.iter().enumerate() {
            let thing = Thing(number % 2, number);
            match step {
                Capacity(capacity) => store.set_capacity(*capacity),
                Push(expected) | PushInside(expected) => {
                    let pushed = push(store, thing, matches!(step, PushInside(_)));
                    assert_eq!(pushed.map_err(|(why, _)| why), *expected, "step {number}");
                    waiting.extend(expected.is_ok().then_some(thing));
                }
                Pop => {
                    assert!(!waiting.is_empty());
                    assert_eq!(pop(store), waiting.pop_front(), "step {number}");
                }
                PopNothing => assert_eq!(pop(store), None, "step {number}"),
                Drain => store.drain(),
                Close => store.close(),
            }
            assert_eq!(store.len(), waiting.len(), "step {number}");
        }
    });
}

#[test]
fn what_is_pushed_is_popped_in_order() {
    check(&[PopNothing, Push(Ok(())), Pop, PopNothing]);
    check(&[Push(Ok(())), Push(Ok(())), Push(Ok(())), Pop, Pop, Pop]);
    check(&[Push(Ok(())), Push(Ok(())), Pop, Push(Ok(())), Pop, Pop]);
}

#[test]
fn what_was_not_fetched_and_what_was_not_taken_fill_it_together() {
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
fn a_smaller_capacity_leaves_what_waits() {
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
fn what_comes_from_inside_is_let_in_while_it_drains() {
    check(&[
        Push(Ok(())),
        Drain,
        Push(SHUT_DOWN),
        PushInside(Ok(())),
        Pop,
        Pop,
        PopNothing,
        PushInside(Ok(())),
        Close,
        PushInside(SHUT_DOWN),
        Drain, // it is closed, and stays so
        PushInside(SHUT_DOWN),
        Pop,
        PopNothing,
    ]);
}

#[test]
fn draining_and_full_are_told_apart() {
    check(&[
        Capacity(1),
        Push(Ok(())),
        Drain,
        Push(SHUT_DOWN),
        PushInside(FULL_OF_ONE),
    ]);
}

#[test]
fn the_capacity_and_the_phase_can_be_read() {
    alone(|store| {
        assert_eq!(store.capacity(), DEFAULT_CAPACITY);
        store.set_capacity(0);
        assert_eq!(store.capacity(), 1);
        assert!(store.is_open());
        store.drain();
        assert!(!store.is_open());
        store.close();
        assert!(!store.is_open());
    });
}

#[test]
fn nobody_attached_is_told_once() {
    alone(|store| {
        let refused = |thing| push(store, thing, false).expect_err("it is full").1;
        store.set_capacity(1);
        store.attach();
        store.attach();
        push(store, Thing(0, 0), false).expect("there is room");
        store.detach();
        assert!(!refused(Thing(0, 1)));
        store.detach();
        assert!(refused(Thing(0, 2)));
        assert!(!refused(Thing(1, 3)));
        pop(store);
        push(store, Thing(0, 4), false).expect("there is room");
        assert!(!refused(Thing(0, 5)));
    });
}

#[test]
fn a_store_that_drains_is_not_unattended() {
    alone(|store| {
        store.drain();
        assert_eq!(
            push(store, Thing(0, 0), false),
            Err((PushErrorKind::ShutDown, false))
        );
    });
}

#[test]
fn what_is_popped_and_not_taken_stays() {
    alone(|store| {
        push(store, Thing(0, 0), false).expect("there is room");
        drop(store.pop());
        let popped = store.pop().expect("it is still there");
        assert!(popped.take::<&str>().is_none());
        assert_eq!(store.len(), 1);
        assert_eq!(pop(store), Some(Thing(0, 0)));
    });
}

#[test]
fn a_push_wakes_one_sleeper() {
    alone(|store| {
        let bells: Vec<_> = (0..3).map(|_| Bell::new(store)).collect();
        let mut waiters: Vec<_> = bells.iter().map(|_| Waiter::new()).collect();
        let rung = || bells.iter().filter(|bell| bell.has_rung()).count();
        for (waiter, bell) in waiters.iter_mut().zip(&bells) {
            assert_eq!(poll(store, waiter, bell), Poll::Pending);
        }
        push(store, Thing(0, 0), false).expect("there is room");
        assert_eq!(rung(), 1);
        push(store, Thing(0, 1), false).expect("there is room");
        assert_eq!(rung(), 2);
        store.drain();
        assert_eq!(rung(), 3);
        let first = poll(store, &mut waiters[0], &bells[0]);
        assert_eq!(first, Poll::Ready(Some(Thing(0, 0))));
    });
}

#[test]
fn a_waiter_that_looks_again_is_woken_by_its_last_waker() {
    alone(|store| {
        let (early, late) = (Bell::new(store), Bell::new(store));
        let mut waiter = Waiter::new();
        assert_eq!(poll(store, &mut waiter, &early), Poll::Pending);
        assert_eq!(poll(store, &mut waiter, &late), Poll::Pending);
        assert_eq!(Arc::strong_count(&early), 1, "it is not kept");
        push(store, Thing(0, 0), false).expect("there is room");
        assert!(!early.has_rung() && late.has_rung());
    });
}

#[test]
fn a_waiter_that_leaves_is_forgotten() {
    alone(|store| {
        let (gone, there) = (Bell::new(store), Bell::new(store));
        let (mut leaves, mut stays) = (Waiter::new(), Waiter::new());
        assert_eq!(poll(store, &mut stays, &there), Poll::Pending);
        assert_eq!(poll(store, &mut leaves, &gone), Poll::Pending);
        store.leave(&mut leaves);
        assert_eq!(Arc::strong_count(&gone), 1, "it is not kept");
        assert!(!there.has_rung(), "nothing waits");
        push(store, Thing(0, 0), false).expect("there is room");
        assert!(there.has_rung());
    });
}

#[test]
fn a_waker_that_nobody_else_has_is_dropped_without_the_lock() {
    alone(|store| {
        let mut waiter = Waiter::new();
        for _ in 0..2 {
            let pending = poll(store, &mut waiter, &Bell::new(store));
            assert_eq!(pending, Poll::Pending);
        }
        store.leave(&mut waiter);
        store.drain();
        let end = poll(store, &mut waiter, &Bell::new(store));
        assert_eq!(end, Poll::Ready(None));
    });
}
