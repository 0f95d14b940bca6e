//! A shutdown that returns an event logs one warning, whatever ran the event; the record of the events that wait when a
//! registry is dropped; and the records of blocking calls that are refused.

use std::{
    future::{pending, poll_fn},
    sync::atomic::{AtomicUsize, Ordering},
    task::Poll,
    time::Duration,
};

use events_core::{Event, Registry};
use tracing::Level;

use crate::{logged, poll_once};

#[derive(Event, Clone)]
struct Held;

/// What runs the event, and the shutdown, whose deadline passes.
type Row = (&'static str, fn(&Registry));

const ROWS: &[Row] = &[
    ("the shutdown itself", |registry| {
        let unfinished = registry.queue().shutdown(Duration::from_millis(1));
        assert_eq!(unfinished.events.len(), 1);
    }),
    ("the shutdown itself, in async code", |registry| {
        let polls = AtomicUsize::new(0);
        let deadline = poll_fn(|_| match polls.fetch_add(1, Ordering::Relaxed) {
            0..3 => Poll::Pending,
            _ => Poll::Ready(()),
        });
        let mut shutdown = Box::pin(registry.queue().shutdown_async(deadline));
        for _ in 0..3 {
            assert!(poll_once(&mut shutdown).is_pending());
        }
        let Poll::Ready(unfinished) = poll_once(&mut shutdown) else {
            panic!("the deadline has passed")
        };
        assert_eq!(unfinished.events.len(), 1);
    }),
    ("a worker", |registry| {
        let mut work = Box::pin(registry.queue().work(1));
        assert!(poll_once(&mut work).is_pending());
        let unfinished = registry.queue().shutdown(Duration::ZERO);
        assert_eq!(unfinished.events.len(), 1);
        assert!(poll_once(&mut work).is_ready());
    }),
];

#[test]
fn a_shutdown_that_returns_an_event_logs_one_warning() {
    for (row, shuts_down) in ROWS {
        let log = logged(Level::WARN, || {
            let registry = Registry::new();
            registry.on_async(|_: &Held| pending::<()>()).detach();
            registry.enqueue(Held).expect("there is room");
            shuts_down(&registry);
        });
        assert_eq!(log.len(), 1, "{row}: {log:#?}");
        assert!(
            log[0].starts_with("WARN") && log[0].contains("with 1 event left"),
            "{row}: {log:#?}"
        );
    }
}

#[test]
fn a_refused_call_logs_itself_as_the_cause_of_an_unfinished_event() {
    type Row = (&'static str, fn(&Registry));
    let rows: [Row; 2] = [
        ("flush()", |registry| _ = registry.queue().flush()),
        ("shutdown(..)", |registry| {
            let _ = registry.queue().shutdown(Duration::MAX);
        }),
    ];
    for (call, blocks) in rows {
        let log = logged(Level::WARN, || {
            let registry = Registry::new();
            registry.on_async(|_: &Held| pending::<()>()).detach();
            registry.enqueue(Held).expect("there is room");
            let runtime = tokio::runtime::Builder::new_current_thread().build();
            runtime.expect("a runtime").block_on(async {
                let call = std::panic::AssertUnwindSafe(|| blocks(&registry));
                std::panic::catch_unwind(call).expect_err("it is refused");
            });
        });
        let records: Vec<_> = log
            .iter()
            .filter(|line| line.contains("is unfinished"))
            .collect();
        let [record] = records[..] else {
            panic!("{call}: one record: {log:#?}")
        };
        let cause =
            format!("an event is unfinished: {call} was refused, since it would block the thread");
        assert!(record.contains(&cause), "{call}: {record}");
        assert!(!record.contains("was dropped"), "{call}: {record}");
    }
}

#[derive(Event, Clone)]
struct Invoice;

/// One waits for its retry, the other for the first one.
#[test]
fn the_drop_of_a_registry_counts_the_events_that_wait_by_topic() {
    let log = logged(Level::WARN, || {
        let registry = Registry::new();
        let fails = async |_: &Invoice| Err::<(), _>("refused");
        let new = registry.subscribe_async(fails).concurrency(1).retry(1);
        new.register().expect("it is valid").detach();
        registry.emit(Invoice);
        registry.emit(Invoice);
        registry.queue().flush();
    });
    let warning = log.last().expect("the drop is logged");
    let expected = "events=1 scheduled=1 topics=logging::shutdowns::Invoice (x2)";
    assert!(warning.ends_with(expected), "{log:#?}");
}
