//! `#[flush_queue]` on a struct, on a method without a body, and on a `const fn`.

use events_core::flush_queue;

struct Ledger(u64);

trait Book {
    fn book(&self);
}

#[flush_queue]
fn size() -> usize {
    3
}

impl Book for Ledger {
    #[flush_queue]
    fn book(&self) {
        let _ = self.0;
    }
}

fn main() {
    Ledger(1).book();
    let _ = size();
}
