//! Section 12: `queue.stats()`.

use std::time::Duration;

use events_core::{__testing::TestTime, Event, Registry, queues::QueueStats};

use crate::{Gate, poll_once};

#[derive(Event, Clone)]
struct Job(u32);

/// Waiting, under way, ran, failed.
#[track_caller]
fn check(registry: &Registry, expected: (usize, usize, u64, u64)) {
    let QueueStats {
        waiting,
        under_way,
        ran,
        failed,
        ..
    } = registry.queue().stats();
    assert_eq!((waiting, under_way, ran, failed), expected);
}

#[test]
fn what_waits_what_is_under_way_what_ran_and_what_failed() {
    let registry = Registry::new();
    let gate = Gate::default();
    let wait = gate.clone();
    registry
        .on_async(move |job: &Job| {
            let (wait, fails) = (wait.wait(), job.0 == 2);
            async move {
                wait.await;
                if fails { Err("no") } else { Ok(()) }
            }
        })
        .detach();
    check(&registry, (0, 0, 0, 0));
    (1..=5).for_each(|number| _ = registry.emit(Job(number)));
    check(&registry, (5, 0, 0, 0));

    let queue = registry.queue();
    let mut worker = std::pin::pin!(queue.work(3));
    assert!(poll_once(worker.as_mut()).is_pending());
    check(&registry, (2, 3, 0, 0));
    gate.open();
    assert!(poll_once(worker.as_mut()).is_pending());
    check(&registry, (0, 0, 5, 1));

    // What is taken has not run.
    registry.emit(Job(6));
    drop(queue.take());
    check(&registry, (0, 0, 5, 1));
    registry.emit(Job(7));
    let _ = queue.flush();
    check(&registry, (0, 0, 6, 1));

    // Those of a worker that is stopped are not under way, and have not run.
    let gate = Gate::default();
    registry.on_async(move |_: &Job| gate.wait()).detach();
    registry.emit(Job(8));
    assert!(poll_once(worker.as_mut()).is_pending());
    check(&registry, (0, 1, 6, 1));
    assert_eq!(queue.shutdown(Duration::ZERO).events.len(), 1);
    check(&registry, (0, 0, 6, 1));
}

/// A subscriber that asks is under way itself.
#[test]
fn a_subscriber_may_ask() {
    let registry = Registry::new();
    let queue = registry.queue();
    registry
        .on(move |_: &Job| {
            let stats = queue.stats();
            assert_eq!((stats.waiting, stats.under_way), (1, 1));
            let _ = queue.take();
        })
        .detach();
    registry.enqueue(Job(1)).expect("room");
    registry.enqueue(Job(2)).expect("room");
    assert!(registry.queue().flush().failures() == 0);
    check(&registry, (0, 0, 1, 0));
}

#[test]
fn the_oldest_is_known_while_an_event_waits() {
    let registry = Registry::new();
    let time = TestTime::stop(&registry);
    let queue = registry.queue();
    let oldest = || queue.stats().oldest;
    assert_eq!(oldest(), None);
    registry.enqueue(Job(1)).expect("room");
    registry.enqueue(Job(2)).expect("room");
    assert_eq!(
        oldest(),
        Some(Duration::ZERO),
        "the first call that finds it"
    );
    time.jump(Duration::from_secs(5));
    assert_eq!(oldest(), Some(Duration::from_secs(5)));
    let _ = queue.flush();
    assert_eq!(oldest(), None);
    // Another one is not as old as its predecessors.
    registry.enqueue(Job(3)).expect("room");
    assert_eq!(oldest(), Some(Duration::ZERO));
}
