//! The methods of listeners.

mod listener_handler {
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
}

mod listener_options {
    //! Options of a handler, and of its listener: unknown, given twice, with a wrong value or none.

    use events_core::{Event, listener};

    #[derive(Event)]
    struct Login {
        user: u64,
    }

    struct Greeter;

    #[listener]
    impl Greeter {
        #[on]
        fn heading(&self, _: &Login) {}
    }

    struct Counter;

    #[listener]
    impl Counter {
        #[on(priority = 3)]
        fn unknown(&self, _: &Login) {}

        #[on]
        fn elsewhere(&self, _: &Login) {}

        #[on(once)]
        fn twice(&self, _: &Login) {}

        #[on(once)]
        fn two_marks(&self, _: &Login) {}

        #[on(priority = 3)]
        fn equals(&self, _: &Login) {}

        #[on(priority = 3)]
        fn no_value(&self, _: &Login) {}

        const LIMIT: u32 = 3;

        #[on]
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
}

mod listener_subscriber {
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
}

fn main() {}
