//! Section 4: the order in which subscribers run.

use events_core::{Event, Registry, subscriber, subscribers, subscribing::SubscribeError};

#[derive(Event, Default)]
pub(crate) struct RunOrder(Vec<&'static str>);

macro_rules! subscribers_named {
    ($($(#[$option:meta])* $name:ident),* $(,)?) => {
        $(
            $(#[$option])*
            pub(crate) fn $name(event: &mut RunOrder) {
                event.0.push(stringify!($name));
            }
        )*
    };
}

subscribers_named! {
    #[subscriber] plain,
    #[subscriber(priority = 10)] early,
    #[subscriber(priority = -10)] late,
    #[subscriber(priority = LATEST)] latest,
    #[subscriber(priority = 99, after = late)] audit,
    #[subscriber(before = [early, plain])] gate,
}

const LATEST: i32 = i32::MIN;

#[test]
fn before_and_after_take_precedence_and_priority_decides_the_rest() {
    let registry = Registry::with(subscribers![audit, latest, late, plain, early, gate]);
    assert_eq!(
        registry.emit(RunOrder::default()).0,
        ["gate", "early", "plain", "late", "audit", "latest"],
    );
}

subscribers_named! {
    #[subscriber(before = [late, late], after = [plain, plain])] between,
}

#[test]
fn what_is_named_twice_counts_once() {
    let registry = Registry::with(subscribers![late, between, plain, late, between]);
    let subscription = registry
        .subscribe(|event: &mut RunOrder| event.0.push("own"))
        .before(late)
        .before(late)
        .after(between)
        .after(between)
        .register();
    let _subscription = subscription.expect("no options clash");
    let order = registry.emit(RunOrder::default()).0;
    assert_eq!(order, ["plain", "between", "own", "late"]);
}

/// A subscriber that is registered by a stranger does not move the others.
#[test]
fn a_subscriber_before_another_does_not_move_that_behind_others() {
    let registry = Registry::new();
    let on =
        |name: &'static str| registry.subscribe(move |event: &mut RunOrder| event.0.push(name));
    let _subscriptions = [
        on("auth").id("auth").priority(100).register(),
        on("charge").register(),
        on("log").before("auth").register(),
    ]
    .map(|subscription| subscription.expect("no options clash"));
    let order = registry.emit(RunOrder::default()).0;
    assert_eq!(order, ["log", "auth", "charge"]);
}

mod one {
    use super::{RunOrder, subscriber};
    subscribers_named! { #[subscriber] zebra, #[subscriber] aardvark }
}

mod two {
    use super::{RunOrder, subscriber};
    subscribers_named! { #[subscriber] middle }
}

#[test]
fn subscribers_of_equal_priority_run_in_order_of_module_and_location() {
    let registry = Registry::with(subscribers![two::middle, one::aardvark, one::zebra]);
    assert_eq!(
        registry.emit(RunOrder::default()).0,
        ["zebra", "aardvark", "middle"]
    );
}

#[test]
fn run_time_subscribers_run_after_declared_ones_of_their_priority() {
    let registry = Registry::new();
    let on = |name: &'static str, priority| {
        let handler = move |event: &mut RunOrder| event.0.push(name);
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
        registry.emit(RunOrder::default()).0,
        ["high", "early", "plain", "b", "a", "late", "low"],
    );
}

#[test]
fn run_time_subscribers_can_be_ordered_relative_to_functions_and_ids() {
    let registry = Registry::with(subscribers![plain, late]);
    let on =
        |name: &'static str| registry.subscribe(move |event: &mut RunOrder| event.0.push(name));
    let _subscriptions = [
        on("first").before(plain).id("first").register(),
        on("zeroth").before("first").register(),
        on("last").after(late).priority(100).register(),
    ]
    .map(|subscription| subscription.expect("no options clash"));
    assert_eq!(
        registry.emit(RunOrder::default()).0,
        ["zeroth", "first", "plain", "late", "last"]
    );
}

#[test]
fn a_run_time_subscriber_cannot_complete_a_cycle() {
    let registry = Registry::with(subscribers![plain, late]);
    let cyclic = registry
        .subscribe(|_: &RunOrder| ())
        .after(late)
        .before(plain);
    let _fine = registry
        .subscribe(|_: &RunOrder| ())
        .id("fine")
        .after(plain)
        .before(late)
        .register()
        .expect("plain runs before late anyhow");
    let error = cyclic
        .register()
        .expect_err("late runs before plain, and after it");
    let SubscribeError::Cycle { cycle } = &error else {
        panic!("{error:?}")
    };
    assert_eq!(cycle.len(), 4);
    assert!(
        error.to_string().contains("it::emit::order::late"),
        "{error}"
    );
    assert_eq!(registry.emit(RunOrder::default()).0, ["plain", "late"]);
}

#[test]
fn a_run_time_subscriber_cannot_be_ordered_relative_to_an_unregistered_function() {
    let registry = Registry::new();
    let error = registry
        .subscribe(|_: &RunOrder| ())
        .after(plain)
        .register();
    assert!(
        matches!(error, Err(SubscribeError::UnknownTarget { .. })),
        "{error:?}"
    );
}
