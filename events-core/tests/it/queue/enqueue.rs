//! Section 5: enqueued events: their order, origin and parent, and the capacity of the queue.

use std::pin::pin;

use events_core::{
    Emission, Event, Registry, failures::Undelivered, scopes::WithRegistry, subscriber, subscribers,
};

use crate::{Gate, Journal, block_on, poll_once};

#[derive(Event, Clone)]
pub(crate) struct Job {
    pub(crate) number: u32,
    pub(crate) journal: Journal,
}

#[derive(Event, Clone)]
pub(crate) struct Other(pub(crate) Journal);

pub(crate) fn job(number: u32, journal: &Journal) -> Job {
    Job {
        number,
        journal: journal.clone(),
    }
}

/// Enqueues a job for each of the numbers.
pub(crate) fn enqueue_jobs(
    registry: &Registry,
    numbers: impl IntoIterator<Item = u32>,
    journal: &Journal,
) {
    for number in numbers {
        let enqueued = registry.enqueue(job(number, journal));
        enqueued.expect("there is room");
    }
}

#[subscriber]
pub(crate) fn work(event: &mut Job) {
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
fn enqueue_returns_at_once_and_a_flush_emits_the_event_async() {
    let registry = Registry::with(subscribers![work, report, archive]);
    let journal = Journal::default();
    registry.enqueue(job(1, &journal)).expect("there is room");
    assert!(journal.take().is_empty());
    assert_eq!(registry.queue().flush().ran(), 1);
    assert_eq!(journal.take(), ["sync 10", "async 10", "deferred 10"]);
    assert!(registry.queue().is_empty());
}

#[test]
fn events_of_all_types_run_in_the_order_in_which_they_were_enqueued() {
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
fn events_with_and_without_an_origin_run_in_the_order_in_which_they_were_enqueued() {
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
fn enqueue_on_a_full_queue_returns_the_event() {
    let registry = Registry::new();
    let journal = Journal::default();
    assert_eq!(registry.queue().capacity(), 65_536);
    registry.queue().set_capacity(2);
    enqueue_jobs(&registry, 0..2, &journal);
    let error = registry.enqueue(job(7, &journal)).expect_err("it is full");
    assert_eq!(error.why(), Undelivered::QueueFull { capacity: 2 });
    assert_eq!(
        error.to_string(),
        format!(
            "`{}` was not enqueued: the queue is full, with 2 events; flush it more often, run a \
             worker, or raise its capacity with set_capacity",
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
fn a_flush_runs_one_event_at_a_time() {
    let registry = Registry::new();
    let (journal, gate) = (Journal::default(), Gate::default());
    let handler_gate = gate.clone();
    registry
        .on_async(move |event: &Job| {
            let (gate, event) = (handler_gate.clone(), event.clone());
            async move {
                event.journal.note(format!("{} begins", event.number));
                gate.wait().await;
                event.journal.note(format!("{} ends", event.number));
            }
        })
        .detach();
    enqueue_jobs(&registry, 0..2, &journal);
    let mut flush = pin!(registry.queue().flush_async());
    assert!(poll_once(flush.as_mut()).is_pending());
    assert_eq!(journal.take(), ["0 begins"]);
    gate.open();
    assert_eq!(block_on(flush).ran(), 2);
    assert_eq!(journal.take(), ["0 ends", "1 begins", "1 ends"]);
}

#[test]
fn failures_and_panics_of_queued_events_are_contained_and_counted() {
    let registry = Registry::new();
    let journal = Journal::default();
    registry
        .on(|event: &Job| match event.number {
            0 => panic!("on purpose"),
            1 => Err("on purpose, too"),
            _ => Ok(()),
        })
        .detach();
    registry
        .on(|event: &Job| event.journal.note(event.number.to_string()))
        .detach();
    enqueue_jobs(&registry, 0..3, &journal);
    let flushed = registry.queue().flush();
    assert_eq!((flushed.ran(), flushed.failures()), (3, 2));
    assert_eq!(
        flushed.to_string(),
        "3 events ran, 2 subscribers failed, none left"
    );
    assert_eq!(journal.take(), ["0", "1", "2"]);
}

#[test]
fn events_builders_and_registries_have_the_enqueue_methods() {
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
fn an_enqueued_event_keeps_its_origin_and_its_parent() {
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
    // An emit around the flush is not the parent.
    let flushes = registry.clone();
    let around = Registry::new();
    around
        .on(move |_: &Other| {
            flushes.queue().flush();
        })
        .detach();
    around.emit(Other(journal.clone()));
    let notes = journal.take();
    assert_eq!(notes.len(), 2);
    assert_eq!(notes[1], notes[0].replace("nothing", "desk"));
}

#[test]
fn the_registry_of_the_queue_is_current_while_its_events_run() {
    let registry = Registry::new();
    let journal = Journal::default();
    registry
        .on(|event: &Job| {
            Other(event.journal.clone()).emit();
        })
        .detach();
    registry
        .on(|event: &Other| event.0.note("received"))
        .detach();
    registry.enqueue(job(1, &journal)).expect("there is room");
    registry.queue().flush();
    registry.enqueue(job(2, &journal)).expect("there is room");
    let other = Registry::new();
    block_on(registry.queue().flush_async().with_registry(other));
    assert_eq!(journal.take(), ["received", "received"]);
}
