//! The scan of a program that has no declared subscriber. A binary of its own, because nothing in it may declare one.

#![allow(missing_docs, reason = "the names of the tests say what they are")]

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
};

use events_core::{Registry, scanning::Scanner, subscribers};
use tracing_subscriber::fmt;

const COUNTS: &str = "0 subscribers of 0 events";

const HINT: &str =
    "a crate that no code names is not linked; name it: events_core::scan!(the_crate)";

/// The records of `tracing`, as text.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no panic").write(text)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The scan has this report and logs this message.
#[track_caller]
fn check(scan: impl FnOnce(Scanner) -> Scanner, report: &str, message: &str) {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = fmt()
        .with_writer(move || writer.clone())
        .with_ansi(false)
        .without_time()
        .finish();
    tracing::subscriber::with_default(subscriber, || {
        let scanned = scan(Registry::new().scanner()).run();
        assert_eq!(scanned.to_string(), report);
        assert_eq!(scanned.summary(), COUNTS);
    });
    let log = String::from_utf8(log.0.lock().expect("no panic").clone()).expect("text");
    let record = format!(" INFO events_core: scanned: {message} subscribers=0 events=0\n");
    assert_eq!(log, record);
}

#[test]
fn a_scan_without_any_declared_subscriber_hints_at_crates_that_are_not_linked() {
    check(
        |scanner| scanner,
        &format!("{COUNTS}\n{HINT}"),
        &format!("{COUNTS}; {HINT}"),
    );
    check(
        |scanner| scanner.state(7_u32),
        &format!("{COUNTS}\n{HINT}"),
        &format!("{COUNTS}; {HINT}"),
    );
}

#[test]
fn a_scan_of_named_functions_does_not_hint_at_crates() {
    check(
        |scanner| scanner.subscribers(subscribers![]),
        COUNTS,
        COUNTS,
    );
}
