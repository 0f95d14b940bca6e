//! Events that are enqueued later, and their handles.

use std::time::{Duration, SystemTime};

use events_core::{
    AnyEvent, Emission, Event, Registry, args,
    emitting::Args,
    enqueue_topic_after, enqueue_topic_after_from, enqueue_topic_at, enqueue_topic_at_from,
    failures::Undelivered,
    queues::{QueueFull, Scheduled},
};

use super::{Stopped, Tick, seconds};
use crate::Journal;

#[test]
fn an_event_runs_when_its_time_has_passed_and_not_before() {
    let mut stopped = Stopped::new();
    let registry = stopped.registry.clone();
    registry
        .enqueue_after(Tick(1), seconds(10))
        .expect("there is room");
    assert_eq!(
        (registry.queue().len(), registry.queue().scheduled()),
        (0, 1)
    );
    assert_eq!(stopped.pass(Duration::from_millis(9_999)), "");
    assert_eq!(stopped.pass(Duration::from_millis(1)), "1");
    assert_eq!(registry.queue().scheduled(), 0);
    assert_eq!(stopped.pass(seconds(100)), "");
}

#[test]
fn events_run_in_the_order_of_their_due_times_and_those_of_one_time_as_scheduled() {
    let mut stopped = Stopped::new();
    for (number, after) in [(1, 30), (2, 10), (3, 20), (4, 10), (5, 0), (6, 30)] {
        stopped
            .registry
            .enqueue_after(Tick(number), seconds(after))
            .expect("there is room");
    }
    assert_eq!(stopped.pass(seconds(30)), "5 2 4 3 1 6");
}

#[test]
fn events_that_became_due_long_ago_run_in_the_order_of_their_due_times() {
    let stopped = Stopped::new();
    for number in 0..10_u32 {
        let after = seconds(u64::from(10 - number));
        stopped
            .registry
            .enqueue_after(Tick(number), after)
            .expect("there is room");
    }
    // All are due at once for this flush.
    stopped.time.jump(seconds(100));
    assert_eq!(stopped.registry.queue().flush().ran(), 10);
    assert_eq!(stopped.journal.take().join(" "), "9 8 7 6 5 4 3 2 1 0");
}

#[test]
fn a_flush_runs_what_is_due_and_leaves_the_rest() {
    let stopped = Stopped::new();
    let queue = stopped.registry.queue();
    stopped
        .registry
        .enqueue_after(Tick(1), Duration::ZERO)
        .expect("there is room");
    stopped
        .registry
        .enqueue_after(Tick(2), seconds(1))
        .expect("there is room");
    assert_eq!(
        queue.flush().to_string(),
        "1 event ran, 0 subscribers failed, none left"
    );
    assert_eq!(queue.scheduled(), 1);
    assert!(
        queue.settle(seconds(60)),
        "it does not wait for what is not due"
    );
    assert_eq!(stopped.journal.take(), ["1"]);
}

#[test]
fn a_flush_runs_what_becomes_due_by_its_own_events() {
    let stopped = Stopped::new();
    let registry = stopped.registry.clone();
    let handle = registry.clone();
    registry
        .on(move |tick: &Tick| {
            if tick.0 < 3 {
                handle
                    .enqueue_after(Tick(tick.0 + 1), Duration::ZERO)
                    .expect("there is room");
            }
        })
        .detach();
    registry.enqueue(Tick(1)).expect("there is room");
    assert_eq!(registry.queue().flush().ran(), 3);
    assert_eq!(stopped.journal.take(), ["1", "2", "3"]);
}

#[test]
fn an_endless_chain_without_delay_is_cut_off() {
    let registry = Registry::new();
    let handle = registry.clone();
    registry
        .on(move |tick: &Tick| drop(handle.enqueue_after(Tick(tick.0), Duration::ZERO)))
        .detach();
    registry.enqueue(Tick(1)).expect("there is room");
    let flushed = registry.queue().flush();
    assert_eq!((flushed.ran(), flushed.left()), (1000, 1));
}

#[test]
fn an_event_that_schedules_the_next_one_with_a_delay_is_not_cut_off() {
    let mut stopped = Stopped::new();
    let registry = stopped.registry.clone();
    let handle = registry.clone();
    let count = Journal::default();
    let counted = count.clone();
    registry
        .on(move |tick: &Tick| {
            counted.note("");
            drop(handle.enqueue_after(Tick(tick.0), seconds(1)));
        })
        .detach();
    registry.enqueue(Tick(1)).expect("there is room");
    stopped.pass(seconds(2999));
    assert_eq!(count.take().len(), 3000);
}

#[test]
fn a_cancelled_event_is_returned_and_does_not_run() {
    let mut stopped = Stopped::new();
    let scheduled = stopped
        .registry
        .enqueue_after(Tick(7), seconds(1))
        .expect("there is room");
    assert!(scheduled.is_scheduled());
    assert_eq!(scheduled.cancel().map(|tick| tick.0), Some(7));
    assert_eq!(stopped.registry.queue().scheduled(), 0);
    assert_eq!(stopped.pass(seconds(10)), "");
}

#[test]
fn an_event_whose_time_has_come_is_not_cancelled() {
    let mut stopped = Stopped::new();
    let ran = stopped
        .registry
        .enqueue_after(Tick(1), seconds(1))
        .expect("there is room");
    assert_eq!(stopped.pass(seconds(1)), "1");
    assert!(!ran.is_scheduled());
    assert!(ran.cancel().is_none());
}

#[test]
fn dropping_the_handle_keeps_the_event_and_dropping_the_registry_does_not() {
    let mut stopped = Stopped::new();
    drop(
        stopped
            .registry
            .enqueue_after(Tick(1), seconds(1))
            .expect("there is room"),
    );
    assert_eq!(stopped.pass(seconds(1)), "1");

    let registry = Registry::new();
    let scheduled = registry
        .enqueue_after(Tick(1), seconds(1))
        .expect("there is room");
    drop(registry);
    assert!(!scheduled.is_scheduled());
    assert!(scheduled.cancel().is_none());
}

#[test]
fn a_full_schedule_returns_the_event_with_the_remedy() {
    let registry = Registry::new();
    assert_eq!(registry.queue().schedule_capacity(), 1_048_576);
    registry.queue().set_schedule_capacity(1);
    let first = registry
        .enqueue_after(Tick(1), seconds(1))
        .expect("there is room");
    let refused = registry
        .enqueue_after(Tick(2), seconds(1))
        .expect_err("it is refused");
    assert_eq!(refused.why(), Undelivered::ScheduleFull { capacity: 1 });
    assert!(
        refused.to_string().ends_with(
            "was not enqueued: the schedule is full, with 1 event; schedule fewer, cancel some, or raise its \
             capacity with set_schedule_capacity"
        ),
        "{refused}"
    );
    assert_eq!(refused.into_event().0, 2);
    assert!(first.cancel().is_some());
    assert!(registry.enqueue_after(Tick(3), seconds(1)).is_ok());
}

#[test]
fn an_event_that_is_due_is_queued_beyond_the_capacity_of_the_queue() {
    let mut stopped = Stopped::new();
    stopped.registry.queue().set_capacity(1);
    for number in 1..=3 {
        stopped
            .registry
            .enqueue_after(Tick(number), seconds(1))
            .expect("there is room");
    }
    stopped.registry.enqueue(Tick(0)).expect("there is room");
    assert_eq!(stopped.pass(seconds(1)), "0 1 2 3");
}

#[test]
fn an_event_keeps_the_origin_and_the_parent_of_the_call() {
    #[derive(Event)]
    struct Outer;

    let mut stopped = Stopped::new();
    let registry = stopped.registry.clone();
    let (journal, handle) = (stopped.journal.clone(), registry.clone());
    registry
        .on(move |_: &Outer, emission: &Emission| {
            journal.note(emission.id().to_string());
            handle
                .enqueue_after_from(Tick(1), seconds(1), "billing")
                .expect("there is room");
        })
        .detach();
    let journal = stopped.journal.clone();
    registry
        .on(move |_: &Tick, emission: &Emission| {
            journal.note(
                emission
                    .parent()
                    .map(|id| id.to_string())
                    .unwrap_or_default(),
            );
            journal.note(
                emission
                    .origin()
                    .map(ToString::to_string)
                    .unwrap_or_default(),
            );
        })
        .detach();
    registry.emit(Outer);
    let noted = stopped.pass(seconds(1));
    let noted: Vec<_> = noted.split(' ').collect();
    assert_eq!(noted[1], "1");
    assert_eq!(noted[0], noted[2]);
    assert_eq!(noted[3], "billing");
}

#[test]
fn every_way_to_schedule_an_event_works() {
    #[derive(Event)]
    struct Paid {
        cents: u32,
    }

    let mut stopped = Stopped::new();
    let registry = stopped.registry.clone();
    let journal = stopped.journal.clone();
    registry
        .on_topic(".*", move |event: &dyn AnyEvent, emission: &Emission| {
            let origin = emission.origin().map(ToString::to_string);
            journal.note(format!(
                "{}{}",
                event.topic().rsplit("::").next().expect("it is there"),
                origin.unwrap_or_default()
            ));
        })
        .expect("it is there")
        .detach();
    let _scope = registry.enter();
    let now = SystemTime::now();
    let paid = || Paid { cents: 1 };
    let builder = || Paid::builder().cents(paid().cents);
    let one = seconds(1);
    let handles: Vec<Scheduled<Paid>> = vec![
        registry.enqueue_after(paid(), one).expect("there is room"),
        registry
            .enqueue_after_from(paid(), one, "A")
            .expect("there is room"),
        registry.enqueue_at(paid(), now).expect("there is room"),
        registry
            .enqueue_at_from(paid(), now, "B")
            .expect("there is room"),
        paid().enqueue_after(one).expect("there is room"),
        paid().enqueue_after_from(one, "C").expect("there is room"),
        paid().enqueue_at(now).expect("there is room"),
        paid().enqueue_at_from(now, "D").expect("there is room"),
        builder().enqueue_after(one).expect("there is room"),
        builder()
            .enqueue_after_from(one, "E")
            .expect("there is room"),
        builder().enqueue_at(now).expect("there is room"),
        builder().enqueue_at_from(now, "F").expect("there is room"),
    ];
    let args = || args! { n: 1 };
    let named: [Result<Scheduled<Args>, QueueFull<Args>>; 8] = [
        registry.enqueue_topic_after("named", args(), one),
        registry.enqueue_topic_after_from("named", args(), one, "G"),
        registry.enqueue_topic_at("named", args(), now),
        registry.enqueue_topic_at_from("named", args(), now, "H"),
        enqueue_topic_after("named", args(), one),
        enqueue_topic_after_from("named", args(), one, "I"),
        enqueue_topic_at("named", args(), now),
        enqueue_topic_at_from("named", args(), now, "J"),
    ];
    assert!(named.iter().all(Result::is_ok));
    assert_eq!(registry.queue().scheduled(), handles.len() + 8);
    assert_eq!(
        stopped.pass(Duration::ZERO),
        "Paid PaidB Paid PaidD Paid PaidF named namedH named namedJ"
    );
    assert_eq!(
        stopped.pass(one),
        "Paid PaidA Paid PaidC Paid PaidE named namedG named namedI"
    );
}

#[test]
fn the_arguments_of_a_named_event_are_returned() {
    let registry = Registry::new();
    let named = registry
        .enqueue_topic_after("a", args! { n: 7_u32 }, seconds(1))
        .expect("there is room");
    assert_eq!(named.cancel().expect("it is there").get::<u32>("n"), Ok(7));
    registry.queue().set_schedule_capacity(0);
    let refused = registry.enqueue_topic_after("a", args! { n: 8_u32 }, seconds(1));
    assert_eq!(
        refused
            .expect_err("it is refused")
            .into_event()
            .get::<u32>("n"),
        Ok(8)
    );
}
