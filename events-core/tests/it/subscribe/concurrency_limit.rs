//! Section 5: the limit of concurrent calls of one subscriber.

use std::{
    future::pending,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use events_core::Registry;

use crate::{Gate, Journal, block_on, emit::async_emit::Greeting, poll_once};

#[test]
fn calls_above_the_concurrency_limit_of_a_subscriber_wait() {
    let registry = Registry::new();
    let (journal, gate) = (Journal::default(), Gate::default());
    let handler_gate = gate.clone();
    let limited = registry.subscribe_async(move |event: &Greeting| {
        let (event, gate) = (event.clone(), handler_gate.clone());
        async move {
            event.journal.note(format!("{} begins", event.text));
            gate.wait().await;
            event.journal.note(format!("{} ends", event.text));
        }
    });
    let subscription = limited.concurrency(1).register().expect("no options clash");
    let event = |text: &str| Greeting {
        text: text.into(),
        journal: journal.clone(),
    };
    let mut first = Box::pin(registry.emit_async(event("first")));
    let mut second = Box::pin(registry.emit_async(event("second")));
    let mut third = Box::pin(registry.emit_async(event("third")));
    for emit in [&mut first, &mut second, &mut third] {
        assert!(poll_once(emit.as_mut()).is_pending());
    }
    assert_eq!(journal.take(), ["first begins"]);
    // A waiting call that is dropped does not block the calls behind it.
    drop(second);
    gate.open();
    block_on(first);
    block_on(third);
    assert_eq!(journal.take(), ["first ends", "third begins", "third ends"]);
    drop(subscription);
}

#[test]
fn a_call_that_panics_or_is_dropped_releases_its_permit() {
    let registry = Registry::new();
    let calls = Arc::new(AtomicUsize::new(0));
    let counts = Arc::clone(&calls);
    registry
        .subscribe_async(move |event: &Greeting| {
            counts.fetch_add(1, Ordering::Relaxed);
            let text = event.text.clone();
            async move {
                match text.as_str() {
                    "panic" => panic!("on purpose"),
                    "wait" => pending().await,
                    _ => {}
                }
            }
        })
        .concurrency(1)
        .register()
        .expect("no options clash")
        .detach();
    let event = |text: &str| Greeting {
        text: text.into(),
        journal: Journal::default(),
    };
    block_on(registry.emit_async(event("panic")));
    assert!(poll_once(registry.emit_async(event("wait"))).is_pending());
    block_on(registry.emit_async(event("fine")));
    assert_eq!(calls.load(Ordering::Relaxed), 3);
}
