//! What `tracing` receives: spans at `trace`, failures at `error`, scans at `info`.
//!
//! A test binary of its own, whose tests run one at a time: `tracing` caches for each callsite, and
//! for all threads, whether a `tracing::Subscriber` is interested in it.

#![allow(missing_docs, reason = "the names of the tests say what they are")]

mod background;
mod bridges;
mod panics;
mod topics;

use std::{
    io::{self, Write},
    sync::{Arc, Mutex, PoisonError},
};

use events_core::{Event, Registry, subscriber, subscribers};
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

/// What is logged at this level and above while `f` runs, a line a record.
fn logged<T>(level: tracing::Level, f: impl FnOnce() -> T) -> Vec<String> {
    static ONE_BY_ONE: Mutex<()> = Mutex::new(());
    let _alone = ONE_BY_ONE.lock().unwrap_or_else(PoisonError::into_inner);
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
        assert!(
            line.contains("location=events-core/tests/logging/main.rs:"),
            "{line}"
        );
        for word in words {
            assert!(line.contains(word), "{line}");
        }
    }
    assert!(
        panic.contains("cause=panicked at events-core/tests/logging/main.rs:"),
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
