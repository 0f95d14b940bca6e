//! A subscriber that fails or panics under a mock fails the test.

use std::thread;

use events_core::{AnyEvent, Event, Registry, args, emit_topic};
use events_testing::{EventMock, Events};

use super::{check, failed_expectations};

#[derive(Event, Clone)]
#[event(topic = "failing.saved")]
struct Saved;

#[derive(Event, Clone)]
#[event(topic = "failing.queued")]
struct Queued;

fn fail<E>(_: &E) -> Result<(), &'static str> {
    Err("the disk is full")
}

fn panic<E>(_: &E) {
    panic!("the disk is on fire");
}

fn panic_by_topic(_: &dyn AnyEvent) {
    panic!("the disk is on fire");
}

async fn fail_later(_: &Queued) -> Result<(), &'static str> {
    Err("the disk is full")
}

/// Subscribes a handler that fails, in each way in which a handler may run.
fn subscribe(events: &Events) {
    let registry = events.registry();
    registry.on(fail::<Saved>).detach();
    registry.on_async(|_: &Queued| fail_later(&Queued)).detach();
    registry
        .on_topic("failing\\.topic", panic_by_topic)
        .expect("the pattern is valid")
        .detach();
}

type Emits = fn(&Events);

#[test]
fn a_failure_that_is_only_logged_fails_the_test() {
    let ways: [(&str, Emits); 9] = [
        ("emit", |_| _ = Saved.emit()),
        ("emit_mut", |_| events_core::emit_mut(&mut Saved)),
        ("emit on the registry", |events| {
            let outside = Registry::new().enter();
            events.registry().emit(Saved);
            drop(outside);
        }),
        ("emit_topic", |_| {
            emit_topic("failing.topic", args! {});
        }),
        ("emit_async, a sync handler", |_| {
            smol::block_on(Saved.emit_async());
        }),
        ("emit_async, an async handler", |_| {
            smol::block_on(Queued.emit_async());
        }),
        ("emit and settle", |events| {
            Queued.emit();
            events.settle();
        }),
        ("enqueue and settle", |events| {
            Saved.enqueue().expect("the queue has room");
            events.settle();
        }),
        ("a worker", |events| {
            let worker = events.registry().queue().spawn_thread();
            Queued.enqueue().expect("the queue has room");
            events.settle();
            worker.stop();
        }),
    ];
    for (way, emits) in ways {
        let text = failed_expectations(|events| {
            subscribe(events);
            emits(events);
        });
        let text = text.unwrap_or_else(|| panic!("{way}: the test passes"));
        assert!(
            text.starts_with("a subscriber failed, and the test does not expect it\n"),
            "{way}: {text}"
        );
        assert!(text.contains("the disk is "), "{way}: {text}");
        assert!(text.contains("expect_failure"), "{way}: {text}");
    }
}

#[test]
fn a_panic_fails_the_test() {
    check(Some("the disk is on fire"), |events| {
        events.registry().on(panic::<Saved>).detach();
        Saved.emit();
    });
}

#[test]
fn each_failure_is_listed_with_its_subscriber_its_line_and_its_event() {
    let text = failed_expectations(|events| {
        events.registry().on(fail::<Saved>).detach();
        let panics = events.registry().subscribe(panic::<Queued>).id("till");
        panics.register().expect("the id is free").detach();
        events.expect::<Saved>().never().matching(|_| false);
        Saved.emit();
        Queued.emit();
    });
    let text = text.expect("the test fails");
    for part in [
        "2 failures of subscribers are not expected\n",
        "fail<",
        "returned an error: the disk is full",
        "with `failing.saved`",
        "till (events-testing/tests/it/subscriber_failures.rs:",
        "with `failing.queued`",
        "emitted, in order:\n",
    ] {
        assert!(text.contains(part), "`{part}` is not in: {text}");
    }
}

/// The code that emits has these failures as a result, and may handle them.
#[test]
fn a_failure_that_is_returned_to_the_code_does_not_fail_the_test() {
    check(None, |events| {
        subscribe(events);
        assert!(Saved.try_emit().is_err());
        assert!(smol::block_on(Queued.try_emit_async()).is_err());
        assert!(
            events
                .registry()
                .try_emit_topic("failing.topic", args! {})
                .is_err()
        );
    });
}

#[test]
fn a_failure_outside_of_the_mock_does_not_fail_the_test() {
    check(None, |events| {
        let other = Registry::new();
        other.on(fail::<Saved>).detach();
        other.emit(Saved);
        subscribe(events);
        let emits = move || drop(other.emit(Saved));
        thread::spawn(emits)
            .join()
            .expect("the thread does not panic");
    });
    let events = EventMock::empty();
    subscribe(&events);
    let late = events.bring(|| drop(Saved.emit()));
    events.verify();
    late();
}
