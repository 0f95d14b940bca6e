//! A future that is dropped half way loses nothing that was not waiting for it.

use events_core::Registry;

use crate::{
    faults::scenario::{Calls, One, poll, run},
    strict::{executor::Executor, gates::Gates},
};

/// A registry with an async handler `a` that waits for its gate, and with deferred handlers, each with the
/// handlers that it is `after`.
fn registry(deferred: &[(&'static str, &[&'static str])]) -> (Registry, Gates, Calls) {
    let (registry, gates, calls) = (Registry::new(), Gates::default(), Calls::default());
    let gate = gates.clone();
    let new = registry.subscribe_async(move |_: &One| gate.wait()).id("a");
    new.register().expect("it is the first").detach();
    for &(name, targets) in deferred {
        let note = calls.clone();
        let mut new = registry.subscribe_deferred(move |_: &One| note.note(name));
        for &target in targets {
            new = new.after(target);
        }
        let new = new.id(name).register();
        new.expect("its targets are there").detach();
    }
    (registry, gates, calls)
}

/// Polls `emit_async` once, drops it or lets it end, and compares what the queue then runs.
fn check(deferred: &[(&'static str, &[&'static str])], is_dropped: bool, expected: &[&str]) {
    let (registry, gates, calls) = registry(deferred);
    let mut executor = Executor::default();
    let emit = registry.emit_async(One);
    let task = executor.spawn("emit_async", async move { _ = emit.await });
    poll(&mut executor, task);
    if is_dropped {
        executor.cancel(task);
    } else {
        gates.open_all();
        run(&mut executor, &gates);
    }
    registry.queue().flush();
    assert_eq!(
        calls.list(),
        expected,
        "{deferred:?}, dropped: {is_dropped}"
    );
}

#[test]
fn a_cancelled_emit_async_has_deferred_what_waits_for_no_async_handler() {
    check(&[("b", &[]), ("c", &["a"])], true, &["b"]);
    check(&[("c", &["a"]), ("b", &[])], true, &["b"]);
    check(
        &[("b", &[]), ("c", &["b"]), ("d", &["a", "c"])],
        true,
        &["b", "c"],
    );
}

#[test]
fn a_cancelled_emit_async_defers_nothing_that_waits_for_an_async_handler() {
    check(&[("b", &["a"]), ("c", &["b"])], true, &[]);
    check(&[("b", &["a"]), ("c", &["b"]), ("d", &[])], true, &["d"]);
}

#[test]
fn an_emit_async_that_ends_defers_each_handler_once_in_order() {
    check(&[("b", &[]), ("c", &["a"])], false, &["b", "c"]);
    check(
        &[("b", &["a"]), ("c", &["b"]), ("d", &[])],
        false,
        &["d", "b", "c"],
    );
    check(
        &[("b", &[]), ("c", &["b"]), ("d", &["a", "c"])],
        false,
        &["b", "c", "d"],
    );
}
