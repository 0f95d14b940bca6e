//! Section 4: awaited emits that are dropped, and subscribers that leave while one is under way.

use std::{
    future::pending,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use events_core::Registry;

use super::async_emit::{Greeting, greeting, polled};
use crate::{Gate, Journal, block_on};

#[test]
fn a_future_that_is_dropped_leaves_everything_usable() {
    let registry = Registry::new();
    let dropped = Arc::new(AtomicUsize::new(0));
    struct Counts(Arc<AtomicUsize>);
    impl Drop for Counts {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
    let counter = Arc::clone(&dropped);
    registry
        .on_async(move |_: &Greeting| {
            let counts = Counts(Arc::clone(&counter));
            async move {
                let _counts = counts;
                pending::<()>().await;
            }
        })
        .detach();
    let journal = Journal::default();
    for rounds in 1..=3 {
        assert!(polled(registry.emit_async(greeting(&journal))).is_pending());
        assert_eq!(dropped.load(Ordering::Relaxed), rounds);
    }
    drop(registry.emit_async(greeting(&journal)));
    assert_eq!(dropped.load(Ordering::Relaxed), 3);
    assert_eq!(Arc::strong_count(&journal.0), 1);
}

#[test]
#[should_panic(expected = "polled after it was ready")]
fn polling_again_after_the_end_panics() {
    let mut emit = pin!(Registry::new().emit_async(greeting(&Journal::default())));
    assert!(polled(emit.as_mut()).is_ready());
    let _ = polled(emit);
}

#[test]
fn a_subscriber_that_unsubscribes_meanwhile_is_not_begun() {
    let registry = Registry::new();
    let journal = Journal::default();
    let note = |text: &'static str| {
        move |event: &Greeting| {
            let journal = event.journal.clone();
            async move { journal.note(text) }
        }
    };
    let second = Arc::new(std::sync::Mutex::new(None));
    let drops = Arc::clone(&second);
    registry
        .on(move |_: &Greeting| drop(drops.lock().expect("nobody panics").take()))
        .detach();
    registry.on_async(note("first")).detach();
    *second.lock().expect("nobody panics") = Some(registry.on_async(note("second")));
    block_on(registry.emit_async(greeting(&journal)));
    assert_eq!(journal.take(), ["first"]);
}

#[test]
fn an_emit_under_way_keeps_its_subscribers_alive() {
    let registry = Registry::new();
    let (journal, gate) = (Journal::default(), Gate::default());
    let waits = gate.clone();
    let subscription = registry.on_async(move |event: &Greeting| {
        let (journal, gate) = (event.journal.clone(), waits.clone());
        async move {
            gate.wait().await;
            journal.note("ended");
        }
    });
    let mut emit = pin!(registry.emit_async(greeting(&journal)));
    assert!(polled(emit.as_mut()).is_pending());
    drop(subscription);
    drop(registry);
    gate.open();
    block_on(emit);
    assert_eq!(journal.take(), ["ended"]);
}
