//! A call of a handler that would wait for itself.

use events_core::Registry;

use crate::{
    faults::scenario::{Calls, One, run},
    strict::{executor::Executor, gates::Gates},
};

/// The call that the emit makes is refused.
#[test]
fn a_limited_handler_that_awaits_an_emit_of_its_own_event_ends() {
    let registry = Registry::new();
    let calls = Calls::default();
    let (inner, note) = (registry.clone(), calls.clone());
    let new = registry.subscribe_async(move |_: &One| {
        let (inner, note) = (inner.clone(), note.clone());
        async move {
            if note.list().is_empty() {
                note.note("begun");
                drop(inner.try_emit_async(One).await);
                note.note("ended");
            }
        }
    });
    let subscription = new.concurrency(1).register().expect("it is the first");
    let mut executor = Executor::default();
    let emit = registry.emit_async(One);
    executor.spawn("emit_async", async move { _ = emit.await });
    run(&mut executor, &Gates::default());
    drop(subscription);
    assert_eq!(calls.list(), ["begun", "ended"]);
}
