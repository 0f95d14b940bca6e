//! Third hostile round: records.

use std::{
    future::{Future, pending},
    pin::pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Waker},
    time::Duration,
};

use events_core::{Event, Registry};
use tracing::{Subscriber, field::{Field, Visit}};
use tracing_subscriber::{Layer, layer::SubscriberExt};

fn poll_once<F: Future>(future: F) -> Poll<F::Output> {
    pin!(future).poll(&mut Context::from_waker(Waker::noop()))
}

#[derive(Clone, Default)]
struct Records(Arc<Mutex<Vec<String>>>);

struct Message(String);
impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        if field.name() == "message" {
            self.0 = format!("{value:?}");
        }
    }
}

impl<S: Subscriber> Layer<S> for Records {
    fn on_event(&self, event: &tracing::Event<'_>, _: tracing_subscriber::layer::Context<'_, S>) {
        let mut message = Message(String::new());
        event.record(&mut message);
        self.0.lock().unwrap().push(format!("{} {}", event.metadata().level(), message.0));
    }
}

#[derive(Event, Clone)]
struct A;

fn records(f: impl FnOnce(&Registry)) -> Vec<String> {
    let records = Records::default();
    let subscriber = tracing_subscriber::registry().with(records.clone());
    tracing::subscriber::with_default(subscriber, || {
        let registry = Registry::new();
        registry.on_async(|_: &A| pending::<()>()).detach();
        registry.enqueue(A).unwrap();
        f(&registry);
    });
    let records = records.0.lock().unwrap();
    records.iter().filter(|r| !r.starts_with("DEBUG") && !r.starts_with("TRACE")).cloned().collect()
}

/// The blocking one logs one warning; so does the other.
#[test]
fn a_shutdown_at_its_deadline_logs_the_same_in_both_forms() {
    let blocking = records(|registry| {
        let unfinished = registry.queue().shutdown(Duration::from_millis(20));
        assert_eq!(unfinished.events.len(), 1);
    });
    let is_over = AtomicBool::new(false);
    let awaited = records(|registry| {
        let deadline = std::future::poll_fn(|_| match is_over.load(Ordering::Relaxed) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        });
        let mut shutdown = Box::pin(registry.queue().shutdown_async(deadline));
        for _ in 0..3 {
            assert!(poll_once(&mut shutdown).is_pending());
        }
        is_over.store(true, Ordering::Relaxed);
        let Poll::Ready(unfinished) = poll_once(&mut shutdown) else { panic!() };
        assert_eq!(unfinished.events.len(), 1);
    });
    assert_eq!(blocking, awaited);
}

/// The event that a shutdown returns at its deadline, of a flush and of a worker.
#[test]
fn a_shutdown_that_takes_the_event_of_a_worker_logs_one_warning() {
    let found = records(|registry| {
        let mut work = Box::pin(registry.queue().work(1));
        assert!(poll_once(&mut work).is_pending());
        let unfinished = registry.queue().shutdown(Duration::from_millis(20));
        assert_eq!(unfinished.events.len(), 1);
        assert!(poll_once(&mut work).is_ready());
    });
    assert_eq!(found.len(), 1, "{found:?}");
}

/// A settle with a deadline.
#[test]
fn a_settle_that_gives_up_keeps_its_event() {
    let found = records(|registry| {
        assert!(!registry.queue().settle(Duration::from_millis(20)));
        assert_eq!(registry.queue().shutdown(Duration::ZERO).events.len(), 1);
    });
    eprintln!("{found:#?}");
}

/// The shutdown returns the event, so no record tells to call it.
#[test]
fn a_shutdown_that_runs_the_event_itself_logs_one_warning() {
    let found = records(|registry| {
        let unfinished = registry.queue().shutdown(Duration::from_millis(20));
        assert_eq!(unfinished.events.len(), 1);
    });
    assert_eq!(found.len(), 1, "{found:#?}");
}
