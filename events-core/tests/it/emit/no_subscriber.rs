//! Section 4: events that no subscriber receives, and the hook for them.

use std::{
    future::{Future, pending},
    pin::Pin,
};

use events_core::{AnyEvent, Event, Registry, args};

use crate::{Journal, block_on, poll_once};

#[derive(Event, Clone)]
#[event(topic = "ping")]
struct Ping(u32);

/// A registry whose hook notes the events that no subscriber received.
fn hooked(journal: &Journal) -> Registry {
    let registry = Registry::new();
    let journal = journal.clone();
    registry.set_unheard_hook(move |event: &dyn AnyEvent| {
        let number = event.arg::<u32>("0").copied().unwrap_or(0);
        journal.note(format!("{} {number}", event.topic()));
    });
    registry
}

/// Emits sync, async, through the queue, and by topic.
fn emit_all(registry: &Registry) {
    registry.emit(Ping(1));
    assert!(registry.try_emit(Ping(2)).is_ok());
    block_on(registry.emit_async(Ping(3)));
    assert!(block_on(registry.try_emit_async(Ping(4))).is_ok());
    registry.enqueue(Ping(5)).expect("there is room");
    registry.queue().flush();
    registry.emit_topic("pong", args! {});
}

const ALL: [&str; 6] = ["ping 1", "ping 2", "ping 3", "ping 4", "ping 5", "pong 0"];

#[test]
fn the_hook_is_called_with_an_event_without_subscribers() {
    let journal = Journal::default();
    emit_all(&hooked(&journal));
    assert_eq!(journal.take(), ALL);
}

#[test]
fn the_hook_is_called_when_filters_skip_all_subscribers() {
    let journal = Journal::default();
    let registry = hooked(&journal);
    registry
        .subscribe(|_: &Ping| ())
        .when(|_: &Ping| false)
        .register()
        .expect("no id")
        .detach();
    registry
        .on_topic("never", |_: &dyn AnyEvent| ())
        .expect("a pattern")
        .detach();
    emit_all(&registry);
    assert_eq!(journal.take(), ALL);
}

#[test]
fn the_hook_is_not_called_when_a_subscriber_received_the_event_or_it_was_deferred() {
    let journal = Journal::default();
    let registry = hooked(&journal);
    let sync = registry.on(|_: &Ping| ());
    let pong = registry
        .on_topic("pong", |_: &dyn AnyEvent| ())
        .expect("a pattern");
    emit_all(&registry);
    drop(sync);
    registry.on_async(|_: &Ping| async {}).detach();
    emit_all(&registry);
    assert!(journal.take().is_empty());
    drop(pong);
}

#[test]
fn the_hook_is_not_called_with_the_events_that_it_emits() {
    let registry = Registry::new();
    let journal = Journal::default();
    let (inside, notes) = (registry.clone(), journal.clone());
    registry.set_unheard_hook(move |event: &dyn AnyEvent| {
        notes.note(event.topic());
        inside.emit(Ping(1));
        inside.emit_topic("deeper", args! {});
    });
    registry.emit(Ping(0));
    registry.emit(Ping(0));
    assert_eq!(journal.take(), ["ping", "ping"]);
}

#[test]
fn a_panic_of_the_hook_is_contained_and_the_hook_is_called_again() {
    let registry = Registry::new();
    let journal = Journal::default();
    let notes = journal.clone();
    registry.set_unheard_hook(move |event: &dyn AnyEvent| {
        notes.note(event.topic());
        assert!(event.topic().is_empty(), "on purpose");
    });
    registry.emit(Ping(0));
    registry.emit(Ping(0));
    assert_eq!(journal.take(), ["ping", "ping"]);
}

#[test]
fn a_cleared_hook_is_not_called() {
    let journal = Journal::default();
    let registry = hooked(&journal);
    registry.clear_unheard_hook();
    emit_all(&registry);
    assert!(journal.take().is_empty());
}

#[test]
fn the_depth_limit_applies_while_a_hook_is_set() {
    let journal = Journal::default();
    let registry = hooked(&journal);
    registry.set_depth_limit(3);
    let (inside, calls) = (registry.clone(), Journal::default());
    let notes = calls.clone();
    registry
        .on(move |event: &Ping| {
            notes.note("called");
            inside.emit(Ping(event.0));
        })
        .detach();
    registry.emit(Ping(0));
    assert_eq!(calls.take().len(), 3);
    assert!(journal.take().is_empty());
}

/// A row of a table: how the event is emitted, and the future of that.
type Way = (
    &'static str,
    fn(&Registry, Ping) -> Pin<Box<dyn Future<Output = ()>>>,
);

const WAYS: &[Way] = &[
    ("emit_async", |registry, ping| {
        let emit = registry.emit_async(ping);
        Box::pin(async { _ = emit.await })
    }),
    ("try_emit_async", |registry, ping| {
        let emit = registry.try_emit_async(ping);
        Box::pin(async { _ = emit.await })
    }),
    ("enqueue", |registry, ping| {
        registry.enqueue(ping).expect("there is room");
        let flush = registry.queue().flush_async();
        Box::pin(async { _ = flush.await })
    }),
    ("enqueue_from", |registry, ping| {
        registry
            .enqueue_from(ping, "an origin")
            .expect("there is room");
        let flush = registry.queue().flush_async();
        Box::pin(async { _ = flush.await })
    }),
];

/// Its only call waits for a permit when the subscription ends, and is skipped then.
#[test]
fn the_hook_is_called_when_the_only_call_of_an_event_is_skipped_after_it_waited() {
    for (way, emit) in WAYS {
        let journal = Journal::default();
        let registry = hooked(&journal);
        let new = registry.subscribe_async(|_: &Ping| pending::<()>());
        let subscription = new.concurrency(1).register().expect("there is no id");
        let mut holds = Box::pin(registry.emit_async(Ping(0)));
        assert!(poll_once(&mut holds).is_pending());
        let mut waits = emit(&registry, Ping(1));
        assert!(poll_once(&mut waits).is_pending());
        drop((subscription, holds));
        assert!(journal.take().is_empty(), "{way}");
        assert!(poll_once(&mut waits).is_ready());
        assert_eq!(journal.take(), ["ping 1"], "{way}");
    }
}

/// A call that waited and then ran has received the event.
#[test]
fn the_hook_is_not_called_when_a_call_of_an_event_ran_after_it_waited() {
    for (way, emit) in WAYS {
        let journal = Journal::default();
        let registry = hooked(&journal);
        let gate = crate::Gate::default();
        let waits_for = gate.clone();
        registry.on_async(move |_: &Ping| waits_for.wait()).detach();
        let mut waits = emit(&registry, Ping(1));
        assert!(poll_once(&mut waits).is_pending());
        gate.open();
        assert!(poll_once(&mut waits).is_ready());
        assert!(journal.take().is_empty(), "{way}");
    }
}

/// Only a hook that is running is not called again.
#[test]
fn the_hook_is_called_with_the_events_of_hooks_of_other_registries() {
    let (first, second, journal) = (Registry::new(), Registry::new(), Journal::default());
    let hooks = [("first", &first, &second), ("second", &second, &first)];
    for (name, of, other) in hooks {
        let (notes, inside, other) = (journal.clone(), of.clone(), other.clone());
        of.set_unheard_hook(move |_| {
            notes.note(name);
            other.emit(Ping(0));
            inside.emit(Ping(0));
        });
    }
    for _ in 0..2 {
        first.emit(Ping(0));
        assert_eq!(journal.take(), ["first", "second"]);
    }
    second.emit(Ping(0));
    assert_eq!(journal.take(), ["second", "first"]);
    first.clear_unheard_hook();
    second.clear_unheard_hook();
}
