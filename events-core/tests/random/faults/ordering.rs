//! The order of background handlers when some of them do not run.

use events_core::Registry;

use crate::{
    faults::scenario::{Calls, One, run},
    strict::{executor::Executor, gates::Gates},
};

/// Of three async handlers, each after the one before, the second is filtered out. The third starts after
/// the first all the same.
#[test]
fn a_handler_that_is_filtered_out_leaves_the_order_of_the_others() {
    let (registry, gates, calls) = (Registry::new(), Gates::default(), Calls::default());
    let (waits, first) = (gates.clone(), calls.clone());
    let new = registry.subscribe_async(move |_: &One| {
        let (gate, first) = (waits.wait(), first.clone());
        async move {
            gate.await;
            first.note("first");
        }
    });
    new.id("first")
        .register()
        .expect("it is the first")
        .detach();
    let new = registry.subscribe_async(|_: &One| async {}).id("second");
    let new = new.after("first").when(|_: &One| false);
    new.register().expect("its target is there").detach();
    let third = calls.clone();
    let new = registry.subscribe_async(move |_: &One| {
        let third = third.clone();
        async move { third.note("third") }
    });
    new.after("second")
        .register()
        .expect("its target is there")
        .detach();
    registry.emit(One);
    let mut executor = Executor::default();
    let flush = registry.queue().flush_async();
    executor.spawn("flush_async", async move { _ = flush.await });
    run(&mut executor, &gates);
    gates.open_all();
    run(&mut executor, &gates);
    assert_eq!(calls.list(), ["first", "third"]);
}
