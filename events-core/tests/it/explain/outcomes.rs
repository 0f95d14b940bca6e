//! `outcomes` returns what became of each subscriber of an emit, and why one was skipped.

use std::{
    cell::RefCell,
    error::Error,
    ops::ControlFlow,
    sync::atomic::{AtomicBool, Ordering::Relaxed},
};

use events_core::{
    AnyEvent, EmitError, Emitted, Event, EventCopy, Origin, Registry, Subscription, args, listener,
    outcomes::{SkipReason, SubscriberOutcome},
    subscriber, subscribers,
};

use crate::block_on;

#[derive(Event, Clone)]
#[event(topic = "outcome.placed")]
pub(super) struct Placed {
    pub(super) cents: u64,
}

pub(super) const PLACED: Placed = Placed { cents: 1 };

/// Fills the queue.
#[derive(Event, Clone)]
struct Other;

fn checkout() {}

/// Each subscriber with its outcome. A declared one has the name of its function.
pub(super) fn lines<E>(result: &Result<Emitted<E>, EmitError<E>>) -> Vec<String> {
    let outcomes: Vec<_> = match result {
        Ok(emitted) => emitted.outcomes().collect(),
        Err(error) => error.outcomes().collect(),
    };
    let line = |name: &str, outcome: &SubscriberOutcome| {
        let name = name.rsplit("::").next().unwrap_or(name);
        format!("{name} {outcome}")
    };
    outcomes
        .iter()
        .map(|(one, outcome)| line(&one.name, outcome))
        .collect()
}

/// The outcomes of an emit, sync and async.
fn check(registry: &Registry, sync: &[&str], in_async: &[&str]) {
    assert_eq!(lines(&registry.try_emit(PLACED)), sync, "of a sync emit");
    let emitted = block_on(registry.try_emit_async(PLACED));
    assert_eq!(lines(&emitted), in_async, "of an async emit");
}

fn subscribe(registry: &Registry, id: &str) {
    registry
        .subscribe(|_: &Placed| {})
        .id(id)
        .register()
        .expect("it is new")
        .detach();
}

#[test]
fn what_ran_failed_or_stopped() {
    let registry = Registry::new();
    subscribe(&registry, "first");
    check(&registry, &["first ran"], &["first ran"]);
    let fails = registry.subscribe(|_: &Placed| Err::<(), _>("no stock"));
    fails.id("fails").register().expect("it is new").detach();
    let panics = registry.subscribe(|_: &Placed| panic!("broken"));
    panics.id("panics").register().expect("it is new").detach();
    let stops = registry.subscribe(|_: &Placed| ControlFlow::Break(()));
    stops.id("stops").register().expect("it is new").detach();
    subscribe(&registry, "last");
    registry.on_async(later).detach();
    let mut expected = vec![
        "first ran",
        "fails returned an error: no stock",
        "panics panicked: broken",
        "stops ran and stopped the event",
        "last was not reached: a subscriber before it stopped the event",
        "later was not reached: a subscriber before it stopped the event",
    ];
    let text = lines(&registry.try_emit(PLACED));
    expected[2] = &text[2];
    assert!(text[2].starts_with("panics panicked"), "{}", text[2]);
    check(&registry, &expected, &expected);
}

async fn later(_: &Placed) {}

async fn fails_later(_: &Placed) -> Result<(), &'static str> {
    Err("no mail server")
}

async fn awaited(_: &mut Placed) {}

async fn stops_awaited(_: &mut Placed) -> ControlFlow<()> {
    ControlFlow::Break(())
}

fn deferred(_: &Placed) {}

#[test]
fn a_sync_emit_defers_what_an_async_one_runs() {
    let registry = Registry::new();
    registry.on_async(later).detach();
    registry.on_async(fails_later).detach();
    registry.on_deferred(deferred).detach();
    check(
        &registry,
        &[
            "later runs later, from the queue",
            "fails_later runs later, from the queue",
            "deferred runs later, from the queue",
        ],
        &[
            "later ran",
            "fails_later returned an error: no mail server",
            "deferred runs later, from the queue",
        ],
    );
}

#[test]
fn at_a_full_queue_a_deferred_subscriber_runs_and_an_async_one_is_not_reached() {
    let registry = Registry::new();
    registry.queue().set_capacity(1);
    registry.enqueue(Other).expect("there is room");
    registry.on_async(later).detach();
    registry.on_deferred(deferred).detach();
    let never = registry.subscribe_deferred(|_: &Placed| {}).when(|_| false);
    never.id("never").register().expect("it is new").detach();
    let of_sync = lines(&registry.try_emit(PLACED));
    assert!(
        of_sync[0].starts_with("later was not reached"),
        "{of_sync:?}"
    );
    let rest = [
        "deferred ran",
        "never was skipped: its condition rejected the event",
    ];
    assert_eq!(of_sync[1..], rest);
    let of_async = lines(&block_on(registry.try_emit_async(PLACED)));
    assert_eq!(of_async, [&["later ran"][..], &rest].concat());
}

#[test]
fn awaited_subscribers_fail_in_a_sync_emit() {
    let registry = Registry::new();
    registry.on_awaited(awaited).detach();
    let rejects = registry.subscribe_awaited(awaited).when(|_| false);
    rejects
        .id("rejects")
        .register()
        .expect("it is new")
        .detach();
    subscribe(&registry, "sync");
    registry.on_awaited(stops_awaited).detach();
    subscribe(&registry, "last");
    let of_sync = lines(&registry.try_emit(PLACED));
    assert!(
        of_sync[0].starts_with("awaited was not reached: it is awaited"),
        "{of_sync:?}"
    );
    assert!(
        of_sync[3].starts_with("stops_awaited was not reached: it is awaited"),
        "{of_sync:?}"
    );
    let rejects = "rejects was skipped: its condition rejected the event";
    assert_eq!(
        [&*of_sync[1], &*of_sync[2], &*of_sync[4]],
        [rejects, "sync ran", "last ran"]
    );
    let of_async = lines(&block_on(registry.try_emit_async(PLACED)));
    let expected = [
        "awaited ran",
        rejects,
        "sync ran",
        "stops_awaited ran and stopped the event",
        "last was not reached: a subscriber before it stopped the event",
    ];
    assert_eq!(of_async, expected);
}

#[subscriber(origin = checkout)]
fn declared(_: &Placed) {}

#[subscriber(when = |one: &Placed| one.cents > 5)]
async fn declared_condition(_: &Placed) {}

#[subscriber(once)]
fn declared_once(_: &Placed) {}

#[subscriber(once)]
async fn declared_once_later(_: &Placed) {}

#[subscriber(topic = r"outcome\..*", when = |event: &dyn AnyEvent| event.topic().ends_with("named"))]
async fn declared_pattern(_: &EventCopy) {}

#[test]
fn a_skipped_subscriber_has_the_reason() {
    let registry = Registry::with(subscribers![
        declared,
        declared_condition,
        declared_once,
        declared_once_later,
        declared_pattern
    ]);
    let origin = "declared was skipped: it is limited to another origin";
    let condition = "declared_condition was skipped: its condition rejected the event";
    let pattern = "declared_pattern was skipped: its condition rejected the event";
    let first = lines(&block_on(registry.try_emit_async(PLACED)));
    let expected = [
        origin,
        "declared_once ran",
        condition,
        "declared_once_later ran",
        pattern,
    ];
    assert_eq!(first, expected);
    let used = [
        origin,
        "declared_once was skipped: it runs once, and has run",
        condition,
        "declared_once_later was skipped: it runs once, and has run",
        pattern,
    ];
    check(&registry, &used, &used);
    let muted = registry.mute(declared);
    let mut with_muted = used;
    with_muted[0] = "declared was skipped: it is muted";
    check(&registry, &with_muted, &with_muted);
    drop(muted);
    let emitted = registry.try_emit_from(Placed { cents: 9 }, checkout);
    assert_eq!(lines(&emitted)[0], "declared ran");
    assert_eq!(
        lines(&emitted)[2],
        "declared_condition runs later, from the queue"
    );
}

#[test]
fn outcomes_of_a_named_event_and_of_one_whose_subscribers_are_muted() {
    let registry = Registry::with(subscribers![declared_pattern]);
    let named = || lines(&registry.try_emit_topic("outcome.named", args! {}));
    let in_async = || {
        lines(&block_on(
            registry.try_emit_topic_async("outcome.named", args! {}),
        ))
    };
    assert_eq!(named(), ["declared_pattern runs later, from the queue"]);
    assert_eq!(in_async(), ["declared_pattern ran"]);
    assert!(lines(&registry.try_emit_topic("another", args! {})).is_empty());
    let _muted = registry.mute(declared_pattern);
    let is_muted = ["declared_pattern was skipped: it is muted"];
    assert_eq!(
        (named(), in_async()),
        (
            is_muted.map(String::from).to_vec(),
            is_muted.map(String::from).to_vec()
        )
    );
    check(&registry, &is_muted, &is_muted);
}

thread_local!(static HELD: RefCell<Option<Subscription>> = const { RefCell::new(None) });

/// A subscription that ends meanwhile, with a condition and without one.
#[test]
fn a_subscription_that_ends_in_the_emit_is_the_reason() {
    static ACCEPTS: AtomicBool = AtomicBool::new(true);
    let registry = Registry::new();
    registry
        .subscribe(|_: &Placed| drop(HELD.take()))
        .priority(9)
        .id("ends")
        .register()
        .expect("it is new")
        .detach();
    let ended = "ended was skipped: its subscription was dropped";
    let new = || registry.subscribe(|_: &Placed| {}).id("ended");
    let check = |subscription: Result<Subscription, _>, expected: &str| {
        HELD.set(Some(subscription.unwrap_or_else(
            |error: events_core::subscribing::SubscribeError| panic!("{error}"),
        )));
        assert_eq!(lines(&registry.try_emit(PLACED))[1], expected);
    };
    check(new().register(), ended);
    check(new().when(|_| ACCEPTS.load(Relaxed)).register(), ended);
    check(
        new().origin(checkout).register(),
        "ended was skipped: it is limited to another origin",
    );
    check(
        registry.subscribe_async(later).id("ended").register(),
        ended,
    );
    check(
        registry
            .subscribe_async(later)
            .id("ended")
            .when(|_| true)
            .register(),
        ended,
    );
}

struct Method;

#[listener]
impl Method {
    #[on(when = |one: &Placed| one.cents > 5)]
    fn method(&self, _: &Placed) {}
}

#[test]
fn methods_of_listeners_and_receivers_have_reasons() {
    let registry = Registry::new();
    let _method = registry.add(Method);
    let stream = registry.stream::<Placed>().when(|one| one.cents > 5);
    let outcomes = lines(&registry.try_emit(PLACED));
    let condition = "was skipped: its condition rejected the event";
    assert_eq!(outcomes.len(), 2);
    assert!(
        outcomes.iter().all(|line| line.ends_with(condition)),
        "{outcomes:?}"
    );
    drop(stream);
}

#[test]
fn a_refused_emit_reaches_none() {
    let registry = Registry::new();
    registry.set_depth_limit(1);
    let inner = registry.clone();
    thread_local!(static LINES: RefCell<Vec<Vec<String>>> = const { RefCell::new(Vec::new()) });
    let nested = registry.subscribe(move |_: &Placed| {
        let of_sync = lines(&inner.try_emit(PLACED));
        let of_async = lines(&block_on(inner.try_emit_async(PLACED)));
        LINES.set(vec![of_sync, of_async]);
    });
    nested.id("nested").register().expect("it is new").detach();
    registry.emit(PLACED);
    let refused = ["nested was not reached: the emit was refused, since too many are nested"];
    assert_eq!(LINES.take(), [refused, refused]);
}

#[test]
fn outcomes_can_be_matched() -> Result<(), Box<dyn Error>> {
    let registry = Registry::new();
    registry
        .subscribe(|_: &Placed| {})
        .origin(checkout)
        .register()?
        .detach();
    let emitted = registry.try_emit(PLACED)?;
    assert!(emitted.is_unheard());
    let (subscriber, outcome) = emitted.outcomes().next().ok_or("there is one")?;
    assert_eq!(
        subscriber.origin.as_ref().map(Origin::as_str),
        Some("it::explain::outcomes::checkout")
    );
    assert!(matches!(
        outcome,
        SubscriberOutcome::Skipped(SkipReason::Origin)
    ));
    Ok(())
}
