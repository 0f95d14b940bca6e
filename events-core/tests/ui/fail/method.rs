//! A method, and an associated function: a subscriber is a free function.

use events_core::{Event, subscriber};

#[derive(Event)]
struct OrderPlaced {
    total: u64,
}

struct Ledger(u64);

impl Ledger {
    #[subscriber]
    fn book(&self, event: &OrderPlaced) {
        let _ = event.total + self.0;
    }
}

impl Ledger {
    #[subscriber]
    fn audit(event: &OrderPlaced) {
        let _ = event.total;
    }
}

fn main() {}
