//! A listener without a handler.

use events_core::{Event, listener};

#[derive(Event)]
struct Login {
    user: u64,
}

struct Greeter;

#[listener]
impl Greeter {
    #[on]
    fn greet(&self, event: &Login) {
        let _ = event.user;
    }
}

fn main() {
    Greeter.greet(&Login { user: 1 });
}
