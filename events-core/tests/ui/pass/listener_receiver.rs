//! Handlers of a listener that do not take `&self`.

use std::sync::atomic::{AtomicU32, Ordering};

use events_core::{Event, listener};

#[derive(Event)]
struct Login {
    user: u64,
}

struct Counter(AtomicU32);

#[listener]
impl Counter {
    #[on]
    fn changes(&self, event: &Login) {
        let _ = event.user;
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    #[on]
    fn consumes(&self, event: &Login) {
        let _ = event.user;
    }

    #[on]
    fn shared(&self, event: &Login) {
        let _ = event.user;
    }

    #[on]
    fn neither(&self, event: &Login) {
        let _ = event.user;
    }

    #[on]
    fn alone(&self, _: &Login) {}

    #[on]
    fn owned(&self, event: &Login) {
        let _ = event.user;
    }
}

fn main() {}
