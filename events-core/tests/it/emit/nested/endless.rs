//! Section 2: emits that nest without end through what is dropped, shown or logged of an emit. The depth limit refuses
//! them, as it does in handlers.

use std::{
    error::Error,
    fmt,
    future::{pending, poll_fn},
    mem,
    sync::atomic::{AtomicUsize, Ordering},
    task::Poll,
};

use events_core::{AnyEvent, Event, Registry, args};
use tracing::{
    level_filters::LevelFilter,
    span::{Attributes, Id},
    subscriber::set_global_default,
};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

use crate::{panics::check_in_children, poll_once};

#[derive(Event, Clone)]
struct Again;

/// Emits on a registry in some way.
type Emits = fn(&Registry);

/// How many destructors, `Display`s or layers have emitted; each row runs in a process of its own.
static CALLS: AtomicUsize = AtomicUsize::new(0);

fn call(registry: &Registry, emits: Emits) {
    CALLS.fetch_add(1, Ordering::Relaxed);
    emits(registry);
}

/// Emits when it is dropped.
struct OnDrop(Registry, Emits);

impl Drop for OnDrop {
    fn drop(&mut self) {
        call(&self.0, self.1);
    }
}

/// Emits when it is shown.
struct OnShow(Registry, Emits);

impl fmt::Display for OnDrop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an error")
    }
}

impl fmt::Display for OnShow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        call(&self.0, self.1);
        f.write_str("an error")
    }
}

impl fmt::Debug for OnDrop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OnDrop")
    }
}

impl fmt::Debug for OnShow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OnShow")
    }
}

impl Error for OnDrop {}
impl Error for OnShow {}

/// Emits, and checks that this is repeated no more often than emits may be nested.
fn check_calls(registry: &Registry, emits: Emits) {
    emits(registry);
    let calls = CALLS.load(Ordering::Relaxed);
    assert!((4..=128).contains(&calls), "{calls}");
}

/// The subscribers of the event and of the topic fail with this error.
fn check_errors<E: Error + Send + Sync + 'static>(error: fn(Registry, Emits) -> E, emits: Emits) {
    let registry = Registry::new();
    let inner = registry.clone();
    let fails = move |_: &Again| Err::<(), _>(error(inner.clone(), emits));
    registry.on(fails).detach();
    let inner = registry.clone();
    let fails = move |_: &dyn AnyEvent| Err::<(), _>(error(inner.clone(), emits));
    let subscription = registry.on_topic("topic", fails);
    subscription.expect("it is a pattern").detach();
    check_calls(&registry, emits);
}

fn check_shown(emits: Emits) {
    let fmt = tracing_subscriber::fmt().with_writer(std::io::sink);
    set_global_default(fmt.finish()).expect("there is none");
    check_errors(OnShow, emits);
}

/// An async emit that is dropped while its last handler is pending; `first` subscribes another.
fn check_dropped(first: fn(&Registry, Emits)) {
    let registry = Registry::new();
    let emits: Emits = |registry| _ = poll_once(registry.try_emit_async(Again));
    first(&registry, emits);
    registry.on_async(|_: &Again| pending::<()>()).detach();
    check_calls(&registry, emits);
}

/// Flushes a new registry: a queue does not run an event inside another one of its own.
fn flush(subscribe: fn(&Registry)) {
    let registry = Registry::new();
    subscribe(&registry);
    registry.enqueue(Again).expect("there is room");
    registry.queue().flush();
}

fn flush_sync(_: &Registry) {
    flush(|registry| {
        let fails = |_: &Again| Err::<(), _>(OnDrop(Registry::new(), flush_sync));
        registry.on(fails).detach();
    });
}

fn flush_async(_: &Registry) {
    flush(|registry| {
        let fails = |_: &Again| async { Err::<(), _>(OnDrop(Registry::new(), flush_async)) };
        registry.on_async(fails).detach();
    });
}

fn flush_resumed(_: &Registry) {
    flush(|registry| {
        registry
            .on_async(|_: &Again| {
                let mut is_first = true;
                poll_fn(move |context| {
                    if mem::take(&mut is_first) {
                        context.waker().wake_by_ref();
                        return Poll::Pending;
                    }
                    Poll::Ready(Err::<(), _>(OnDrop(Registry::new(), flush_resumed)))
                })
            })
            .detach();
    });
}

/// The callbacks of a tracing layer.
#[derive(Clone, Copy, PartialEq)]
enum Callback {
    Record,
    NewSpan,
    Enter,
    Exit,
    Close,
}

/// A tracing layer that emits in one of its callbacks.
struct EmitsIn(Callback, Registry, Emits);

impl EmitsIn {
    fn call(&self, callback: Callback) {
        if callback == self.0 {
            call(&self.1, self.2);
        }
    }
}

impl<S: tracing::Subscriber> Layer<S> for EmitsIn {
    fn on_event(&self, _: &tracing::Event<'_>, _: Context<'_, S>) {
        self.call(Callback::Record);
    }

    fn on_new_span(&self, _: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        self.call(Callback::NewSpan);
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

fn check_layer(
    callback: Callback,
    level: LevelFilter,
    subscribe: fn(&Registry),
    emits: Emits,
    calls: usize,
) {
    let registry = Registry::new();
    subscribe(&registry);
    let layer = EmitsIn(callback, registry.clone(), emits);
    let layered = tracing_subscriber::registry().with(layer).with(level);
    set_global_default(layered).expect("there is none");
    emits(&registry);
    assert_eq!(CALLS.load(Ordering::Relaxed), calls);
}

/// Each emit makes a record, of which no more than 4 are nested.
fn check_records(level: LevelFilter, subscribe: fn(&Registry), emits: Emits) {
    check_layer(Callback::Record, level, subscribe, emits, 4);
}

/// Each emit has a span, and one of its handler.
fn check_spans(callback: Callback, emits: Emits, calls: usize) {
    check_layer(callback, LevelFilter::TRACE, subscribe_both, emits, calls);
}

fn subscribe_both(registry: &Registry) {
    registry.on(|_: &Again| ()).detach();
    let subscription = registry.on_topic("topic", |_: &dyn AnyEvent| ());
    subscription.expect("it is a pattern").detach();
}

fn subscribe_failing(registry: &Registry) {
    registry.on(|_: &Again| Err::<(), _>(fmt::Error)).detach();
    let fails = |_: &dyn AnyEvent| Err::<(), _>(fmt::Error);
    let subscription = registry.on_topic("topic", fails);
    subscription.expect("it is a pattern").detach();
}

const EMIT: Emits = |registry| _ = registry.emit(Again);
const EMIT_TOPIC: Emits = |registry| _ = registry.emit_topic("topic", args! {});
const EMIT_ASYNC: Emits = |registry| _ = poll_once(registry.emit_async(Again));
const FLUSH: Emits = |_| flush(subscribe_both);

const ROWS: &[(&str, fn())] = &[
    ("emit, an error is dropped", || check_errors(OnDrop, EMIT)),
    ("emit_topic, an error is dropped", || {
        check_errors(OnDrop, EMIT_TOPIC);
    }),
    ("emit_async, an error is dropped", || {
        check_errors(OnDrop, EMIT_ASYNC);
    }),
    ("emit, an error is shown", || check_shown(EMIT)),
    ("emit_topic, an error is shown", || check_shown(EMIT_TOPIC)),
    ("emit_async, an error is shown", || check_shown(EMIT_ASYNC)),
    ("an error of an async emit that is dropped", || {
        check_dropped(|registry, emits| {
            let inner = registry.clone();
            let fails = move |_: &Again| {
                let error = OnDrop(inner.clone(), emits);
                async { Err::<(), _>(error) }
            };
            registry.on_async(fails).detach();
        });
    }),
    ("a future of an async emit that is dropped", || {
        check_dropped(|registry, emits| {
            let inner = registry.clone();
            let handler = move |_: &Again| {
                let on_drop = OnDrop(inner.clone(), emits);
                async move {
                    let _on_drop = on_drop;
                    pending::<()>().await;
                }
            };
            registry.on_async(handler).detach();
        });
    }),
    ("an error of a sync handler, from the queue", || {
        check_calls(&Registry::new(), flush_sync);
    }),
    ("an error of an async handler, from the queue", || {
        check_calls(&Registry::new(), flush_async);
    }),
    ("an error of a resumed handler, from the queue", || {
        check_calls(&Registry::new(), flush_resumed);
    }),
    ("a layer, emit", || {
        check_records(LevelFilter::ERROR, subscribe_failing, EMIT);
    }),
    ("a layer, emit_topic", || {
        check_records(LevelFilter::ERROR, subscribe_failing, EMIT_TOPIC);
    }),
    ("a layer, emit_async", || {
        check_records(LevelFilter::ERROR, subscribe_failing, EMIT_ASYNC);
    }),
    ("a layer, no subscriber", || {
        check_records(LevelFilter::DEBUG, |_| (), EMIT);
    }),
    // No more than 4 calls are nested: 2 + 4 + 8 + 16.
    ("a layer, a new span", || {
        check_spans(Callback::NewSpan, EMIT, 30);
    }),
    ("a layer, a span that is entered", || {
        check_spans(Callback::Enter, EMIT, 30);
    }),
    ("a layer, a span that is left", || {
        check_spans(Callback::Exit, EMIT, 30);
    }),
    // A span is closed after those that are created inside it.
    ("a layer, a span that is closed", || {
        check_spans(Callback::Close, EMIT, 4);
    }),
    ("a layer, a new span of a topic", || {
        check_spans(Callback::NewSpan, EMIT_TOPIC, 30);
    }),
    ("a layer, a new span of an async emit", || {
        check_spans(Callback::NewSpan, EMIT_ASYNC, 30);
    }),
    // A nested one also enters the span of its caller: 2 + 6 + 18 + 54.
    ("a layer, a span of an async emit that is entered", || {
        check_spans(Callback::Enter, EMIT_ASYNC, 80);
    }),
    // It has only that of its handler.
    ("a layer, a new span of an event from the queue", || {
        check_spans(Callback::NewSpan, FLUSH, 4);
    }),
];

#[test]
fn endless_nesting_through_destructors_and_records_ends() {
    let test = "emit::nested::endless::endless_nesting_through_destructors_and_records_ends";
    check_in_children(test, ROWS);
}
