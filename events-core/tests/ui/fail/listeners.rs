//! Listeners: the impl block, and how a listener is added.

mod listener_add {
    //! `registry.add` of a value that is no listener.

    use events_core::{Event, Registry, listener};

    #[derive(Event)]
    struct Login {
        user: u64,
    }

    struct Greeter;

    impl Greeter {
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
        registry.add(Counter::count).detach();
        Greeter.greet(&Login { user: 1 });
        let _ = Counter;
    }
}

mod listener_block {
    //! Blocks that cannot be listeners: generic, borrowing, of a trait, no impl block at all,
    //! and a second block of the same type.

    use std::marker::PhantomData;

    use events_core::{Event, listener};

    #[derive(Event)]
    struct Login {
        user: u64,
    }

    struct Cache<T>(PhantomData<T>);

    #[listener]
    impl<T> Cache<T> {
        #[on]
        fn clear(&self, _: &Login) {}
    }

    struct Lent<'a>(&'a str);

    #[listener]
    impl<'a> Lent<'a> {
        #[on]
        fn greet(&self, _: &Login) {}
    }

    struct Other<'a>(&'a str);

    #[listener]
    impl Other<'_> {
        #[on]
        fn greet(&self, _: &Login) {}
    }

    trait Greets {
        fn greet(&self, event: &Login);
    }

    struct Greeter;

    #[listener]
    impl Greets for Greeter {
        #[on]
        fn greet(&self, event: &Login) {
            let _ = event.user;
        }
    }

    #[listener]
    struct Counter;

    struct Methods;

    #[listener]
    impl Methods {
        #[on]
        fn generic<T>(&self, _: &Login) {}
    }

    /// A type with two blocks of handlers.
    struct Split;

    #[listener]
    impl Split {
        #[on]
        fn first(&self, _: &Login) {}
    }

    #[listener]
    impl Split {
        #[on]
        fn second(&self, _: &Login) {}
    }

    fn main() {
        let _ = (Lent("").0, Other("").0, Cache(PhantomData::<u8>));
        Greeter.greet(&Login { user: 1 });
        let _ = (Counter, Methods);
    }
}

mod listener_cfg_attr {
    //! `#[on]` under two conditions that both hold, and beside one without a condition.

    use events_core::{Event, listener};

    #[derive(Event)]
    struct Saved;

    #[derive(Default)]
    struct Files;

    #[listener]
    impl Files {
        #[cfg_attr(all(), on(once))]
        #[cfg_attr(not(any()), on(priority = 1))]
        fn both(&self, _: &Saved) {}
    }

    #[derive(Default)]
    struct Folders;

    #[listener]
    impl Folders {
        #[on]
        #[cfg_attr(any(), on(once))]
        fn always(&self, _: &Saved) {}
    }
}

mod listener_no_handler {
    //! A listener without a handler.

    use events_core::{Event, listener};

    #[derive(Event)]
    struct Login {
        user: u64,
    }

    struct Greeter;

    #[listener]
    impl Greeter {
        fn greet(&self, event: &Login) {
            let _ = event.user;
        }
    }

    fn main() {
        Greeter.greet(&Login { user: 1 });
    }
}

mod listener_on_alone {
    //! `#[on]` outside of a listener.

    use events_core::{Event, on};

    #[derive(Event)]
    struct Login {
        user: u64,
    }

    #[on]
    fn greet(event: &Login) {
        let _ = event.user;
    }

    struct Counter;

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
}

fn main() {}
