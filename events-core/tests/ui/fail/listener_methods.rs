//! The methods of listeners.

mod listener_handler {
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
}

mod listener_options {
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
}

mod listener_receiver {
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
        fn changes(&mut self, event: &Login) {
            let _ = event.user;
            self.0.fetch_add(1, Ordering::Relaxed);
        }

        #[on]
        fn consumes(self, event: &Login) {
            let _ = event.user;
        }

        #[on]
        fn shared(self: std::rc::Rc<Self>, event: &Login) {
            let _ = event.user;
        }

        #[on]
        fn neither(event: &Login) {
            let _ = event.user;
        }

        #[on]
        fn alone(&self) {}

        #[on]
        fn owned(&self, event: Login) {
            let _ = event.user;
        }
    }
}

mod listener_subscriber {
    //! `#[subscriber]` on methods of a listener and of an observer.

    use events_core::{Event, listener, observer, record::Created, subscriber};

    #[derive(Event)]
    struct Login {
        user: u64,
    }

    struct Greeter;

    #[listener]
    impl Greeter {
        #[subscriber(priority = 3)]
        fn greet(&self, event: &Login) {
            let _ = event.user;
        }

        #[cfg_attr(all(), events_core::subscriber)]
        fn count(event: &Login) {
            let _ = event.user;
        }
    }

    struct Logins;

    #[observer(Login)]
    impl Logins {
        #[subscriber]
        fn created(&self, _: &Created<Login>) {}
    }

    fn main() {
        let _ = (Greeter, Logins);
    }
}

fn main() {}
