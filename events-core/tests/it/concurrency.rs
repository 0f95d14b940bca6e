//! Section 5: how many calls of one subscriber are under way at once.

use std::{
    future::pending,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use events_core::Registry;

use super::async_emit::{Greeting, polled};
use crate::{Gate, Journal, block_on};

#[test]
fn at_most_so_many_calls_of_a_limited_subscriber_are_under_way() {
    let registry = Registry::new();
    let (journal, gate) = (Journal::default(), Gate::default());
    let waits = gate.clone();
    let limited = registry.subscribe_async(move |event: &Greeting| {
        let (event, gate) = (event.clone(), waits.clone());
        async move {
            event.journal.note(format!("{} begins", event.text));
            gate.wait().await;
            event.journal.note(format!("{} ends", event.text));
        }
    });
    let subscription = limited
        .concurrency(1)
        .register()
        .expect("no other has its id");
    let event = |text: &str| Greeting {
        text: text.into(),
        journal: journal.clone(),
    };
    let mut first = Box::pin(registry.emit_async(event("first")));
    let mut second = Box::pin(registry.emit_async(event("second")));
    let mut third = Box::pin(registry.emit_async(event("third")));
    for emit in [&mut first, &mut second, &mut third] {
        assert!(polled(emit.as_mut()).is_pending());
    }
    assert_eq!(journal.take(), ["first begins"]);
    // One that goes away while it waits does not hold up those behind it.
    drop(second);
    gate.open();
    block_on(first);
    block_on(third);
    assert_eq!(journal.take(), ["first ends", "third begins", "third ends"]);
    drop(subscription);
}

#[test]
fn a_limit_of_calls_is_given_back_by_one_that_panics_or_is_dropped() {
    let registry = Registry::new();
    let calls = Arc::new(AtomicUsize::new(0));
    let counts = Arc::clone(&calls);
    registry
        .subscribe_async(move |event: &Greeting| {
            counts.fetch_add(1, Ordering::Relaxed);
            let text = event.text.clone();
            async move {
                match text.as_str() {
                    "panic" => panic!("as told"),
                    "wait" => pending().await,
                    _ => {}
                }
            }
        })
        .concurrency(1)
        .register()
        .expect("no other has its id")
        .detach();
    let event = |text: &str| Greeting {
        text: text.into(),
        journal: Journal::default(),
    };
    block_on(registry.emit_async(event("panic")));
    assert!(polled(registry.emit_async(event("wait"))).is_pending());
    block_on(registry.emit_async(event("fine")));
    assert_eq!(calls.load(Ordering::Relaxed), 3);
}
