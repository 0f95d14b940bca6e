//! The queue: it has room for what is held, and receives it after the commit.

use std::time::Duration;

use events_core::{Event, Registry, UnitOfWork, failures::Undelivered};

use super::Did;
use crate::{Gate, Journal, block_on, poll_once};

fn deferring(capacity: usize) -> (Registry, Journal) {
    let (registry, journal) = (Registry::new(), Journal::default());
    let notes = journal.clone();
    registry
        .on_deferred(move |event: &Did| notes.note(event.0))
        .detach();
    registry.queue().set_capacity(capacity);
    (registry, journal)
}

#[test]
fn deferred_subscribers_are_queued_only_after_the_commit() {
    let (registry, journal) = deferring(10);
    let work = UnitOfWork::begin();
    registry.emit_in(&work.handle(), Did("a"));
    registry.queue().flush();
    assert_eq!((registry.queue().len(), journal.take()), (0, vec![]));
    work.commit().expect("it is committed");
    assert_eq!(registry.queue().len(), 1);
    registry.queue().flush();
    assert_eq!(journal.take(), ["a"]);
}

#[test]
fn a_full_queue_is_an_error_of_the_emit() {
    let (registry, journal) = deferring(2);
    let notes = journal.clone();
    registry
        .on(move |event: &Did| notes.note(format!("now {}", event.0)))
        .detach();
    let work = UnitOfWork::begin();
    let unit = work.handle();
    registry.emit_in(&unit, Did("a"));
    registry.emit_in(&unit, Did("b"));
    let error = registry
        .try_emit_in(&unit, Did("c"))
        .expect_err("there is no room");
    assert_eq!(
        error.undelivered(),
        Some(Undelivered::QueueFull { capacity: 2 })
    );
    assert!(error.to_string().contains("the queue is full"), "{error}");
    assert_eq!(error.into_event().map(|event| event.0), Some("c"));
    let emit = registry.try_emit_in_async(&unit, Did("c"));
    assert!(
        block_on(emit)
            .expect_err("there is no room")
            .undelivered()
            .is_some()
    );
    assert!(registry.enqueue(Did("d")).is_err(), "the room is reserved");
    work.commit().expect("it is committed");
    registry.queue().flush();
    assert_eq!(journal.take(), ["now a", "now b", "a", "b"]);
    assert!(registry.enqueue(Did("d")).is_ok(), "the room is used up");
}

#[test]
fn each_end_frees_the_room() {
    let (registry, journal) = deferring(1);
    let ends: [fn(UnitOfWork); 5] = [
        |work| drop(work),
        |work| work.rollback(),
        |work| {
            let _point = work.savepoint();
            assert!(work.commit().is_err());
        },
        |work| drop(work.prepare()),
        |work| work.commit().expect("it is committed"),
    ];
    for end in ends {
        let work = UnitOfWork::begin();
        let unit = work.handle();
        let point = work.savepoint();
        registry
            .try_emit_in(&unit, Did("rolled back"))
            .expect("there is room");
        registry
            .try_emit_in(&unit, Did("refused"))
            .expect_err("there is none");
        point.rollback();
        registry
            .try_emit_in(&unit, Did("a"))
            .expect("there is room again");
        end(work);
        registry.queue().flush();
        registry.enqueue(Did("free")).expect("the room is free");
        registry.queue().flush();
    }
    assert_eq!(
        journal.take(),
        ["free", "free", "free", "free", "a", "free"]
    );
}

#[test]
fn a_full_queue_is_a_failure_of_each_subscriber_that_waits() {
    let (registry, journal) = deferring(1);
    let committed = registry
        .subscribe(|_: &Did| panic!("it is not held"))
        .after_commit();
    committed
        .id("committed")
        .register()
        .expect("it is subscribed")
        .detach();
    let notes = journal.clone();
    registry
        .on_failure(move |failure| {
            let subscriber = failure
                .subscriber()
                .name
                .rsplit("::")
                .next()
                .unwrap_or_default()
                .to_owned();
            let is_named = subscriber == "committed";
            notes.note(format!("{is_named}: {}", failure.cause()));
        })
        .detach();
    registry.enqueue(Did("x")).expect("there is room");
    let full = "was not reached: the queue is full, with 1 event; flush it more often, run a worker, or raise its \
                capacity with set_capacity";
    let expected = [format!("true: {full}"), format!("false: {full}")];
    let work = UnitOfWork::begin();
    registry.emit_in(&work.handle(), Did("a"));
    assert_eq!(journal.take(), expected);
    let _entered = work.handle().enter();
    registry.emit(Did("a"));
    assert_eq!(journal.take(), expected);
    let error = registry.try_emit(Did("a")).expect_err("there is no room");
    assert_eq!(error.failures().len(), 2);
    assert_eq!(journal.take(), expected);
    work.commit().expect("it is committed");
}

#[test]
fn a_queue_that_is_shut_down_before_the_commit_runs_deferred_subscribers_at_the_commit() {
    let (registry, journal) = deferring(10);
    let concurrent = registry.subscribe_async(|_: &Did| async { panic!("it is not reached") });
    concurrent
        .id("async")
        .register()
        .expect("it is subscribed")
        .detach();
    let notes = journal.clone();
    registry
        .on_failure(move |failure| notes.note(failure.to_string()))
        .detach();
    let work = UnitOfWork::begin();
    registry.emit_in(&work.handle(), Did("a"));
    drop(registry.queue().shutdown(Duration::ZERO));
    let error = registry
        .try_emit_in(&work.handle(), Did("b"))
        .expect_err("it is shut down");
    assert_eq!(error.undelivered(), Some(Undelivered::ShutDown));
    work.commit().expect("it is committed");
    let notes = journal.take();
    assert_eq!(notes.len(), 2, "{notes:?}");
    assert!(notes.contains(&"a".to_owned()), "{notes:?}");
    assert!(
        notes
            .iter()
            .any(|note| note.contains("the queue is shut down")),
        "{notes:?}"
    );
}

#[derive(Event, Clone)]
struct Timed(u32);

#[test]
fn room_for_delayed_subscribers_is_reserved_in_the_schedule() {
    let registry = Registry::new();
    for delay in [1, 2, 2] {
        let delayed = registry
            .subscribe_deferred(|_: &Timed| ())
            .delay(Duration::from_secs(delay));
        delayed.register().expect("it is subscribed").detach();
    }
    registry.queue().set_schedule_capacity(3);
    let work = UnitOfWork::begin();
    registry
        .try_emit_in(&work.handle(), Timed(1))
        .expect("there is room for two");
    let error = registry
        .try_emit_in(&work.handle(), Timed(2))
        .expect_err("there is room for one");
    assert_eq!(
        error.undelivered(),
        Some(Undelivered::ScheduleFull { capacity: 3 })
    );
    let hour = Duration::from_secs(3600);
    let scheduled = registry
        .enqueue_after(Timed(3), hour)
        .expect("there is room for one");
    assert!(
        registry.enqueue_after(Timed(4), hour).is_err(),
        "the room is reserved"
    );
    work.commit().expect("it is committed");
    assert_eq!(registry.queue().scheduled(), 3);
    drop(scheduled.cancel());
    let work = UnitOfWork::begin();
    registry.queue().set_schedule_capacity(4);
    registry
        .try_emit_in(&work.handle(), Timed(5))
        .expect("there is room for two");
    drop(work);
    registry.try_emit(Timed(6)).expect("the room is free");
}

#[test]
fn an_event_with_awaited_subscribers_goes_to_the_queue_as_a_whole() {
    let (registry, journal) = (Registry::new(), Journal::default());
    let gate = Gate::default();
    let (notes, open) = (journal.clone(), gate.clone());
    let first = registry.subscribe(move |event: &mut Timed| {
        event.0 += 1;
        notes.note(format!("sync {}", event.0));
    });
    first
        .after_commit()
        .priority(2)
        .register()
        .expect("it is subscribed")
        .detach();
    let state = (journal.clone(), open);
    let awaited = async |event: &mut Timed, (journal, gate): &(Journal, Gate)| {
        gate.wait().await;
        event.0 += 1;
        journal.note(format!("awaited {}", event.0));
    };
    let awaited = registry
        .subscribe_awaited_with(state, awaited)
        .after_commit()
        .priority(1);
    awaited.register().expect("it is subscribed").detach();
    let notes = journal.clone();
    let last = registry
        .subscribe(move |event: &Timed| notes.note(format!("last {}", event.0)))
        .after_commit();
    last.register().expect("it is subscribed").detach();
    let notes = journal.clone();
    registry
        .on_deferred(move |event: &Timed| notes.note(format!("deferred {}", event.0)))
        .detach();
    let notes = journal.clone();
    registry
        .on_async(move |event: &Timed| {
            notes.note(format!("async {}", event.0));
            async {}
        })
        .detach();
    registry.queue().set_capacity(1);

    let work = UnitOfWork::begin();
    registry
        .try_emit_in(&work.handle(), Timed(1))
        .expect("there is room");
    registry
        .try_emit_in(&work.handle(), Timed(1))
        .expect_err("there is none");
    work.commit().expect("it is committed");
    assert_eq!(
        (registry.queue().len(), journal.take()),
        (1, vec![]),
        "the commit does not wait"
    );
    let mut flush = Box::pin(registry.queue().flush_async());
    assert!(poll_once(flush.as_mut()).is_pending());
    assert_eq!(journal.take(), ["sync 2"]);
    gate.open();
    block_on(flush);
    assert_eq!(
        journal.take(),
        ["awaited 3", "last 3", "deferred 3", "async 3"]
    );
}

#[test]
fn a_shutdown_returns_an_event_that_went_to_the_queue_as_a_whole() {
    let registry = Registry::new();
    let awaited = registry
        .subscribe_awaited(async |_: &mut Timed| ())
        .after_commit();
    awaited.register().expect("it is subscribed").detach();
    let work = UnitOfWork::begin();
    registry.emit_in(&work.handle(), Timed(7));
    work.commit().expect("it is committed");
    let unfinished = registry.queue().take();
    let events: Vec<_> = unfinished
        .into_iter()
        .filter_map(|event| event.downcast::<Timed>().ok())
        .collect();
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].0, 7);
}

#[test]
fn an_event_that_goes_to_the_queue_as_a_whole_has_room_for_its_delayed_subscribers() {
    let registry = Registry::new();
    let awaited = registry
        .subscribe_awaited(async |_: &mut Timed| ())
        .after_commit();
    awaited.register().expect("it is subscribed").detach();
    let delayed = registry
        .subscribe_deferred(|_: &Timed| ())
        .delay(Duration::from_secs(3600));
    delayed.register().expect("it is subscribed").detach();
    let queue = registry.queue();
    queue.set_schedule_capacity(1);
    let work = UnitOfWork::begin();
    registry
        .try_emit_in(&work.handle(), Timed(1))
        .expect("there is room for one");
    let error = registry
        .try_emit_in(&work.handle(), Timed(2))
        .expect_err("there is no room");
    assert_eq!(
        error.undelivered(),
        Some(Undelivered::ScheduleFull { capacity: 1 })
    );
    work.commit().expect("it is committed");
    let hour = Duration::from_secs(3600);
    let refused = || registry.enqueue_after(Timed(3), hour).is_err();
    assert!(refused(), "the room is reserved while the event is queued");
    let flushed = queue.flush();
    assert_eq!((flushed.failures(), queue.scheduled()), (0, 1));
    // Taken from the queue, or dropped with it, the event frees the room.
    drop(queue.take_scheduled());
    let work = UnitOfWork::begin();
    registry
        .try_emit_in(&work.handle(), Timed(4))
        .expect("there is room");
    work.commit().expect("it is committed");
    assert!(refused());
    drop(queue.take());
    assert!(!refused(), "the room is free");
}
