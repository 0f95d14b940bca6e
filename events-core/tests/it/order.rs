//! Section 4: the order in which subscribers run.

use events_core::{Event, Registry, subscriber, subscribers, subscribing::SubscribeError};

#[derive(Event, Default)]
pub(crate) struct Trail(Vec<&'static str>);

macro_rules! trail {
    ($($(#[$option:meta])* $name:ident),* $(,)?) => {
        $(
            $(#[$option])*
            pub(crate) fn $name(event: &mut Trail) {
                event.0.push(stringify!($name));
            }
        )*
    };
}

trail! {
    #[subscriber] plain,
    #[subscriber(priority = 10)] early,
    #[subscriber(priority = -10)] late,
    #[subscriber(priority = LATEST)] latest,
    #[subscriber(priority = 99, after = late)] audit,
    #[subscriber(before = [early, plain])] gate,
}

const LATEST: i32 = i32::MIN;

#[test]
fn before_and_after_hold_and_priority_decides_the_rest() {
    let registry = Registry::with(subscribers![audit, latest, late, plain, early, gate]);
    assert_eq!(
        registry.emit(Trail::default()).0,
        ["gate", "early", "plain", "late", "audit", "latest"],
    );
}

mod one {
    use super::{Trail, subscriber};
    trail! { #[subscriber] zebra, #[subscriber] aardvark }
}

mod two {
    use super::{Trail, subscriber};
    trail! { #[subscriber] middle }
}

#[test]
fn equal_priorities_run_by_module_and_place() {
    let registry = Registry::with(subscribers![two::middle, one::aardvark, one::zebra]);
    assert_eq!(
        registry.emit(Trail::default()).0,
        ["zebra", "aardvark", "middle"]
    );
}

#[test]
fn run_time_subscribers_come_after_declared_ones_of_their_priority() {
    let registry = Registry::new();
    let on = |name: &'static str, priority| {
        let handler = move |event: &mut Trail| event.0.push(name);
        registry
            .subscribe(handler)
            .priority(priority)
            .register()
            .expect("no options clash")
    };
    let _subscriptions = [on("b", 0), on("a", 0), on("high", 11), on("low", -11)];
    registry
        .scanner()
        .subscribers(subscribers![plain, early, late])
        .run();
    assert_eq!(
        registry.emit(Trail::default()).0,
        ["high", "early", "plain", "b", "a", "late", "low"],
    );
}

#[test]
fn run_time_subscribers_are_ordered_by_function_and_by_id() {
    let registry = Registry::with(subscribers![plain, late]);
    let on = |name: &'static str| registry.subscribe(move |event: &mut Trail| event.0.push(name));
    let _subscriptions = [
        on("first").before(plain).id("first").register(),
        on("zeroth").before("first").register(),
        on("last").after(late).priority(100).register(),
    ]
    .map(|subscription| subscription.expect("no options clash"));
    assert_eq!(
        registry.emit(Trail::default()).0,
        ["zeroth", "first", "plain", "late", "last"]
    );
}

#[test]
fn a_run_time_subscriber_cannot_close_a_circle() {
    let registry = Registry::with(subscribers![plain, late]);
    let circle = registry.subscribe(|_: &Trail| ()).after(late).before(plain);
    let _fine = registry
        .subscribe(|_: &Trail| ())
        .id("fine")
        .after(plain)
        .before(late)
        .register()
        .expect("plain runs before late anyhow");
    let error = circle
        .register()
        .expect_err("late runs before plain, and after it");
    let SubscribeError::Cycle { cycle } = &error else {
        panic!("{error:?}")
    };
    assert_eq!(cycle.len(), 4);
    assert!(error.to_string().contains("it::order::late"), "{error}");
    assert_eq!(registry.emit(Trail::default()).0, ["plain", "late"]);
}

#[test]
fn a_run_time_subscriber_cannot_be_ordered_by_a_stranger() {
    let registry = Registry::new();
    let error = registry.subscribe(|_: &Trail| ()).after(plain).register();
    assert!(
        matches!(error, Err(SubscribeError::UnknownTarget { .. })),
        "{error:?}"
    );
}
