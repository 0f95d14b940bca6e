//! Options of a handler, and of its listener: unknown, given twice, with a wrong value or none.

use events_core::{Event, listener};

#[derive(Event)]
struct Login {
    user: u64,
}

struct Greeter;

#[listener(priority = 3)]
impl Greeter {
    #[on]
    fn heading(&self, _: &Login) {}
}

struct Counter;

#[listener]
impl Counter {
    #[on(prioritty = 3)]
    fn unknown(&self, _: &Login) {}

    #[on(crate = events_core)]
    fn elsewhere(&self, _: &Login) {}

    #[on(once, once)]
    fn twice(&self, _: &Login) {}

    #[on]
    #[on(once)]
    fn two_marks(&self, _: &Login) {}

    #[on = 3]
    fn equals(&self, _: &Login) {}

    #[on(priority)]
    fn no_value(&self, _: &Login) {}

    #[on]
    const LIMIT: u32 = 3;

    #[on(deferred)]
    fn changes(&self, event: &mut Login) {
        event.user = 3;
    }
}

fn main() {
    let _ = (Login { user: 1 }.emit().user, Counter::LIMIT);
}
