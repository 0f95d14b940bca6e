//! Section 12: `before_if_present` and `after_if_present` are an order around a subscriber that may be absent.

use std::sync::Mutex;

use events_core::{
    AnyEvent, Event, Registry, listener, observer, record::Created, scanning::Subscribers,
    subscriber, subscribers,
};

#[derive(Event, Default)]
struct Priced(Vec<&'static str>);

/// Absent unless it is scanned.
#[subscriber(priority = -9)]
fn plugin(event: &mut Priced) {
    event.0.push("plugin");
}

/// Never a declared subscriber.
fn by_hand(event: &mut Priced) {
    event.0.push("by_hand");
}

#[subscriber(after_if_present = plugin)]
fn last(event: &mut Priced) {
    event.0.push("last");
}

#[subscriber(priority = -20, before_if_present = [plugin, by_hand])]
fn first(event: &mut Priced) {
    event.0.push("first");
}

/// The id of a run-time subscription, beside a target that is required.
#[subscriber(priority = 5, after = first, after_if_present = ["metrics", "it::order::if_present::plugin"])]
fn after_metrics(event: &mut Priced) {
    event.0.push("after_metrics");
}

#[derive(Default)]
struct Desk;

#[listener]
impl Desk {
    #[on(priority = 3, after_if_present = "metrics")]
    fn note(&self, event: &mut Priced) {
        event.0.push("note");
    }
}

#[track_caller]
fn check(registry: &Registry, expected: &[&str]) {
    assert_eq!(registry.emit(Priced::default()).0, expected);
}

fn scan(registry: &Registry, subscribers: Subscribers) {
    registry.scanner().subscribers(subscribers).run();
}

#[test]
fn the_order_holds_as_long_as_the_target_is_subscribed() {
    let registry = Registry::new();
    scan(
        &registry,
        subscribers![last, first, after_metrics, Desk::note],
    );
    check(&registry, &["note", "last", "first", "after_metrics"]);

    let metrics = registry
        .subscribe(|event: &mut Priced| event.0.push("metrics"))
        .id("metrics")
        .priority(-1)
        .register()
        .expect("valid");
    check(
        &registry,
        &["last", "metrics", "note", "first", "after_metrics"],
    );

    // A target that a later scan registers.
    scan(&registry, subscribers![plugin]);
    let all = [
        "metrics",
        "note",
        "first",
        "plugin",
        "after_metrics",
        "last",
    ];
    check(&registry, &all);

    drop(metrics);
    check(
        &registry,
        &["note", "first", "plugin", "after_metrics", "last"],
    );
}

/// A function that is no declared subscriber may be subscribed at run time.
#[test]
fn the_target_may_be_a_function_that_is_subscribed_by_hand() {
    let registry = Registry::new();
    let hand = registry
        .subscribe(by_hand)
        .priority(1)
        .register()
        .expect("valid");
    check(&registry, &["by_hand"]);
    scan(&registry, subscribers![first]);
    check(&registry, &["first", "by_hand"]);
    drop(hand);
    check(&registry, &["first"]);
}

#[test]
fn run_time_subscriptions_have_the_same_options() {
    let registry = Registry::new();
    let push = |name| move |event: &mut Priced| event.0.push(name);
    let after = registry
        .subscribe(push("after"))
        .after_if_present("late")
        .after_if_present(plugin);
    let _after = after.priority(9).register().expect("no target is required");
    let _before = registry
        .subscribe(push("before"))
        .before_if_present("late")
        .register()
        .expect("as above");
    check(&registry, &["after", "before"]);

    let late = registry
        .subscribe(push("late"))
        .id("late")
        .priority(5)
        .register()
        .expect("valid");
    check(&registry, &["before", "late", "after"]);
    drop(late);
    check(&registry, &["after", "before"]);
    scan(&registry, subscribers![plugin]);
    check(&registry, &["before", "plugin", "after"]);
}

/// An order that holds only when the target is there can contradict others: the target is refused, as with `after`.
#[test]
fn a_target_that_makes_a_cycle_is_refused() {
    let registry = Registry::new();
    let push = |name| move |event: &mut Priced| event.0.push(name);
    let _one = registry
        .subscribe(push("one"))
        .id("one")
        .after_if_present("two")
        .register()
        .expect("valid");
    let two = registry
        .subscribe(push("two"))
        .id("two")
        .after("one")
        .register();
    let error = two.expect_err("each after the other").to_string();
    assert!(error.contains("contradict each other"), "{error}");
    check(&registry, &["one"]);

    // What names itself is no contradiction as long as it is alone with a name that it does not have.
    let other = registry
        .subscribe(push("other"))
        .after_if_present("nobody")
        .register();
    assert!(other.is_ok());
}

/// A required target stays required beside one that may be absent.
#[test]
fn a_required_target_is_still_required() {
    let registry = Registry::new();
    let error = registry
        .subscribe(|_: &Priced| ())
        .after_if_present("a")
        .after("b")
        .register()
        .expect_err("b is not subscribed");
    assert!(error.to_string().contains("`b`"), "{error}");
}

static SEEN: Mutex<Vec<&str>> = Mutex::new(Vec::new());

struct Order;

#[subscriber(
    topic = r"it::order::if_present::Parcel\w*",
    priority = 9,
    after_if_present = "customs"
)]
fn by_topic(_: &dyn AnyEvent) {
    SEEN.lock().expect("not poisoned").push("by_topic");
}

#[derive(Event)]
struct ParcelSent;

#[derive(Default)]
struct Audit;

#[observer(Order)]
impl Audit {
    #[on(priority = 9, after_if_present = "customs")]
    fn created(&self, _: &Created<Order>) {
        SEEN.lock().expect("not poisoned").push("created");
    }
}

#[test]
fn patterns_and_observers_have_the_option() {
    let registry = Registry::new();
    scan(&registry, subscribers![by_topic, Audit::created]);
    let customs = |_: &dyn AnyEvent| SEEN.lock().expect("not poisoned").push("customs");
    let customs = registry
        .subscribe_topic(".*", customs)
        .expect("a pattern")
        .id("customs");
    let customs = customs.register().expect("valid");
    registry.emit(ParcelSent);
    registry.emit(Created::new(Order));
    drop(customs);
    registry.emit(ParcelSent);
    let seen = std::mem::take(&mut *SEEN.lock().expect("not poisoned"));
    assert_eq!(
        seen,
        ["customs", "by_topic", "customs", "created", "by_topic"]
    );
}
