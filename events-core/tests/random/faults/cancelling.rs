//! A future that is dropped half way loses nothing that was not waiting for it.

use events_core::Registry;

use crate::{
    faults::scenario::{Calls, One, poll, run},
    strict::{executor::Executor, gates::Gates},
};

/// A registry with an async handler `a` that waits for its gate, and with deferred handlers, each with the
/// handlers that it is `after`. The queue has space for that many jobs.
fn registry(capacity: usize, deferred: &[Deferred]) -> (Registry, Gates, Calls) {
    let (registry, gates, calls) = (Registry::new(), Gates::default(), Calls::default());
    registry.queue().set_capacity(capacity);
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

type Deferred = (&'static str, &'static [&'static str]);

/// Polls `emit_async` once, drops it or lets it end, and compares what the queue then runs.
fn check_with(capacity: usize, deferred: &[Deferred], is_dropped: bool, expected: &[&str]) {
    let (registry, gates, calls) = registry(capacity, deferred);
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

fn check(deferred: &[Deferred], is_dropped: bool, expected: &[&str]) {
    check_with(10, deferred, is_dropped, expected);
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

/// Deferred handlers that dependencies connect are run by one job, so that their order is that of any job.
#[test]
fn a_job_that_the_full_queue_refuses_overtakes_no_handler() {
    check_with(1, &[("b", &[]), ("c", &["a", "b"])], false, &["b", "c"]);
    check_with(1, &[("b", &[]), ("c", &["a", "b"])], true, &["b"]);
    check_with(
        1,
        &[("b", &[]), ("c", &["b"]), ("d", &["a", "b"])],
        false,
        &["b", "c", "d"],
    );
    check_with(
        1,
        &[("b", &[]), ("c", &["b"]), ("d", &["a", "b"]), ("e", &["d"])],
        true,
        &["b", "c"],
    );
    check_with(0, &[("b", &[]), ("c", &["a", "b"])], true, &["b"]);
}
