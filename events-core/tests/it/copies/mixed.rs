//! Pattern subscribers and exact ones of one event, which run later: one copy, one order, one job.

use std::sync::{Arc, atomic::Ordering};

use events_core::{
    AnyEvent, EventCopy, Registry,
    failures::{Cause, Undelivered},
};

use super::{Generic, Order, VERBS, Verb, emit, note, order};
use crate::{Journal, block_on};

fn exact(name: &'static str, journal: &Journal) -> impl Fn(&Order) + Send + Sync + use<> {
    let journal = journal.clone();
    move |event| journal.note(format!("{name} {}", event.number))
}

#[test]
fn they_share_one_clone() {
    for (verb, clones) in VERBS.into_iter().zip([1, 1, 1]) {
        let (registry, journal) = (Registry::new(), Journal::default());
        let _exact = registry.on_deferred(exact("exact", &journal));
        let _copied = registry
            .on_topic_deferred(".*", note("copied", &journal))
            .expect("a pattern");
        let event = order(7);
        let counted = Arc::clone(&event.clones);
        emit(&registry, verb, event);
        assert_eq!(journal.take(), ["exact 7", "copied Some(7)"], "{verb:?}");
        assert_eq!(counted.load(Ordering::Relaxed), clones, "{verb:?}");
    }
}

#[test]
fn they_share_one_order() {
    for verb in VERBS {
        let (registry, journal) = (Registry::new(), Journal::default());
        let subscribe = |name| {
            registry
                .subscribe_topic_deferred(".*", note(name, &journal))
                .expect("a pattern")
        };
        let on = |name: &'static str| registry.subscribe_deferred(exact(name, &journal)).id(name);
        let _subscriptions = [
            on("exact").register(),
            subscribe("first").id("first").before("exact").register(),
            subscribe("last").id("last").after("exact").register(),
            subscribe("high").priority(5).register(),
            on("behind").after("last").register(),
        ]
        .map(|subscription| subscription.expect("an order"));
        emit(&registry, verb, order(7));
        let expected = [
            "high Some(7)",
            "first Some(7)",
            "exact 7",
            "last Some(7)",
            "behind 7",
        ];
        assert_eq!(journal.take(), expected, "{verb:?}");
    }
}

#[test]
fn an_exact_one_that_runs_later_registers_how_its_event_is_copied() {
    for verb in [Verb::Emit, Verb::EmitAsync] {
        let (registry, journal) = (Registry::new(), Journal::default());
        let noted = journal.clone();
        let _exact =
            registry.on_deferred(move |event: &Generic<u64>| noted.note(format!("{}", event.0)));
        let noted = journal.clone();
        let _copied = registry
            .on_topic_deferred(".*", move |_: &EventCopy| noted.note("copied"))
            .expect("a pattern");
        let emitted = match verb {
            Verb::EmitAsync => block_on(registry.try_emit_async(Generic(7_u64))),
            _ => registry.try_emit(Generic(7_u64)),
        };
        assert_eq!(emitted.expect("none fails").deferred(), 2);
        registry.queue().flush();
        assert_eq!(journal.take(), ["7", "copied"]);
    }
}

#[test]
fn at_a_full_queue_deferred_ones_run_at_once_and_async_ones_fail() {
    let (registry, journal) = (Registry::new(), Journal::default());
    registry.queue().set_capacity(1);
    let _deferred = registry
        .on_topic_deferred(".*", note("deferred", &journal))
        .expect("a pattern");
    let _async = registry
        .on_topic_async(".*", async |_: &EventCopy| panic!("it ran"))
        .expect("a pattern");
    let _stop = registry.enqueue(Generic(1_u64));
    let error = registry.try_emit(order(7)).expect_err("one fails");
    assert_eq!(error.ran(), 1);
    let [failure] = error.failures() else {
        panic!("{error}")
    };
    let Cause::Undelivered(why) = failure.cause() else {
        panic!("{failure}")
    };
    assert_eq!(*why, Undelivered::QueueFull { capacity: 1 });
    assert_eq!(journal.take(), ["deferred Some(7)"]);
}

#[test]
fn sync_ones_of_a_pattern_run_first_and_may_see_the_event_before_it_is_copied() {
    let (registry, journal) = (Registry::new(), Journal::default());
    let _copied = registry
        .on_topic_deferred(".*", note("copied", &journal))
        .expect("a pattern");
    let noted = journal.clone();
    let _sync = registry
        .on_topic(".*", move |_: &dyn AnyEvent| noted.note("sync"))
        .expect("a pattern");
    let _changes = registry.on(|event: &mut Order| event.number += 1);
    emit(&registry, Verb::Emit, order(7));
    assert_eq!(journal.take(), ["sync", "copied Some(8)"]);
}
