//! Section 4: errors and panics of handlers are contained and reported.

use std::{
    error::Error,
    fmt,
    panic::panic_any,
    sync::atomic::{AtomicUsize, Ordering},
};

use events_core::{
    Event, Registry, Subscription,
    failures::{BoxError, Cause},
    subscriber, subscribers,
};

#[derive(Event, Debug, Default)]
struct Work(Vec<usize>);

#[derive(Debug)]
struct Refused(Option<Box<Self>>);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() {
            "card refused"
        } else {
            "no cover"
        })
    }
}

impl Error for Refused {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.as_deref().map(|source| source as _)
    }
}

/// How a handler fails.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fail {
    Error,
    ErrorWhoseDisplayPanics,
    ErrorWhoseSourcePanics,
    ErrorWhoseDropPanics,
    Panic,
    PanicWithFormat,
    PanicWithAny,
    PanicWhosePayloadPanicsInDrop,
}

struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic_any(Bomb);
    }
}

struct Nasty(Fail);

impl fmt::Debug for Nasty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Nasty")
    }
}

impl fmt::Display for Nasty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        assert_ne!(self.0, Fail::ErrorWhoseDisplayPanics, "in Display");
        f.write_str("nasty")
    }
}

impl Error for Nasty {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        assert_ne!(self.0, Fail::ErrorWhoseSourcePanics, "in source");
        None
    }
}

impl Drop for Nasty {
    fn drop(&mut self) {
        assert_ne!(self.0, Fail::ErrorWhoseDropPanics, "in Drop");
    }
}

fn fail(how: Fail) -> Result<(), BoxError> {
    match how {
        Fail::Error => Err(Refused(Some(Box::new(Refused(None)))))?,
        Fail::ErrorWhoseDisplayPanics
        | Fail::ErrorWhoseSourcePanics
        | Fail::ErrorWhoseDropPanics => {
            Err(Nasty(how))?;
        }
        Fail::Panic => panic!("out of paper"),
        Fail::PanicWithFormat => panic!("out of {}", "ink"),
        Fail::PanicWithAny => panic_any(7),
        Fail::PanicWhosePayloadPanicsInDrop => panic_any(Bomb),
    }
    Ok(())
}

/// Checks that one failing handler among others is reported, and that all of them run in order.
fn check(how: Fail, expected: &str) {
    for (count, failing) in [
        (1, 0),
        (3, 0),
        (3, 1),
        (3, 2),
        (40, 0),
        (40, 15),
        (40, 16),
        (40, 39),
    ] {
        let registry = Registry::new();
        let _all: Vec<Subscription> = (0..count)
            .map(|index| {
                let handler = move |event: &mut Work| {
                    event.0.push(index);
                    if index == failing { fail(how) } else { Ok(()) }
                };
                let subscription = registry.subscribe(handler).id(format!("handler {index}"));
                subscription.register().expect("each has its id")
            })
            .collect();
        let all: Vec<usize> = (0..count).collect();
        assert_eq!(registry.emit(Work::default()).0, all, "{how:?}");

        let error = registry
            .try_emit(Work::default())
            .expect_err("one handler fails");
        assert_eq!(error.event().0, all, "{how:?}");
        assert_eq!(error.ran(), count);
        let [failure] = error.failures() else {
            panic!("{how:?}: {error}")
        };
        assert_eq!(failure.subscriber().name, format!("handler {failing}"));
        assert_eq!(failure.subscriber().topic, "it::emit::failures::Work");
        assert_eq!(without_location(failure.cause()), expected, "{how:?}");
        assert_eq!(
            failure.error().is_some(),
            matches!(failure.cause(), Cause::Error(_))
        );
    }
}

/// The text of the cause, with `here` for a location in this file.
fn without_location(cause: &Cause) -> String {
    let text = cause.to_string();
    match text.split_once(concat!(file!(), ":")) {
        Some((before, location)) => {
            let after = location.trim_start_matches(|c: char| c.is_ascii_digit() || c == ':');
            format!("{before}here:{after}")
        }
        None => text,
    }
}

#[test]
fn a_failing_handler_does_not_stop_the_others() {
    check(
        Fail::Error,
        "returned an error: card refused, caused by: no cover",
    );
    check(Fail::Panic, "panicked at here: out of paper");
    check(Fail::PanicWithFormat, "panicked at here: out of ink");
}

#[test]
fn panics_of_an_error_value_are_contained() {
    check(
        Fail::ErrorWhoseDisplayPanics,
        "returned an error: [its Display panicked]",
    );
    check(Fail::ErrorWhoseSourcePanics, "returned an error: nasty");
    check(Fail::ErrorWhoseDropPanics, "returned an error: nasty");
}

#[test]
fn panic_payloads_without_a_text_or_with_a_panicking_drop_are_contained() {
    let expected = "panicked at here: [a payload that is not text]";
    check(Fail::PanicWithAny, expected);
    check(Fail::PanicWhosePayloadPanicsInDrop, expected);
}

#[test]
fn a_panic_in_when_is_a_failure_of_its_subscriber() {
    let registry = Registry::new();
    let _panics = registry
        .subscribe(|event: &mut Work| event.0.push(1))
        .when(|_| panic!("in when"))
        .id("picky")
        .register();
    let _runs = registry.on(|event: &mut Work| event.0.push(2));
    let error = registry
        .try_emit(Work::default())
        .expect_err("`when` panics");
    assert_eq!(error.event().0, [2]);
    assert_eq!(error.failures()[0].subscriber().name, "picky");
    assert_eq!(
        error.failures()[0].panic().expect("it panicked").message(),
        "in when"
    );
}

#[subscriber(when = |_: &Work| panic!("in when"))]
fn picky(event: &mut Work) {
    event.0.push(1);
}

#[subscriber]
fn plain(event: &mut Work) {
    event.0.push(2);
}

#[test]
fn a_panic_in_when_of_an_attribute_is_a_failure_of_its_subscriber() {
    let registry = Registry::with(subscribers![picky, plain]);
    assert_eq!(registry.emit(Work::default()).0, [2]);
    let error = registry
        .try_emit(Work::default())
        .expect_err("`when` panics");
    assert_eq!(
        error.failures()[0].subscriber().name,
        "it::emit::failures::picky"
    );
    assert_eq!((error.failures().len(), error.ran()), (1, 2));
}

#[test]
fn try_emit_returns_every_failure_in_running_order() {
    let registry = Registry::new();
    let fails = |id: &str, priority, how| {
        let handler = move |_: &Work| fail(how);
        registry
            .subscribe(handler)
            .priority(priority)
            .id(id)
            .register()
    };
    let _all = [
        fails("c", 1, Fail::Error),
        fails("a", 3, Fail::Panic),
        fails("b", 2, Fail::PanicWithAny),
    ]
    .map(|subscription| subscription.expect("no options clash"));
    let error = registry
        .try_emit(Work::default())
        .expect_err("three handlers fail");
    let text = error.to_string();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(
        lines[0],
        "3 of the 3 subscribers of `it::emit::failures::Work` that ran failed"
    );
    let starts = [
        concat!("  1. a (", file!(), ":"),
        concat!("  2. b (", file!(), ":"),
        concat!("  3. c (", file!(), ":"),
    ];
    for (line, start) in lines[1..].iter().zip(starts) {
        assert!(line.starts_with(start), "{line}");
    }
    assert!(
        lines[3].ends_with("returned an error: card refused, caused by: no cover"),
        "{text}"
    );
}

#[test]
fn the_location_of_a_caught_panic_is_not_reported_for_a_later_one() {
    let registry = Registry::new();
    let _own = registry.on(|_: &Work| {
        let caught = std::panic::catch_unwind(|| panic!("mine"));
        assert!(caught.is_err());
    });
    let _resumed = registry.on(|_: &Work| -> () { std::panic::resume_unwind(Box::new("resumed")) });
    let error = registry
        .try_emit(Work::default())
        .expect_err("a handler panics");
    assert_eq!(error.failures()[0].cause().to_string(), "panicked: resumed");
}

#[test]
fn an_endless_chain_of_error_sources_is_truncated() {
    static SHOWN: AtomicUsize = AtomicUsize::new(0);
    #[derive(Debug)]
    struct Loop;
    impl fmt::Display for Loop {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            // Each time another text: a source that ends the text already is not repeated.
            write!(f, "again {}", SHOWN.fetch_add(1, Ordering::Relaxed))
        }
    }
    impl Error for Loop {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&Self)
        }
    }
    let registry = Registry::new();
    let _loops = registry.on(|_: &Work| Err::<(), _>(Loop));
    let error = registry
        .try_emit(Work::default())
        .expect_err("a handler fails");
    assert_eq!(error.to_string().matches("again").count(), 33);
}

#[test]
fn a_panic_in_the_drop_of_a_closure_does_not_reach_the_emitter() {
    struct PanicsInDrop;
    impl Drop for PanicsInDrop {
        fn drop(&mut self) {
            panic!("in Drop of a closure");
        }
    }
    let registry = Registry::new();
    let own = std::sync::Arc::new(std::sync::Mutex::new(None::<Subscription>));
    let inside = std::sync::Arc::clone(&own);
    let captured = PanicsInDrop;
    *own.lock().expect("the lock is not poisoned") = Some(registry.on(move |event: &mut Work| {
        let _ = &captured;
        drop(inside.lock().expect("the lock is not poisoned").take());
        event.0.push(1);
    }));
    assert_eq!(registry.emit(Work::default()).0, [1]);
}
