//! Sections 4 and 5: background subscribers, and the snapshot that a sync emit enqueues for them.

use std::{
    ops::ControlFlow,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use events_core::{
    Emission, Event, Registry,
    failures::{Cause, Undelivered},
    subscriber, subscribers,
};

use crate::{Gate, Journal, block_on, poll_once};

#[derive(Event)]
struct Order {
    number: u32,
    journal: Journal,
    copies: Arc<AtomicUsize>,
}

impl Clone for Order {
    fn clone(&self) -> Self {
        self.copies.fetch_add(1, Ordering::Relaxed);
        assert!(self.number != 666, "this order cannot be cloned");
        Self {
            number: self.number,
            journal: self.journal.clone(),
            copies: Arc::clone(&self.copies),
        }
    }
}

fn order(number: u32, journal: &Journal) -> Order {
    Order {
        number,
        journal: journal.clone(),
        copies: Arc::default(),
    }
}

#[subscriber]
async fn mail(event: &Order) {
    event.journal.note(format!("mail {}", event.number));
}

#[subscriber(deferred)]
fn report(event: &Order) -> Result<(), String> {
    event.journal.note(format!("report {}", event.number));
    match event.number {
        13 => Err("unlucky".into()),
        _ => Ok(()),
    }
}

#[subscriber]
fn renumber(event: &mut Order) {
    event.number += 1;
}

#[subscriber(deferred, priority = 5)]
async fn archive(event: &Order) {
    event.journal.note(format!("archive {}", event.number));
}

#[test]
fn a_sync_emit_enqueues_a_snapshot_that_is_taken_after_the_sync_subscribers() {
    let registry = Registry::with(subscribers![mail, report, renumber]);
    let journal = Journal::default();
    let emitted = registry
        .try_emit(order(1, &journal))
        .expect("no handler fails");
    assert_eq!((emitted.ran(), emitted.deferred()), (1, 2));
    assert_eq!(emitted.number, 2);
    assert!(journal.take().is_empty());
    assert_eq!(registry.queue().len(), 1);

    let flushed = registry.queue().flush();
    assert_eq!(
        (flushed.ran(), flushed.failures(), flushed.left()),
        (1, 0, 0)
    );
    let mut ran = journal.take();
    ran.sort();
    assert_eq!(ran, ["mail 2", "report 2"]);
}

/// The chain of sync handlers returns after 16 nested calls: the numbers are around multiples of 16.
#[test]
fn a_deferred_subscriber_runs_after_any_number_of_sync_ones_unless_one_stops_the_event() {
    for sync in [0, 1, 15, 16, 17, 32, 33] {
        let registry = Registry::with(subscribers![report]);
        let mut batch = registry.batch();
        for index in 1..=sync {
            batch.on(move |event: &mut Order| {
                event.number += 1;
                match event.number - 100 {
                    number if number < 1000 || index < sync => ControlFlow::Continue(()),
                    number if number < 2000 => ControlFlow::Break(()),
                    _ => panic!("the last one"),
                }
            });
        }
        batch.register().expect("they can be ordered").detach();
        let journal = Journal::default();
        for (number, deferred) in [(100, 1), (1100, usize::from(sync == 0)), (2100, 1)] {
            registry.emit(order(number, &journal));
            assert_eq!(registry.queue().len(), deferred, "{sync} and {number}");
            registry.queue().flush();
        }
        assert_eq!(journal.take()[0], format!("report {}", 100 + sync));
    }
}

#[test]
fn background_subscribers_share_one_snapshot() {
    let registry = Registry::with(subscribers![mail, report, archive]);
    let emitted = registry.emit(order(1, &Journal::default()));
    registry.queue().flush();
    assert_eq!(emitted.copies.load(Ordering::Relaxed), 1);
}

#[test]
fn no_snapshot_is_taken_when_all_background_subscribers_are_filtered_out() {
    let registry = Registry::new();
    registry
        .subscribe_deferred(|_: &Order| ())
        .when(|order: &Order| order.number > 5)
        .register()
        .expect("no options clash")
        .detach();
    let emitted = registry
        .try_emit(order(1, &Journal::default()))
        .expect("no handler fails");
    assert!(emitted.is_unheard());
    assert_eq!(emitted.copies.load(Ordering::Relaxed), 0);
    let emitted = registry
        .try_emit(order(6, &Journal::default()))
        .expect("no handler fails");
    assert!(!emitted.is_unheard());
    assert_eq!(emitted.copies.load(Ordering::Relaxed), 1);
}

#[test]
fn an_async_emit_awaits_async_subscribers_and_enqueues_the_deferred_ones() {
    let registry = Registry::with(subscribers![mail, report, archive]);
    let journal = Journal::default();
    let emitted = block_on(registry.try_emit_async(order(1, &journal)));
    let emitted = emitted.expect("no handler fails");
    assert_eq!((emitted.ran(), emitted.deferred()), (1, 2));
    assert_eq!(journal.take(), ["mail 1"]);
    registry.queue().flush();
    assert_eq!(journal.take(), ["archive 1", "report 1"]);
}

#[test]
fn background_subscribers_start_in_their_order() {
    let registry = Registry::with(subscribers![mail, report, archive]);
    let journal = Journal::default();
    registry.emit(order(1, &journal));
    registry.queue().flush();
    assert_eq!(journal.take(), ["archive 1", "mail 1", "report 1"]);
}

#[test]
fn a_failure_in_the_queue_is_counted_and_contained() {
    let registry = Registry::with(subscribers![mail, report]);
    let journal = Journal::default();
    registry.emit(order(13, &journal));
    registry.emit(order(14, &journal));
    let flushed = registry.queue().flush();
    assert_eq!((flushed.ran(), flushed.failures()), (2, 1));
    assert_eq!(
        journal.take(),
        ["mail 13", "report 13", "mail 14", "report 14"]
    );
}

#[test]
fn a_panic_of_clone_is_a_failure_of_every_background_subscriber() {
    let registry = Registry::with(subscribers![mail, report]);
    let error = registry
        .try_emit(order(666, &Journal::default()))
        .expect_err("no copy");
    let causes: Vec<_> = error
        .failures()
        .iter()
        .map(events_core::Failure::cause)
        .collect();
    assert!(matches!(
        causes[..],
        [Cause::Panic(_), Cause::Undelivered(Undelivered::NotCopied)]
    ));
}

#[test]
fn when_the_queue_is_full_deferred_sync_handlers_run_at_once_and_async_handlers_fail() {
    let registry = Registry::with(subscribers![mail, report]);
    registry.queue().set_capacity(1);
    let journal = Journal::default();
    registry.emit(order(1, &journal));
    let error = registry
        .try_emit(order(2, &journal))
        .expect_err("the queue is full");
    assert_eq!(journal.take(), ["report 2"]);
    let [failure] = error.failures() else {
        panic!("one fails: {error}");
    };
    assert!(failure.subscriber().name.ends_with("::mail"));
    let text = failure.cause().to_string();
    assert_eq!(
        text,
        "was not reached: the queue is full, with 1 event; flush it more often, run a worker, or \
         raise its capacity with set_capacity"
    );
    assert_eq!(error.ran(), 1);
    let text = error.to_string();
    let head = format!(
        "of the subscribers of `{}`, 1 was not reached:\n  1. ",
        Order::topic()
    );
    assert!(text.starts_with(&head), "{text}");
    registry.queue().flush();
    assert_eq!(journal.take(), ["mail 1", "report 1"]);
}

#[test]
fn a_queued_snapshot_does_not_reach_a_subscriber_that_was_unsubscribed() {
    let registry = Registry::new();
    let journal = Journal::default();
    let subscription =
        registry.on_deferred(|event: &Order| event.journal.note(event.number.to_string()));
    registry.emit(order(1, &journal));
    drop(subscription);
    assert_eq!(registry.queue().flush().ran(), 1);
    assert!(journal.take().is_empty());
}

#[test]
fn once_applies_to_background_subscribers() {
    let registry = Registry::new();
    let journal = Journal::default();
    registry
        .subscribe_deferred(|event: &Order| event.journal.note(event.number.to_string()))
        .once()
        .register()
        .expect("no options clash")
        .detach();
    registry.emit(order(1, &journal));
    registry.emit(order(2, &journal));
    registry.queue().flush();
    assert_eq!(journal.take(), ["1"]);
}

#[test]
fn background_subscribers_have_the_emission_of_the_emit() {
    let registry = Registry::new();
    let journal = Journal::default();
    let describe = |emission: &Emission| {
        let origin = emission
            .origin()
            .map(ToString::to_string)
            .unwrap_or_default();
        let parent = emission
            .parent()
            .map(|id| id.to_string())
            .unwrap_or_default();
        format!("{} {origin} {parent}", emission.id())
    };
    registry
        .on(move |event: &Order, emission: &Emission| event.journal.note(describe(emission)))
        .detach();
    registry
        .on_deferred(move |event: &Order, emission: &Emission| {
            event.journal.note(describe(emission));
        })
        .detach();
    registry.emit_from(order(1, &journal), "desk");
    registry.queue().flush();
    let ids = journal.take();
    assert_eq!(ids.len(), 2);
    assert_eq!(ids[0], ids[1]);
}

#[test]
fn a_subscriber_cannot_be_ordered_after_one_of_a_later_phase() {
    let registry = Registry::new();
    registry
        .subscribe_async(|_: &Order| async {})
        .id("mail")
        .register()
        .expect("the id is free")
        .detach();
    let error = registry
        .subscribe(|_: &Order| ())
        .id("print")
        .after("mail")
        .register()
        .expect_err("a sync handler cannot wait for the mail");
    assert!(error.to_string().contains("runs later"), "{error}");
    let deferred = registry
        .subscribe_deferred(|_: &Order| ())
        .id("report")
        .register();
    let deferred = deferred.expect("the id is free");
    let after = registry
        .subscribe_async(|_: &Order| async {})
        .after("report")
        .register();
    assert!(
        after.is_err(),
        "an async emit awaits it, but not the deferred one"
    );
    drop(deferred);
}

/// Registers `second` after `first`; both await their gate and note when they begin and end.
fn register_first_and_second(registry: &Registry, gates: [&Gate; 2], deferred: [bool; 2]) {
    let handler = |name: &'static str, gate: &Gate| {
        let gate = gate.clone();
        registry.subscribe_async(move |event: &Order| {
            let (journal, gate) = (event.journal.clone(), gate.clone());
            async move {
                journal.note(format!("{name} begins"));
                gate.wait().await;
                journal.note(format!("{name} ends"));
            }
        })
    };
    let second = handler("second", gates[1]).priority(100);
    let first = handler("first", gates[0]).id("first");
    let [first, second] = [(first, deferred[0]), (second, deferred[1])]
        .map(|(one, deferred)| if deferred { one.deferred() } else { one });
    first.register().expect("the id is free").detach();
    second
        .after("first")
        .register()
        .expect("the phases allow it")
        .detach();
}

#[test]
fn an_async_subscriber_ordered_after_another_starts_when_that_has_finished() {
    let (registry, journal) = (Registry::new(), Journal::default());
    let [first, second] = [Gate::default(), Gate::default()];
    register_first_and_second(&registry, [&first, &second], [false, false]);
    registry.on_async(|_: &Order| async {}).detach();
    let mut emit = pin!(registry.try_emit_async(order(1, &journal)));
    assert!(poll_once(emit.as_mut()).is_pending());
    assert_eq!(journal.take(), ["first begins"]);
    first.open();
    assert!(poll_once(emit.as_mut()).is_pending());
    assert_eq!(journal.take(), ["first ends", "second begins"]);
    second.open();
    let emitted = block_on(emit).expect("no handler fails");
    assert_eq!(
        (emitted.ran(), journal.take()),
        (3, vec!["second ends".to_owned()])
    );

    // Jobs of the queue keep the same order.
    registry.emit(order(2, &journal));
    registry.queue().flush();
    let expected = ["first begins", "first ends", "second begins", "second ends"];
    assert_eq!(journal.take(), expected);
}

#[test]
fn a_deferred_subscriber_ordered_after_an_async_one_is_enqueued_when_that_has_finished() {
    let (registry, journal) = (Registry::new(), Journal::default());
    let [first, second] = [Gate::default(), Gate::default()];
    register_first_and_second(&registry, [&first, &second], [false, true]);
    let mut emit = pin!(registry.try_emit_async(order(1, &journal)));
    assert!(poll_once(emit.as_mut()).is_pending());
    assert!(registry.queue().is_empty());
    first.open();
    let emitted = block_on(emit).expect("no handler fails");
    assert_eq!((emitted.ran(), emitted.deferred()), (1, 1));
    second.open();
    registry.queue().flush();
    let expected = ["first begins", "first ends", "second begins", "second ends"];
    assert_eq!(journal.take(), expected);
}

#[test]
fn a_predecessor_that_fails_or_is_filtered_out_does_not_block_its_successor() {
    let (registry, journal) = (Registry::new(), Journal::default());
    let open = Gate::default();
    open.open();
    registry
        .subscribe_async(|_: &Order| async { Err::<(), _>("no") })
        .id("fails")
        .register()
        .expect("the id is free")
        .detach();
    let filtered = registry
        .subscribe_async(|_: &Order| async {})
        .id("filtered");
    filtered
        .when(|_: &Order| false)
        .register()
        .expect("the id is free")
        .detach();
    registry
        .subscribe_async(|event: &Order| {
            let journal = event.journal.clone();
            async move { journal.note("ran") }
        })
        .after("fails")
        .after("filtered")
        .register()
        .expect("both are there")
        .detach();
    block_on(registry.emit_async(order(1, &journal)));
    assert_eq!(journal.take(), ["ran"]);
}

#[test]
fn the_scan_report_shows_background_subscribers() {
    let registry = Registry::new();
    let scanner = registry
        .scanner()
        .subscribers(subscribers![mail, report, renumber, archive]);
    let report = scanner.run();
    let kinds: Vec<_> = report
        .subscribers()
        .map(events_core::info::SubscriberInfo::kind)
        .collect();
    assert_eq!(kinds, ["sync mut", "async deferred", "async", "deferred"]);
    assert_eq!(
        report.summary(),
        "4 subscribers of 1 event: 4 from it; 3 run later: start a worker with \
         registry().queue().spawn_tokio(..), or spawn_thread() if no handler uses a runtime, or call \
         registry().queue().flush(), in async code flush_async().await"
    );
}

#[test]
fn a_deferred_subscriber_at_its_concurrency_limit_fails_when_the_queue_is_full() {
    let registry = Registry::new();
    let gate = Gate::default();
    let (journal, handler_gate) = (Journal::default(), gate.clone());
    registry
        .subscribe_async(move |_: &Order| {
            let gate = handler_gate.clone();
            async move { gate.wait().await }
        })
        .deferred()
        .concurrency(1)
        .register()
        .expect("no options clash")
        .detach();
    registry.queue().set_capacity(1);
    registry.emit(order(1, &journal));
    let error = registry
        .try_emit(order(2, &journal))
        .expect_err("it is full");
    assert_eq!(error.failures().len(), 1);
    gate.open();
    assert_eq!(registry.queue().flush().ran(), 1);
}
