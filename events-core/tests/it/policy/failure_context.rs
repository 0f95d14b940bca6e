//! A failure has what is known of its emission: topic, origin, id, parent, attempt.

use std::{
    env,
    error::Error,
    fmt,
    num::ParseIntError,
    process::Command,
    sync::{Arc, Mutex, mpsc},
    time::Duration,
};

use events_core::{
    AnyEvent, Emission, Event, EventCopy, Failure, Origin, Registry, args,
    emitting::Args,
    failures::{Cause, Undelivered},
    info::{EmissionId, Location},
};

use super::yield_once;
use crate::block_on;

#[derive(Event, Clone)]
#[event(topic = "policy::order")]
struct Order;

#[derive(Event, Clone)]
#[event(topic = "policy::mail")]
struct Mail;

/// What a subscriber received, newest last: id, parent, and where the event was emitted.
type SeenIds = Vec<(EmissionId, Option<EmissionId>, Option<Location>)>;

#[derive(Clone, Default)]
struct Ids(Arc<Mutex<SeenIds>>);

impl Ids {
    fn note(&self, emission: &Emission) {
        let ids = (emission.id(), emission.parent(), emission.location());
        self.0.lock().expect("not poisoned").push(ids);
    }

    fn last(&self) -> (EmissionId, Option<EmissionId>, Option<Location>) {
        *self.0.lock().expect("not poisoned").last().expect("it ran")
    }
}

/// A registry whose pattern subscriber notes the emissions of all topics.
fn registry() -> (Registry, Ids) {
    let registry = Registry::new();
    let ids = Ids::default();
    let noted = ids.clone();
    registry
        .subscribe_topic(".*", move |_: &dyn AnyEvent, emission: &Emission| {
            noted.note(emission);
        })
        .expect("a pattern")
        .priority(i32::MAX)
        .register()
        .expect("registered")
        .detach();
    (registry, ids)
}

#[track_caller]
fn check(failure: &Failure, topic: &str, origin: Option<&str>, ids: &Ids) {
    assert_eq!(failure.topic(), topic);
    assert_eq!(failure.origin().map(Origin::as_str), origin);
    let (id, parent, location) = ids.last();
    assert_eq!(failure.emission_id(), Some(id));
    assert_eq!(failure.parent(), parent);
    assert_eq!(failure.location(), location);
    assert_eq!(location.map(|location| location.file()), Some(file!()));
    assert_eq!((failure.attempt(), failure.is_final()), (1, true));
}

#[test]
fn of_a_sync_subscriber() {
    let (registry, ids) = registry();
    registry.on(|_: &Order| Err::<(), _>("refused")).detach();
    registry.on(|_: &Order| panic!("lost")).detach();
    let error = registry.try_emit_from(Order, "shop").expect_err("it fails");
    assert_eq!(error.failures().len(), 2);
    for failure in error.failures() {
        check(failure, "policy::order", Some("shop"), &ids);
    }
}

#[test]
fn of_a_nested_emit_with_its_parent() {
    let (registry, ids) = registry();
    registry.on(|_: &Mail| Err::<(), _>("refused")).detach();
    let (inner, noted) = (Arc::new(Mutex::new(None)), ids.clone());
    let seen = Arc::clone(&inner);
    let nested = registry.clone();
    registry
        .on(move |_: &Order| {
            let error = nested.try_emit(Mail).expect_err("it fails");
            check(&error.failures()[0], "policy::mail", None, &noted);
            *seen.lock().expect("not poisoned") = error.failures()[0].parent();
        })
        .detach();
    registry.emit(Order);
    let parent = *inner.lock().expect("not poisoned");
    assert_eq!(parent, Some(ids.0.lock().expect("not poisoned")[0].0));
}

#[test]
fn of_a_named_event() {
    let (registry, ids) = registry();
    registry
        .on_topic("a::b", |_: &dyn AnyEvent| Err::<(), _>("refused"))
        .expect("a pattern")
        .detach();
    let error = registry.try_emit_topic_from("a::b", args! {}, "shop");
    let error = error.expect_err("it fails");
    check(&error.failures()[0], "a::b", Some("shop"), &ids);
    let error = block_on(registry.try_emit_topic_async("a::b", Args::new()));
    let error = error.expect_err("it fails");
    check(&error.failures()[0], "a::b", None, &ids);
}

#[test]
fn of_async_and_awaited_subscribers() {
    let (registry, ids) = registry();
    registry
        .on_async(async |_: &Order| Err::<(), _>("at once"))
        .detach();
    registry
        .on_async(async |_: &Order| {
            yield_once().await;
            Err::<(), _>("later")
        })
        .detach();
    registry
        .on_awaited(async |_: &mut Order| {
            yield_once().await;
            Err::<(), _>("in its place")
        })
        .detach();
    let error = block_on(registry.try_emit_async_from(Order, "shop"));
    let error = error.expect_err("they fail");
    assert_eq!(error.failures().len(), 3);
    for failure in error.failures() {
        check(failure, "policy::order", Some("shop"), &ids);
    }
}

#[test]
fn of_a_subscriber_that_is_not_reached() {
    let (registry, ids) = registry();
    registry.on_async(async |_: &Order| ()).detach();
    let _ = registry.queue().shutdown(Duration::ZERO);
    let error = registry
        .try_emit_from(Order, "shop")
        .expect_err("it is not reached");
    let [failure] = error.failures() else {
        panic!("one subscriber is async");
    };
    assert!(matches!(
        failure.cause(),
        Cause::Undelivered(Undelivered::ShutDown)
    ));
    check(failure, "policy::order", Some("shop"), &ids);
}

#[test]
fn of_a_named_event_that_is_not_reached() {
    let (registry, ids) = registry();
    registry
        .on_topic_deferred("a::b", |_: &EventCopy| panic!("lost"))
        .expect("a pattern")
        .detach();
    let _ = registry.queue().shutdown(Duration::ZERO);
    let error = registry.try_emit_topic_from("a::b", args! {}, "shop");
    let error = error.expect_err("the deferred one runs at once, and fails");
    check(&error.failures()[0], "a::b", Some("shop"), &ids);
}

#[test]
fn a_clone_is_the_same_failure() {
    let (registry, _) = registry();
    registry.on(|_: &Order| Err::<(), _>("refused")).detach();
    let error = registry.try_emit(Order).expect_err("it fails");
    let clone = error.failures()[0].clone();
    drop(error);
    assert_eq!(
        clone.error().map(ToString::to_string).as_deref(),
        Some("refused")
    );
}

#[test]
fn the_place_of_an_enqueued_event_is_unknown_if_no_subscriber_takes_the_emission() {
    let registry = Registry::new();
    let (sender, failures) = mpsc::channel();
    let hook = move |failure: &Failure| _ = sender.send(failure.location().map(|at| at.line()));
    registry.on_failure(hook).detach();
    registry.on(|_: &Order| Err::<(), _>("refused")).detach();
    registry.enqueue(Order).expect("there is room");
    registry.queue().flush();
    let line = line!() + 1;
    registry.emit(Order);
    assert_eq!(failures.try_iter().collect::<Vec<_>>(), [None, Some(line)]);
}

#[test]
fn its_causes_are_the_error_and_its_sources() {
    #[derive(Debug)]
    struct Wrapped(ParseIntError);
    impl fmt::Display for Wrapped {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("the order has no number")
        }
    }
    impl Error for Wrapped {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&self.0)
        }
    }
    let registry = Registry::new();
    registry
        .on(|_: &Order| "x".parse::<u8>().map(drop).map_err(Wrapped))
        .detach();
    registry.on(|_: &Order| panic!("lost")).detach();
    let error = registry.try_emit(Order).expect_err("it fails");
    let causes = |index: usize| {
        let causes = error.failures()[index].causes();
        causes.map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(
        causes(0),
        ["the order has no number", "invalid digit found in string"]
    );
    assert_eq!(causes(1), [""; 0]);
}

/// Its name is in the backtrace of its panic, and in none that is captured once that is caught.
#[inline(never)]
fn lose_the_order() {
    panic!("lost");
}

/// Each value of the variable in a process of its own: the standard library reads it once.
#[test]
fn a_panic_has_its_backtrace_if_the_environment_enables_it() {
    const ENABLED: &str = "EVENTS_CORE_BACKTRACE";
    if let Some(enabled) = env::var_os(ENABLED) {
        let (registry, _) = registry();
        registry.on(|_: &Order| lose_the_order()).detach();
        let error = registry.try_emit(Order).expect_err("it fails");
        let panic = error.failures()[0].panic().expect("it panicked");
        let backtrace = panic.backtrace().map(ToString::to_string);
        assert_eq!(backtrace.is_some(), enabled == "1");
        if let Some(text) = backtrace {
            assert!(text.contains("lose_the_order"), "{text}");
        }
        return;
    }
    for enabled in ["0", "1"] {
        let this = env::current_exe().expect("the path of the test binary is known");
        let test =
            "policy::failure_context::a_panic_has_its_backtrace_if_the_environment_enables_it";
        let child = Command::new(this)
            .args(["--exact", test, "--nocapture"])
            .env(ENABLED, enabled)
            .env("RUST_LIB_BACKTRACE", enabled)
            .output()
            .expect("the test binary can be run");
        let text = String::from_utf8_lossy(&child.stderr);
        assert!(child.status.success(), "{enabled}: {text}");
        let passed = String::from_utf8_lossy(&child.stdout).contains(" 1 passed");
        assert!(passed, "{enabled}: {text}");
    }
}
