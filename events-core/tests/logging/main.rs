//! What `tracing` receives: spans at `trace`, failures at `error`, scans at `info`.
//!
//! A test binary of its own, whose tests run one at a time: `tracing` caches for each callsite, and
//! for all threads, whether a `tracing::Subscriber` is interested in it.

#![allow(missing_docs, reason = "the names of the tests say what they are")]

mod awaited;
mod background;
mod bridges;
mod callbacks;
mod cancelled;
mod panics;
mod policy;
mod records;
mod scans;
mod shutdowns;
mod topics;
mod units;
mod vetoes;

use std::{
    future::{Future, poll_fn},
    io::{self, Write},
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

use events_core::{Event, Registry, args, subscriber, subscribers};
use tracing_subscriber::{
    fmt,
    fmt::{MakeWriter, format::FmtSpan},
};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .lock()
            .expect("the lock is not poisoned")
            .write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// Until the guard is dropped, no other test of this binary records.
fn one_by_one() -> MutexGuard<'static, ()> {
    static ONE_BY_ONE: Mutex<()> = Mutex::new(());
    ONE_BY_ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Pending once; it wakes its task at once.
async fn suspend() {
    let mut is_ready = false;
    poll_fn(|context| {
        context.waker().wake_by_ref();
        match std::mem::replace(&mut is_ready, true) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        }
    })
    .await;
}

/// What is logged at this level and above while `f` runs, a line a record.
fn logged<T>(level: tracing::Level, f: impl FnOnce() -> T) -> Vec<String> {
    let _alone = one_by_one();
    let log = Log::default();
    let subscriber = fmt()
        .with_writer(log.clone())
        .with_max_level(level)
        .with_span_events(FmtSpan::NEW)
        .without_time()
        .with_ansi(false)
        .finish();
    tracing::subscriber::with_default(subscriber, f);
    let bytes = log.0.lock().expect("the lock is not poisoned").clone();
    let text = String::from_utf8(bytes).expect("text");
    text.lines().map(|line| line.trim().to_owned()).collect()
}

#[derive(Event)]
struct Login {
    #[event(secret)]
    _password: &'static str,
}

fn login() -> Login {
    Login {
        _password: "hunter2",
    }
}

#[subscriber]
fn fails(_: &Login) -> Result<(), String> {
    Err("no such user".to_owned())
}

#[subscriber]
fn panics(_: &Login) {
    panic!("out of memory");
}

#[subscriber]
fn runs(_: &Login) {}

#[test]
fn a_failure_is_logged_at_error_with_subscriber_location_and_cause() {
    let registry = Registry::with(subscribers![fails, panics, runs]);
    let log = logged(tracing::Level::ERROR, || registry.emit(login()));
    // With RUST_BACKTRACE the second record has many lines.
    let records: Vec<_> = log
        .iter()
        .filter(|line| line.starts_with("ERROR"))
        .collect();
    let [error, panic] = records[..] else {
        panic!("two records: {log:#?}")
    };
    for (line, words) in [
        (
            error,
            [
                "subscriber=logging::fails",
                "cause=returned an error: no such user",
            ],
        ),
        (panic, ["subscriber=logging::panics", ": out of memory"]),
    ] {
        assert!(
            line.starts_with("ERROR events_core: a subscriber failed"),
            "{line}"
        );
        assert!(line.contains("topic=\"logging::Login\""), "{line}");
        assert!(line.contains(concat!("location=", file!(), ":")), "{line}");
        for word in words {
            assert!(line.contains(word), "{line}");
        }
    }
    assert!(
        panic.contains(concat!("cause=panicked at ", file!(), ":")),
        "{panic}"
    );
}

#[test]
fn try_emit_returns_what_emit_logs() {
    let registry = Registry::with(subscribers![fails]);
    let log = logged(tracing::Level::ERROR, || registry.try_emit(login()));
    assert!(log.is_empty(), "{log:#?}");
}

#[test]
fn each_emit_and_each_handler_has_a_span_at_trace() {
    let registry = Registry::with(subscribers![runs, fails, panics]);
    let log = logged(tracing::Level::TRACE, || {
        registry.emit_from(login(), "here")
    });
    let spans: Vec<_> = log.iter().filter(|line| line.ends_with("new")).collect();
    assert_eq!(spans.len(), 4, "{log:#?}");
    let emit = "TRACE emit{topic=\"logging::Login\" origin=here}";
    assert_eq!(*spans[0], format!("{emit}: events_core: new"));
    for (span, name) in spans[1..].iter().zip(["fails", "panics", "runs"]) {
        let start = format!("{emit}:handle{{subscriber=logging::{name} location=");
        assert!(span.starts_with(&start), "{span}");
    }
    let errors = log.iter().filter(|line| line.starts_with("ERROR")).count();
    assert_eq!(errors, 2, "{log:#?}");
}

#[test]
fn an_event_that_no_subscriber_received_is_logged_at_debug() {
    let registry = Registry::new();
    let log = logged(tracing::Level::DEBUG, || registry.emit(login()));
    let record = "DEBUG events_core: no subscriber received the event topic=\"logging::Login\"";
    assert_eq!(log, [record]);
    assert!(logged(tracing::Level::INFO, || registry.emit(login())).is_empty());
}

#[derive(Event, Clone)]
struct Ping;

/// A row of a table: its name, and what it does with a registry.
type Row = (&'static str, fn(&Registry));

/// The ways to emit a `Ping`, each until no handler of it is in progress.
const WAYS: &[Row] = &[
    ("emit", |registry| _ = registry.emit(Ping)),
    ("try_emit", |registry| _ = registry.try_emit(Ping)),
    ("emit_async", |registry| {
        assert!(poll_once(registry.emit_async(Ping)).is_ready());
    }),
    ("try_emit_async", |registry| {
        assert!(poll_once(registry.try_emit_async(Ping)).is_ready());
    }),
    ("emit_topic", |registry| {
        registry.emit_topic("logging::Ping", args! {});
    }),
    ("enqueue", |registry| {
        registry.enqueue(Ping).expect("there is room");
        registry.queue().flush();
    }),
    ("enqueue_from", |registry| {
        registry.enqueue_from(Ping, "here").expect("there is room");
        registry.queue().flush();
    }),
];

fn poll_once<F: Future>(future: F) -> Poll<F::Output> {
    pin!(future).poll(&mut Context::from_waker(Waker::noop()))
}

#[test]
fn each_way_to_emit_logs_an_event_that_no_subscriber_received() {
    let subscribers: [Row; 3] = [
        ("none", |_| ()),
        ("a filtered sync one", |registry| {
            let new = registry.subscribe(|_: &Ping| ()).when(|_| false);
            new.register().expect("there is no id").detach();
        }),
        ("a filtered async one", |registry| {
            let new = registry.subscribe_async(|_: &Ping| async {});
            let new = new.when(|_| false).register();
            new.expect("there is no id").detach();
        }),
    ];
    let record = "DEBUG events_core: no subscriber received the event topic=\"logging::Ping\"";
    for (subscriber, subscribe) in subscribers {
        for (way, emit) in WAYS {
            let registry = Registry::new();
            subscribe(&registry);
            let log = logged(tracing::Level::DEBUG, || emit(&registry));
            assert_eq!(log, [record], "{way}, {subscriber}");
        }
    }
}

#[test]
fn a_refused_emit_is_logged_at_error() {
    let registry = Registry::new();
    registry.set_depth_limit(1);
    let inside = registry.clone();
    let _nested = registry.on(move |_: &Login| {
        inside.emit(login());
    });
    let log = logged(tracing::Level::ERROR, || registry.emit(login()));
    let [refusal] = log.as_slice() else {
        panic!("one record: {log:#?}")
    };
    assert!(
        refusal.contains("the chain is logging::Login (x2)"),
        "{refusal}"
    );
}

#[test]
fn a_scan_is_logged_at_info() {
    let log = logged(tracing::Level::INFO, || {
        Registry::with(subscribers![runs, fails])
    });
    let expected = "INFO events_core: scanned: 2 subscribers of 1 event: 2 from logging subscribers=2 events=1";
    assert_eq!(log, [expected]);
}

#[test]
fn no_field_of_an_event_is_logged() {
    let registry = Registry::with(subscribers![fails, panics, runs]);
    let log = logged(tracing::Level::TRACE, || {
        registry.emit(login());
        drop(registry.try_emit_from(login(), "here"));
        Registry::new().emit(login());
    });
    assert!(!log.is_empty());
    assert!(!log.concat().contains("hunter2"), "{log:#?}");
}

#[test]
fn a_panic_while_a_failure_is_logged_is_contained() {
    struct Broken;
    impl Write for Broken {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            panic!("the log is broken")
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let registry = Registry::with(subscribers![fails]);
    let _last = registry.on(|event: &mut Login| event._password = "changed");
    let broken = fmt()
        .with_writer(|| Broken)
        .without_time()
        .with_ansi(false)
        .finish();
    let event = tracing::subscriber::with_default(broken, || registry.emit(login()));
    assert_eq!(event._password, "changed");
}

/// canvas_core, "Tips & Best Practices", recommends logs and traces of events.
#[test]
fn canvas_core_traces_cover_each_emit_and_each_handler() {
    let registry = Registry::with(subscribers![runs]);
    let log = logged(tracing::Level::TRACE, || registry.emit(login()));
    for span in [
        "emit{topic=\"logging::Login\"}",
        "handle{subscriber=logging::runs",
    ] {
        assert!(log.iter().any(|line| line.contains(span)), "{log:#?}");
    }
}
