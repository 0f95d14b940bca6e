//! Origins and order targets that name no function and no path of one.

use events_core::{Event, listener, subscriber};

#[derive(Event)]
struct OrderPlaced {
    total: u64,
}

fn checkout() {}

#[subscriber]
fn audit(_: &OrderPlaced) {}

#[subscriber(origin = 7)]
fn number(_: &OrderPlaced) {}

#[subscriber(origin = chekout)]
fn misspelled(_: &OrderPlaced) {}

#[subscriber(after = 7)]
fn after_number(_: &OrderPlaced) {}

#[subscriber(before = audits)]
fn before_misspelled(_: &OrderPlaced) {}

#[subscriber(after = "audit")]
fn after_name(_: &OrderPlaced) {}

#[subscriber(before = [audit, "subscriber_targets:: audit"])]
fn before_path(_: &OrderPlaced) {}

#[subscriber(after = "shop.orders.audit")]
fn after_topic(_: &OrderPlaced) {}

#[subscriber(after_if_present = "shop::")]
fn after_absent_module(_: &OrderPlaced) {}

struct Greeter;

#[listener]
impl Greeter {
    #[on(after = "")]
    fn after_nothing(&self, _: &OrderPlaced) {}

    #[on(before_if_present = ["metrics", ""])]
    fn before_absent_nothing(&self, _: &OrderPlaced) {}

    #[on(before = "shop::")]
    fn before_module(&self, _: &OrderPlaced) {}
}

fn main() {
    checkout();
    let _ = OrderPlaced { total: 1 }.emit().total;
}
