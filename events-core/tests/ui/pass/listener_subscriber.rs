//! `#[subscriber]` on methods of a listener and of an observer.

use events_core::{Event, listener, observer, record::Created};

#[derive(Event)]
struct Login {
    user: u64,
}

struct Greeter;

#[listener]
impl Greeter {
    #[on(priority = 3)]
    fn greet(&self, event: &Login) {
        let _ = event.user;
    }

    #[cfg_attr(all(), on)]
    fn count(&self, event: &Login) {
        let _ = event.user;
    }
}

struct Logins;

#[observer(Login)]
impl Logins {
    fn created(&self, _: &Created<Login>) {}
}

fn main() {
    let _ = (Greeter, Logins);
}
