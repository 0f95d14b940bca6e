//! Assertions about emitted events and about subscribers.

use std::rc::Rc;

use events_core::{Event, State, args, emit_topic, listener, subscriber, subscribers};
use events_testing::EventMock;

use super::failure;

#[derive(Event, Clone, Debug, PartialEq)]
#[event(topic = "asserted.placed")]
struct Placed {
    number: u32,
}

#[derive(Event)]
#[event(topic = "asserted.paid")]
struct Paid;

struct Ledger;

#[subscriber]
fn charge(_: &Placed, _: State<'_, Ledger>) {}

#[subscriber(topic = "asserted\\..*")]
fn audit(_: &dyn events_core::AnyEvent) {}

#[subscriber(deferred)]
fn report(_: &Placed) {}

fn place(numbers: &[u32]) {
    for &number in numbers {
        Placed { number }.emit();
    }
}

#[test]
fn assert_emitted_and_assert_not_emitted() {
    let events = EventMock::empty();
    events.assert_nothing_emitted();
    events.assert_not_emitted::<Placed>();
    events.assert_not_emitted_topic("asserted.*");
    let failures = [
        (
            failure(|| drop(events.assert_emitted::<Placed>().times(0))),
            "`asserted.placed` was not emitted\n- if it should not be, call `assert_not_emitted` instead\n",
        ),
        (
            failure(|| drop(events.assert_emitted_topic("asserted.*").times(0))),
            "a topic like `asserted.*` was not emitted\n- if it should not be, call `assert_not_emitted_topic` instead\n",
        ),
    ];
    for (text, start) in failures {
        assert!(text.starts_with(start), "{text}");
    }

    place(&[1, 2]);
    emit_topic("asserted.text", args! {});
    assert_eq!(events.assert_emitted::<Placed>().times(2).count(), 2);
    events.assert_emitted_topic("asserted\\..*").times(3);
    events.assert_not_emitted::<Paid>();
    assert!(failure(|| events.assert_not_emitted::<Placed>()).contains("was emitted twice"));
    assert!(failure(|| events.assert_not_emitted_topic(".*text")).contains("was emitted once"));
    let wrong_count = failure(|| drop(events.assert_emitted::<Placed>().times(3)));
    assert!(
        wrong_count.contains("was emitted twice, not 3 times"),
        "{wrong_count}"
    );
}

#[test]
fn assert_emitted_matching() {
    let events = EventMock::empty();
    events
        .expect::<Placed>()
        .matching(|event| event.number == 8);
    place(&[7, 8, 9]);
    let placed = events.assert_emitted::<Placed>();
    let after_7 = placed.clone().matching(|event| event.number > 7).times(2);
    assert_eq!(
        after_7.clone().matching(|event| event.number == 9).count(),
        1
    );
    assert_eq!(placed.clone().matching(|_| true).times(3).count(), 3);
    let failures = [
        (
            failure(|| drop(after_7.clone().matching(|event| event.number == 7))),
            "`asserted.placed`, matching a condition, was emitted twice, but `matching` did not hold: #2 and #3\n\
             - if it should not hold, write `expect::<..>().never().matching(..)` before the code that emits\n\n\
             emitted, in order:\n  #1 asserted.placed { number: 7 }\n",
        ),
        (
            failure(|| drop(after_7.times(1))),
            "`asserted.placed`, matching a condition, was emitted twice, not once\n",
        ),
        (
            failure(|| {
                let placed = events.assert_emitted::<Placed>();
                drop(placed.matching(|event| event.number == 6).times(0));
            }),
            "`asserted.placed` was emitted 3 times, but `matching` did not hold: #1, #2 and #3\n\
             - if it should not hold, write `expect::<..>().never().matching(..)` before the code that emits\n",
        ),
    ];
    for (text, start) in failures {
        assert!(text.starts_with(start), "{text}");
    }
    PanickingClone.emit();
    let text = failure(|| drop(events.assert_emitted::<PanickingClone>().matching(|_| true)));
    assert!(text.contains("could not be cloned"), "{text}");
    events.clear();
    let text = failure(|| drop(placed.matching(|_| true)));
    assert!(text.contains("was discarded by `clear()`"), "{text}");
    place(&[8]);
}

#[test]
fn assert_nothing_emitted_lists_each_topic_with_its_count() {
    let events = EventMock::empty();
    place(&[1, 2, 3]);
    Paid.emit();
    let text = failure(|| events.assert_nothing_emitted());
    assert!(
        text.contains("4 events were emitted, but none should have been"),
        "{text}"
    );
    assert!(
        text.contains("  asserted.placed: 3 times\n  asserted.paid: once\n"),
        "{text}"
    );
}

#[test]
fn emitted_returns_the_events_as_they_were_before_their_subscribers() {
    let events = EventMock::empty();
    events
        .registry()
        .on(|event: &mut Placed| event.number = 0)
        .detach();
    assert_eq!(events.emitted::<Placed>(), []);
    place(&[1, 2]);
    events.fake_all();
    place(&[3]);
    let numbers = events.emitted::<Placed>();
    assert_eq!(numbers, [1, 2, 3].map(|number| Placed { number }));
}

#[derive(Event, Clone)]
#[event(clone)]
struct Bounded<T>(T);

#[derive(Event, Clone)]
struct Unbounded<T: 'static>(T);

#[derive(Event, Clone)]
struct NotSend(Rc<u8>);

#[derive(Event)]
struct PanickingClone;

impl Clone for PanickingClone {
    fn clone(&self) -> Self {
        panic!("the clone panics")
    }
}

#[derive(Event)]
struct Borrowed<'a>(&'a str);

#[test]
fn emitted_returns_events_whose_type_can_be_cloned_and_sent() {
    let events = EventMock::empty();
    Bounded(7).emit();
    assert_eq!(events.emitted::<Bounded<i32>>()[0].0, 7);
    Unbounded(7).emit();
    let unbounded = failure(|| drop(events.emitted::<Unbounded<i32>>()));
    assert!(
        unbounded.contains("write `#[event(clone)]` on it"),
        "{unbounded}"
    );

    PanickingClone.emit();
    events.assert_emitted::<PanickingClone>().times(1);
    assert!(failure(|| drop(events.emitted::<PanickingClone>())).contains("could not be cloned"));

    // `emitted` does not accept these types. Their events are not cloned.
    let not_send = NotSend(Rc::new(7)).emit();
    assert_eq!(Rc::strong_count(&not_send.0), 1);
    assert_eq!(Borrowed("text").emit().0, "text");
}

#[test]
fn assert_subscribed_and_assert_not_subscribed() {
    let events = EventMock::empty();
    events
        .registry()
        .scanner()
        .state(Ledger)
        .subscribers(subscribers![charge, audit, report])
        .run();
    events
        .registry()
        .subscribe(|_: &Paid| {})
        .id("till")
        .register()
        .expect("the id is not registered yet")
        .detach();

    events.assert_subscribed::<Placed>("it::assertions::charge");
    events.assert_subscribed::<Placed>("assertions::charge"); // the end of the path
    events.assert_subscribed::<Placed>("charge");
    events.assert_subscribed::<Placed>("report"); // deferred
    events.assert_subscribed::<Paid>("audit"); // by a pattern
    events.assert_subscribed::<Paid>("till");
    events.assert_not_subscribed::<Paid>("assertions::charge");
    events.assert_not_subscribed::<Placed>("till"); // an id that is in use for another event

    let failures = [
        (
            failure(|| events.assert_subscribed::<Placed>("assertions::chrage")),
            "did you mean `it::assertions::charge`?",
        ),
        (
            failure(|| events.assert_subscribed::<Paid>("charge")),
            "; subscribed: ",
        ),
        (
            failure(|| events.assert_subscribed::<Placed>("arge")),
            "is not subscribed",
        ),
        (
            failure(|| events.assert_not_subscribed::<Placed>("charge")),
            "`charge` is subscribed to",
        ),
        (
            failure(|| events.assert_not_subscribed::<Paid>("assertions::chrage")),
            "no subscriber `assertions::chrage` is linked into this program; did you mean `it::assertions::charge`?",
        ),
    ];
    for (text, part) in failures {
        assert!(text.contains(part), "`{part}` is not in: {text}");
    }
}

#[derive(Event)]
#[event(topic = "opened.in.assertions")]
struct Opened;

struct Till(u32);

#[listener]
impl Till {
    #[on]
    fn count(&self, _: &Paid) {
        assert!(self.0 > 0, "no scan creates this listener");
    }
}

/// It is not `Default`: a scan does not create it.
#[test]
fn assert_subscribed_of_a_listener_that_was_not_added() {
    let not_added = "`it::assertions::Till::count` is a method of a listener that is not Default, so a scan does not \
                     create it; add it in the test with `events.registry().add(..).detach()`";
    for is_scanned in [false, true] {
        let events = EventMock::empty();
        if is_scanned {
            let scanner = events.registry().scanner().state(Ledger);
            scanner.module(module_path!()).run();
        }
        let text = failure(|| events.assert_subscribed::<Paid>("Till::count"));
        assert!(text.contains(not_added), "{text}");
        let other = failure(|| events.assert_subscribed::<Opened>("Till::count"));
        assert!(!other.contains("listener"), "{other}");
        assert_eq!(
            other.contains("events_core::scan()"),
            !is_scanned,
            "{other}"
        );
        let till = events.registry().add(Till(1));
        events.assert_subscribed::<Paid>("Till::count");
        drop(till);
        let removed = failure(|| events.assert_subscribed::<Paid>("Till::count"));
        assert!(!removed.contains("listener"), "{removed}");
    }
}

#[test]
fn assert_not_subscribed_with_a_name_that_no_subscriber_has_or_had() {
    let events = EventMock::empty();
    let till = events.registry().subscribe(|_: &Paid| {}).id("till");
    let till = till.register().expect("the id is not registered yet");
    events.assert_not_subscribed::<Placed>("till");
    drop(till);
    for known in ["till", "charge", "assertions::charge", "report"] {
        events.assert_not_subscribed::<Placed>(known);
    }
    for (unknown, question) in [
        ("chrage", "; did you mean `it::assertions::charge`?"),
        ("tlil", "; did you mean `till`?"),
        (
            "assertions::chrage",
            "; did you mean `it::assertions::charge`?",
        ),
        ("arge", "; did you mean `it::assertions::charge`?"),
        (
            "subscription",
            ", and none with that name was registered in this test",
        ),
        ("", ", and none with that name was registered in this test"),
    ] {
        let text = failure(|| events.assert_not_subscribed::<Placed>(unknown));
        let no_subscriber =
            format!("no subscriber `{unknown}` is linked into this program{question}");
        assert!(text.starts_with(&no_subscriber), "{text}");
    }
}

#[test]
fn a_mock_over_a_registry_knows_the_ids_from_before() {
    let registry = events_core::Registry::new();
    let till = registry.subscribe(|_: &Paid| {}).id("till");
    let till = till.register().expect("the id is not registered yet");
    let events = EventMock::over(&registry);
    drop(till);
    events.assert_not_subscribed::<Paid>("till");
}

#[test]
fn did_you_mean_does_not_compare_the_crates() {
    let events = EventMock::empty();
    let till = events.registry().subscribe(|_: &Paid| {});
    let till = till.id("asserted::banking::accounts::withdraw");
    till.register()
        .expect("the id is not registered yet")
        .detach();
    for unknown in [
        "asserted",
        "asserts",
        "asserted::banking",
        "asserted::banking::accounts::audit",
        "asserted::banking::accounts::statement",
    ] {
        let text = failure(|| events.assert_subscribed::<Paid>(unknown));
        assert!(!text.contains("did you mean"), "{unknown}: {text}");
    }
    let text = failure(|| events.assert_subscribed::<Paid>("banking::accounts::witdraw"));
    assert!(
        text.contains("did you mean `asserted::banking::accounts::withdraw`?"),
        "{text}"
    );
}

#[test]
fn a_mock_starts_with_the_scanned_subscribers() {
    let scanned = events_core::Registry::new();
    let without_scan = {
        let _scope = scanned.enter();
        let events = EventMock::install();
        failure(|| events.assert_subscribed::<Placed>("charge"))
    };
    assert!(
        without_scan.contains("call `events_core::scan()`"),
        "{without_scan}"
    );

    let _scope = scanned.enter();
    scanned
        .scanner()
        .state(Ledger)
        .module("it::assertions")
        .run();
    let events = EventMock::install();
    events.assert_subscribed::<Placed>("it::assertions::charge");
    events.assert_subscribed::<Paid>("it::assertions::audit");
}

#[test]
fn clear_discards_the_recorded_events() {
    let events = EventMock::empty();
    events.expect::<Placed>().times(1);
    place(&[1, 2]);
    events.clear();
    events.assert_nothing_emitted();
    assert_eq!(events.emitted::<Placed>(), []);
    place(&[3]);
}
