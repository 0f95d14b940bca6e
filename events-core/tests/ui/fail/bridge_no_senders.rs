//! A bridge that filters by sender, without `senders`.

use events_core::{Event, Registry, bridge};

#[derive(Event, Clone)]
struct Order {
    desk: &'static str,
}

fn main() {
    let orders = Registry::new().stream::<Order>();
    drop(bridge(orders).results().sender("east").to::<Order>());
}
