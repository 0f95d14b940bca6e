//! Section 12: `queue.take()` returns the queued events, `queue.take_scheduled()` the scheduled ones, and the queue stays
//! open.

use std::{sync::Mutex, time::Duration};

use events_core::{__testing::TestTime, Emission, Event, Queue, Registry, queues::UnfinishedEvent};

use crate::{Gate, Journal, poll_once};

#[derive(Event, Clone, Debug, PartialEq)]
struct Job(u32);

#[derive(Event)]
struct Other;

fn numbers(taken: Vec<UnfinishedEvent>) -> Vec<u32> {
    let number = |event: UnfinishedEvent| event.downcast::<Job>().map(|job| job.0).expect("a job");
    taken.into_iter().map(number).collect()
}

#[test]
fn what_waits_is_returned_in_order_and_no_subscriber_receives_it() {
    let registry = Registry::new();
    let journal = Journal::default();
    let seen = journal.clone();
    registry
        .on(move |job: &Job| seen.note(format!("{}", job.0)))
        .detach();
    let queue = registry.queue();
    assert!(queue.take().is_empty());
    for number in 1..=3 {
        registry.enqueue(Job(number)).expect("room");
    }
    registry.enqueue_from(Other, "console").expect("room");
    let mut taken = queue.take();
    assert_eq!(queue.len(), 0);
    let other = taken.pop().expect("the last one");
    assert_eq!(other.topic(), Other::topic());
    assert_eq!(
        other.origin().map(ToString::to_string).as_deref(),
        Some("console")
    );
    assert!(other.unfinished().is_none(), "none was started");
    assert_eq!(numbers(taken), [1, 2, 3]);

    assert!(!queue.is_shut_down());
    registry.enqueue(Job(4)).expect("the queue is open");
    assert_eq!(queue.flush().ran(), 1);
    assert_eq!(journal.take(), ["4"]);
}

/// What a deferred subscriber was to receive names that subscriber.
#[test]
fn snapshots_are_returned_with_their_subscribers() {
    let registry = Registry::new();
    registry
        .subscribe_async(async |_: &Job| ())
        .id("mail")
        .register()
        .expect("valid")
        .detach();
    registry.emit(Job(7));
    let taken = registry.queue().take();
    let names: Vec<_> = taken
        .iter()
        .flat_map(|event| event.unfinished().into_iter().flatten())
        .map(|subscriber| subscriber.name.to_string())
        .collect();
    assert_eq!((names, numbers(taken)), (vec!["mail".to_owned()], vec![7]));
}

/// The one in progress is not taken, whether its subscriber calls `take` or is pending.
#[test]
fn what_runs_is_not_taken() {
    let registry = Registry::new();
    let taken = std::sync::Arc::new(Mutex::new(Vec::new()));
    let (queue, store) = (registry.queue(), taken.clone());
    let on = registry.on(move |_: &Job| {
        store
            .lock()
            .expect("not poisoned")
            .push(numbers(queue.take()));
    });
    for number in 1..=3 {
        registry.enqueue(Job(number)).expect("room");
    }
    assert_eq!(registry.queue().flush().ran(), 1);
    assert_eq!(*taken.lock().expect("not poisoned"), [vec![2, 3]]);
    drop(on);

    let (gate, journal) = (Gate::default(), Journal::default());
    let (wait, seen) = (gate.clone(), journal.clone());
    registry
        .on_async(move |job: &Job| {
            let (wait, seen, number) = (wait.wait(), seen.clone(), job.0);
            async move {
                wait.await;
                seen.note(number.to_string());
            }
        })
        .detach();
    let queue: Queue = registry.queue();
    let mut worker = std::pin::pin!(queue.work(1));
    registry.emit(Job(4));
    registry.emit(Job(5));
    assert!(poll_once(worker.as_mut()).is_pending());
    assert_eq!(numbers(queue.take()), [5]);
    gate.open();
    assert!(poll_once(worker.as_mut()).is_pending());
    assert_eq!(journal.take(), ["4"]);
    assert!(queue.shutdown(Duration::ZERO).is_empty());
}

/// A task that waits for the queue to settle is not left waiting for an event that is taken.
#[test]
fn a_queue_that_is_taken_from_settles() {
    let registry = Registry::new();
    let queue = registry.queue();
    registry.enqueue(Job(1)).expect("room");
    assert_eq!(numbers(queue.take()), [1]);
    assert!(queue.settle(Duration::from_secs(60)));
    // While it drains, the events are returned as well, and a shutdown finds none.
    registry.enqueue(Job(2)).expect("room");
    let mut shutdown = std::pin::pin!(queue.shutdown_async(std::future::pending::<()>()));
    let inner = queue.clone();
    registry
        .on(move |_: &Other| drop(numbers(inner.take())))
        .detach();
    assert_eq!(numbers(queue.take()), [2]);
    assert!(poll_once(shutdown.as_mut()).is_ready());
    assert!(queue.take().is_empty());
}

/// The capacity counts only what is in the queue.
#[test]
fn a_full_queue_has_room_again() {
    let registry = Registry::new();
    let queue = registry.queue();
    queue.set_capacity(1);
    registry.enqueue(Job(1)).expect("room");
    assert_eq!(
        registry.enqueue(Job(2)).expect_err("full").into_event(),
        Job(2)
    );
    assert_eq!(numbers(queue.take()), [1]);
    registry.enqueue(Job(3)).expect("room again");
    assert_eq!(numbers(queue.take()), [3]);
}

/// The topics of what is taken, the attempt of each, and whether it has a due time.
fn facts(taken: &[UnfinishedEvent]) -> Vec<(String, u32, bool)> {
    let name = |event: &UnfinishedEvent| event.topic().rsplit("::").next().map(str::to_owned);
    let facts = |event: &UnfinishedEvent| {
        let topic = name(event).expect("a topic");
        (topic, event.attempt(), event.due().is_some())
    };
    taken.iter().map(facts).collect()
}

#[test]
fn what_is_scheduled_is_taken_by_itself_in_the_order_of_the_due_times() {
    const HOUR: Duration = Duration::from_secs(3600);

    let registry = Registry::new();
    let queue = registry.queue();
    let _time = TestTime::stop(&registry);
    registry
        .subscribe_deferred(|_: &Job| ())
        .delay(2 * HOUR)
        .id("delayed")
        .register()
        .expect("valid")
        .detach();
    let last = registry.enqueue_after(Job(3), 3 * HOUR).expect("room");
    registry
        .enqueue_after_from(Job(1), HOUR, "console")
        .expect("room");
    registry.enqueue_after(Other, Duration::ZERO).expect("room");
    registry.emit(Job(2));
    registry.enqueue(Job(4)).expect("room");

    let scheduled = queue.take_scheduled();
    let due: Vec<_> = scheduled.iter().map(UnfinishedEvent::due).collect();
    assert!(due.iter().all(Option::is_some) && due.is_sorted());
    let origin = scheduled[0].origin().map(ToString::to_string);
    assert_eq!(origin.as_deref(), Some("console"));
    let delayed = scheduled[1].unfinished().expect("a snapshot").next();
    assert_eq!(
        delayed.map(|info| info.name.to_string()).as_deref(),
        Some("delayed")
    );
    assert_eq!(numbers(scheduled), [1, 2, 3]);
    assert_eq!(queue.scheduled(), 0);
    assert!(last.cancel().is_none());

    // What is due waits in the queue, like what was enqueued.
    let queued = facts(&queue.take());
    assert_eq!(
        queued,
        [("Job".into(), 1, false), ("Other".into(), 1, false)]
    );
    assert!(!queue.is_shut_down());
    registry
        .enqueue_after(Job(5), HOUR)
        .expect("the schedule is open");
    assert_eq!(queue.scheduled(), 1);
}

/// A failed call that waits for its repetition has a permit, for which others wait.
#[test]
fn a_call_that_is_to_be_repeated_is_scheduled_and_one_that_waits_for_its_permit_is_queued() {
    let registry = Registry::new();
    let (queue, journal) = (registry.queue(), Journal::default());
    let seen = journal.clone();
    let handler = move |job: &Job, emission: &Emission| {
        seen.note(format!("{}.{}", job.0, emission.attempt()));
        if job.0 == 1 { Err("refused") } else { Ok(()) }
    };
    let new = registry.subscribe_deferred(handler).concurrency(1).retry(3);
    new.register().expect("valid").detach();
    let _time = TestTime::stop(&registry);
    for number in 1..=2 {
        registry.emit(Job(number));
    }
    queue.flush();
    registry.emit(Job(3));
    assert_eq!(journal.take(), ["1.1"]);
    assert_eq!(numbers(queue.take()), [2, 3]);
    // The permit is with the failed call still.
    registry.emit(Job(4));
    queue.flush();
    assert_eq!(journal.take().len(), 0);
    let repeated = queue.take_scheduled();
    assert_eq!(facts(&repeated), [("Job".into(), 2, true)]);
    assert_eq!(numbers(repeated), [1]);
    queue.flush();
    assert_eq!(journal.take(), ["4.1"]);
}
