//! A parameter of another crate, in each kind of subscriber.

use std::ops::ControlFlow;

use events_core::{
    AnyEvent, Emission, Event, EventCopy, Registry, State, args,
    failures::BoxError,
    handlers::{CallContext, Param, Prepare, PrepareError},
    listener, observer,
    record::{Created, Creating},
    subscriber, subscribers,
};

use super::{Connection, Tx};
use crate::{Journal, awaited::suspend, block_on};

/// Notes what it is made for in a journal that the scan has as a state.
struct Seen {
    journal: Journal,
    text: String,
}

impl Seen {
    fn note(&self) {
        self.journal.note(&self.text);
    }
}

impl Param for &Seen {
    type Kept = (Journal, String);
    type Held<'c> = Seen;
    type Item<'i> = &'i Seen;

    fn prepare(scan: &Prepare<'_>) -> Result<Self::Kept, PrepareError> {
        let name = scan.subscriber().rsplit("::").next().unwrap_or_default();
        let later = if scan.may_run_later() { " later" } else { "" };
        assert_eq!(scan.location().file(), file!());
        Ok((
            (*scan.state::<Journal>()?).clone(),
            format!("{name}{later}"),
        ))
    }

    fn acquire<'c>(
        (journal, name): &'c Self::Kept,
        call: &'c CallContext<'c>,
    ) -> Result<Seen, BoxError> {
        let origin = call
            .emission()
            .origin()
            .map_or("-", |origin| origin.as_str());
        Ok(Seen {
            journal: journal.clone(),
            text: format!("{name} of {} from {origin}", call.emission().topic()),
        })
    }

    fn item<'i, 'c: 'i>(held: &'i mut Seen) -> &'i Seen {
        held
    }
}

#[derive(Event, Clone)]
#[event(topic = "param::placed")]
struct Placed;

#[subscriber]
fn sync(_: &Placed, seen: &Seen) {
    seen.note();
}

#[subscriber]
fn with_others(_: &mut Placed, seen: &Seen, number: State<'_, u8>, emission: &Emission) {
    assert_eq!((*number, emission.topic()), (7, "param::placed"));
    seen.note();
}

#[subscriber(origin = "shop", when = |_| true, once)]
fn filtered(_: &Placed, seen: &Seen) -> Result<ControlFlow<()>, BoxError> {
    seen.note();
    Ok(ControlFlow::Continue(()))
}

#[subscriber]
async fn awaited(_: &mut Placed, seen: &Seen) {
    suspend().await;
    seen.note();
}

#[subscriber]
async fn concurrent(_: &Placed, seen: &Seen) {
    suspend().await;
    seen.note();
}

#[subscriber(deferred)]
fn deferred(_: &Placed, seen: &Seen) {
    seen.note();
}

#[subscriber(topic = "param::.*")]
fn pattern(_: &dyn AnyEvent, seen: &Seen) {
    seen.note();
}

#[subscriber(topic = "param::.*")]
async fn pattern_async(_: &EventCopy, seen: &Seen) {
    suspend().await;
    seen.note();
}

#[subscriber(Placed, deferred)]
fn listed_deferred(_: &EventCopy, seen: &Seen) {
    seen.note();
}

struct Shop;

#[listener]
impl Shop {
    #[on]
    fn sync(&self, _: &Placed, seen: &Seen) {
        seen.note();
    }

    #[on]
    async fn concurrent(&self, _: &Placed, seen: &Seen) {
        suspend().await;
        seen.note();
    }
}

/// A registry with this subscriber, and the journal that it notes into.
fn registry_with(subscribers: events_core::scanning::Subscribers) -> (Registry, Journal) {
    let (registry, journal) = (Registry::new(), Journal::default());
    let scanner = registry.scanner().subscribers(subscribers);
    scanner.state(journal.clone()).state(7_u8).run();
    (registry, journal)
}

#[test]
fn each_kind_of_subscriber_has_one() {
    let check = |subscribers, expected: &str| {
        let (registry, journal) = registry_with(subscribers);
        block_on(registry.try_emit_async_from(Placed, "shop")).expect("no subscriber fails");
        registry.queue().flush();
        assert_eq!(
            journal.take(),
            [format!("{expected} of param::placed from shop")]
        );
    };
    check(subscribers![sync], "sync");
    check(subscribers![with_others], "with_others");
    check(subscribers![filtered], "filtered");
    check(subscribers![awaited], "awaited");
    check(subscribers![concurrent], "concurrent later");
    check(subscribers![deferred], "deferred later");
    check(subscribers![pattern], "pattern");
    check(subscribers![pattern_async], "pattern_async later");
    check(subscribers![listed_deferred], "listed_deferred later");
}

#[test]
fn a_sync_emit_calls_async_ones_from_the_queue_with_their_parameters() {
    let (registry, journal) = registry_with(subscribers![concurrent, pattern_async]);
    registry.emit_from(Placed, "shop");
    assert_eq!(registry.queue().flush().ran(), 1);
    let mut notes = journal.take();
    notes.sort_unstable();
    let expected = ["concurrent", "pattern_async"];
    assert_eq!(
        notes,
        expected.map(|name| format!("{name} later of param::placed from shop"))
    );
}

#[test]
fn a_named_event_has_its_own_topic() {
    let (registry, journal) = registry_with(subscribers![pattern, pattern_async]);
    block_on(registry.emit_topic_async("param::named", args! {}));
    let expected = ["pattern", "pattern_async later"];
    assert_eq!(
        journal.take(),
        expected.map(|name| format!("{name} of param::named from -"))
    );
}

#[test]
fn methods_of_listeners_have_them_too() {
    let (registry, journal) = registry_with(subscribers![]);
    let subscription = registry.add(Shop);
    block_on(registry.emit_async(Placed));
    let expected = ["sync", "concurrent later"];
    assert_eq!(
        journal.take(),
        expected.map(|name| format!("{name} of param::placed from -"))
    );
    drop(subscription);
    block_on(registry.emit_async(Placed));
    assert!(journal.take().is_empty());
}

#[derive(Event, Clone)]
#[event(topic = "param::doubled")]
struct Doubled;

#[subscriber]
fn two_sync(_: &Doubled, first: &Seen, second: &Seen) {
    first.note();
    second.note();
}

#[subscriber(awaited, after = two_sync)]
async fn two_awaited(_: &Doubled, first: &Seen, number: State<'_, u8>, second: &Seen) {
    first.note();
    assert_eq!(*number, 7);
    second.note();
}

#[subscriber]
async fn two_async(_: &Doubled, first: &Seen, second: &Seen, emission: &Emission) {
    first.note();
    assert_eq!(emission.topic(), "param::doubled");
    second.note();
}

#[subscriber(deferred)]
fn two_deferred(_: &Doubled, first: &Seen, second: &Seen) {
    first.note();
    second.note();
}

#[test]
fn a_subscriber_may_have_two_parameters_of_one_type() {
    let (registry, journal) = (Registry::new(), Journal::default());
    registry
        .scanner()
        .subscribers(subscribers![two_sync, two_awaited, two_async, two_deferred])
        .state(journal.clone())
        .state(7_u8)
        .run();
    block_on(registry.emit_async(Doubled));
    registry.queue().flush();
    let each = [
        "two_sync",
        "two_awaited",
        "two_async later",
        "two_deferred later",
    ];
    let twice = each.map(|name| [name; 2]).concat();
    let expected = twice
        .iter()
        .map(|name| format!("{name} of param::doubled from -"));
    assert_eq!(journal.take(), expected.collect::<Vec<_>>());
}

/// Ends the subscription of its listener.
struct Leave;

impl Param for Leave {
    type Kept = ();
    type Held<'c> = bool;
    type Item<'i> = Leave;

    fn prepare(_: &Prepare<'_>) -> Result<(), PrepareError> {
        Ok(())
    }

    fn acquire<'c>((): &'c (), call: &'c CallContext<'c>) -> Result<bool, BoxError> {
        Ok(call.emission().unsubscribe())
    }

    fn item<'i, 'c: 'i>(held: &'i mut bool) -> Leave {
        assert!(*held);
        Leave
    }
}

struct Once;

#[listener]
impl Once {
    #[on]
    fn sync(&self, _: &Placed, _: Leave) {}
}

#[test]
fn the_emission_ends_the_subscription_of_a_listener() {
    let registry = Registry::new();
    registry.add(Once).detach();
    assert_eq!(registry.try_emit(Placed).expect("it is called").ran(), 1);
    assert_eq!(registry.try_emit(Placed).expect("it is gone").ran(), 0);
}

#[derive(Clone)]
struct User(&'static str);

#[derive(Default)]
struct UserObserver;

#[observer(User)]
impl UserObserver {
    async fn creating(&self, event: &mut Creating<User>, mut tx: Tx<'_>) {
        tx.run(format!("begin {}", event.record.0));
        suspend().await;
        tx.run("end");
    }

    fn created(&self, event: &Created<User>, mut tx: Tx<'_>) {
        tx.run(format!("created {}", event.record.0));
    }
}

#[subscriber(before = UserObserver::creating)]
async fn check_name(_: &mut Creating<User>, mut tx: Tx<'_>) {
    suspend().await;
    tx.run("check");
}

#[test]
fn awaited_subscribers_have_a_transaction_one_after_the_other() {
    let registry = Registry::new();
    registry
        .scanner()
        .subscribers(subscribers![check_name, UserObserver::creating])
        .run();
    let connection = Connection::new();
    let emitting = registry.emitting().with(connection.clone());
    block_on(emitting.try_emit_async(Creating::new(User("ada")))).expect("no subscriber fails");
    assert_eq!(connection.statements(), ["check", "begin ada", "end"]);
}
