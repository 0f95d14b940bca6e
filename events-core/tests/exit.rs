//! What is logged when a program ends with events in the queue of the default registry.
//!
//! A binary of its own without a test harness, since the code under test runs when the main thread ends:
//! each case is this program, started again.

#![allow(missing_docs, reason = "the names of the tests say what they are")]
#![allow(clippy::print_stdout, reason = "it replaces a test harness")]

use std::{
    env,
    future::{Future, pending},
    io,
    pin::pin,
    process::{Command, Output},
    sync::Barrier,
    task::{Context, Waker},
    thread,
    time::Duration,
};

use events_core::{Event, registry, subscriber};
use tracing_subscriber::fmt;

/// The environment variable that names the case for the child process.
const CASE: &str = "EVENTS_CORE_EXIT_CASE";

#[derive(Event, Clone)]
struct Placed {
    #[event(secret)]
    card: &'static str,
}

#[derive(Event, Clone)]
struct Paid;

#[subscriber(deferred)]
fn pack(event: &Placed) {
    assert_eq!(event.card, "4711-0815");
}

fn place() {
    Placed { card: "4711-0815" }.emit();
}

fn enqueue_paid() {
    Paid.enqueue().expect("there is room");
}

fn block_on_runtime(future: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.expect("a runtime").block_on(future);
}

/// Spawns an emit whose subscriber does not end.
async fn spawn_paid() {
    registry().on_async(|_: &Paid| pending::<()>()).detach();
    drop(Paid.emit_async().spawn_tokio());
    tokio::task::yield_now().await;
}

/// Starts the logs of the child: warnings, on stderr.
fn log_warnings() {
    fmt()
        .with_writer(io::stderr)
        .with_max_level(tracing::Level::WARN)
        .with_ansi(false)
        .without_time()
        .init();
}

/// A case: its name, what the child does on its main thread, and the texts of the one warning, or none.
type Case = (&'static str, fn(), &'static [&'static str]);

const QUEUED: &str =
    "WARN events_core: the program ends with events in the queue, which are lost; ";
const REMEDY: &str = "call registry().queue().flush() or shutdown(..) at the end of main, or start a worker with \
                      registry().queue().spawn_tokio(..), or spawn_thread() if no handler uses a runtime, and shut \
                      the queue down";

const WITH_A_WORKER: &str =
    "lost; no worker outlives main: call registry().queue().shutdown(..) at the end of main";

const CASES: &[Case] = &[
    (
        "a scan, and two event types",
        || {
            log_warnings();
            events_core::scan();
            place();
            enqueue_paid();
            place();
        },
        &[
            QUEUED,
            REMEDY,
            "events=3",
            "topics=exit::Placed (x2), exit::Paid (x1)",
        ],
    ),
    (
        "scheduled events alone",
        || {
            log_warnings();
            events_core::scan();
            let later = Duration::from_secs(3600);
            drop(Paid.enqueue_after(later).expect("there is room"));
            drop(Paid.enqueue_after(later).expect("there is room"));
        },
        &[
            QUEUED,
            REMEDY,
            "events=0",
            "scheduled=2",
            "topics=exit::Paid (x2)",
        ],
    ),
    (
        "a subscription without a scan",
        || {
            registry().on_async(|_: &Paid| async {}).detach();
            // The warning that no scan has run is not recorded: it precedes the log.
            enqueue_paid();
            log_warnings();
        },
        &[QUEUED, "events=1", "topics=exit::Paid (x1)"],
    ),
    (
        "a record after the scan, for which the log keeps a thread-local",
        || {
            log_warnings();
            events_core::scan();
            tracing::warn!("the thread-local of the log is younger than the scan");
            place();
        },
        &[QUEUED, "topics=exit::Placed (x1)"],
    ),
    (
        "a record before the scan",
        || {
            log_warnings();
            tracing::warn!("the thread-local of the log is older than the scan");
            events_core::scan();
            place();
        },
        &[QUEUED, "topics=exit::Placed (x1)"],
    ),
    (
        "events with an origin, and one in a span",
        || {
            log_warnings();
            events_core::scan();
            Paid.enqueue_from("here").expect("there is room");
            let span = tracing::error_span!("request");
            span.in_scope(enqueue_paid);
        },
        &[QUEUED, "topics=exit::Paid (x2)"],
    ),
    (
        "a worker that is in the middle of another event",
        || {
            static BARRIER: Barrier = Barrier::new(2);
            log_warnings();
            events_core::scan();
            registry()
                .on(|_: &Paid| {
                    BARRIER.wait();
                    BARRIER.wait();
                })
                .detach();
            registry().queue().spawn_thread().detach();
            enqueue_paid();
            enqueue_paid();
            BARRIER.wait();
        },
        &[QUEUED, "topics=exit::Paid (x1)", "workers=1", WITH_A_WORKER],
    ),
    (
        "a worker that has ended",
        || {
            log_warnings();
            events_core::scan();
            registry().queue().spawn_thread().stop();
            place();
        },
        &[QUEUED, "topics=exit::Placed (x1)", REMEDY],
    ),
    (
        "a shutdown that was begun and dropped",
        || {
            log_warnings();
            events_core::scan();
            place();
            place();
            let mut shutdown = pin!(registry().queue().shutdown_async(pending::<()>()));
            let context = &mut Context::from_waker(Waker::noop());
            // The first poll runs one event.
            assert!(shutdown.as_mut().poll(context).is_pending());
        },
        &[QUEUED, "topics=exit::Placed (x1)"],
    ),
    (
        "a flush",
        || {
            log_warnings();
            events_core::scan();
            place();
            assert_eq!(registry().queue().flush().ran(), 1);
        },
        &[],
    ),
    (
        "a shutdown",
        || {
            events_core::scan();
            place();
            let unfinished = registry().queue().shutdown(Duration::ZERO);
            assert_eq!(unfinished.events.len(), 1);
            log_warnings();
        },
        &[],
    ),
    (
        "another thread that ends",
        || {
            log_warnings();
            let thread = thread::spawn(|| {
                events_core::scan();
                place();
            });
            thread.join().expect("nothing panics");
            assert_eq!(registry().queue().flush().ran(), 1);
        },
        &[],
    ),
    (
        "an own registry",
        || {
            let own = events_core::Registry::new();
            own.on_async(|_: &Paid| async {}).detach();
            own.emit(Paid);
            drop(own);
            log_warnings();
        },
        &[],
    ),
    (
        "an exit inside main",
        || {
            log_warnings();
            events_core::scan();
            place();
            std::process::exit(0);
        },
        &[QUEUED, "topics=exit::Placed (x1)"],
    ),
    (
        "an exit while the output of the log is locked",
        || {
            log_warnings();
            events_core::scan();
            place();
            let _lock = io::stderr().lock();
            std::process::exit(0);
        },
        &[],
    ),
    (
        "an exit while an async emit is in progress",
        || {
            log_warnings();
            events_core::scan();
            block_on_runtime(async {
                registry().on_async(|_: &Paid| pending::<()>()).detach();
                let mut emit = pin!(Paid.emit_async());
                let context = &mut Context::from_waker(Waker::noop());
                assert!(emit.as_mut().poll(context).is_pending());
                std::process::exit(0)
            });
        },
        &[],
    ),
    (
        "an exit while a spawned emit is in progress",
        || {
            log_warnings();
            events_core::scan();
            block_on_runtime(async {
                spawn_paid().await;
                std::process::exit(0)
            });
        },
        &[],
    ),
    (
        "the end of a runtime while a spawned emit is in progress",
        || {
            log_warnings();
            events_core::scan();
            block_on_runtime(spawn_paid());
        },
        &[
            "WARN events_core: an async emit was dropped before its end;",
            "topic=\"exit::Paid\" cut_off=\"",
        ],
    ),
    (
        "a log that panics",
        || {
            events_core::scan();
            place();
            fmt()
                .with_writer(|| -> io::Stderr { panic!("the log is broken") })
                .init();
        },
        &[],
    ),
    (
        "no log",
        || {
            events_core::scan();
            place();
        },
        &[],
    ),
];

fn check(&(name, _, texts): &Case) {
    let program = env::current_exe().expect("the path of this program");
    let Output { status, stderr, .. } = Command::new(program)
        .env(CASE, name)
        .output()
        .expect("the child starts");
    let stderr = String::from_utf8(stderr).expect("text");
    assert!(status.success(), "{name}: {status}\n{stderr}");
    let records = stderr
        .lines()
        .filter(|line| line.contains("WARN events_core"));
    let records: Vec<_> = records.collect();
    assert_eq!(
        records.len(),
        usize::from(!texts.is_empty()),
        "{name}\n{stderr}"
    );
    for text in texts {
        assert!(records[0].contains(text), "{name}: no `{text}`\n{stderr}");
    }
    assert!(!stderr.contains("4711-0815"), "{name}\n{stderr}");
}

fn main() {
    if env::args().any(|argument| argument == "--list") {
        return println!("exit: test");
    }
    match env::var(CASE) {
        Err(_) => CASES.iter().for_each(check),
        Ok(name) => {
            let case = CASES.iter().find(|(case, ..)| *case == name);
            let (_, run, _) = case.expect("a case of this name");
            run();
        }
    }
}
