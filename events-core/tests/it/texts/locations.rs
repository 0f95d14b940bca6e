//! The panic of a call that cannot be made is located at the caller's line.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use events_core::{Event, Registry, bridge, flush_queue, queues::flush_after};
use tokio::runtime::Builder;

#[derive(Event, Clone)]
struct Job;

/// Its handler makes the call.
#[derive(Event)]
struct Call(fn(&Registry));

/// The location of the panic of `call`, which is made with a registry whose queue has an event that stays pending.
fn location_of_panic(call: fn(&Registry)) -> String {
    let queued = Registry::new();
    queued
        .on_async(|_: &Job| std::future::pending::<()>())
        .detach();
    queued.enqueue(Job).expect("there is room");
    let caller = Registry::new();
    let inner = queued.clone();
    caller.on(move |call: &Call| (call.0)(&inner)).detach();
    let error = caller.try_emit(Call(call)).expect_err("the handler panics");
    let panic = error.failures()[0].panic().expect("a panic");
    let unfinished = queued.queue().shutdown(Duration::ZERO);
    drop(unfinished);
    panic.location().expect("a location").to_owned()
}

#[flush_queue]
fn flushed() {}

#[flush_queue]
fn flushed_with_a_return(value: u32) -> u32 {
    if value == 1 {
        return 2;
    }
    value
}

/// A row: its name, and a call that panics.
type Row = (&'static str, fn(&Registry));

/// On the thread that drives a current-thread runtime, where a flush must not wait.
const INSIDE_A_RUNTIME: &[Row] = &[
    ("flush", |registry| _ = registry.queue().flush()),
    ("settle", |registry| {
        _ = registry.queue().settle(Duration::MAX);
    }),
    ("shutdown", |registry| {
        _ = registry.queue().shutdown(Duration::MAX);
    }),
    ("flush_after", |registry| {
        let _scope = registry.enter();
        flush_after(|| ());
    }),
    ("flush_queue", |registry| {
        let _scope = registry.enter();
        flushed();
    }),
    ("flush_queue with a return", |registry| {
        let _scope = registry.enter();
        assert_eq!(flushed_with_a_return(1), 2);
    }),
];

const OUTSIDE_OF_A_RUNTIME: &[Row] = &[
    ("a worker", |registry| {
        registry.queue().spawn_tokio(1).detach();
    }),
    ("a bridge", |registry| {
        let stream = tokio_stream::pending::<Job>();
        bridge(stream)
            .to::<Job>()
            .on(registry)
            .spawn_tokio()
            .detach();
    }),
];

/// Options of a receiver that are set twice.
const TWICE: &[Row] = &[
    ("the condition of a stream", |registry| {
        drop(registry.stream::<Job>().when(|_| true).when(|_| true));
    }),
    ("the origin of a stream", |registry| {
        drop(registry.stream::<Job>().origin("a").origin("b"));
    }),
    ("the condition of a stream of topics", |registry| {
        let stream = registry.stream_topic("a").expect("a pattern");
        drop(stream.when(|_| true).when(|_| true));
    }),
    ("the origin of a stream of topics", |registry| {
        let stream = registry.stream_topic("a").expect("a pattern");
        drop(stream.origin("a").origin("b"));
    }),
    ("the condition of a future", |registry| {
        drop(registry.next::<Job>().when(|_| true).when(|_| true));
    }),
    ("the origin of a future of a topic", |registry| {
        let next = registry.next_topic("a").expect("a pattern");
        drop(next.origin("a").origin("b"));
    }),
];

#[test]
fn the_panic_of_an_option_that_is_set_twice_is_at_the_callers_line() {
    check(TWICE);
}

fn check(rows: &[Row]) {
    for (name, call) in rows {
        let location = location_of_panic(*call);
        assert!(location.starts_with(file!()), "{name}: {location}");
    }
}

#[test]
fn the_panic_of_a_flush_that_would_block_a_runtime_is_at_the_callers_line() {
    let runtime = Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(async { check(INSIDE_A_RUNTIME) });
}

#[test]
fn the_panic_of_a_task_outside_of_a_runtime_is_at_the_callers_line() {
    check(OUTSIDE_OF_A_RUNTIME);
}

/// The environment variable that makes a child process run the test below.
const CHILD: &str = "EVENTS_CORE_REFUSED_FLUSH";

/// The panic hook of a program is set before the first subscription, which the child makes.
#[test]
fn a_flush_that_would_block_a_runtime_calls_the_panic_hook_once() {
    let name = "texts::locations::a_flush_that_would_block_a_runtime_calls_the_panic_hook_once";
    if std::env::var_os(CHILD).is_none() {
        let program = std::env::current_exe().expect("the path of this program");
        let child = std::process::Command::new(program)
            .args(["--exact", name])
            .env(CHILD, "")
            .output()
            .expect("the child starts");
        let text = String::from_utf8_lossy(&child.stdout);
        return assert!(child.status.success(), "{text}");
    }
    static CALLS: AtomicUsize = AtomicUsize::new(0);
    std::panic::set_hook(Box::new(|_| _ = CALLS.fetch_add(1, Ordering::Relaxed)));
    let runtime = Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(async {
        location_of_panic(|registry| _ = registry.queue().flush());
    });
    assert_eq!(CALLS.load(Ordering::Relaxed), 1);
}

#[test]
fn the_panic_of_flush_after_drops_the_value_of_its_closure() {
    let dropped = std::sync::Arc::new(());
    let inner = std::sync::Arc::clone(&dropped);
    let registry = Registry::new();
    registry
        .on_async(|_: &Job| std::future::pending::<()>())
        .detach();
    registry.enqueue(Job).expect("there is room");
    let _scope = registry.enter();
    let runtime = Builder::new_current_thread().build().expect("a runtime");
    let result =
        runtime.block_on(async { catch_unwind(AssertUnwindSafe(|| flush_after(|| inner))) });
    assert!(result.is_err());
    assert_eq!(std::sync::Arc::strong_count(&dropped), 1);
    drop(registry.queue().shutdown(Duration::ZERO));
}
