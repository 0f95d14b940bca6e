//! Section 4: `before` and `after` name a declared subscriber by its path, as the report of a scan prints it.

use events_core::{
    Event, Registry, listener, scanning::Subscribers, subscriber, subscribers,
    subscribing::SubscribeError,
};

#[derive(Event, Default)]
struct Booked(Vec<&'static str>);

mod shop {
    use super::{Booked, subscriber};

    #[subscriber]
    pub(super) fn charge(event: &mut Booked) {
        event.0.push("charge");
    }

    /// The report prints the name without `r#`.
    #[subscriber(priority = 1)]
    pub(super) fn r#type(event: &mut Booked) {
        event.0.push("type");
    }
}

#[subscriber(priority = 9, after = "it::emit::targets_by_path::shop::charge")]
fn receipt(event: &mut Booked) {
    event.0.push("receipt");
}

#[subscriber(priority = -9, before = ["it::emit::targets_by_path::shop::charge", receipt])]
fn check_stock(event: &mut Booked) {
    event.0.push("check_stock");
}

#[subscriber(priority = 9, after = "it::emit::targets_by_path::shop::type")]
fn after_raw_name(event: &mut Booked) {
    event.0.push("after_raw_name");
}

#[derive(Default)]
struct Desk;

#[listener]
impl Desk {
    #[on(priority = 9, after = "it::emit::targets_by_path::shop::charge")]
    fn book(&self, event: &mut Booked) {
        event.0.push("book");
    }
}

#[subscriber(priority = 99, after = "it::emit::targets_by_path::Desk::book")]
fn after_method(event: &mut Booked) {
    event.0.push("after_method");
}

const CHARGE: &str = "it::emit::targets_by_path::shop::charge";

#[track_caller]
fn check(subscribers: Subscribers, expected: &[&str]) {
    assert_eq!(
        Registry::with(subscribers).emit(Booked::default()).0,
        expected
    );
}

#[test]
fn a_declared_subscriber_is_ordered_by_the_path_of_another() {
    check(subscribers![receipt, shop::charge], &["charge", "receipt"]);
    check(
        subscribers![shop::charge, receipt, check_stock],
        &["check_stock", "charge", "receipt"],
    );
    check(
        subscribers![after_raw_name, shop::r#type],
        &["type", "after_raw_name"],
    );
    check(
        subscribers![after_method, Desk::book, shop::charge],
        &["charge", "book", "after_method"],
    );
}

#[test]
fn the_path_is_that_of_the_report() {
    let registry = Registry::new();
    let report = registry
        .scanner()
        .subscribers(subscribers![shop::charge])
        .run();
    let mut names = report.subscribers().map(|subscriber| &*subscriber.name);
    assert_eq!(names.next(), Some(CHARGE));
    assert!(report.to_string().contains(CHARGE), "{report}");
}

#[test]
fn a_run_time_subscriber_and_an_added_listener_are_ordered_by_the_path_of_a_declared_one() {
    let registry = Registry::with(subscribers![shop::charge]);
    let push = |name: &'static str| move |event: &mut Booked| event.0.push(name);
    let before = registry.subscribe(push("before")).priority(-9);
    let _before = before.before(CHARGE).register().expect("it is declared");
    let after = registry.subscribe(push("after")).priority(9);
    let _after = after.after(CHARGE).register().expect("it is declared");
    let _desk = registry.add(Desk);
    let order = registry.emit(Booked::default()).0;
    assert_eq!(order, ["before", "charge", "after", "book"]);
}

struct Late;

#[listener]
impl Late {
    #[on(priority = 9, after = "audit-log")]
    fn write(&self, event: &mut Booked) {
        event.0.push("write");
    }
}

#[test]
fn an_added_listener_is_ordered_by_the_id_of_a_run_time_subscriber() {
    let registry = Registry::new();
    let audit = registry.subscribe(|event: &mut Booked| event.0.push("audit"));
    let _audit = audit.id("audit-log").register().expect("no other has it");
    let _late = registry.add(Late);
    assert_eq!(registry.emit(Booked::default()).0, ["audit", "write"]);
}

#[test]
fn the_path_of_a_subscriber_that_is_not_registered_is_an_error_at_run_time() {
    let registry = Registry::new();
    let subscriber = registry.subscribe(|_: &Booked| ()).after(CHARGE);
    assert!(matches!(
        subscriber.register(),
        Err(SubscribeError::UnknownTarget { .. })
    ));
}
