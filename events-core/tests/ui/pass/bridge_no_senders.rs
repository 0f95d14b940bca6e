//! The fix: `senders` reads the sender of an item.

use events_core::{Event, Registry, bridge};

#[derive(Event, Clone)]
struct Order {
    desk: &'static str,
}

fn main() {
    let orders = Registry::new().stream::<Order>();
    let orders = bridge(orders).results().senders(|order| order.desk);
    drop(orders.sender("east").to::<Order>());
}
