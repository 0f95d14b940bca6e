//! A listener that is not `Sync`.

use std::{cell::Cell, sync::Mutex};

use events_core::{Event, listener};

#[derive(Event, Clone)]
struct Login {
    user: u64,
}

struct Counter(Mutex<u64>);

#[listener]
impl Counter {
    #[on]
    fn count(&self, event: &Login) {
        *self.0.lock().unwrap() = event.user;
    }

    #[on]
    async fn later(&self, event: &Login) {
        *self.0.lock().unwrap() = event.user;
    }
}

fn main() {
    let _ = Counter(Default::default());
    let _ = Cell::new(1);
}
