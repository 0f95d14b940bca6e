//! `#[on]` outside of a listener.

use events_core::{Event, listener, subscriber};

#[derive(Event)]
struct Login {
    user: u64,
}

#[subscriber]
fn greet(event: &Login) {
    let _ = event.user;
}

struct Counter;

#[listener]
impl Counter {
    #[on(priority = 3)]
    fn count(&self, event: &Login) {
        let _ = event.user;
    }
}

fn main() {
    greet(&Login { user: 1 });
    Counter.count(&Login { user: 1 });
}
