//! Log records and spans of background subscribers and of the queue.

use std::{
    future::Future,
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Waker},
    time::Duration,
};

use events_core::{
    __testing::{Intercepted, Interceptor, set_interceptor},
    Event, Registry,
};
use tracing::{Level, Span, info, info_span};

use crate::logged;

#[derive(Event, Clone)]
struct Order {
    #[event(secret)]
    _card: &'static str,
}

fn order() -> Order {
    Order { _card: "4711-0815" }
}

/// Polls once.
fn poll<F: Future>(future: F) -> Poll<F::Output> {
    pin!(future).poll(&mut Context::from_waker(Waker::noop()))
}

/// Polls in a loop until the future is ready.
fn finish<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = poll(future.as_mut()) {
            return output;
        }
    }
}

/// Ready at the second poll.
async fn once_more() {
    let mut polled = false;
    std::future::poll_fn(|context| {
        context.waker().wake_by_ref();
        match std::mem::replace(&mut polled, true) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        }
    })
    .await;
}

/// A registry with an async subscriber that logs before and after an await.
fn logging_registry() -> Registry {
    let registry = Registry::new();
    registry
        .on_async(|_: &Order| async {
            info!("before");
            once_more().await;
            info!("after");
        })
        .detach();
    registry
}

/// The log lines that end with this text, which begin with their spans.
fn lines_with_spans(log: &[String], text: &str) -> Vec<String> {
    let lines = log.iter().filter(|line| line.ends_with(text));
    lines
        .map(|line| line.trim_start_matches("INFO ").to_owned())
        .collect()
}

#[test]
fn an_async_emit_enters_the_emitters_span_at_each_poll() {
    let log = logged(Level::INFO, || {
        let emit =
            info_span!("request", id = 7).in_scope(|| logging_registry().emit_async(order()));
        finish(emit);
    });
    for text in ["before", "after"] {
        let expected = format!("request{{id=7}}: logging::background: {text}");
        assert_eq!(lines_with_spans(&log, text), [expected], "{log:#?}");
    }
}

/// Polls an emit in a span, or in none, that was called in another one, or in none. `expected` is the span of what the
/// handler logs.
fn check_instrumented(level: Level, [called_in, polled_in]: [fn() -> Span; 2], expected: &str) {
    let log = logged(level, || {
        let (called_in, polled_in) = (called_in(), polled_in());
        let emit = called_in.in_scope(|| logging_registry().emit_async(order()));
        let mut emit = pin!(emit);
        let context = &mut Context::from_waker(Waker::noop());
        while polled_in.in_scope(|| emit.as_mut().poll(context).is_pending()) {}
    });
    for text in ["before", "after"] {
        let [line] = &lines_with_spans(&log, text)[..] else {
            panic!("one record: {log:#?}")
        };
        assert!(line.starts_with(expected), "{line}, {level}");
    }
}

#[test]
fn an_async_emit_is_in_the_span_that_polls_it_first() {
    for level in [Level::INFO, Level::TRACE] {
        let [none, caller, poller]: [fn() -> Span; 3] =
            [Span::none, || info_span!("caller"), || info_span!("poller")];
        check_instrumented(level, [caller, none], "caller:");
        check_instrumented(level, [none, poller], "poller:");
        check_instrumented(level, [caller, poller], "poller:");
    }
}

#[test]
fn a_queued_event_runs_in_the_span_of_its_emitter() {
    let log = logged(Level::INFO, || {
        let registry = logging_registry();
        let span = info_span!("request", id = 7);
        span.in_scope(|| registry.enqueue(order()))
            .expect("there is room");
        info_span!("other").in_scope(|| registry.emit(order()));
        registry.emit(order());
        finish(registry.queue().flush_async());
    });
    for text in ["before", "after"] {
        let spans = ["request{id=7}: ", "other: ", ""];
        let expected = spans.map(|span| format!("{span}logging::background: {text}"));
        assert_eq!(lines_with_spans(&log, text), expected, "{log:#?}");
    }
}

#[test]
fn each_async_handler_has_a_span_at_trace() {
    let log = logged(Level::TRACE, || {
        finish(logging_registry().emit_async(order()))
    });
    let spans = log.iter().filter(|line| line.ends_with("new")).count();
    assert_eq!(spans, 2, "{log:#?}");
    for text in ["before", "after"] {
        let [line] = &lines_with_spans(&log, text)[..] else {
            panic!("one line: {log:#?}");
        };
        assert!(
            line.starts_with("emit{topic=\"logging::background::Order\"}:handle{subscriber="),
            "{line}"
        );
    }
}

/// Like a sync emit, which has its failure or the interceptor as its reason.
#[test]
fn an_async_emit_that_is_refused_is_not_logged_as_one_without_a_subscriber() {
    let registry = Registry::new();
    registry.set_depth_limit(1);
    let inside = registry.clone();
    let _nested = registry.on(move |_: &Order| {
        assert!(inside.try_emit(order()).is_err());
        finish(inside.emit_async(order()));
        assert!(finish(inside.try_emit_async(order())).is_err());
    });
    let log = logged(Level::DEBUG, || registry.emit(order()));
    assert!(single_record(&log, "ERROR").contains("(x2)"));
    assert_eq!(log.len(), 1, "{log:#?}");
}

#[test]
fn an_async_emit_that_is_withheld_is_not_logged_as_one_without_a_subscriber() {
    #[derive(Debug)]
    struct WithholdAll;
    impl Interceptor for WithholdAll {
        fn withholds(&self, _: &mut dyn Intercepted) -> bool {
            true
        }
    }
    let registry = Registry::new();
    set_interceptor(&registry, Some(Arc::new(WithholdAll)));
    let log = logged(Level::DEBUG, || {
        registry.emit(order());
        drop(registry.try_emit(order()));
        finish(registry.emit_async(order()));
        drop(finish(registry.try_emit_async(order())));
    });
    assert!(log.is_empty(), "{log:#?}");
}

#[test]
fn an_async_emit_without_a_subscriber_is_logged_at_debug() {
    let log = logged(Level::DEBUG, || {
        let registry = Registry::new();
        finish(registry.emit_async(order()));
        assert!(finish(registry.try_emit_async(order())).is_ok());
    });
    let topic = "topic=\"logging::background::Order\"";
    let record = format!("DEBUG events_core: no subscriber received the event {topic}");
    assert_eq!(log, [record.clone(), record]);
}

/// The only record of this level, which contains no field of the event.
#[track_caller]
fn single_record<'l>(log: &'l [String], level: &str) -> &'l str {
    let records: Vec<_> = log.iter().filter(|line| line.starts_with(level)).collect();
    assert_eq!(records.len(), 1, "{log:#?}");
    assert!(!records[0].contains("4711"));
    records[0]
}

#[test]
fn a_failure_of_an_async_subscriber_is_logged() {
    let log = logged(Level::ERROR, || {
        let registry = Registry::new();
        registry
            .on_async(|_: &Order| async { Err::<(), _>("no mail") })
            .detach();
        finish(registry.emit_async(order()));
    });
    assert!(single_record(&log, "ERROR").contains("cause=returned an error: no mail"));
}

#[test]
fn failures_before_the_drop_of_an_emit_are_logged() {
    let log = logged(Level::ERROR, || {
        let registry = Registry::new();
        registry
            .on_async(|_: &Order| async { Err::<(), _>("no mail") })
            .detach();
        registry
            .on_async(|_: &Order| std::future::pending::<()>())
            .detach();
        assert!(poll(registry.emit_async(order())).is_pending());
        assert!(poll(registry.try_emit_async(order())).is_pending());
    });
    let records = log.iter().filter(|line| line.contains("no mail")).count();
    assert_eq!(records, 2, "{log:#?}");
}

#[test]
fn a_full_queue_without_a_worker_is_logged_once_at_warn() {
    let log = logged(Level::WARN, || {
        let registry = Registry::new();
        registry.queue().set_capacity(1);
        for _ in 0..3 {
            let _full = registry.enqueue(order());
        }
        registry.queue().flush();
    });
    let warning = single_record(&log, "WARN");
    assert!(
        warning.contains(
            "the queue is full and has no worker; start a worker with registry().queue().spawn_tokio(..), or \
             spawn_thread() if no handler uses a runtime, or call registry().queue().flush() regularly, in async code \
             flush_async().await"
        ),
        "{warning}"
    );
}

#[test]
fn a_full_queue_with_a_worker_is_not_logged() {
    let log = logged(Level::WARN, || {
        let registry = Registry::new();
        let work = registry.queue().work(1);
        registry.queue().set_capacity(1);
        for _ in 0..3 {
            let _full = registry.enqueue(order());
        }
        drop(work);
        registry.queue().flush();
    });
    assert!(log.is_empty(), "{log:#?}");
}

#[test]
fn the_drop_of_a_registry_with_queued_events_is_logged_at_warn() {
    let log = logged(Level::WARN, || {
        let registry = Registry::new();
        registry.enqueue(order()).expect("there is room");
    });
    assert!(single_record(&log, "WARN").contains("a registry is dropped"));
}

#[derive(Event, Clone)]
struct Refund;

#[test]
fn the_drop_of_a_registry_counts_its_queued_events_by_topic() {
    let log = logged(Level::WARN, || {
        let registry = logging_registry();
        registry.emit(order()); // a snapshot
        registry.enqueue(Refund).expect("there is room");
        let queued = registry.enqueue_from(Refund, "here");
        queued.expect("there is room");
        registry.emit(order());
    });
    let expected =
        "events=4 topics=logging::background::Order (x2), logging::background::Refund (x2)";
    let warning = log
        .iter()
        .find(|line| line.contains("a registry is dropped"));
    assert!(
        warning.is_some_and(|line| line.ends_with(expected)),
        "{log:#?}"
    );
    assert!(!log.concat().contains("4711-0815"), "{log:#?}");
}

/// A log that panics while a registry is dropped, also during another panic.
#[test]
fn a_panic_while_the_drop_of_a_registry_is_logged_is_contained() {
    let broken = tracing_subscriber::fmt()
        .with_writer(|| -> std::io::Stderr { panic!("the log is broken") })
        .finish();
    tracing::subscriber::with_default(broken, || {
        let registry = Registry::new();
        registry.enqueue(order()).expect("there is room");
        let caught = std::panic::catch_unwind(|| {
            let _dropped = registry;
            std::panic::panic_any("the first panic");
        });
        let payload = caught.expect_err("it panics");
        assert_eq!(payload.downcast_ref(), Some(&"the first panic"));
    });
}

#[test]
fn a_flush_that_is_cut_off_is_logged_at_error() {
    let log = logged(Level::ERROR, || {
        let registry = Registry::new();
        let inside = registry.clone();
        registry
            .on(move |event: &Order| drop(inside.enqueue(event.clone())))
            .detach();
        registry.enqueue(order()).expect("there is room");
        registry.queue().flush();
    });
    assert!(single_record(&log, "ERROR").contains("a flush was cut off"));
}

#[test]
fn an_event_whose_worker_is_dropped_is_logged_at_error() {
    let log = logged(Level::ERROR, || {
        let registry = Registry::new();
        registry
            .on_async(|_: &Order| std::future::pending::<()>())
            .detach();
        registry.enqueue(order()).expect("there is room");
        assert!(poll(registry.queue().work(1)).is_pending());
    });
    let record = single_record(&log, "ERROR");
    assert!(
        record.contains("topic=\"logging::background::Order\""),
        "{record}"
    );
    assert!(record.contains(concat!(file!(), ":")), "{record}");
}

#[test]
fn events_that_a_shutdown_returns_are_logged_at_warn() {
    let log = logged(Level::WARN, || {
        let registry = Registry::new();
        registry.enqueue(order()).expect("there is room");
        let unfinished = registry.queue().shutdown(Duration::ZERO);
        assert_eq!(unfinished.events.len(), 1);
        assert!(!format!("{unfinished:?}").contains("4711"));
    });
    let warning = single_record(&log, "WARN");
    assert!(
        warning.contains("shut down with 1 event left: logging::background::Order (x1)"),
        "{warning}"
    );
}

#[test]
fn the_record_of_a_call_that_is_not_repeated_names_what_is_full() {
    let log = logged(Level::WARN, || {
        let registry = Registry::new();
        let fails = |_: &Order| Err::<(), _>("refused");
        let new = registry.subscribe_deferred(fails).retry(3);
        new.register().expect("it is valid").detach();
        registry.queue().set_schedule_capacity(0);
        registry.emit(order());
        assert_eq!(registry.queue().flush().failures(), 1);
    });
    let [not_repeated, failure] = &log[..] else {
        panic!("{log:?}");
    };
    assert!(not_repeated.contains("the schedule is full, with 0 events"));
    assert!(not_repeated.contains("set_schedule_capacity"));
    assert!(failure.contains("refused"));
}
