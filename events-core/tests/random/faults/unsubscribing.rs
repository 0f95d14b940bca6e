//! Once a handler is unsubscribed it is not started again on the same thread, whatever ran in between.

use std::sync::{Arc, Mutex};

use events_core::{AnyEvent, Registry, Subscription};

use crate::{
    faults::scenario::{Calls, One, run},
    strict::{Options, check, executor::Executor, gates::Gates},
};

#[test]
fn a_condition_that_unsubscribes_its_handler_keeps_it_from_starting() {
    type Held = Arc<Mutex<Option<Subscription>>>;
    fn unsubscribes(held: &Held) -> impl Fn() -> bool + Send + Sync + 'static {
        let held = Arc::clone(held);
        move || {
            drop(held.lock().expect("no condition panics").take());
            true
        }
    }
    let (registry, calls) = (Registry::new(), Calls::default());
    let held: [Held; 3] = Default::default();
    let set = |index: usize, new: Result<Subscription, _>| {
        let new =
            new.unwrap_or_else(|error: events_core::subscribing::SubscribeError| panic!("{error}"));
        *held[index].lock().expect("no condition panics") = Some(new);
    };
    let (note, when) = (calls.clone(), unsubscribes(&held[0]));
    let new = registry.subscribe(move |_: &One| note.note("typed"));
    set(0, new.when(move |_: &One| when()).register());
    let (note, when) = (calls.clone(), unsubscribes(&held[1]));
    let new =
        registry.subscribe_topic("faults::one", move |_: &dyn AnyEvent| note.note("by topic"));
    let new = new.expect("it is a pattern");
    set(1, new.when(move |_: &dyn AnyEvent| when()).register());
    let (note, when) = (calls.clone(), unsubscribes(&held[2]));
    let new = registry.subscribe_async(move |_: &One| {
        let note = note.clone();
        async move { note.note("async") }
    });
    set(2, new.when(move |_: &One| when()).register());
    let mut executor = Executor::default();
    let emit = registry.emit_async(One);
    executor.spawn("emit_async", async move { _ = emit.await });
    run(&mut executor, &Gates::default());
    assert_eq!(calls.list(), [""; 0]);
}

#[test]
fn no_call_begins_after_its_handler_was_unsubscribed() {
    let options = Options {
        unsubscribes: true,
        ..Options::default()
    };
    check("scripts that unsubscribe", options);
}
