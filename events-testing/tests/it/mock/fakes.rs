//! Fakes: events that are withheld from their subscribers without an expectation.

use std::sync::{Arc, Mutex};

use events_core::Event;
use events_testing::{EventMock, Events};

#[derive(Event)]
#[event(topic = "faked.a")]
struct A;

#[derive(Event)]
#[event(topic = "faked.b")]
struct B;

#[derive(Event)]
#[event(topic = "faked.borrowed")]
struct Borrowed<'a>(#[expect(dead_code, reason = "the event must borrow")] &'a str);

/// Emits three events and checks which of them are delivered.
fn check(fake: impl FnOnce(&Events), delivered: &[&str]) {
    let events = EventMock::empty();
    let received = Arc::new(Mutex::new(Vec::new()));
    let topics = Arc::clone(&received);
    let handler = move |event: &dyn events_core::AnyEvent| {
        topics
            .lock()
            .expect("no thread panics")
            .push(event.topic().to_owned());
    };
    events
        .registry()
        .on_topic(".*", handler)
        .expect("the pattern is valid")
        .detach();
    fake(&events);

    A.emit();
    B.emit();
    Borrowed("text").emit();
    assert_eq!(*received.lock().expect("no thread panics"), delivered);

    // All events are recorded, delivered or not.
    events.assert_emitted::<A>().times(1);
    events.assert_emitted::<B>().times(1);
    events.assert_emitted::<Borrowed<'_>>().times(1);
}

#[test]
fn fake_all_fake_only_and_fake_except() {
    check(|_| {}, &["faked.a", "faked.b", "faked.borrowed"]);
    check(Events::fake_all, &[]);
    check(Events::fake_only::<A>, &["faked.b", "faked.borrowed"]);
    check(Events::fake_only::<(A,)>, &["faked.b", "faked.borrowed"]);
    check(Events::fake_only::<(A, Borrowed<'_>)>, &["faked.b"]);
    check(Events::fake_except::<A>, &["faked.a"]);
    check(Events::fake_except::<(A, B)>, &["faked.a", "faked.b"]);
}

#[test]
fn a_fake_replaces_the_previous_one_and_expectations_remain() {
    check(
        |events| {
            events.fake_all();
            events.fake_only::<A>();
            events.expect::<B>();
        },
        &["faked.borrowed"],
    );
}

#[test]
fn the_unheard_hook_is_not_called_for_a_faked_event() {
    let events = EventMock::empty();
    let calls = Arc::new(Mutex::new(0));
    let counter = Arc::clone(&calls);
    events
        .registry()
        .set_unheard_hook(move |_| *counter.lock().expect("no thread panics") += 1);
    A.emit();
    events.fake_all();
    A.emit();
    assert_eq!(*calls.lock().expect("no thread panics"), 1);
}
