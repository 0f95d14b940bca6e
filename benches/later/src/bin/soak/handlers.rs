//! The events, and what their handlers do.

use std::{sync::Arc, time::Duration};

use events_core::{Event, Registry, UnfinishedEvent};

use super::tally::{Tally, Who};

/// What the panics say that are meant.
pub(crate) const MEANT: &str = "this panic is meant";

/// How long the handlers sleep that do.
const NAP: Duration = Duration::from_millis(1);

macro_rules! events {
    ($($name:ident)*) => {$(
        #[derive(Event, Clone)]
        pub(crate) struct $name(pub(crate) u64);
    )*};
}

events!(Counted Failing Panicking More Sleepy Emitted);

/// Subscribes a handler of each kind.
pub(crate) fn subscribe(registry: &Registry, tally: &Arc<Tally>) {
    let own = || Arc::clone(tally);

    let tally = own();
    let counts = move |event: &Counted| tally.of(Who::Counts).delivered.add(event.0);
    registry.on(counts).detach();

    let tally = own();
    let fails = move |event: &Failing| {
        tally.of(Who::Fails).delivered.add(event.0);
        if event.0.is_multiple_of(4) {
            tally.failed.add(event.0);
            return Err("every fourth one fails");
        }
        Ok(())
    };
    registry.on(fails).detach();

    let tally = own();
    let panics = move |event: &Panicking| {
        tally.of(Who::Panics).delivered.add(event.0);
        if event.0.is_multiple_of(8) {
            tally.failed.add(event.0);
            panic!("{MEANT}");
        }
    };
    registry.on(panics).detach();

    let tally = own();
    let enqueues_more = move |event: &More| {
        tally.of(Who::EnqueuesMore).delivered.add(event.0);
        // Into the queue that this runs out of, for its registry is the current one.
        enqueue(&tally, Who::Counts, event.0, || {
            Counted(event.0).enqueue().is_ok()
        });
    };
    registry.on(enqueues_more).detach();

    let tally = own();
    let sleeps = move |event: &Sleepy| {
        let (number, tally) = (event.0, Arc::clone(&tally));
        async move {
            if number.is_multiple_of(4) {
                tokio::time::sleep(NAP).await;
            }
            tally.of(Who::Sleeps).delivered.add(number);
            match number % 16 {
                0 => {
                    tally.failed.add(number);
                    panic!("{MEANT}")
                }
                1 | 8 => {
                    tally.failed.add(number);
                    Err("some fail, with sleep and without")
                }
                _ => Ok(()),
            }
        }
    };
    registry.on_async(sleeps).detach();

    let tally = own();
    let after_emit = move |event: &Emitted| {
        let (number, tally) = (event.0, Arc::clone(&tally));
        async move {
            if number.is_multiple_of(16) {
                tokio::time::sleep(NAP).await;
            }
            tally.of(Who::AfterEmit).delivered.add(number);
        }
    };
    registry.on_async(after_emit).detach();

    let tally = own();
    let deferred = move |event: &Emitted| {
        let line = tally.of(Who::DeferredAfterEmit);
        line.delivered.add(event.0);
    };
    registry.on_deferred(deferred).detach();
}

/// Tells what became of an event that somebody enqueues; says whether the queue took it.
pub(crate) fn enqueue(tally: &Tally, who: Who, number: u64, take: impl FnOnce() -> bool) -> bool {
    let line = tally.of(who);
    let taken = take();
    match taken {
        true => line.accepted.add(number),
        false => line.given_back.add(number),
    }
    taken
}

/// Tells of an event that a shutdown handed back.
pub(crate) fn hand_back(tally: &Tally, event: UnfinishedEvent) {
    let reached = event.unfinished().map(|left| {
        let left: Vec<bool> = left.map(|subscriber| subscriber.deferred).collect();
        left
    });
    let event = match event.downcast::<Emitted>() {
        Err(event) => event,
        Ok(Emitted(number)) => {
            for deferred in reached.expect("a copy knows whom it is for") {
                let who = match deferred {
                    true => Who::DeferredAfterEmit,
                    false => Who::AfterEmit,
                };
                tally.of(who).handed_back.add(number);
            }
            return;
        }
    };
    macro_rules! kinds {
        ($event:ident: $($name:ident $who:ident)*) => {$(
            let $event = match $event.downcast::<$name>() {
                Ok($name(number)) => return tally.of(Who::$who).handed_back.add(number),
                Err(event) => event,
            };
        )*};
    }
    kinds!(event: Counted Counts Failing Fails Panicking Panics More EnqueuesMore Sleepy Sleeps);
    panic!("a shutdown handed `{}` back", event.topic());
}
