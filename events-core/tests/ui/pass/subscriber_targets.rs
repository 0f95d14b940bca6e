//! Origins and order targets that name no function and no path of one.

use events_core::{Event, listener, subscriber};

#[derive(Event)]
struct OrderPlaced {
    total: u64,
}

fn checkout() {}

#[subscriber]
fn audit(_: &OrderPlaced) {}

#[subscriber(origin = checkout)]
fn number(_: &OrderPlaced) {}

#[subscriber(origin = checkout)]
fn misspelled(_: &OrderPlaced) {}

#[subscriber(after = audit)]
fn after_number(_: &OrderPlaced) {}

#[subscriber(before = audit)]
fn before_misspelled(_: &OrderPlaced) {}

#[subscriber(after = "subscriber_targets::audit")]
fn after_name(_: &OrderPlaced) {}

#[subscriber(before = [audit, "subscriber_targets::audit"])]
fn before_path(_: &OrderPlaced) {}

#[subscriber(after = "shop::orders::Cache<u8>::audit")]
fn after_topic(_: &OrderPlaced) {}

#[subscriber(after_if_present = "shop::audit")]
fn after_absent_module(_: &OrderPlaced) {}

struct Greeter;

#[listener]
impl Greeter {
    #[on(after = "shop::r#type")]
    fn after_nothing(&self, _: &OrderPlaced) {}

    #[on(before_if_present = ["metrics", "shop::audit"])]
    fn before_absent_nothing(&self, _: &OrderPlaced) {}

    #[on(before = "id of a run-time subscriber")]
    fn before_module(&self, _: &OrderPlaced) {}
}

fn main() {
    checkout();
    let _ = OrderPlaced { total: 1 }.emit().total;
}
