//! Methods of a listener with wrong parameters, return types, options or names.

use events_core::{Event, listener};

#[derive(Event)]
struct Login {
    user: u64,
}

struct Greeter;

#[listener]
impl Greeter {
    #[on]
    fn takes(&self, _: &Login, _: String) {}

    #[on]
    fn gives(&self, event: &Login) -> u64 {
        event.user
    }

    #[on]
    async fn copies(&self, _: &Login) {}

    #[on(after = Self::audit)]
    fn ordered(&self, _: &Login) {}

    #[on(when = |event: &Login| event.user)]
    fn filters(&self, _: &Login) {}
}

fn main() {
    let _ = Greeter;
}
