//! The tests of django-event-system, written with `events-testing`.

use events_core::{
    Event, Registry, args,
    bridges::{Choice, Signal},
    emit_topic, signal_to_event,
};
use events_testing::current;

use crate::check;

#[derive(Event, Clone)]
#[event(topic = "some::event::to::be::fired")]
struct ExampleEvent {
    number: u32,
}

/// `@Dispatcher.MocksDispatch`, `Dispatcher.Expect('some::event::to::be::fired')`.
#[events_testing::test]
fn expect_with_a_name() {
    let events = current();
    events.expect_topic("some::event::to::be::fired");
    emit_topic("some::event::to::be::fired", args! {});
}

/// An expectation of a topic also matches a typed event with that topic.
#[events_testing::test]
fn expect_with_the_name_of_a_class() {
    current().expect_topic("some::event::to::be::fired");
    ExampleEvent { number: 1 }.emit();
}

/// `Dispatcher.Expect(ExampleEvent)`.
#[events_testing::test]
fn expect_with_a_class() {
    current().expect::<ExampleEvent>();
    ExampleEvent { number: 1 }.emit();
}

/// "to not actually call the listeners on the event".
#[events_testing::test(empty)]
fn listeners_are_not_called() {
    let events = current();
    let handler = |_: &ExampleEvent| -> Result<(), &str> { Err("the handler was called") };
    events.registry().on(handler).detach();
    events.expect::<ExampleEvent>().times(1);
    assert!(ExampleEvent { number: 1 }.try_emit().is_ok());
}

/// "If the event is never called, the test will fail and the message will tell you exactly what events
/// where not raised."
#[test]
fn the_message_lists_the_events_that_were_not_raised() {
    check(Some("2 of 3 expectations do not hold"), |events| {
        events.expect_topic("first::event");
        events.expect_topic("second::event");
        events.expect::<ExampleEvent>();
        emit_topic("second::event", args! {});
    });
    check(
        Some("expected a topic like `first::event` at least once"),
        |events| {
            events.expect_topic("first::event");
        },
    );
    check(
        Some("expected `some::event::to::be::fired` at least once"),
        |events| {
            events.expect::<ExampleEvent>();
        },
    );
}

/// A signal like those of Django: it calls each connected callback.
struct PostSave(Registry);

#[derive(Event, Clone)]
#[event(topic = "seeds.post_save")]
struct Saved(u32);

impl Signal for PostSave {
    type Item = Saved;
    type Guard = events_core::Subscription;

    fn connect(&self, call: impl Fn(Saved) + Send + Sync + 'static) -> events_core::Subscription {
        self.0.on(move |event: &Saved| call(event.clone()))
    }
}

impl From<Saved> for ExampleEvent {
    fn from(saved: Saved) -> Self {
        Self { number: saved.0 }
    }
}

/// `test_SignalToEvent`.
#[events_testing::test]
fn signal_to_event_under_a_mock() {
    let events = current();
    events
        .expect::<ExampleEvent>()
        .times(1)
        .matching(|event| event.number == 7);
    let post_save = PostSave(Registry::new());
    let _connection = signal_to_event(&post_save).to::<ExampleEvent>().connect();
    post_save.0.emit(Saved(7));
}

/// `SignalToEvent(signal, event='some::event::to::be::fired')`, by name.
#[events_testing::test]
fn signal_to_event_by_name_under_a_mock() {
    let events = current();
    events
        .expect_topic("some::event::to::be::fired")
        .times(2)
        .matching(|event| event.arg::<u32>("number") == Some(&7));
    let post_save = PostSave(Registry::new());
    let named = signal_to_event(&post_save).to_topic("some::event::to::be::fired", |saved| {
        args! { number: saved.0 }
    });
    let connection = named.connect();
    post_save.0.emit(Saved(7));
    drop(connection);

    let hook = |saved: Saved| match saved.0 {
        7 => Some(Choice::from(ExampleEvent { number: 7 })),
        _ => None,
    };
    let _connection = signal_to_event(&post_save).choose(hook).connect();
    post_save.0.emit(Saved(7));
    post_save.0.emit(Saved(8));
}
