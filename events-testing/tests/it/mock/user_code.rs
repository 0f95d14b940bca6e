//! No code of the user runs while the mock is locked: whatever a `Clone`, a `Drop`, a `matching` or a writer
//! does with the mock, it returns.

use std::{
    fmt::{self, Write as _},
    panic::panic_any,
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::Duration,
};

use events_core::Event;
use events_testing::{EventMock, Events, current};

use crate::{failed_expectations, failure};

#[derive(Event, Clone)]
#[event(topic = "user_code.inner")]
struct Inner;

/// Emits an event, and reads the mock.
fn uses_the_mock() {
    Inner.emit();
    assert!(!current().emitted::<Inner>().is_empty());
}

/// An event whose `Clone` uses the mock.
#[derive(Event)]
#[event(topic = "user_code.cloned")]
struct Cloned;

impl Clone for Cloned {
    fn clone(&self) -> Self {
        uses_the_mock();
        Self
    }
}

/// An event whose `Drop` uses the mock, and which can be cloned as often as it says.
#[derive(Event)]
#[event(topic = "user_code.dropped")]
struct Dropped {
    clones: u32,
}

impl Clone for Dropped {
    fn clone(&self) -> Self {
        assert!(self.clones > 0, "the clone panics");
        let clones = self.clones - 1;
        Self { clones }
    }
}

impl Drop for Dropped {
    fn drop(&mut self) {
        Inner.emit();
    }
}

struct UsesOnDrop;

impl Drop for UsesOnDrop {
    fn drop(&mut self) {
        Inner.emit();
    }
}

struct Writer;

impl fmt::Write for Writer {
    fn write_str(&mut self, _: &str) -> fmt::Result {
        uses_the_mock();
        Ok(())
    }
}

/// Calls `body` with a mock on another thread, and fails when it does not return.
fn check(way: &str, body: fn(&Events)) {
    let (done, is_done) = mpsc::channel();
    let thread = thread::spawn(move || {
        let events = EventMock::empty();
        body(&events);
        drop(events);
        done.send(()).expect("the test still receives");
    });
    // The only limit of time: without it, a deadlock would not fail the test, but never end it.
    match is_done.recv_timeout(Duration::from_secs(30)) {
        Err(RecvTimeoutError::Timeout) => panic!("{way}: the mock is locked while user code runs"),
        Ok(()) | Err(RecvTimeoutError::Disconnected) => {
            assert!(thread.join().is_ok(), "{way}: the thread panics");
        }
    }
}

#[test]
fn clone_in_emitted() {
    check("`Clone` that emits", |events| {
        Cloned.emit();
        assert_eq!(events.emitted::<Cloned>().len(), 1);
    });
    check("`Drop` of clones, when the next one panics", |events| {
        Dropped { clones: 2 }.emit();
        Dropped { clones: 1 }.emit();
        failure(|| drop(events.emitted::<Dropped>()));
    });
    check("`Drop` of clones, when the next one is missing", |events| {
        Dropped { clones: 2 }.emit();
        Dropped { clones: 0 }.emit();
        failure(|| drop(events.emitted::<Dropped>()));
    });
}

#[test]
fn texts_of_an_expectation() {
    check("a writer that emits", |events| {
        let expectation = events.expect::<Cloned>().never();
        write!(Writer, "{expectation:?}").expect("the writer does not fail");
        write!(Writer, "{events:?}").expect("the writer does not fail");
    });
}

#[test]
fn matching_and_its_captured_values() {
    check("`matching` that emits", |events| {
        let uses = |_: &Cloned| {
            uses_the_mock();
            true
        };
        events.expect::<Cloned>().matching(uses);
        Cloned.emit();
    });
    check("`Drop` of a `matching` that is refused", |events| {
        let uses = UsesOnDrop;
        let expectation = events.expect::<Cloned>().matching(move |_| {
            let _captured = &uses;
            true
        });
        failure(|| drop(expectation.matching(|_| true)));
        Cloned.emit();
    });
}

#[test]
fn values_that_the_mock_discards() {
    check("`clear`", |events| {
        Dropped { clones: 1 }.emit();
        events.clear();
    });
    check("the end of the mock", |_| {
        Dropped { clones: 1 }.emit();
    });
    check("an event after the end of the mock", |events| {
        let mock = EventMock::empty();
        let late = mock.bring(|| drop(Dropped { clones: 1 }.emit()));
        drop(mock);
        late();
        events.assert_nothing_emitted();
    });
}

/// An event whose `Clone` emits it again, without an end.
#[derive(Event)]
#[event(topic = "user_code.endless")]
struct Endless;

impl Clone for Endless {
    fn clone(&self) -> Self {
        Self.emit();
        Self
    }
}

#[test]
fn chains_without_an_end() {
    check("`Clone` that emits its own event", |events| {
        Endless.emit();
        events.assert_emitted::<Endless>();
        let text = failure(|| drop(events.emitted::<Endless>()));
        assert!(text.contains("could not be cloned"), "{text}");
    });
    check("`matching` that emits its own event", |_| {
        let text = failed_expectations(|events| {
            let emits = |_: &Inner| {
                Inner.emit();
                true
            };
            events.expect::<Inner>().matching(emits);
            Inner.emit();
        });
        let text = text.expect("the test fails");
        assert!(text.contains("let the chain of events end"), "{text}");
    });
}

/// The payload of a panic, whose destructor panics as well.
struct PanicsOnDrop;

impl Drop for PanicsOnDrop {
    fn drop(&mut self) {
        panic!("in the destructor of a payload");
    }
}

#[derive(Event)]
#[event(topic = "user_code.panicking")]
struct Panicking;

impl Clone for Panicking {
    fn clone(&self) -> Self {
        panic_any(PanicsOnDrop);
    }
}

#[test]
fn panics_whose_payload_panics() {
    check("`Clone`", |events| {
        Panicking.emit();
        events.assert_emitted::<Panicking>().times(1);
    });
    check("`matching`", |_| {
        let text = failed_expectations(|events| {
            let panics = |_: &Inner| panic_any(PanicsOnDrop);
            events.expect::<Inner>().matching(panics);
            Inner.emit();
        });
        let text = text.expect("the test fails");
        assert!(text.contains("a payload that is not a string"), "{text}");
    });
}
