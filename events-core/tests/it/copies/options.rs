//! The options of pattern subscribers that run later.

use std::{
    pin::pin,
    sync::{Arc, Mutex, atomic::Ordering},
    task::{Context, Waker},
};

use events_core::{
    AnyEvent, EventCopy, Registry,
    failures::Panic,
    subscribing::{BackgroundPatternKind, NewSubscription},
};

use super::{Generic, VERBS, Verb, emit, note, order};
use crate::{Gate, Journal, block_on};

/// Emits two orders, 7 and 8, with each verb, and checks what a subscriber notes that has an option.
macro_rules! check {
    ($expected:expr, $new:ident => $with_option:expr) => {
        for verb in VERBS {
            let (registry, journal) = (Registry::new(), Journal::default());
            let $new = registry
                .subscribe_topic_deferred("copies::.*", note("noted", &journal))
                .expect("a pattern");
            let _subscription = $with_option.register().expect("no id is in use");
            for number in [7, 8] {
                emit(&registry, verb, order(number));
            }
            assert_eq!(journal.take(), $expected, "{verb:?}");
        }
    };
}

#[test]
fn each_option_applies() {
    let is_seven = |event: &dyn AnyEvent| event.arg::<u32>("number") == Some(&7);
    check!(["noted Some(7)", "noted Some(8)"], new => new);
    check!(["noted Some(7)"], new => new.when(is_seven));
    check!(["noted Some(7)"], new => new.once());
    check!(["noted Some(7)", "noted Some(8)"], new => new.origin("desk").priority(7).id("x"));
    check!([] as [&str; 0], new => new.origin("elsewhere"));
    check!(["noted Some(7)", "noted Some(8)"], new => new.concurrency(1));
    check!(["noted Some(7)"], new => new.concurrency(1).once());
}

#[test]
fn a_condition_that_panics_is_a_failure_and_nothing_is_cloned() {
    for verb in [Verb::Emit, Verb::EmitAsync] {
        let registry = Registry::new();
        let fails = |_: &dyn AnyEvent| panic!("no condition");
        let new = registry
            .subscribe_topic_async(".*", async |_: &EventCopy| ())
            .expect("a pattern");
        let _fails = new.when(fails).register().expect("no id");
        let event = order(7);
        let clones = Arc::clone(&event.clones);
        let result = match verb {
            Verb::EmitAsync => block_on(registry.try_emit_async(event)),
            _ => registry.try_emit(event),
        };
        let error = result.expect_err("it panics");
        assert_eq!(
            error.failures()[0].panic().map(Panic::message),
            Some("no condition")
        );
        assert_eq!(clones.load(Ordering::Relaxed), 0);
    }
}

#[test]
fn a_limit_of_calls_applies_to_all_event_types_together() {
    let (registry, journal, gate) = (Registry::new(), Journal::default(), Gate::default());
    let (noted, waits) = (journal.clone(), gate.clone());
    let handler = move |event: &EventCopy| {
        let (noted, gate, topic) = (noted.clone(), waits.clone(), event.topic().to_owned());
        async move {
            noted.note(format!("begins {topic}"));
            gate.wait().await;
            noted.note(format!("ends {topic}"));
        }
    };
    let new = registry
        .subscribe_topic_async("copies::.*", handler)
        .expect("a pattern");
    let _subscription = new.concurrency(1).register().expect("no id");
    let mut first = pin!(registry.emit_async(order(7)));
    let mut second = pin!(registry.emit_async(super::Listed));
    let context = &mut Context::from_waker(Waker::noop());
    assert!(first.as_mut().poll(context).is_pending());
    assert!(second.as_mut().poll(context).is_pending());
    assert_eq!(journal.take(), ["begins copies::Order"]);
    gate.open();
    drop((block_on(first), block_on(second)));
    let expected = [
        "ends copies::Order",
        "begins copies::Listed",
        "ends copies::Listed",
    ];
    assert_eq!(journal.take(), expected);
}

#[test]
fn a_subscription_that_is_dropped_ends_the_calls_that_are_queued() {
    let (registry, journal) = (Registry::new(), Journal::default());
    let subscription = registry
        .on_topic_deferred(".*", note("noted", &journal))
        .expect("a pattern");
    registry.emit(order(7));
    drop(subscription);
    registry.queue().flush();
    assert!(journal.take().is_empty());
    assert!(
        registry
            .try_emit(Generic(1_u8))
            .expect("none fails")
            .is_unheard()
    );
}

#[test]
fn async_ones_may_be_deferred() {
    let (registry, journal) = (Registry::new(), Journal::default());
    let noted = journal.clone();
    let handler = move |_: &EventCopy| {
        let noted = noted.clone();
        async move { noted.note("ran") }
    };
    let new: NewSubscription<_, BackgroundPatternKind> = registry
        .subscribe_topic_async(".*", handler)
        .expect("a pattern");
    let _subscription = new.deferred().register().expect("no id");
    block_on(registry.emit_async(order(7)));
    assert!(journal.take().is_empty());
    registry.queue().flush();
    assert_eq!(journal.take(), ["ran"]);
}

#[test]
fn a_closure_is_freed_with_its_subscription() {
    let registry = Registry::new();
    let held = Arc::new(Mutex::new(()));
    let captured = Arc::clone(&held);
    let handler = move |_: &EventCopy| drop(captured.lock());
    let subscription = registry
        .on_topic_deferred(".*", handler)
        .expect("a pattern");
    emit(&registry, Verb::Emit, order(7));
    assert_eq!(Arc::strong_count(&held), 2);
    drop(subscription);
    assert_eq!(Arc::strong_count(&held), 1);
}
