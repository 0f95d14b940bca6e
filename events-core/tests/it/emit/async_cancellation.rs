//! Section 4: async emits that are dropped, and subscribers that are unsubscribed during one.

use std::{
    future::pending,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use events_core::Registry;

use super::async_emit::{Greeting, greeting};
use crate::{Gate, Journal, block_on, poll_once};

#[test]
fn dropping_an_emit_future_drops_the_handler_futures_and_the_event() {
    let registry = Registry::new();
    let dropped = Arc::new(AtomicUsize::new(0));
    struct DropCounter(Arc<AtomicUsize>);
    impl Drop for DropCounter {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
    let counter = Arc::clone(&dropped);
    registry
        .on_async(move |_: &Greeting| {
            let drop_counter = DropCounter(Arc::clone(&counter));
            async move {
                let _drop_counter = drop_counter;
                pending::<()>().await;
            }
        })
        .detach();
    let journal = Journal::default();
    for rounds in 1..=3 {
        assert!(poll_once(registry.emit_async(greeting(&journal))).is_pending());
        assert_eq!(dropped.load(Ordering::Relaxed), rounds);
    }
    drop(registry.emit_async(greeting(&journal)));
    assert_eq!(dropped.load(Ordering::Relaxed), 3);
    assert_eq!(Arc::strong_count(&journal.0), 1);
}

#[test]
#[should_panic(expected = "polled after it was ready")]
fn polling_a_finished_emit_future_panics() {
    let mut emit = pin!(Registry::new().emit_async(greeting(&Journal::default())));
    assert!(poll_once(emit.as_mut()).is_ready());
    let _ = poll_once(emit);
}

#[test]
fn a_subscriber_that_is_unsubscribed_during_the_emit_is_not_started() {
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
        .on(move |_: &Greeting| drop(drops.lock().expect("the lock is not poisoned").take()))
        .detach();
    registry.on_async(note("first")).detach();
    *second.lock().expect("the lock is not poisoned") = Some(registry.on_async(note("second")));
    block_on(registry.emit_async(greeting(&journal)));
    assert_eq!(journal.take(), ["first"]);
}

#[test]
fn a_running_emit_keeps_its_subscribers_alive() {
    let registry = Registry::new();
    let (journal, gate) = (Journal::default(), Gate::default());
    let handler_gate = gate.clone();
    let subscription = registry.on_async(move |event: &Greeting| {
        let (journal, gate) = (event.journal.clone(), handler_gate.clone());
        async move {
            gate.wait().await;
            journal.note("ended");
        }
    });
    let mut emit = pin!(registry.emit_async(greeting(&journal)));
    assert!(poll_once(emit.as_mut()).is_pending());
    drop(subscription);
    drop(registry);
    gate.open();
    block_on(emit);
    assert_eq!(journal.take(), ["ended"]);
}
