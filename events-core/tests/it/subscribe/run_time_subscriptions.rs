//! Section 2: subscriptions that are made at run time.

use std::panic::{AssertUnwindSafe, catch_unwind};

use events_core::{
    AnyEvent, Emission, Event, Registry, bridge, subscriber, subscribing::SubscribeError,
};

#[derive(Event, Debug, Default, PartialEq)]
struct Order {
    cents: i64,
}

#[derive(Event)]
struct Login<'a> {
    name: &'a str,
    seen: Vec<String>,
}

fn order(cents: i64) -> Order {
    Order { cents }
}

#[subscriber]
fn double(event: &mut Order) {
    event.cents *= 2;
}

fn checkout() {}

#[test]
fn closures_and_functions_can_be_subscribed() {
    let registry = Registry::new();
    let step = 5;
    let _all = [
        registry.on(move |event: &mut Order| event.cents += step),
        registry.on(double),
        registry.on(|event: &Order| assert!(event.cents > 0)),
        registry.on(|event: &mut Order, emission: &Emission| {
            event.cents += i64::from(emission.origin().is_some());
        }),
        registry.on(|_: &Order, emission: &Emission| match emission.topic() {
            "it::subscribe::run_time_subscriptions::Order" => Ok(()),
            other => Err(other.to_owned()),
        }),
    ];
    assert_eq!(
        registry.try_emit(order(1)).expect("no handler fails").cents,
        12
    );
    assert_eq!(registry.emit_from(order(1), checkout).cents, 13);
}

#[test]
fn handlers_of_borrowing_events_can_be_subscribed() {
    let registry = Registry::new();
    let _plain = registry.on_borrowed::<Login<'_>>(|event| event.seen.push(event.name.to_owned()));
    let _optioned = registry
        .subscribe_borrowed::<Login<'_>>(|event| event.seen.push("first".to_owned()))
        .priority(1)
        .when(|event| event.name == "ann")
        .register()
        .expect("no options clash");
    let seen = |name: &str| {
        let name = String::from(name);
        registry
            .emit(Login {
                name: &name,
                seen: Vec::new(),
            })
            .seen
    };
    assert_eq!(seen("ann"), ["first", "ann"]);
    assert_eq!(seen("bob"), ["bob"]);
}

#[test]
fn dropping_a_subscription_unsubscribes() {
    let registry = Registry::new();
    let subscription = registry.on(double);
    assert_eq!(registry.emit(order(1)).cents, 2);
    drop(subscription);
    assert_eq!(registry.emit(order(1)).cents, 1);
}

#[test]
fn a_detached_subscription_stays_registered() {
    let registry = Registry::new();
    registry.on(double).detach();
    assert_eq!(registry.emit(order(1)).cents, 2);
}

#[test]
fn a_function_can_be_subscribed_twice() {
    let registry = Registry::new();
    let _both = [registry.on(double), registry.on(double)];
    assert_eq!(registry.emit(order(1)).cents, 4);
}

#[test]
fn options_filter_and_order_run_time_subscribers() {
    let registry = Registry::new();
    let options = |add: i64| {
        registry.subscribe(move |event: &mut Order| event.cents = event.cents * 10 + add)
    };
    let _all = [
        options(1).register(),
        options(2).priority(5).register(),
        options(3).origin(checkout).register(),
        options(4).when(|event| event.cents % 10 == 3).register(),
        options(5).once().register(),
    ]
    .map(|subscription| subscription.expect("no options clash"));
    assert_eq!(registry.emit_from(order(0), checkout).cents, 21_345);
    assert_eq!(registry.emit_from(order(0), checkout).cents, 2_134);
    assert_eq!(registry.emit(order(0)).cents, 21);
}

#[test]
fn a_once_subscriber_frees_its_closure_and_its_id_after_its_run() {
    let registry = Registry::new();
    let held = std::sync::Arc::new(());
    let captured = std::sync::Arc::clone(&held);
    let subscription = registry
        .subscribe(move |_: &Order| drop(std::sync::Arc::clone(&captured)))
        .id("first")
        .once()
        .register()
        .expect("the id is free");
    registry.emit(order(1));
    assert_eq!(std::sync::Arc::strong_count(&held), 1);
    assert!(registry.subscribe(double).id("first").register().is_ok());
    drop(subscription);
}

#[test]
fn a_second_registration_with_the_same_id_is_an_error() {
    #[derive(Event)]
    struct Other;
    let registry = Registry::new();
    let first = registry
        .subscribe(double)
        .id("x")
        .register()
        .expect("the id is free");
    let same = registry.subscribe(|_: &Order| ()).id("x").register();
    let elsewhere = registry.subscribe(|_: &Other| ()).id("x").register();
    for error in [same, elsewhere] {
        assert_eq!(
            error.expect_err("the id is taken"),
            SubscribeError::IdTaken { id: "x".into() }
        );
    }
    assert_eq!(registry.emit(order(1)).cents, 2);
    drop(first);
    let _again = registry
        .subscribe(double)
        .id("x")
        .register()
        .expect("the id is free again");
}

#[test]
fn a_subscription_is_reported_with_its_location_and_its_name() {
    let registry = Registry::new();
    let name_of = |registry: &Registry| {
        let error = registry.try_emit(order(1)).expect_err("the handler fails");
        let subscriber = error.failures()[0].subscriber().clone();
        (
            subscriber.name.to_string(),
            subscriber.location,
            subscriber.kind(),
        )
    };
    let line = line!() + 1;
    let on = registry.on(|_: &mut Order| Err::<(), _>("no"));
    let (name, location, kind) = name_of(&registry);
    assert!(
        name.starts_with("it::subscribe::run_time_subscriptions::a_subscription"),
        "{name}"
    );
    assert_eq!((location.line(), kind), (line, "sync mut"));
    drop(on);
    let line = line!() + 1;
    let named = registry.subscribe(|_: &Order| Err::<(), _>("no"));
    let named = named.id("ledger").once().register();
    let (name, location, kind) = name_of(&registry);
    assert_eq!(
        (name.as_str(), location.line(), kind),
        ("ledger", line, "sync once")
    );
    drop(named);
}

type Row = (&'static str, fn(&Registry));

/// Sets an option twice.
const TWICE: &[Row] = &[
    ("a priority", |registry| {
        _ = registry.subscribe(double).priority(1).priority(2);
    }),
    ("an origin", |registry| {
        _ = registry.subscribe(double).origin("a").origin("b");
    }),
    ("an id", |registry| {
        _ = registry.subscribe(double).id("a").id("b");
    }),
    ("a condition", |registry| {
        let new = registry.subscribe(double).when(|order| order.cents > 0);
        _ = new.when(|order| order.cents < 9);
    }),
    ("a condition", |registry| {
        let new = registry.subscribe_topic(".*", |_: &dyn AnyEvent| ());
        let new = new.expect("a pattern").when(|event| event.topic() == "a");
        _ = new.when(|event| event.topic() == "b");
    }),
    ("a limit of concurrent calls", |registry| {
        let new = registry.subscribe_async(|_: &Copied| async {});
        _ = new.concurrency(1).concurrency(2);
    }),
    ("an origin", |registry| {
        _ = registry.stream::<Copied>().origin("a").origin("b");
    }),
    ("a condition", |registry| {
        _ = registry.next::<Copied>().when(|_| true).when(|_| false);
    }),
    ("an origin", |_| {
        let bridge = bridge(tokio_stream::pending::<Copied>());
        _ = bridge.origin("a").origin("b");
    }),
    ("a registry", |registry| {
        let bridge = bridge(tokio_stream::pending::<Copied>());
        _ = bridge.on(registry).on(registry);
    }),
];

#[derive(Event, Clone)]
struct Copied;

/// In an attribute this is a compile error.
#[test]
fn an_option_that_is_set_twice_is_refused() {
    for (option, twice) in TWICE {
        let registry = Registry::new();
        let result = catch_unwind(AssertUnwindSafe(|| twice(&registry)));
        let payload = result.expect_err(option);
        let text = payload.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| payload.downcast_ref::<&str>().copied());
        let expected = format!("{option} is set already; ");
        assert!(
            text.is_some_and(|text| text.starts_with(&expected)),
            "{option}: {text:?}"
        );
    }
}
