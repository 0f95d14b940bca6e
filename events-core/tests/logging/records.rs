//! Code that records, such as a tracing layer, may panic: nothing is lost, and the caller is not affected.

use std::{
    future::pending,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, PoisonError},
    task::Poll,
    time::Duration,
};

use events_core::{Event, Registry, State, args, bridge, subscriber, subscribers};
use tracing::{
    Level, Metadata, Subscriber,
    level_filters::LevelFilter,
    span::{Attributes, Id, Record},
};

use crate::{one_by_one, poll_once};

/// Panics with each record.
#[derive(Clone, Default)]
struct Panics(Arc<Mutex<usize>>);

impl Subscriber for Panics {
    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::DEBUG)
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_event() && *metadata.level() <= Level::DEBUG
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, _: &tracing::Event<'_>) {
        *self.0.lock().expect("the lock is not poisoned") += 1;
        panic!("a tracing layer");
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[derive(Event, Clone)]
struct Job(usize);

#[derive(Event, Clone)]
struct Outer;

struct Missing;

#[subscriber]
fn takes_state(_: &Job, _: State<'_, Missing>) {}

/// What records something, and what is the same as without the panic.
type Row = (&'static str, fn(&Registry));

const ROWS: &[Row] = &[
    ("a full queue without a worker", |registry| {
        registry.queue().set_capacity(1);
        registry.enqueue(Job(1)).expect("there is room");
        let error = registry.enqueue(Job(2)).expect_err("it is full");
        assert_eq!(error.into_event().0, 2);
    }),
    ("a shutdown with events left", |registry| {
        registry.enqueue(Job(1)).expect("there is room");
        let left = registry.queue().shutdown(Duration::ZERO);
        assert_eq!((left.events.len(), left.running), (1, 0));
    }),
    ("a worker that is dropped with an event", |registry| {
        registry.on_async(|_: &Job| pending::<()>()).detach();
        registry.enqueue(Job(1)).expect("there is room");
        registry.enqueue(Job(2)).expect("there is room");
        let mut work = Box::pin(registry.queue().work(2));
        assert!(poll_once(&mut work).is_pending());
        drop(work);
        let left = registry.queue().shutdown_async(pending::<()>());
        let Poll::Ready(left) = poll_once(left) else {
            panic!("the worker is still registered")
        };
        assert_eq!((left.events.len(), left.running), (2, 0));
    }),
    ("a flush that is cut off", |registry| {
        let inside = registry.clone();
        let again = move |job: &Job| inside.enqueue(job.clone()).expect("there is room");
        registry.on(again).detach();
        registry.enqueue(Job(1)).expect("there is room");
        assert_eq!(registry.queue().flush().left(), 1);
    }),
    ("a flush that is nested too deep", |registry| {
        registry.set_depth_limit(1);
        let inside = registry.clone();
        let flushes = move |_: &Outer| assert_eq!(inside.queue().flush().left(), 1);
        registry.on(flushes).detach();
        registry.enqueue(Job(1)).expect("there is room");
        registry.try_emit(Outer).expect("nothing fails");
    }),
    ("an emit that is nested too deep", |registry| {
        registry.set_depth_limit(1);
        let inside = registry.clone();
        let emits = move |_: &Outer| {
            assert_eq!(inside.emit(Job(1)).0, 1);
            assert!(poll_once(inside.emit_async(Job(2))).is_ready());
            inside.emit_topic("a topic", args! {});
        };
        registry.on(emits).detach();
        registry.on(|_: &Job| ()).detach();
        registry.try_emit(Outer).expect("nothing fails");
    }),
    ("an event that no subscriber received", |registry| {
        assert_eq!(registry.emit(Job(1)).0, 1);
        assert!(registry.try_emit(Job(2)).is_ok());
        assert!(poll_once(registry.emit_async(Job(3))).is_ready());
        registry.emit_topic("a topic", args! {});
        registry.enqueue(Job(4)).expect("there is room");
        assert_eq!(registry.queue().flush().ran(), 1);
    }),
    ("a hook that panics", |registry| {
        registry.set_unheard_hook(|_| panic!("a hook"));
        assert_eq!(registry.emit(Job(1)).0, 1);
        assert_eq!(registry.emit(Job(2)).0, 2);
    }),
    ("a handler that fails", |registry| {
        registry.on(|_: &Job| Err::<(), _>("an error")).detach();
        assert_eq!(registry.emit(Job(1)).0, 1);
        registry.enqueue(Job(2)).expect("there is room");
        assert_eq!(registry.queue().flush().failures(), 1);
    }),
    ("the end of a bridge", |registry| {
        let items = tokio_stream::iter([Err("an error"), Ok(Job(1))]);
        let run = bridge(items).results().to::<Job>().on(registry).run();
        let Poll::Ready(ended) = poll_once(run) else {
            panic!("the stream has ended")
        };
        assert_eq!((ended.errors(), ended.emitted()), (1, 1));
    }),
    ("a bridge that is dropped", |registry| {
        let items = tokio_stream::pending::<Job>();
        let mut run = Box::pin(bridge(items).to::<Job>().on(registry).run());
        assert!(poll_once(&mut run).is_pending());
        drop(run);
    }),
    ("a scan", |registry| {
        let scan = registry.scanner().subscribers(subscribers![takes_state]);
        assert!(scan.state(Missing).try_run().is_ok());
    }),
    ("a registry that is dropped with events", |_| {
        let registry = Registry::new();
        registry.enqueue(Job(1)).expect("there is room");
        drop(registry);
    }),
];

#[test]
fn a_panic_of_code_that_records_is_contained() {
    let _alone = one_by_one();
    let mut failed = Vec::new();
    for (row, run) in ROWS {
        let panics = Panics::default();
        let registry = Registry::new();
        let records = Arc::clone(&panics.0);
        tracing::subscriber::with_default(panics, || {
            if catch_unwind(AssertUnwindSafe(|| run(&registry))).is_err() {
                failed.push(*row);
            }
            _ = catch_unwind(AssertUnwindSafe(|| drop(registry)));
        });
        let records = *records.lock().unwrap_or_else(PoisonError::into_inner);
        assert!(records > 0, "{row}: nothing is recorded");
    }
    assert!(failed.is_empty(), "{failed:?}");
}
