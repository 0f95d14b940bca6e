//! Methods of a listener with wrong parameters, return types, options or names.

use events_core::{Event, State, listener};

#[derive(Event, Clone)]
struct Login {
    user: u64,
}

struct Greeter;

#[listener]
impl Greeter {
    #[on]
    fn takes(&self, _: &Login, _: State<'_, String>) {}

    #[on]
    fn gives(&self, event: &Login) {
        let _ = event.user;
    }

    #[on]
    async fn copies(&self, _: &Login) {}

    #[on(after = Self::takes)]
    fn ordered(&self, _: &Login) {}

    #[on(when = |event: &Login| event.user > 0)]
    fn filters(&self, _: &Login) {}
}

fn main() {
    let _ = Greeter;
}
