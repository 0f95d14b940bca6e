//! No wake of a job is lost, whichever stale wakes precede it.

use std::{future::poll_fn, task::Poll};

use events_core::Registry;

use crate::{
    faults::scenario::{Calls, One, Two, gated, poll, run},
    strict::{Options, check, executor::Executor, gates::Gates},
};

#[test]
fn a_handler_that_wakes_itself_and_is_ready_loses_no_later_wake() {
    let (registry, gates, calls) = (Registry::new(), Gates::default(), Calls::default());
    let wakes_and_ends = |_: &One| {
        poll_fn(|context| {
            context.waker().wake_by_ref();
            Poll::Ready(())
        })
    };
    registry.on_async(wakes_and_ends).detach();
    gated(&registry, "two", &gates, &calls);
    let mut executor = Executor::default();
    executor.spawn("work", registry.queue().work(1));
    registry.enqueue(One).expect("there is room");
    run(&mut executor, &gates);
    registry.enqueue(Two).expect("there is room");
    run(&mut executor, &gates);
    gates.open_all();
    run(&mut executor, &gates);
    assert_eq!(calls.list(), ["two"]);
}

/// Both gates are open before the job is polled again, and the second waker is called when it has ended.
#[test]
fn two_handlers_of_one_event_that_are_woken_one_after_the_other_lose_no_later_wake() {
    let (registry, calls) = (Registry::new(), Calls::default());
    let (first, second) = (Gates::default(), Gates::default());
    gated(&registry, "first", &first, &calls);
    gated(&registry, "second", &second, &calls);
    let mut executor = Executor::default();
    let work = executor.spawn("work", registry.queue().work(1));
    registry.enqueue(Two).expect("there is room");
    poll(&mut executor, work);
    first.open(0);
    second.open(0);
    first.deliver(0);
    poll(&mut executor, work);
    // The wait is over, and its waker is called late.
    second.wake_stale(0);
    run(&mut executor, &second);
    registry.enqueue(Two).expect("there is room");
    run(&mut executor, &first);
    first.open_all();
    second.open_all();
    run(&mut executor, &first);
    run(&mut executor, &second);
    assert_eq!(calls.list(), ["first", "second", "first", "second"]);
}

#[test]
fn stale_wakes_lose_no_later_wake() {
    let options = Options {
        stale_wakes: true,
        ..Options::default()
    };
    check("scripts with stale wakes", options);
}
