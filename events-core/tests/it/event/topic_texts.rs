//! Topics in texts: a topic that is set at run time is shown on one line, without control characters, and cut.

use std::sync::{Arc, Mutex};

use events_core::{AnyEvent, Emission, Event, Registry, args, subscriber};

/// A subscriber to all topics, which fails.
fn failing() -> Registry {
    let registry = Registry::new();
    let handler = |_: &dyn AnyEvent| Err::<(), _>("no");
    let subscription = registry.on_topic(".*|(?s:.*)", handler);
    subscription.expect("it is a pattern").detach();
    registry
}

/// The text that a handler of all topics makes of the event and its emission.
fn text_of(topic: &str, text: fn(&dyn AnyEvent, &Emission) -> String) -> String {
    let registry = Registry::new();
    let texts = Arc::new(Mutex::new(String::new()));
    let writes = Arc::clone(&texts);
    let handler = move |event: &dyn AnyEvent, emission: &Emission| {
        *writes.lock().expect("the lock is not poisoned") = text(event, emission);
    };
    let subscription = registry.on_topic("(?s:.*)", handler);
    subscription.expect("it is a pattern").detach();
    registry.emit_topic(topic, args! {});
    texts.lock().expect("the lock is not poisoned").clone()
}

/// The text of an emit that fails.
fn error_of(
    topic: &str,
    text: fn(events_core::EmitError<events_core::emitting::Args>) -> String,
) -> String {
    let error = failing().try_emit_topic(topic, args! {});
    text(error.expect_err("its subscriber fails"))
}

#[derive(Event, Clone)]
#[event(topic = "static\n\u{1b}[31m\u{202e}topic")]
struct Static;

#[subscriber(origin = "an\n\u{1b}[31m\u{202e}origin")]
fn of_an_origin(_: &Static) {}

/// A name, and how its text is made.
type Row<F> = (&'static str, F);

/// The text that shows a topic.
type TextOf = fn(&str) -> String;

/// Each text that shows a topic that was set at run time.
const TEXTS: &[Row<TextOf>] = &[
    ("Display of an error", |topic| {
        error_of(topic, |error| error.to_string())
    }),
    ("Debug of an error", |topic| {
        error_of(topic, |error| format!("{error:?}"))
    }),
    ("Debug of a failure", |topic| {
        error_of(topic, |error| format!("{:?}", error.failures()[0]))
    }),
    ("Debug of a subscriber", |topic| {
        error_of(topic, |error| {
            format!("{:?}", error.failures()[0].subscriber())
        })
    }),
    ("Debug of any event", |topic| {
        text_of(topic, |event, _| format!("{event:?}"))
    }),
    ("Debug of an emission", |topic| {
        text_of(topic, |_, emission| format!("{emission:?}"))
    }),
];

/// Each text that shows the topic of `Static`.
const STATIC_TEXTS: &[Row<fn() -> String>] = &[
    ("a queue that is shut down", || {
        let registry = Registry::new();
        drop(registry.queue().shutdown(std::time::Duration::ZERO));
        let error = registry.enqueue(Static).expect_err("it is shut down");
        format!("{error} {error:?}")
    }),
    ("what a shutdown leaves", || {
        let registry = Registry::new();
        registry.enqueue(Static).expect("there is room");
        let left = registry.queue().shutdown(std::time::Duration::ZERO);
        format!("{left} {left:?}")
    }),
    ("a chain of nested emits", || {
        let registry = Registry::new();
        registry.set_depth_limit(1);
        let text = Arc::new(Mutex::new(String::new()));
        let (inner, writes) = (registry.clone(), Arc::clone(&text));
        let nests = move |_: &Static| {
            let error = inner.try_emit(Static).expect_err("it is too deep");
            *writes.lock().expect("the lock is not poisoned") = format!("{error} {error:?}");
        };
        registry.on(nests).detach();
        registry.emit(Static);
        text.lock().expect("the lock is not poisoned").clone()
    }),
    ("a subscriber with an id", || {
        let registry = Registry::new();
        let new = registry.subscribe(|_: &Static| Err::<(), _>("no"));
        let new = new.id("an\n\u{1b}[31m\u{202e}id");
        new.register().expect("the id is free").detach();
        let error = registry.try_emit(Static).expect_err("its subscriber fails");
        let subscriber = error.failures()[0].subscriber();
        format!("{error} {error:?} {subscriber} {subscriber:?}")
    }),
    ("the report of a scan", || {
        let registry = Registry::new();
        let report = registry.scanner().module(module_path!()).run();
        report.to_string()
    }),
    ("an id that is in use", || {
        let registry = Registry::new();
        let new = || {
            registry
                .subscribe(|_: &Static| {})
                .id("an\n\u{1b}[31m\u{202e}id")
        };
        new().register().expect("the id is free").detach();
        let error = new().register().expect_err("the id is in use");
        format!("{error} {error:?}")
    }),
    ("an unknown target that is no name", || {
        let registry = Registry::new();
        let new = registry
            .subscribe(|_: &Static| {})
            .after("an\n\u{1b}[31m\u{202e}id");
        let error = new.register().expect_err("there is no such subscriber");
        format!("{error} {error:?}")
    }),
    ("an unknown target", || {
        let registry = Registry::new();
        let new = registry.subscribe(|_: &Static| {}).after("nothing");
        let error = new.register().expect_err("there is no such subscriber");
        format!("{error} {error:?}")
    }),
];

/// Whether the text has only the line breaks that separate its own parts.
fn check(name: &str, text: &str) {
    let is_clean = |line: &str| !line.chars().any(|c| c.is_control() || c == '\u{202e}');
    assert!(text.lines().all(is_clean), "{name}: {text:?}");
    let breaks_topic = text.lines().any(|line| line.starts_with("[31m"));
    assert!(!breaks_topic, "{name}: {text:?}");
    assert!(!text.is_empty(), "{name}");
    assert!(text.len() < 2000, "{name}: {} bytes", text.len());
}

#[test]
fn a_topic_is_shown_without_control_characters() {
    for (name, text) in TEXTS {
        for topic in [
            "a\u{1b}\u{1b}",
            "a\n[31m",
            "a\r\n[31m",
            "a\u{85}",
            "a\u{202e}b",
        ] {
            check(name, &text(topic));
        }
        assert!(text("a.topic::b_c").contains("a.topic::b_c"), "{name}");
    }
    for (name, text) in STATIC_TEXTS {
        check(name, &text());
    }
}

#[test]
fn a_long_topic_is_cut() {
    for (name, text) in TEXTS {
        let text = text(&"long".repeat(25_000));
        check(name, &text);
        assert!(text.contains("longlong"), "{name}");
    }
}
