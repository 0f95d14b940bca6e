//! Section 3: an event that is emitted or enqueued before any scan causes one warning. A binary of its own, because
//! nothing in it may scan. The warning is logged once in a process, so each case is this program, started again.

#![allow(missing_docs, reason = "the names of the tests say what they are")]

use std::{
    env,
    fmt::Debug,
    process::{Command, Output},
    sync::{Arc, Mutex},
    task::{Context, Poll, Waker},
};

use events_core::{Event, Registry, registry, subscriber};
use tracing::{
    Level, Metadata, Subscriber,
    field::{Field, Visit},
    span,
};

/// The environment variable that names the case for the child process.
const CASE: &str = "EVENTS_CORE_UNSCANNED_CASE";

#[derive(Event, Clone)]
struct Early(u32);

#[subscriber]
fn never(event: &mut Early) {
    event.0 += 1;
}

const EMITTED: &str = "an event was emitted before any scan: none of the linked subscribers runs; \
                       call events_core::scan() first thing in main";

const ENQUEUED: &str = "an event was enqueued before any scan: none of the linked subscribers runs unless a scan \
                        comes before its flush or worker; call events_core::scan() first thing in main";

/// A case: its name, what emits or enqueues an event of value 1, and the warning. A case that has the event afterwards
/// asserts its value, which the run-time subscription raises to 11.
type Case = (&'static str, fn(), &'static str);

const CASES: &[Case] = &[
    ("emit", || assert_eq!(Early(1).emit().0, 11), EMITTED),
    (
        "emit on the registry",
        || assert_eq!(registry().emit(Early(1)).0, 11),
        EMITTED,
    ),
    (
        "try_emit",
        || {
            let event = Early(1).try_emit().expect("no handler fails");
            assert_eq!(event.0, 11);
        },
        EMITTED,
    ),
    (
        "emit_async",
        || {
            let mut future = std::pin::pin!(Early(1).emit_async());
            let context = &mut Context::from_waker(Waker::noop());
            let Poll::Ready(event) = future.as_mut().poll(context) else {
                panic!("no handler waits")
            };
            assert_eq!(event.0, 11);
        },
        EMITTED,
    ),
    (
        "enqueue",
        || Early(1).enqueue().expect("there is room"),
        ENQUEUED,
    ),
    (
        "enqueue on the registry",
        || registry().enqueue(Early(1)).expect("there is room"),
        ENQUEUED,
    ),
    (
        "enqueue_from",
        || Early(1).enqueue_from("here").expect("there is room"),
        ENQUEUED,
    ),
];

/// Records the warnings.
#[derive(Clone, Default)]
struct Warnings(Arc<Mutex<Vec<String>>>);

impl Warnings {
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().expect("the lock is not poisoned"))
    }
}

/// The message of a record.
struct Text(String);

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            self.0.push_str(&format!("{value:?}"));
        }
    }
}

impl Subscriber for Warnings {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= Level::WARN
    }

    fn max_level_hint(&self) -> Option<tracing::level_filters::LevelFilter> {
        Some(tracing::level_filters::LevelFilter::WARN)
    }

    fn event(&self, event: &tracing::Event<'_>) {
        let mut text = Text(String::new());
        event.record(&mut text);
        self.0
            .lock()
            .expect("the lock is not poisoned")
            .push(text.0);
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

/// Runs a case in the child process.
fn run(&(_, call, warning): &Case) {
    let warnings = Warnings::default();
    tracing::subscriber::with_default(warnings.clone(), || {
        // A registry that the program creates needs no scan.
        assert_eq!(Registry::new().emit(Early(1)).0, 1);
        Registry::new().enqueue(Early(1)).expect("there is room");
        let of_the_drop = "a registry is dropped with events in its queue";
        assert!(
            warnings
                .take()
                .iter()
                .all(|text| text.starts_with(of_the_drop))
        );

        // The default registry does, even if it has a run-time subscription.
        let _on = registry().on(|event: &mut Early| event.0 += 10);
        call();
        assert_eq!(warnings.take(), [warning]);
        call();
        for (_, other, _) in CASES {
            other();
        }
        registry().queue().flush();
        assert_eq!(warnings.take(), [""; 0]);
    });
}

/// A child process runs one case as its only test.
#[test]
fn an_event_that_is_emitted_or_enqueued_before_any_scan_warns_once() {
    if let Ok(name) = env::var(CASE) {
        let case = CASES.iter().find(|(case, ..)| *case == name);
        return run(case.expect("a case of this name"));
    }
    for (name, ..) in CASES {
        let program = env::current_exe().expect("the path of this program");
        let Output {
            status,
            stdout,
            stderr,
        } = Command::new(program)
            .env(CASE, name)
            .arg("--nocapture")
            .output()
            .expect("the child starts");
        let text = [stdout, stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
        assert!(status.success(), "{name}\n{}", text.concat());
    }
}
