//! The hook for events that no subscriber received is called for the same events by each way to send one.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use events_core::{Event as _, Registry};

use crate::faults::scenario::{One, Two};

/// How often the hook for events that no subscriber received is called for a `One`.
fn calls_of_hook(send: impl FnOnce(&Registry)) -> usize {
    let (registry, count) = (Registry::new(), Arc::new(AtomicUsize::new(0)));
    let counts = Arc::clone(&count);
    registry.set_unheard_hook(move |event| {
        let is_one = usize::from(event.topic() == One::topic());
        counts.fetch_add(is_one, Ordering::Relaxed);
    });
    send(&registry);
    count.load(Ordering::Relaxed)
}

/// A filter keeps the event from its only handler, which is async.
#[test]
fn the_hook_is_called_for_enqueued_events_as_for_emitted_ones() {
    let filtered = |registry: &Registry| {
        let new = registry
            .subscribe_async(|_: &One| async {})
            .when(|_: &One| false);
        new.register().expect("it is the first").detach();
    };
    let emitted = calls_of_hook(|registry| {
        filtered(registry);
        registry.emit(One);
    });
    let enqueued = calls_of_hook(|registry| {
        filtered(registry);
        registry.enqueue(One).expect("there is room");
        registry.queue().flush();
    });
    assert_eq!((emitted, enqueued), (1, 1));
}

/// The queue is full, so that the event does not reach its only handler.
#[test]
fn the_hook_is_called_by_each_verb_alike() {
    let full = |registry: &Registry| {
        registry.queue().set_capacity(1);
        registry.enqueue(Two).expect("there is room for one");
        registry.on_async(|_: &One| async {}).detach();
    };
    let emitted = calls_of_hook(|registry| {
        full(registry);
        registry.emit(One);
    });
    let reported = calls_of_hook(|registry| {
        full(registry);
        assert!(registry.try_emit(One).is_err(), "the queue is full");
    });
    assert_eq!(emitted, reported);
}
