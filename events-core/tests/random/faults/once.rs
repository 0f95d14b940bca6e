//! The permit of `once` is used up by a call of the handler, and by nothing else.

use events_core::Registry;

use crate::faults::scenario::{Calls, One, Two};

/// An event that did not reach a handler uses up its `once`.
#[test]
fn once_is_used_up_by_a_call_only() {
    let (registry, calls) = (Registry::new(), Calls::default());
    registry.queue().set_capacity(1);
    registry.enqueue(Two).expect("there is room for one");
    let note = calls.clone();
    let new = registry.subscribe_async(move |_: &One| {
        let note = note.clone();
        async move { note.note("once") }
    });
    new.once().register().expect("it is the first").detach();
    assert!(registry.try_emit(One).is_err(), "the queue is full");
    registry.queue().flush();
    registry.emit(One);
    registry.queue().flush();
    assert_eq!(calls.list(), ["once"]);
}
