//! `has_subscribers` is true if an event would be received: by a subscriber, the hook or an interceptor.

use events_core::{
    AnyEvent, Event, Origin, Registry, record::Created, subscriber, subscribers, with_registry,
};

#[derive(Event, Clone)]
#[event(topic = "has.placed")]
struct Placed;

#[derive(Event)]
#[event(topic = "has.borrowed")]
struct Borrowed<'e>(#[expect(dead_code, reason = "shows that the event may borrow")] &'e str);

#[derive(Event)]
struct Generic<T>(T);

#[derive(Event)]
struct ByDefault;

struct Model;

fn checkout() {}

#[subscriber(origin = checkout)]
fn of_origin(_: &Placed) {}

/// Whether there are subscribers: without an origin, from the checkout, and from another origin.
fn check<E: Event>(registry: &Registry, expected: [bool; 3], of: &str) {
    let actual = [
        registry.has_subscribers::<E>(),
        registry.has_subscribers_from::<E, _>(checkout),
        registry.has_subscribers_from::<E, _>("import"),
    ];
    assert_eq!(actual, expected, "{of}");
    let of_current = with_registry(registry, E::has_subscribers);
    assert_eq!(of_current, expected[0], "{of}, of the current registry");
}

#[test]
fn each_kind_of_subscriber_counts() {
    let registry = Registry::new();
    check::<Placed>(&registry, [false; 3], "no subscriber");

    let held = registry.on(|_: &Placed| {});
    check::<Placed>(&registry, [true; 3], "a sync one");
    drop(held);
    check::<Placed>(&registry, [false; 3], "the sync one is unsubscribed");

    let held = registry.on_async(async |_: &Placed| {});
    check::<Placed>(&registry, [true; 3], "an async one");
    drop(held);
    let held = registry.on_deferred(|_: &Placed| {});
    check::<Placed>(&registry, [true; 3], "a deferred one");
    drop(held);
    let held = registry.on_borrowed::<Borrowed<'static>>(|_| {});
    check::<Borrowed<'_>>(&registry, [true; 3], "an event that borrows");
    check::<Placed>(&registry, [false; 3], "another event");
    drop(held);
    let held = registry.on(|_: &Generic<u8>| {});
    check::<Generic<u8>>(&registry, [true; 3], "a generic event");
    check::<Generic<u16>>(&registry, [false; 3], "the same with another type");
    drop(held);
}

#[test]
fn a_pattern_counts_for_a_type_that_was_never_emitted() {
    let registry = Registry::new();
    let held = registry
        .on_topic("has.*", |_: &dyn AnyEvent| {})
        .expect("a pattern");
    check::<Placed>(&registry, [true; 3], "it matches");
    check::<ByDefault>(&registry, [false; 3], "it does not match");
    drop(held);
    check::<Placed>(&registry, [false; 3], "it is unsubscribed");
    let of_origin = registry
        .subscribe_topic("has.*", |_: &dyn AnyEvent| {})
        .expect("a pattern");
    let held = of_origin.origin(checkout).register().expect("it is new");
    check::<Placed>(&registry, [false, true, false], "it has an origin");
    drop(held);
}

#[test]
fn an_origin_is_compared() {
    let registry = Registry::with(subscribers![of_origin]);
    check::<Placed>(&registry, [false, true, false], "declared");
    let run_time = registry.subscribe(|_: &Placed| {}).origin("import");
    let held = run_time.register().expect("it is new");
    check::<Placed>(&registry, [false, true, true], "and one at run time");
    let any = registry.on(|_: &Placed| {});
    check::<Placed>(&registry, [true; 3], "and one of every origin");
    drop((held, any));
    check::<Placed>(&registry, [false, true, false], "declared again");
}

/// The events of records have one, which an emit without an origin has as well.
#[test]
fn the_default_origin_of_an_event_is_compared() {
    let registry = Registry::new();
    let of_model = registry.subscribe(|_: &Created<Model>| {});
    let held = of_model.origin(Origin::of::<Model>()).register();
    check::<Created<Model>>(&registry, [true, false, false], "of the model");
    drop(held);
    let of_other = registry.subscribe(|_: &Created<Model>| {}).origin("import");
    let held = of_other.register();
    check::<Created<Model>>(&registry, [false, false, true], "of another origin");
    drop(held);
}

#[test]
fn conditions_are_not_evaluated() {
    let registry = Registry::new();
    let never = registry
        .subscribe(|_: &Placed| {})
        .when(|_| panic!("evaluated"));
    let held = never.register().expect("it is new");
    check::<Placed>(&registry, [true; 3], "a condition");
    drop(held);
}

#[test]
fn one_that_runs_once_counts_until_it_has_run() {
    let registry = Registry::new();
    let once = registry.subscribe(|_: &Placed| {}).once();
    once.register().expect("it is new").detach();
    check::<Placed>(&registry, [true; 3], "not yet");
    registry.emit(Placed);
    check::<Placed>(&registry, [false; 3], "it has run");
}

#[test]
fn the_hook_and_an_interceptor_count() {
    let registry = Registry::new();
    registry.set_unheard_hook(|_| {});
    check::<Placed>(&registry, [true; 3], "a hook");
    assert!(registry.has_topic_subscribers("any"));
    registry.clear_unheard_hook();
    check::<Placed>(&registry, [false; 3], "no hook");
    assert!(!registry.has_topic_subscribers("any"));
}

#[test]
fn a_topic_has_the_subscribers_of_the_patterns_that_match() {
    let registry = Registry::new();
    let exact = registry.on(|_: &Placed| {});
    assert!(
        !registry.has_topic_subscribers("has.placed"),
        "not of a type"
    );
    let held = registry
        .on_topic("has.*", |_: &dyn AnyEvent| {})
        .expect("a pattern");
    assert!(registry.has_topic_subscribers("has.placed"));
    assert!(!registry.has_topic_subscribers("other"));
    drop(held);
    assert!(!registry.has_topic_subscribers("has.placed"));
    drop(exact);
}
