//! A method, and an associated function: a subscriber is a free function.

use events_core::{Event, State, subscriber};

#[derive(Event)]
struct OrderPlaced {
    total: u64,
}

struct Ledger(u64);

#[subscriber]
fn book(event: &OrderPlaced, ledger: State<'_, Ledger>) {
    let _ = event.total + ledger.0;
}

#[subscriber]
fn audit(event: &OrderPlaced) {
    let _ = event.total;
}

trait Audits {
    fn audit(event: &OrderPlaced);
}

impl Audits for Ledger {
    fn audit(event: &OrderPlaced) {
        #[subscriber]
        fn inner(event: &OrderPlaced) {
            let _ = event.total;
        }

        inner(event);
    }
}

fn main() {
    Ledger::audit(&OrderPlaced { total: 1 });

    #[subscriber]
    fn nested(event: &OrderPlaced) {
        let _ = event.total;
    }

    nested(&OrderPlaced { total: 1 });
}
