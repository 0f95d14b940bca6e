//! Section 5: the queue, and what empties it.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    task::{Context, Poll, Waker},
};

use events_core::{
    Emission, Event, Registry, Undelivered, WithRegistry, flush_after, flush_queue, subscriber,
    subscribers,
};

use crate::{Gate, Journal, block_on};

#[derive(Event, Clone)]
struct Job {
    number: u32,
    journal: Journal,
}

#[derive(Event, Clone)]
struct Other(Journal);

fn job(number: u32, journal: &Journal) -> Job {
    Job {
        number,
        journal: journal.clone(),
    }
}

#[subscriber]
fn work(event: &mut Job) {
    event.number *= 10;
    event.journal.note(format!("sync {}", event.number));
}

#[subscriber]
async fn report(event: &Job) {
    event.journal.note(format!("async {}", event.number));
}

#[subscriber(deferred)]
fn archive(event: &Job) {
    event.journal.note(format!("deferred {}", event.number));
}

#[test]
fn enqueue_returns_at_once_and_the_event_runs_later_through_the_async_path() {
    let registry = Registry::with(subscribers![work, report, archive]);
    let journal = Journal::default();
    registry.enqueue(job(1, &journal)).expect("there is room");
    assert!(journal.take().is_empty());
    assert_eq!(registry.queue().flush().ran(), 1);
    assert_eq!(journal.take(), ["sync 10", "async 10", "deferred 10"]);
    assert!(registry.queue().is_empty());
}

#[test]
fn events_of_all_types_run_in_the_order_in_which_they_came() {
    let registry = Registry::new();
    let journal = Journal::default();
    registry
        .on(|event: &Job| event.journal.note(event.number.to_string()))
        .detach();
    registry.on(|event: &Other| event.0.note("other")).detach();
    for number in 0..3 {
        registry
            .enqueue(job(number, &journal))
            .expect("there is room");
        registry
            .enqueue(Other(journal.clone()))
            .expect("there is room");
    }
    registry.queue().flush();
    assert_eq!(journal.take(), ["0", "other", "1", "other", "2", "other"]);
}

#[test]
fn events_with_an_origin_and_without_one_run_in_the_order_in_which_they_came() {
    let registry = Registry::new();
    let journal = Journal::default();
    registry
        .on(|event: &Job, emission: &Emission| {
            let from = emission.origin().map(ToString::to_string);
            event.journal.note(format!("{} {from:?}", event.number));
        })
        .detach();
    for number in [0, 2] {
        let enqueued = registry.enqueue(job(number, &journal));
        enqueued.expect("there is room");
        let enqueued = registry.enqueue_from(job(number + 1, &journal), "desk");
        enqueued.expect("there is room");
    }
    registry.queue().flush();
    let desk = "Some(\"desk\")";
    let expected = [
        "0 None",
        &format!("1 {desk}"),
        "2 None",
        &format!("3 {desk}"),
    ];
    assert_eq!(journal.take(), expected);
}

#[test]
fn what_is_enqueued_meanwhile_is_flushed_too() {
    let registry = Registry::new();
    let journal = Journal::default();
    let inside = registry.clone();
    registry
        .on(move |event: &Job| {
            event.journal.note(event.number.to_string());
            if event.number > 0 {
                let next = job(event.number - 1, &event.journal);
                inside.enqueue(next).expect("there is room");
            }
        })
        .detach();
    registry.enqueue(job(5, &journal)).expect("there is room");
    assert_eq!(registry.queue().flush().ran(), 6);
    assert_eq!(journal.take(), ["5", "4", "3", "2", "1", "0"]);
}

#[test]
fn a_chain_without_end_is_cut_off_and_what_is_left_stays() {
    let registry = Registry::new();
    let journal = Journal::default();
    let inside = registry.clone();
    registry
        .on(move |event: &Job| {
            let next = job(event.number + 1, &event.journal);
            inside.enqueue(next).expect("there is room");
        })
        .detach();
    registry.enqueue(job(0, &journal)).expect("there is room");
    let flushed = registry.queue().flush();
    assert_eq!((flushed.ran(), flushed.left()), (1000, 1));
    assert_eq!(registry.queue().len(), 1);
    assert_eq!(block_on(registry.queue().flush_async()).left(), 1);
}

#[test]
fn many_events_are_no_chain() {
    let registry = Registry::new();
    let journal = Journal::default();
    registry.on(|_: &Job| ()).detach();
    for number in 0..5000 {
        registry
            .enqueue(job(number, &journal))
            .expect("there is room");
    }
    let flushed = registry.queue().flush();
    assert_eq!((flushed.ran(), flushed.left()), (5000, 0));
}

#[test]
fn a_full_queue_gives_the_event_back() {
    let registry = Registry::new();
    let journal = Journal::default();
    assert_eq!(registry.queue().capacity(), 65_536);
    registry.queue().set_capacity(2);
    for number in 0..2 {
        registry
            .enqueue(job(number, &journal))
            .expect("there is room");
    }
    let error = registry.enqueue(job(7, &journal)).expect_err("it is full");
    assert_eq!(error.why(), Undelivered::QueueFull { capacity: 2 });
    assert_eq!(
        error.to_string(),
        format!(
            "`{}` was not enqueued: the queue is full, with 2 events; flush it more often, have a \
             worker empty it, or give it more with set_capacity",
            Job::topic()
        )
    );
    assert!(!format!("{error:?}").contains("number"));
    assert_eq!(error.into_event().number, 7);
    registry.queue().flush();
    registry
        .enqueue(job(8, &journal))
        .expect("there is room again");
    assert_eq!(
        format!("{:?}", registry.queue()),
        "Queue { len: 1, capacity: 2, .. }"
    );
}

#[test]
fn a_flush_waits_for_async_subscribers() {
    let registry = Registry::new();
    let (journal, gate) = (Journal::default(), Gate::default());
    let waits = gate.clone();
    registry
        .on_async(move |event: &Job| {
            let (gate, journal) = (waits.clone(), event.journal.clone());
            async move {
                gate.wait().await;
                journal.note("ended");
            }
        })
        .detach();
    registry.enqueue(job(1, &journal)).expect("there is room");
    let opens = std::thread::spawn(move || gate.open());
    assert_eq!(registry.queue().flush().ran(), 1);
    assert_eq!(journal.take(), ["ended"]);
    opens.join().expect("nobody panics");
}

#[test]
fn one_event_runs_after_the_other() {
    let registry = Registry::new();
    let (journal, gate) = (Journal::default(), Gate::default());
    let waits = gate.clone();
    registry
        .on_async(move |event: &Job| {
            let (gate, event) = (waits.clone(), event.clone());
            async move {
                event.journal.note(format!("{} begins", event.number));
                gate.wait().await;
                event.journal.note(format!("{} ends", event.number));
            }
        })
        .detach();
    for number in 0..2 {
        registry
            .enqueue(job(number, &journal))
            .expect("there is room");
    }
    let mut flush = pin!(registry.queue().flush_async());
    let mut context = Context::from_waker(Waker::noop());
    assert!(flush.as_mut().poll(&mut context).is_pending());
    assert_eq!(journal.take(), ["0 begins"]);
    gate.open();
    assert_eq!(block_on(flush).ran(), 2);
    assert_eq!(journal.take(), ["0 ends", "1 begins", "1 ends"]);
}

#[test]
fn a_flush_inside_what_the_queue_runs_leaves_it_to_the_one_around() {
    let registry = Registry::new();
    let journal = Journal::default();
    let inside = registry.clone();
    registry
        .on(move |event: &Job| {
            let flushed = inside.queue().flush();
            event
                .journal
                .note(format!("ran {}, left {}", flushed.ran(), flushed.left()));
        })
        .detach();
    let inside = registry.clone();
    registry
        .on_async(move |event: &Job| {
            let (registry, journal) = (inside.clone(), event.journal.clone());
            async move {
                let flushed = registry.queue().flush_async().await;
                journal.note(format!(
                    "async: ran {}, left {}",
                    flushed.ran(),
                    flushed.left()
                ));
            }
        })
        .detach();
    for number in 0..2 {
        registry
            .enqueue(job(number, &journal))
            .expect("there is room");
    }
    assert_eq!(registry.queue().flush().ran(), 2);
    assert_eq!(
        journal.take(),
        [
            "ran 0, left 1",
            "async: ran 0, left 1",
            "ran 0, left 0",
            "async: ran 0, left 0"
        ]
    );
}

#[test]
fn a_flush_inside_a_sync_emit_runs_what_waits() {
    let registry = Registry::new();
    let journal = Journal::default();
    registry
        .on(|event: &Job| event.journal.note(event.number.to_string()))
        .detach();
    let inside = registry.clone();
    registry
        .on(move |event: &Other| {
            inside.queue().flush();
            event.0.note("other");
        })
        .detach();
    registry.enqueue(job(1, &journal)).expect("there is room");
    registry.emit(Other(journal.clone()));
    assert_eq!(journal.take(), ["1", "other"]);
}

#[test]
fn a_queue_of_another_registry_can_be_flushed_inside() {
    let (outer, inner) = (Registry::new(), Registry::new());
    let journal = Journal::default();
    inner.on(|event: &Job| event.journal.note("inner")).detach();
    let flushes = inner.clone();
    outer
        .on(move |event: &Job| {
            event.journal.note("outer");
            flushes.queue().flush();
        })
        .detach();
    inner.enqueue(job(1, &journal)).expect("there is room");
    outer.enqueue(job(1, &journal)).expect("there is room");
    outer.queue().flush();
    assert_eq!(journal.take(), ["outer", "inner"]);
}

#[test]
fn failures_and_panics_stay_in_the_queue() {
    let registry = Registry::new();
    let journal = Journal::default();
    registry
        .on(|event: &Job| match event.number {
            0 => panic!("as told"),
            1 => Err("as told, too"),
            _ => Ok(()),
        })
        .detach();
    registry
        .on(|event: &Job| event.journal.note(event.number.to_string()))
        .detach();
    for number in 0..3 {
        registry
            .enqueue(job(number, &journal))
            .expect("there is room");
    }
    let flushed = registry.queue().flush();
    assert_eq!((flushed.ran(), flushed.failures()), (3, 2));
    assert_eq!(
        flushed.to_string(),
        "3 events ran, 2 subscribers failed, none wait"
    );
    assert_eq!(journal.take(), ["0", "1", "2"]);
}

#[test]
fn flush_after_flushes_on_any_exit() {
    let registry = Registry::with(subscribers![work]);
    let journal = Journal::default();
    let _scope = registry.enter();
    let value = flush_after(|| {
        job(1, &journal).enqueue().expect("there is room");
        7
    });
    assert_eq!((value, journal.take()), (7, vec!["sync 10".to_owned()]));
    let panics = catch_unwind(AssertUnwindSafe(|| {
        flush_after(|| {
            job(2, &journal).enqueue().expect("there is room");
            panic!("after that");
        })
    }));
    assert!(panics.is_err());
    assert_eq!(journal.take(), ["sync 20"]);
}

#[flush_queue]
fn enqueues(journal: &Journal, number: u32) -> Result<u32, String> {
    job(number, journal).enqueue().expect("there is room");
    if number == 2 {
        return Ok(7);
    }
    "seven".parse::<u32>().map_err(|error| error.to_string())
}

#[flush_queue]
async fn enqueues_async(journal: Journal, panics: bool) -> u32 {
    job(3, &journal).enqueue().expect("there is room");
    std::future::ready(()).await;
    assert!(!panics, "as told");
    7
}

#[test]
fn a_function_with_flush_queue_flushes_on_any_exit() {
    let registry = Registry::with(subscribers![work]);
    let journal = Journal::default();
    let _scope = registry.enter();
    assert_eq!(
        (enqueues(&journal, 2), journal.take()),
        (Ok(7), vec!["sync 20".to_owned()])
    );
    assert!(enqueues(&journal, 1).is_err());
    assert_eq!(journal.take(), ["sync 10"]);
    assert_eq!(block_on(enqueues_async(journal.clone(), false)), 7);
    assert_eq!(journal.take(), ["sync 30"]);
    let panics = || block_on(enqueues_async(journal.clone(), true));
    assert!(catch_unwind(AssertUnwindSafe(panics)).is_err());
    assert_eq!(journal.take(), ["sync 30"]);
}

#[test]
fn the_verbs_are_on_events_builders_and_registries() {
    let registry = Registry::with(subscribers![work]);
    let _scope = registry.enter();
    let journal = Journal::default();
    job(1, &journal).enqueue().expect("there is room");
    job(2, &journal)
        .enqueue_from("desk")
        .expect("there is room");
    let builder = Job::builder().number(3).journal(journal.clone());
    builder.enqueue().expect("there is room");
    registry.enqueue(job(4, &journal)).expect("there is room");
    registry
        .enqueue_from(job(5, &journal), "desk")
        .expect("there is room");
    assert_eq!(events_core::registry().queue().flush().ran(), 5);
    assert_eq!(
        journal.take(),
        ["sync 10", "sync 20", "sync 30", "sync 40", "sync 50"]
    );
}

#[test]
fn an_enqueued_event_knows_its_origin_and_its_parent() {
    let registry = Registry::new();
    let journal = Journal::default();
    let inside = registry.clone();
    registry
        .on(move |event: &Other, emission: &Emission| {
            event.0.note(format!("{} in nothing", emission.id()));
            inside
                .enqueue_from(job(1, &event.0), "desk")
                .expect("there is room");
        })
        .detach();
    registry
        .on(|event: &Job, emission: &Emission| {
            let parent = emission
                .parent()
                .map(|id| id.to_string())
                .unwrap_or_default();
            let origin = emission
                .origin()
                .map(ToString::to_string)
                .unwrap_or_default();
            event.journal.note(format!("{parent} in {origin}"));
        })
        .detach();
    registry.emit(Other(journal.clone()));
    // Whoever flushes is not the parent.
    let flushes = registry.clone();
    let around = Registry::new();
    around
        .on(move |_: &Other| {
            flushes.queue().flush();
        })
        .detach();
    around.emit(Other(journal.clone()));
    let told = journal.take();
    assert_eq!(told.len(), 2);
    assert_eq!(told[1], told[0].replace("nothing", "desk"));
}

#[test]
fn the_registry_of_the_queue_is_current_while_it_runs() {
    let registry = Registry::new();
    let journal = Journal::default();
    registry
        .on(|event: &Job| {
            Other(event.journal.clone()).emit();
        })
        .detach();
    registry.on(|event: &Other| event.0.note("heard")).detach();
    registry.enqueue(job(1, &journal)).expect("there is room");
    registry.queue().flush();
    registry.enqueue(job(2, &journal)).expect("there is room");
    let other = Registry::new();
    block_on(registry.queue().flush_async().with_registry(other));
    assert_eq!(journal.take(), ["heard", "heard"]);
}

#[test]
fn a_flush_that_is_dropped_keeps_the_event_that_was_under_way() {
    let registry = Registry::new();
    let journal = Journal::default();
    registry
        .on_async(|_: &Job| std::future::pending::<()>())
        .detach();
    for number in 0..2 {
        registry
            .enqueue(job(number, &journal))
            .expect("there is room");
    }
    {
        let mut flush = pin!(registry.queue().flush_async());
        let mut context = Context::from_waker(Waker::noop());
        assert!(matches!(flush.as_mut().poll(&mut context), Poll::Pending));
    }
    assert_eq!(registry.queue().len(), 1);
    let unfinished = registry.queue().shutdown(std::time::Duration::ZERO);
    let mut numbers = Vec::new();
    for event in unfinished.events {
        let begun = event.unfinished().map(Iterator::count);
        numbers.push((event.downcast::<Job>().expect("a job").number, begun));
    }
    assert_eq!(numbers, [(0, Some(1)), (1, None)]);
}
