//! Options that restrict an expectation after it has counted events. These events were withheld from their
//! subscribers already, so such an option is refused.

use std::sync::{Arc, Mutex};

use events_core::{Event, args, emit_topic};
use events_testing::{EventMock, Events, Expectation};

use super::{check, failure};

#[derive(Event)]
#[event(topic = "late.saved")]
struct Saved {
    number: u32,
}

#[derive(Event)]
#[event(topic = "late.named")]
struct Named<'a> {
    name: &'a str,
}

/// Checks that an option is refused when an event was emitted after the expectation, and accepted when it was
/// discarded again.
#[track_caller]
fn refused<E>(
    option: &str,
    expect: impl Fn(&Events) -> Expectation<E>,
    emit: impl Fn(),
    restrict: impl Fn(Expectation<E>),
) {
    let events = EventMock::empty();
    let expectation = expect(&events);
    emit();
    let text = failure(|| restrict(expectation));
    let expected = format!("`{option}` is too late: ");
    assert!(text.starts_with(&expected), "{text}");
    assert!(text.contains("was already emitted once, as\n"), "{text}");
    assert!(
        text.contains("at events-testing/tests/it/late_options.rs:"),
        "{text}"
    );
    events.clear();
    let expectation = expect(&events);
    emit();
    events.clear();
    restrict(expectation);
    failure(|| events.verify());
}

#[test]
fn an_option_that_restricts_an_expectation_after_an_event_is_refused() {
    let saved = || _ = Saved { number: 8 }.emit();
    refused("matching", Events::expect::<Saved>, saved, |saved| {
        saved.matching(|event| event.number == 7);
    });
    refused("from", Events::expect::<Saved>, saved, |saved| {
        drop(saved.from("shop"));
    });
    refused(
        "from",
        |events| events.expect::<Saved>().matching(|event| event.number == 7),
        saved,
        |saved| drop(saved.from("shop")),
    );
    refused(
        "matching",
        |events| events.expect::<Saved>().from("shop"),
        saved,
        |saved| {
            saved.matching(|event| event.number == 7);
        },
    );
    refused(
        "matching",
        |events| events.expect_topic("late::.*"),
        || _ = emit_topic("late::any", args! {}),
        |any| {
            any.matching(|_| true);
        },
    );
    refused(
        "matching",
        Events::expect::<Named<'_>>,
        || _ = Named { name: "ada" }.emit(),
        |named| {
            named.matching_borrowed(|event| event.name == "ada");
        },
    );
}

#[test]
fn a_count_may_be_set_after_the_events() {
    check(None, |events| {
        let saved = events.expect::<Saved>().matching(|event| event.number == 7);
        Saved { number: 7 }.emit();
        saved.times(1);
    });
}

#[test]
fn a_matching_applies_to_an_event_that_is_being_emitted_when_it_is_set() {
    check(None, |events| {
        let delivered = Arc::new(Mutex::new(Vec::new()));
        let numbers = Arc::clone(&delivered);
        let on = move |event: &Saved| numbers.lock().expect("no panic").push(event.number);
        events.registry().on(on).detach();
        let open = Arc::new(Mutex::new(None));
        let to_restrict = Arc::clone(&open);
        // Restricts the other expectation while an event is compared with both.
        events.expect_topic("late.*").never().matching(move |_| {
            let open: Option<Expectation<Saved>> = to_restrict.lock().expect("no panic").take();
            if let Some(saved) = open {
                saved.matching(|event| event.number == 7);
            }
            false
        });
        *open.lock().expect("no panic") = Some(events.expect::<Saved>().times(1));
        Saved { number: 8 }.emit();
        Saved { number: 7 }.emit();
        assert_eq!(*delivered.lock().expect("no panic"), [8]);
    });
}
