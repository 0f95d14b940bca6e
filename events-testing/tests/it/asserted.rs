//! Questions after the fact.

use std::rc::Rc;

use events_core::{Event, State, args, emit_topic, subscriber, subscribers};
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
fn emitted_or_not() {
    let events = EventMock::empty();
    events.assert_nothing_emitted();
    events.assert_not_emitted::<Placed>();
    events.assert_not_emitted_topic("asserted.*");
    assert!(failure(|| drop(events.assert_emitted::<Placed>())).contains("was not emitted"));
    assert!(
        failure(|| drop(events.assert_emitted_topic("asserted.*"))).contains("was not emitted")
    );

    place(&[1, 2]);
    emit_topic("asserted.text", args! {});
    assert_eq!(events.assert_emitted::<Placed>().times(2).count(), 2);
    events.assert_emitted_topic("asserted\\..*").times(3);
    events.assert_not_emitted::<Paid>();
    assert!(failure(|| events.assert_not_emitted::<Placed>()).contains("was emitted twice"));
    assert!(failure(|| events.assert_not_emitted_topic(".*text")).contains("was emitted once"));
    let wrong = failure(|| drop(events.assert_emitted::<Placed>().times(3)));
    assert!(wrong.contains("was emitted twice, not 3 times"), "{wrong}");
}

#[test]
fn nothing_emitted_lists_every_event_and_how_often() {
    let events = EventMock::empty();
    place(&[1, 2, 3]);
    Paid.emit();
    let text = failure(|| events.assert_nothing_emitted());
    assert!(
        text.contains("4 events were emitted, and none was to be"),
        "{text}"
    );
    assert!(
        text.contains("  asserted.placed: 3 times\n  asserted.paid: once\n"),
        "{text}"
    );
}

#[test]
fn emitted_gives_the_events_as_they_were() {
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
struct Both<T: Clone + Send + 'static>(T);

#[derive(Event, Clone)]
struct Either<T: 'static>(T);

#[derive(Event, Clone)]
struct Shared(Rc<u8>);

#[derive(Event)]
struct Fragile;

impl Clone for Fragile {
    fn clone(&self) -> Self {
        panic!("it cannot be copied")
    }
}

#[derive(Event)]
struct Borrowed<'a>(&'a str);

#[test]
fn of_which_types_there_are_copies() {
    let events = EventMock::empty();
    Both(7).emit();
    assert_eq!(events.emitted::<Both<i32>>()[0].0, 7);
    Either(7).emit();
    let unknown = failure(|| drop(events.emitted::<Either<i32>>()));
    assert!(
        unknown.contains("let it say that they are `Clone + Send`"),
        "{unknown}"
    );

    Fragile.emit();
    events.assert_emitted::<Fragile>().times(1);
    assert!(failure(|| drop(events.emitted::<Fragile>())).contains("cannot be copied"));

    // Of these nobody can ask, and nobody need.
    let shared = Shared(Rc::new(7)).emit();
    assert_eq!(Rc::strong_count(&shared.0), 1);
    assert_eq!(Borrowed("text").emit().0, "text");
}

#[test]
fn subscribed_or_not() {
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
        .expect("it is new")
        .detach();

    events.assert_subscribed::<Placed>("it::asserted::charge");
    events.assert_subscribed::<Placed>("asserted::charge"); // the end of the path
    events.assert_subscribed::<Placed>("charge");
    events.assert_subscribed::<Placed>("report"); // deferred
    events.assert_subscribed::<Paid>("audit"); // by a pattern
    events.assert_subscribed::<Paid>("till");
    events.assert_not_subscribed::<Paid>("asserted::charge");
    events.assert_not_subscribed::<Placed>("till"); // an id, which nothing knows that is gone

    let wrong = [
        (
            failure(|| events.assert_subscribed::<Placed>("asserted::chrage")),
            "did you mean `it::asserted::charge`?",
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
            failure(|| events.assert_not_subscribed::<Paid>("asserted::chrage")),
            "no subscriber `asserted::chrage` is linked into this program; did you mean `it::asserted::charge`?",
        ),
    ];
    for (text, part) in wrong {
        assert!(text.contains(part), "`{part}` is not in: {text}");
    }
}

#[test]
fn a_mock_begins_with_what_was_scanned() {
    let scanned = events_core::Registry::new();
    let nobody = {
        let _scope = scanned.enter();
        let events = EventMock::install();
        failure(|| events.assert_subscribed::<Placed>("charge"))
    };
    assert!(nobody.contains("call `events_core::scan()`"), "{nobody}");

    let _scope = scanned.enter();
    scanned.scanner().state(Ledger).module("it::asserted").run();
    let events = EventMock::install();
    events.assert_subscribed::<Placed>("it::asserted::charge");
    events.assert_subscribed::<Paid>("it::asserted::audit");
}

#[test]
fn clear_forgets_what_was_emitted() {
    let events = EventMock::empty();
    events.expect::<Placed>().times(1);
    place(&[1, 2]);
    events.clear();
    events.assert_nothing_emitted();
    assert_eq!(events.emitted::<Placed>(), []);
    place(&[3]);
}
