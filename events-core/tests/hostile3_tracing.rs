//! Third hostile round: a tracing subscriber whose span callbacks panic, as a layer that writes a record when a
//! span is closed does if its writer fails.

use std::{
    future::{Future, pending, poll_fn},
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    task::{Context, Poll, Waker},
    time::Duration,
    panic::{AssertUnwindSafe, catch_unwind},
};

use events_core::{Event, Registry};
use tracing::{
    Subscriber,
    level_filters::LevelFilter,
    span::{Attributes, Id},
};
use tracing_subscriber::{Layer, layer::{Context as Ctx, SubscriberExt}};

fn poll_once<F: Future>(future: F) -> Poll<F::Output> {
    pin!(future).poll(&mut Context::from_waker(Waker::noop()))
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Callback {
    New,
    Enter,
    Exit,
    Close,
}

/// Panics in one of the callbacks of spans while it is armed.
struct Panics {
    callback: Callback,
    armed: Arc<AtomicBool>,
}

impl Panics {
    fn called(&self, callback: Callback) {
        if self.callback == callback && self.armed.swap(false, Ordering::Relaxed) {
            panic!("a span callback");
        }
    }
}

impl<S: Subscriber> Layer<S> for Panics {
    fn on_new_span(&self, _: &Attributes<'_>, _: &Id, _: Ctx<'_, S>) {
        self.called(Callback::New);
    }
    fn on_enter(&self, _: &Id, _: Ctx<'_, S>) {
        self.called(Callback::Enter);
    }
    fn on_exit(&self, _: &Id, _: Ctx<'_, S>) {
        self.called(Callback::Exit);
    }
    fn on_close(&self, _: Id, _: Ctx<'_, S>) {
        self.called(Callback::Close);
    }
}

#[derive(Event, Clone)]
struct Waits;

/// Enqueues an event inside a span, and starts it. Arms the subscriber, and then calls `f` with the worker.
fn check(callback: Callback, f: fn(&Registry, std::pin::Pin<Box<events_core::queues::Work>>)) {
    let armed = Arc::new(AtomicBool::new(false));
    let subscriber = Panics {
        callback,
        armed: Arc::clone(&armed),
    };
    let subscriber = tracing_subscriber::registry().with(subscriber).with(LevelFilter::INFO);
    tracing::subscriber::with_default(subscriber, || {
        let registry = Registry::new();
        registry.on_async(|_: &Waits| pending::<()>()).detach();
        let mut work = Box::pin(registry.queue().work(1));
        {
            let _span = tracing::info_span!("caller").entered();
            registry.enqueue(Waits).unwrap();
        }
        assert!(poll_once(&mut work).is_pending());
        armed.store(true, Ordering::Relaxed);
        _ = catch_unwind(AssertUnwindSafe(|| f(&registry, work)));
        let was_armed = !armed.swap(false, Ordering::Relaxed);
        assert!(was_armed, "the callback was not called");
        let unfinished = registry.queue().shutdown(Duration::from_secs(1));
        let events = unfinished.events.len();
        assert_eq!((events, unfinished.running), (1, 0), "{callback:?}");
    });
}

#[test]
fn a_span_that_is_closed_when_a_worker_is_dropped() {
    check(Callback::Close, |_, work| drop(work));
}

/// A span callback panics while an event is resumed.
fn check_resumed(callback: Callback) {
    let armed = Arc::new(AtomicBool::new(false));
    let subscriber = Panics {
        callback,
        armed: Arc::clone(&armed),
    };
    let subscriber = tracing_subscriber::registry().with(subscriber).with(LevelFilter::INFO);
    tracing::subscriber::with_default(subscriber, || {
        let registry = Registry::new();
        let ran = Arc::new(AtomicUsize::new(0));
        let counts = Arc::clone(&ran);
        registry
            .on_async(move |_: &Waits| {
                let (counts, mut polled) = (Arc::clone(&counts), false);
                poll_fn(move |context| {
                    if polled {
                        counts.fetch_add(1, Ordering::Relaxed);
                        return Poll::Ready(());
                    }
                    polled = true;
                    context.waker().wake_by_ref();
                    Poll::Pending
                })
            })
            .detach();
        let mut work = Box::pin(registry.queue().work(1));
        {
            let _span = tracing::info_span!("caller").entered();
            registry.enqueue(Waits).unwrap();
        }
        assert!(poll_once(&mut work).is_pending());
        armed.store(true, Ordering::Relaxed);
        let polled = catch_unwind(AssertUnwindSafe(|| poll_once(&mut work)));
        assert!(!armed.load(Ordering::Relaxed), "the callback was not called");
        eprintln!("{callback:?}: the poll panicked: {}", polled.is_err());
        drop(work);
        let unfinished = registry.queue().shutdown(Duration::from_secs(1));
        let accounted = unfinished.events.len() + ran.load(Ordering::Relaxed);
        assert_eq!((accounted, unfinished.running), (1, 0), "{callback:?}");
    });
}

#[test]
fn a_span_that_cannot_be_entered_when_an_event_is_resumed() {
    check_resumed(Callback::Enter);
}

#[test]
fn a_span_that_cannot_be_left_when_an_event_is_resumed() {
    check_resumed(Callback::Exit);
}

#[test]
fn a_span_that_cannot_be_closed_when_an_event_ends() {
    check_resumed(Callback::Close);
}

/// A span callback panics while an event is started.
#[test]
fn a_span_that_cannot_be_entered_when_an_event_is_started() {
    let armed = Arc::new(AtomicBool::new(false));
    let subscriber = Panics {
        callback: Callback::Enter,
        armed: Arc::clone(&armed),
    };
    let subscriber = tracing_subscriber::registry().with(subscriber).with(LevelFilter::INFO);
    tracing::subscriber::with_default(subscriber, || {
        let registry = Registry::new();
        let ran = Arc::new(AtomicUsize::new(0));
        let counts = Arc::clone(&ran);
        registry
            .on(move |_: &Waits| _ = counts.fetch_add(1, Ordering::Relaxed))
            .detach();
        {
            let _span = tracing::info_span!("caller").entered();
            registry.enqueue(Waits).unwrap();
        }
        armed.store(true, Ordering::Relaxed);
        _ = catch_unwind(AssertUnwindSafe(|| registry.queue().flush()));
        assert!(!armed.load(Ordering::Relaxed), "the callback was not called");
        let unfinished = registry.queue().shutdown(Duration::from_secs(1));
        let accounted = unfinished.events.len() + ran.load(Ordering::Relaxed);
        assert_eq!((accounted, unfinished.running), (1, 0));
    });
}
