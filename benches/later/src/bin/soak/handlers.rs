//! The events of the soak, and their handlers.

use std::{sync::Arc, time::Duration};

use events_core::{Event, Registry, queues::UnfinishedEvent};

use super::counts::{Counts, HandlerKind};

/// The message of the intended panics.
pub(crate) const INTENDED_PANIC: &str = "this panic is intended";

/// The time for which some handlers sleep.
const SLEEP: Duration = Duration::from_millis(1);

macro_rules! events {
    ($($name:ident)*) => {$(
        #[derive(Event, Clone)]
        pub(crate) struct $name(pub(crate) u64);
    )*};
}

events!(Succeeding Failing Panicking More Sleepy Emitted);

/// Subscribes a handler of each kind.
pub(crate) fn subscribe(registry: &Registry, counts: &Arc<Counts>) {
    let shared = || Arc::clone(counts);

    let counts = shared();
    let succeeds = move |event: &Succeeding| {
        counts.of(HandlerKind::Succeeds).delivered.add(event.0);
    };
    registry.on(succeeds).detach();

    let counts = shared();
    let fails = move |event: &Failing| {
        counts.of(HandlerKind::Fails).delivered.add(event.0);
        if event.0.is_multiple_of(4) {
            counts.failed.add(event.0);
            return Err("every fourth event fails");
        }
        Ok(())
    };
    registry.on(fails).detach();

    let counts = shared();
    let panics = move |event: &Panicking| {
        counts.of(HandlerKind::Panics).delivered.add(event.0);
        if event.0.is_multiple_of(8) {
            counts.failed.add(event.0);
            panic!("{INTENDED_PANIC}");
        }
    };
    registry.on(panics).detach();

    let counts = shared();
    let enqueues_more = move |event: &More| {
        counts.of(HandlerKind::EnqueuesMore).delivered.add(event.0);
        // `enqueue` uses the current registry, so this is the queue from which the handler runs.
        enqueue(&counts, HandlerKind::Succeeds, event.0, || {
            Succeeding(event.0).enqueue().is_ok()
        });
    };
    registry.on(enqueues_more).detach();

    let counts = shared();
    let sleeps = move |event: &Sleepy| {
        let (number, counts) = (event.0, Arc::clone(&counts));
        async move {
            if number.is_multiple_of(4) {
                tokio::time::sleep(SLEEP).await;
            }
            counts.of(HandlerKind::Sleeps).delivered.add(number);
            match number % 16 {
                0 => {
                    counts.failed.add(number);
                    panic!("{INTENDED_PANIC}")
                }
                1 | 8 => {
                    counts.failed.add(number);
                    Err("two in sixteen fail, one of them after a sleep")
                }
                _ => Ok(()),
            }
        }
    };
    registry.on_async(sleeps).detach();

    let counts = shared();
    let after_emit = move |event: &Emitted| {
        let (number, counts) = (event.0, Arc::clone(&counts));
        async move {
            if number.is_multiple_of(16) {
                tokio::time::sleep(SLEEP).await;
            }
            counts.of(HandlerKind::AfterEmit).delivered.add(number);
        }
    };
    registry.on_async(after_emit).detach();

    let counts = shared();
    let deferred = move |event: &Emitted| {
        let kind = HandlerKind::DeferredAfterEmit;
        counts.of(kind).delivered.add(event.0);
    };
    registry.on_deferred(deferred).detach();
}

/// Enqueues an event by `put`, counts whether the queue accepted it, and returns that.
pub(crate) fn enqueue(
    counts: &Counts,
    kind: HandlerKind,
    number: u64,
    put: impl FnOnce() -> bool,
) -> bool {
    let handler = counts.of(kind);
    let accepted = put();
    match accepted {
        true => handler.accepted.add(number),
        false => handler.rejected.add(number),
    }
    accepted
}

/// Counts an event that a shutdown returned.
pub(crate) fn count_unfinished(counts: &Counts, event: UnfinishedEvent) {
    let deferred = event.unfinished().map(|subscribers| {
        let deferred: Vec<bool> = subscribers.map(|subscriber| subscriber.deferred).collect();
        deferred
    });
    let event = match event.downcast::<Emitted>() {
        Err(event) => event,
        Ok(Emitted(number)) => {
            for deferred in deferred.expect("an emitted event has a list of unfinished subscribers")
            {
                let kind = match deferred {
                    true => HandlerKind::DeferredAfterEmit,
                    false => HandlerKind::AfterEmit,
                };
                counts.of(kind).unfinished.add(number);
            }
            return;
        }
    };
    macro_rules! kinds {
        ($event:ident: $($name:ident $kind:ident)*) => {$(
            let $event = match $event.downcast::<$name>() {
                Ok($name(number)) => return counts.of(HandlerKind::$kind).unfinished.add(number),
                Err(event) => event,
            };
        )*};
    }
    kinds!(event: Succeeding Succeeds Failing Fails Panicking Panics More EnqueuesMore Sleepy Sleeps);
    panic!("the shutdown returned an unknown event `{}`", event.topic());
}
