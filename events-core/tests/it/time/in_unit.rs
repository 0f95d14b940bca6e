//! Events that are scheduled in a unit of work that is entered.

use std::{
    sync::Barrier,
    thread,
    time::{Duration, SystemTime},
};

use events_core::{
    AnyEvent, Event, UnitOfWork, args,
    emitting::Args,
    enqueue_topic_after, enqueue_topic_at,
    failures::Undelivered,
    queues::{QueueFull, Scheduled},
};

use super::{Stopped, Tick, seconds};

type Result<E = Tick> = std::result::Result<Scheduled<E>, QueueFull<E>>;

/// Schedules `Tick(1)` in an entered unit.
fn schedule(stopped: &Stopped, work: &UnitOfWork, after: u64) -> Result {
    let _entered = work.handle().enter();
    stopped.registry.enqueue_after(Tick(1), seconds(after))
}

#[test]
fn the_commit_schedules_it_for_the_time_that_the_call_has_determined() {
    let mut stopped = Stopped::new();
    let work = UnitOfWork::begin();
    let scheduled = schedule(&stopped, &work, 10).expect("there is room");
    assert!(scheduled.is_scheduled());
    assert_eq!(stopped.registry.queue().scheduled(), 0);
    assert_eq!(stopped.pass(seconds(4)), "");
    work.commit().expect("it is committed");
    assert!(scheduled.is_scheduled());
    assert_eq!(stopped.registry.queue().scheduled(), 1);
    assert_eq!(stopped.pass(Duration::from_millis(5_999)), "");
    assert_eq!(stopped.pass(Duration::from_millis(1)), "1");
    assert!(!scheduled.is_scheduled());
    assert!(scheduled.cancel().is_none());
}

#[test]
fn one_that_is_due_before_the_commit_runs_after_it() {
    let mut stopped = Stopped::new();
    let work = UnitOfWork::begin();
    let scheduled = schedule(&stopped, &work, 10);
    assert_eq!(stopped.pass(seconds(20)), "");
    assert!(scheduled.expect("there is room").is_scheduled());
    work.commit().expect("it is committed");
    assert_eq!(stopped.pass(seconds(0)), "1");
}

#[test]
fn after_a_rollback_it_is_scheduled_no_more() {
    let ends: [fn(UnitOfWork); 4] = [
        UnitOfWork::rollback,
        drop,
        |work| {
            let _point = work.savepoint();
            assert!(work.commit().is_err());
        },
        |work| work.prepare().expect("it is prepared").rollback(),
    ];
    for end in ends {
        let mut stopped = Stopped::new();
        stopped.registry.queue().set_schedule_capacity(1);
        let work = UnitOfWork::begin();
        let scheduled = schedule(&stopped, &work, 1).expect("there is room");
        end(work);
        assert!(!scheduled.is_scheduled());
        assert!(scheduled.cancel().is_none());
        assert_eq!(stopped.pass(seconds(10)), "");
        let registry = &stopped.registry;
        let later = registry.enqueue_after(Tick(2), seconds(1));
        later.expect("the room is free again");
    }
}

#[test]
fn a_savepoint_that_is_rolled_back_takes_its_own_along() {
    let mut stopped = Stopped::new();
    let registry = stopped.registry.clone();
    let notes = stopped.journal.clone();
    registry
        .subscribe(move |tick: &Tick| notes.note(format!("undone {}", tick.0)))
        .after_rollback()
        .register()
        .expect("it is subscribed")
        .detach();
    let work = UnitOfWork::begin();
    let entered = work.handle().enter();
    let point = work.savepoint();
    let one = registry.enqueue_after(Tick(1), seconds(1));
    point.rollback();
    assert_eq!(stopped.journal.take(), ["undone 1"]);
    let two = registry.enqueue_after_from(Tick(2), seconds(2), "here");
    drop((one, two, entered));
    work.commit().expect("it is committed");
    assert_eq!(stopped.pass(seconds(10)), "2");
}

#[test]
fn the_handle_takes_it_back_before_the_commit_and_after_it() {
    for commits_first in [false, true] {
        let mut stopped = Stopped::new();
        stopped.registry.queue().set_schedule_capacity(1);
        let work = UnitOfWork::begin();
        let scheduled = schedule(&stopped, &work, 10).expect("there is room");
        let mut work = Some(work);
        if commits_first {
            let work = work.take().expect("it is open");
            work.commit().expect("it is committed");
        }
        assert_eq!(scheduled.cancel().map(|tick| tick.0), Some(1));
        assert_eq!(stopped.registry.queue().scheduled(), 0);
        let other = stopped.registry.enqueue_after(Tick(2), seconds(1));
        assert!(other.is_ok(), "the room is free");
        if let Some(work) = work {
            work.commit().expect("it is committed");
        }
        assert_eq!(stopped.pass(seconds(20)), "2");
    }
}

#[test]
fn exactly_one_of_the_handle_and_the_commit_has_it() {
    for _ in 0..200 {
        let mut stopped = Stopped::new();
        let work = UnitOfWork::begin();
        let scheduled = schedule(&stopped, &work, 0).expect("there is room");
        let start = Barrier::new(2);
        let cancelled = thread::scope(|scope| {
            let cancel = scope.spawn(|| {
                start.wait();
                scheduled.cancel()
            });
            start.wait();
            work.commit().expect("it is committed");
            cancel.join().expect("it does not panic")
        });
        let ran = stopped.pass(seconds(0));
        assert_eq!(cancelled.is_none(), ran == "1", "{ran}");
        assert_eq!(stopped.registry.queue().scheduled(), 0);
    }
}

#[test]
fn its_room_is_reserved_by_the_call() {
    let stopped = Stopped::new();
    stopped.registry.queue().set_schedule_capacity(1);
    let work = UnitOfWork::begin();
    let first = schedule(&stopped, &work, 1);
    let refused = schedule(&stopped, &work, 1).expect_err("there is no room");
    assert_eq!(refused.why(), Undelivered::ScheduleFull { capacity: 1 });
    assert_eq!(refused.into_event().0, 1);
    let outside = stopped.registry.enqueue_after(Tick(2), seconds(1));
    assert!(outside.is_err(), "the room is reserved");
    work.commit().expect("it is committed");
    assert!(first.expect("there was room").is_scheduled());
}

#[test]
fn in_a_unit_that_was_committed_it_is_scheduled_at_once_and_in_one_that_was_rolled_back_not_at_all()
{
    let stopped = Stopped::new();
    let (committed, undone) = (UnitOfWork::begin(), UnitOfWork::begin());
    let (in_committed, in_undone) = (committed.handle(), undone.handle());
    committed.commit().expect("it is committed");
    undone.rollback();
    {
        let _entered = in_committed.enter();
        let scheduled = stopped.registry.enqueue_after(Tick(1), seconds(1));
        scheduled.expect("there is room");
        assert_eq!(stopped.registry.queue().scheduled(), 1);
    }
    let _entered = in_undone.enter();
    let refused = stopped.registry.enqueue_after(Tick(1), seconds(1));
    let refused = refused.expect_err("it was rolled back");
    assert_eq!(refused.why(), Undelivered::UnitEnded);
}

#[test]
fn a_queue_that_is_shut_down_refuses_it_at_the_call_and_at_the_commit() {
    let stopped = Stopped::new();
    let work = UnitOfWork::begin();
    let scheduled = schedule(&stopped, &work, 1).expect("there is room");
    drop(stopped.registry.queue().shutdown(Duration::ZERO));
    let refused = schedule(&stopped, &work, 1).expect_err("it is shut down");
    assert_eq!(refused.why(), Undelivered::ShutDown);
    work.commit().expect("it is committed");
    assert!(!scheduled.is_scheduled(), "it is logged, and dropped");
}

#[test]
fn a_shutdown_after_the_commit_returns_it() {
    let stopped = Stopped::new();
    let work = UnitOfWork::begin();
    let scheduled = schedule(&stopped, &work, 100).expect("there is room");
    work.commit().expect("it is committed");
    let unfinished = stopped.registry.queue().take_scheduled();
    let ticks = unfinished.into_iter();
    let ticks: Vec<_> = ticks
        .filter_map(|event| event.downcast::<Tick>().ok())
        .collect();
    assert_eq!(ticks.len(), 1);
    assert!(scheduled.cancel().is_none());
}

#[test]
fn each_form_waits_for_the_commit() {
    let check = |schedule: &dyn Fn(&Stopped) -> bool| {
        for commits in [true, false] {
            let mut stopped = Stopped::new();
            let notes = stopped.journal.clone();
            let named = move |event: &dyn AnyEvent| {
                notes.note(event.arg::<u32>("n").expect("there is one").to_string());
            };
            let named = stopped.registry.on_topic("a::b", named);
            let _named = named.expect("it is subscribed");
            let work = UnitOfWork::begin();
            let entered = work.handle().enter();
            let current = stopped.registry.enter();
            assert!(schedule(&stopped));
            drop((entered, current));
            assert_eq!(stopped.pass(seconds(2)), "");
            if commits {
                work.commit().expect("it is committed");
            } else {
                work.rollback();
            }
            assert_eq!(stopped.pass(seconds(0)), if commits { "7" } else { "" });
        }
    };
    let args = || args! { n: 7_u32 };
    let due = || SystemTime::now() + seconds(1);
    let is_ok = |scheduled: Result<Args>| scheduled.is_ok();
    check(&|_| Tick(7).enqueue_after(seconds(1)).is_ok());
    check(&|stopped| stopped.registry.enqueue_after(Tick(7), seconds(1)).is_ok());
    check(&|_| Tick(7).enqueue_at(due()).is_ok());
    check(&|stopped| stopped.registry.enqueue_at(Tick(7), due()).is_ok());
    check(&|_| is_ok(enqueue_topic_after("a::b", args(), seconds(1))));
    check(&|_| is_ok(enqueue_topic_at("a::b", args(), due())));
    check(&|stopped| {
        let registry = &stopped.registry;
        is_ok(registry.enqueue_topic_after("a::b", args(), seconds(1)))
    });
}

#[test]
fn a_named_event_is_taken_back_as_its_arguments() {
    let stopped = Stopped::new();
    let work = UnitOfWork::begin();
    let entered = work.handle().enter();
    let args = args! { n: 7_u32 };
    let scheduled = stopped
        .registry
        .enqueue_topic_after("a::b", args, seconds(1));
    drop(entered);
    let args = scheduled.expect("there is room").cancel();
    assert_eq!(args.expect("it is held").get::<u32>("n"), Ok(7));
    work.commit().expect("it is committed");
}
