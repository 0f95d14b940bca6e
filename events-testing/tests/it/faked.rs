//! Fakes: events that are kept from their subscribers though nobody expects them.

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
struct Borrowed<'a>(#[expect(dead_code, reason = "it is there to borrow")] &'a str);

/// Which of the three events are delivered, all of which are emitted.
fn check(fake: impl FnOnce(&Events), delivered: &[&str]) {
    let events = EventMock::empty();
    let heard = Arc::new(Mutex::new(Vec::new()));
    let topics = Arc::clone(&heard);
    let hear = move |event: &dyn events_core::AnyEvent| {
        topics
            .lock()
            .expect("nobody panics")
            .push(event.topic().to_owned());
    };
    events
        .registry()
        .on_topic(".*", hear)
        .expect("it is a pattern")
        .detach();
    fake(&events);

    A.emit();
    B.emit();
    Borrowed("text").emit();
    assert_eq!(*heard.lock().expect("nobody panics"), delivered);

    // Delivered or not, all are recorded.
    events.assert_emitted::<A>().times(1);
    events.assert_emitted::<B>().times(1);
    events.assert_emitted::<Borrowed<'_>>().times(1);
}

#[test]
fn fakes() {
    check(|_| {}, &["faked.a", "faked.b", "faked.borrowed"]);
    check(Events::fake_all, &[]);
    check(Events::fake_only::<A>, &["faked.b", "faked.borrowed"]);
    check(Events::fake_only::<(A,)>, &["faked.b", "faked.borrowed"]);
    check(Events::fake_only::<(A, Borrowed<'_>)>, &["faked.b"]);
    check(Events::fake_except::<A>, &["faked.a"]);
    check(Events::fake_except::<(A, B)>, &["faked.a", "faked.b"]);
}

#[test]
fn the_last_fake_holds_and_expectations_hold_beside_it() {
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
fn a_faked_event_is_not_unheard() {
    let events = EventMock::empty();
    let unheard = Arc::new(Mutex::new(0));
    let count = Arc::clone(&unheard);
    events
        .registry()
        .set_unheard_hook(move |_| *count.lock().expect("nobody panics") += 1);
    A.emit();
    events.fake_all();
    A.emit();
    assert_eq!(*unheard.lock().expect("nobody panics"), 1);
}
