//! All that waits for something of a registry, and leaves a waker meanwhile.

use std::{
    future::{Future, pending},
    pin::Pin,
};

use events_core::{Event, Registry, bridges::Bridged};
use tokio::runtime::{Builder, Runtime};

use crate::{Gate, poll_once};

/// Its handler is pending.
#[derive(Event, Clone)]
pub(crate) struct Slow;

#[derive(Event, Clone)]
pub(crate) struct Quick;

pub(crate) type Waits = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A row of a table: its name, and a future that waits for something of a registry.
pub(crate) type Row = (&'static str, fn(&Registry) -> Waits);

pub(crate) const FLUSH: Row = ("flush_async", |registry| {
    let flush = registry.queue().flush_async();
    Box::pin(async { _ = flush.await })
});

pub(crate) const SETTLE: Row = ("settle_async", |registry| {
    let settle = registry.queue().settle_async();
    Box::pin(async { _ = settle.await })
});

pub(crate) const SHUTDOWN: Row = ("shutdown_async", |registry| {
    let shutdown = registry.queue().shutdown_async(pending::<()>());
    Box::pin(async { _ = shutdown.await })
});

/// A runtime that is not dropped.
fn leaked_runtime() -> &'static Runtime {
    let runtime = Builder::new_current_thread().build().expect("a runtime");
    Box::leak(Box::new(runtime))
}

/// A bridge whose task is not polled any more.
fn bridged(registry: &Registry) -> Bridged {
    let bridge = events_core::bridge(tokio_stream::pending::<Quick>());
    let bridge = bridge.to::<Quick>().on(registry);
    leaked_runtime().block_on(async { bridge.spawn_tokio() })
}

/// What is pending on the registry of a `Busy`.
pub(crate) const WAITS: &[Row] = &[
    SETTLE,
    SHUTDOWN,
    ("Subscription::stop_async", |registry| {
        let subscription = registry.on_async(|_: &Quick| pending::<()>());
        let mut emit = Box::pin(registry.emit_async(Quick));
        assert!(poll_once(&mut emit).is_pending());
        Box::pin(async {
            subscription.stop_async().await;
            drop(emit);
        })
    }),
    ("Bridged::wait_async", |registry| {
        let bridged = bridged(registry);
        Box::pin(async { _ = bridged.wait_async().await })
    }),
    ("Bridged::stop_async", |registry| {
        let bridged = bridged(registry);
        Box::pin(async { _ = bridged.stop_async().await })
    }),
    ("Worker::stop_async", |registry| {
        // Its task is not polled any more.
        let worker = leaked_runtime().block_on(async { registry.queue().spawn_tokio(1) });
        Box::pin(worker.stop_async())
    }),
    ("next", |registry| {
        let next = registry.next::<Quick>();
        Box::pin(async { _ = next.await })
    }),
    ("work", |registry| Box::pin(registry.queue().work(1))),
    ("emit_async", |registry| {
        let emit = registry.emit_async(Slow);
        Box::pin(async { _ = emit.await })
    }),
];

/// A registry with a handler of `Slow`, of which one call at a time is in progress; a worker is running it.
pub(crate) struct Busy {
    pub(crate) registry: Registry,
    pub(crate) gate: Gate,
    _worker: Waits,
}

impl Busy {
    pub(crate) fn new() -> Self {
        let (registry, gate) = (Registry::new(), Gate::default());
        let waits = gate.clone();
        let slow = registry.subscribe_async(move |_: &Slow| waits.wait());
        let slow = slow.concurrency(1).register();
        slow.expect("it is the first").detach();
        registry.enqueue(Slow).expect("there is room");
        let mut worker: Waits = Box::pin(registry.queue().work(1));
        assert!(poll_once(&mut worker).is_pending());
        Self {
            registry,
            gate,
            _worker: worker,
        }
    }
}
