//! `registry.add` of a value that is no listener.

use events_core::{Event, Registry, listener};

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

struct Counter;

#[listener]
impl Counter {
    #[on]
    fn count(&self, _: &Login) {}
}

fn main() {
    let registry = Registry::new();
    registry.add(Greeter).detach();
    registry.add(Counter).detach();
    Greeter.greet(&Login { user: 1 });
    let _ = Counter;
}
