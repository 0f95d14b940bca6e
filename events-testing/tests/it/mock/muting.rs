//! Muted events are neither delivered nor counted.

use std::thread;

use events_core::{Event, args, emit_topic};
use events_testing::{EventMock, muted};

use crate::{check, failure};

#[derive(Event, Clone)]
#[event(topic = "muting.saved")]
struct Saved;

#[derive(Event, Clone)]
#[event(topic = "muting.sent")]
struct Sent;

fn subscribe_failing(events: &events_testing::Events) -> events_core::Subscription {
    events
        .registry()
        .on(|_: &Saved| -> Result<(), &str> { Err("the handler was called") })
}

#[test]
fn muted_events_are_neither_delivered_nor_counted() {
    let events = EventMock::empty();
    let _subscription = subscribe_failing(&events);
    muted::<Saved>(|| {
        assert!(Saved.try_emit().is_ok());
        Saved.enqueue().expect("a muted event is not queued");
        Sent.emit()
    });
    events.assert_not_emitted::<Saved>();
    events.assert_emitted::<Sent>().times(1);
    assert!(Saved.try_emit().is_err());
}

#[test]
fn muted_events_do_not_count_for_expectations() {
    check(Some("expected `muting.saved` at least once"), |events| {
        events.expect::<Saved>();
        events.muted::<(Saved, Sent)>(|| Saved.emit());
    });
    check(None, |events| {
        events.expect::<Saved>().never();
        events.muted::<Saved>(|| Saved.emit());
    });
}

#[test]
fn muting_can_be_nested() {
    let events = EventMock::empty();
    events.muted::<Saved>(|| {
        events.muted::<(Saved, Sent)>(|| Saved.emit());
        Saved.emit();
        Sent.emit();
    });
    events.assert_not_emitted::<Saved>();
    events.assert_emitted::<Sent>().times(1);
    Saved.emit();
    events.assert_emitted::<Saved>().times(1);
}

#[test]
fn guards_can_be_dropped_in_any_order() {
    let events = EventMock::empty();
    let first = events.mute::<Saved>();
    let second = events.mute::<Saved>();
    drop(first);
    Saved.emit();
    events.assert_nothing_emitted();
    drop(second);
    Saved.emit();
    events.assert_emitted::<Saved>().times(1);
}

#[test]
fn muting_ends_with_a_panic() {
    let events = EventMock::empty();
    failure(|| muted::<Saved>(|| panic!("{}", "on purpose")));
    Saved.emit();
    events.assert_emitted::<Saved>().times(1);
}

#[test]
fn other_threads_are_not_muted() {
    let events = EventMock::empty();
    events.muted::<Saved>(|| {
        thread::spawn(events.bring(|| Saved.emit()))
            .join()
            .expect("the thread does not panic");
    });
    events.assert_emitted::<Saved>().times(1);
}

#[test]
fn a_report_lists_muted_events() {
    check(
        Some("emitted at events-testing/tests/it/mock/muting.rs:"),
        |events| {
            events.expect::<Saved>();
            events.muted::<Saved>(|| Saved.emit());
        },
    );
    check(Some(", muted"), |events| {
        events.expect::<Saved>();
        events.muted::<Saved>(|| Saved.emit());
        emit_topic("muting.other", args! {});
    });
}
