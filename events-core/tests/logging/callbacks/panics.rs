//! The callbacks of spans may panic: no event is lost, and the span that is current afterwards is that of before.

use std::{
    future::{pending, poll_fn},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    task::Poll,
    time::Duration,
};

use events_core::{AnyEvent, Event, Registry, args};
use tracing::{
    Span, Subscriber, info_span,
    span::{Attributes, Id},
};
use tracing_subscriber::{
    Layer,
    layer::{Context, SubscriberExt},
};

use crate::{one_by_one, poll_once};

#[derive(Clone, Copy, PartialEq, Debug)]
enum Callback {
    New,
    Enter,
    Exit,
    Close,
}

/// Panics in one of the callbacks while it is armed.
struct Panics {
    callback: Callback,
    armed: Arc<AtomicBool>,
    count: Arc<AtomicUsize>,
}

impl Panics {
    fn call(&self, callback: Callback) {
        if self.callback == callback && self.armed.load(Ordering::Relaxed) {
            self.count.fetch_add(1, Ordering::Relaxed);
            panic!("a span callback");
        }
    }
}

impl<S: Subscriber> Layer<S> for Panics {
    fn on_new_span(&self, _: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        self.call(Callback::New);
    }

    fn on_enter(&self, _: &Id, _: Context<'_, S>) {
        self.call(Callback::Enter);
    }

    fn on_exit(&self, _: &Id, _: Context<'_, S>) {
        self.call(Callback::Exit);
    }

    fn on_close(&self, _: Id, _: Context<'_, S>) {
        self.call(Callback::Close);
    }
}

/// Its handler is pending once.
#[derive(Event, Clone)]
struct Job;

/// Its handler is pending.
#[derive(Event, Clone)]
struct Held;

/// One event that runs or is returned by a shutdown. The function arms the layer.
type Row = (&'static str, fn(&Registry, &dyn Fn()));

const ROWS: &[Row] = &[
    ("a flush", |registry, arm| {
        info_span!("caller")
            .in_scope(|| registry.enqueue(Job))
            .expect("there is room");
        arm();
        registry.queue().flush();
    }),
    ("a worker that resumes", |registry, arm| {
        info_span!("caller")
            .in_scope(|| registry.enqueue(Job))
            .expect("there is room");
        let mut work = Box::pin(registry.queue().work(1));
        assert!(poll_once(&mut work).is_pending());
        arm();
        assert!(poll_once(&mut work).is_pending());
    }),
    ("a worker that is dropped", |registry, arm| {
        info_span!("caller")
            .in_scope(|| registry.enqueue(Held))
            .expect("there is room");
        let mut work = Box::pin(registry.queue().work(1));
        assert!(poll_once(&mut work).is_pending());
        arm();
        drop(work);
    }),
    ("a shutdown", |registry, arm| {
        info_span!("caller")
            .in_scope(|| registry.enqueue(Job))
            .expect("there is room");
        arm();
        assert!(
            registry
                .queue()
                .shutdown(Duration::from_secs(60))
                .is_empty()
        );
    }),
    ("an emit", |registry, arm| {
        arm();
        registry.emit(Job);
        registry.queue().flush();
    }),
    ("an async emit", |registry, arm| {
        arm();
        let mut emit = Box::pin(registry.emit_async(Job));
        assert!(poll_once(&mut emit).is_pending());
        assert!(poll_once(&mut emit).is_ready());
    }),
    ("an emit of a topic", |registry, arm| {
        arm();
        registry.emit_topic("a topic", args! {});
        registry.enqueue(Job).expect("there is room");
        registry.queue().flush();
    }),
];

/// Returns how often the callback panicked.
fn check(row: &str, callback: Callback, run: fn(&Registry, &dyn Fn())) -> usize {
    let armed = Arc::new(AtomicBool::new(false));
    let count = Arc::new(AtomicUsize::new(0));
    let layer = Panics {
        callback,
        armed: Arc::clone(&armed),
        count: Arc::clone(&count),
    };
    tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), || {
        let (registry, ran) = (Registry::new(), Arc::new(AtomicUsize::new(0)));
        let counts = Arc::clone(&ran);
        let twice = move |_: &Job| {
            let (counts, mut is_resumed) = (Arc::clone(&counts), false);
            poll_fn(move |context| {
                if is_resumed {
                    counts.fetch_add(1, Ordering::Relaxed);
                    return Poll::Ready(());
                }
                is_resumed = true;
                context.waker().wake_by_ref();
                Poll::Pending
            })
        };
        registry.on_async(twice).detach();
        registry.on_async(|_: &Held| pending::<()>()).detach();
        registry
            .on_topic("a topic", |_: &dyn AnyEvent| ())
            .expect("a pattern")
            .detach();
        let arm = || armed.store(true, Ordering::Relaxed);
        let unwound = catch_unwind(AssertUnwindSafe(|| run(&registry, &arm))).is_err();
        armed.store(false, Ordering::Relaxed);
        let unfinished = registry.queue().shutdown(Duration::from_secs(60));
        let events = unfinished.events.len() + ran.load(Ordering::Relaxed);
        let found = (
            unwound,
            events,
            unfinished.running,
            Span::current().is_none(),
        );
        assert_eq!(found, (false, 1, 0, true), "{row}, {callback:?}");
    });
    count.load(Ordering::Relaxed)
}

#[test]
fn a_panic_of_a_span_callback_is_contained() {
    let _alone = one_by_one();
    for (row, run) in ROWS {
        let callbacks = [
            Callback::New,
            Callback::Enter,
            Callback::Exit,
            Callback::Close,
        ];
        let panics = callbacks.map(|callback| check(row, callback, *run));
        assert!(panics.iter().any(|&panics| panics > 0), "{row}");
    }
}
