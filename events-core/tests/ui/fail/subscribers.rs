//! The attribute of a subscriber: where it may be, and its options.

mod extern_subscriber {
    //! Functions with another ABI as subscribers.

    use events_core::{Event, listener, subscriber};

    #[derive(Event)]
    struct Saved;

    #[subscriber]
    extern "C" fn declared(_: &Saved) {}

    #[derive(Default)]
    struct Files;

    #[listener]
    impl Files {
        #[on]
        extern "system" fn method(&self, _: &Saved) {}
    }
}

mod generic_subscriber {
    //! A subscriber with a type parameter, written out or as `impl Trait`.

    use events_core::{Event, subscriber};

    #[derive(Event)]
    struct Saved<T> {
        record: T,
    }

    #[derive(Event)]
    struct Opened {
        path: String,
    }

    #[subscriber]
    fn saved<T>(event: &Saved<T>) {
        let _ = &event.record;
    }

    #[subscriber]
    fn any(_: &impl Event) {}

    #[subscriber]
    fn nested(_: &Saved<impl Send>) {}

    #[subscriber]
    fn owned(_: impl Event) {}

    #[subscriber]
    fn array<const N: usize>(_: &Saved<[u8; N]>) {}

    fn main() {
        let _ = Opened::builder().path(String::new()).emit().path;
    }
}

mod method {
    //! A method, and an associated function: a subscriber is a free function.

    use events_core::{Event, subscriber};

    #[derive(Event)]
    struct OrderPlaced {
        total: u64,
    }

    struct Ledger(u64);

    impl Ledger {
        #[subscriber]
        fn book(&self, event: &OrderPlaced) {
            let _ = event.total + self.0;
        }
    }

    // An attribute macro does not see the block that its function is in: the error is that of the compiler.
    impl Ledger {
        #[subscriber]
        fn audit(event: &OrderPlaced) {
            let _ = event.total;
        }
    }

    trait Audits {
        fn audit(event: &OrderPlaced);

        #[subscriber]
        fn check(event: &OrderPlaced) {
            let _ = event.total;
        }
    }

    impl Audits for Ledger {
        #[subscriber]
        fn audit(event: &OrderPlaced) {
            let _ = event.total;
        }
    }
}

mod not_a_function {
    //! `#[subscriber]` on items that are no function, and on an `unsafe` function.

    use events_core::{Event, subscriber};

    #[derive(Event)]
    struct OrderPlaced {
        total: u64,
    }

    #[subscriber]
    struct Ledger(u64);

    #[subscriber]
    mod ledger {}

    #[subscriber]
    unsafe fn careless(event: &OrderPlaced) {
        let _ = event.total;
    }

    fn main() {
        let _ = Ledger(1).0;
    }
}

mod not_an_event {
    //! A subscriber of a type that is no event.

    use events_core::subscriber;

    struct Plain {
        total: u64,
    }

    #[subscriber]
    fn reads(_: &Plain) {}

    #[subscriber]
    fn by_path(_: &self::Plain) {}

    #[subscriber]
    fn several(_: &Vec<Plain>) {}

    #[subscriber(priority = 3, when = |event: &Plain| event.total > 3)]
    fn changes(event: &mut Plain) {
        event.total += 1;
    }
}

mod subscriber_options {
    //! Options of a subscriber: unknown, given twice, with a wrong value or none.

    use events_core::{Event, subscriber};

    #[derive(Event)]
    struct OrderPlaced {
        total: u64,
    }

    #[subscriber(prioritty = 3)]
    fn unknown(_: &OrderPlaced) {}

    #[subscriber(priority = 3, priority = 4)]
    fn twice(_: &OrderPlaced) {}

    #[subscriber(once, once)]
    fn flag_twice(_: &OrderPlaced) {}

    #[subscriber(priority)]
    fn no_value(_: &OrderPlaced) {}

    #[subscriber(once = 3)]
    fn a_value(_: &OrderPlaced) {}

    #[subscriber(priority: 3)]
    fn colon(_: &OrderPlaced) {}

    #[subscriber("high")]
    fn literal(_: &OrderPlaced) {}

    #[subscriber(priority = "high")]
    fn text(_: &OrderPlaced) {}

    #[subscriber(late, sooner = 3)]
    fn two_mistakes(_: &OrderPlaced) {}

    fn main() {
        let _ = OrderPlaced { total: 1 }.emit().total;
    }
}

mod subscriber_targets {
    //! Origins and order targets that name no function and no path of one.

    use events_core::{Event, listener, subscriber};

    #[derive(Event)]
    struct OrderPlaced {
        total: u64,
    }

    fn checkout() {}

    #[subscriber]
    fn audit(_: &OrderPlaced) {}

    #[subscriber(origin = 7)]
    fn number(_: &OrderPlaced) {}

    #[subscriber(origin = chekout)]
    fn misspelled(_: &OrderPlaced) {}

    #[subscriber(after = 7)]
    fn after_number(_: &OrderPlaced) {}

    #[subscriber(before = audits)]
    fn before_misspelled(_: &OrderPlaced) {}

    #[subscriber(after = "audit")]
    fn after_name(_: &OrderPlaced) {}

    #[subscriber(before = [audit, "subscriber_targets:: audit"])]
    fn before_path(_: &OrderPlaced) {}

    #[subscriber(after = "shop.orders.audit")]
    fn after_topic(_: &OrderPlaced) {}

    #[subscriber(after_if_present = "shop::")]
    fn after_absent_module(_: &OrderPlaced) {}

    struct Greeter;

    #[listener]
    impl Greeter {
        #[on(after = "")]
        fn after_nothing(&self, _: &OrderPlaced) {}

        #[on(before_if_present = ["metrics", ""])]
        fn before_absent_nothing(&self, _: &OrderPlaced) {}

        #[on(before = "shop::")]
        fn before_module(&self, _: &OrderPlaced) {}
    }

    fn main() {
        checkout();
        let _ = OrderPlaced { total: 1 }.emit().total;
    }
}

mod subscriber_when {
    //! A `when` that is no predicate of the event.

    use events_core::{AnyEvent, Event, listener, subscriber};

    #[derive(Event)]
    struct OrderPlaced {
        total: u64,
        paid: bool,
    }

    #[derive(Event)]
    struct Opened;

    fn is_large(event: &OrderPlaced) -> bool {
        event.total > 3
    }

    #[subscriber(when = |event: &OrderPlaced| event.total)]
    fn no_bool(_: &OrderPlaced) {}

    #[subscriber(when = |_: &Opened| true)]
    fn other_event(_: &OrderPlaced) {}

    #[subscriber(when = true)]
    fn no_function(_: &OrderPlaced) {}

    #[subscriber(when = event.total > 3)]
    fn condition(event: &OrderPlaced) {
        let _ = event.total;
    }

    #[subscriber(when = order.paid)]
    fn field(order: &OrderPlaced) {
        let _ = order.paid;
    }

    #[subscriber(when = is_large(event))]
    fn call(event: &OrderPlaced) {
        let _ = event.total;
    }

    #[subscriber(when = matches!(event.total, 3..))]
    fn call_of_a_macro(event: &OrderPlaced) {
        let _ = event.total;
    }

    #[subscriber(topic = ".*", when = !event.topic().is_empty())]
    fn topic(event: &dyn AnyEvent) {
        let _ = event.topic();
    }

    struct Greeter;

    #[listener]
    impl Greeter {
        #[on(when = event.total > 3)]
        fn condition(&self, event: &OrderPlaced) {
            let _ = event.total;
        }
    }

    fn main() {
        let _ = Opened::builder().emit();
        is_large(&OrderPlaced {
            total: 1,
            paid: true,
        });
    }
}

mod topics {
    //! Subscribers to a pattern or to several events take `&dyn AnyEvent`, and name what they receive.

    use events_core::{AnyEvent, Event, observer, record::Created, subscriber};

    #[derive(Event, Clone)]
    struct Login;

    #[derive(Event, Clone)]
    struct Logout;

    #[subscriber(topic = "users::(login")]
    fn no_pattern(_: &dyn AnyEvent) {}

    #[subscriber(topic = "users::.*")]
    fn of_one_type(_: &Login) {}

    #[subscriber(Login, Logout)]
    fn of_two_types(_: &Login) {}

    #[subscriber]
    fn of_what(_: &dyn AnyEvent) {}

    #[subscriber(Login, topic = "users::.*")]
    fn of_both(_: &dyn AnyEvent) {}

    #[subscriber(topic = "users::.*")]
    fn changes(_: &mut dyn AnyEvent) {}

    #[subscriber(topic = "users::.*")]
    async fn waits(_: &dyn AnyEvent) {}

    #[subscriber(Login, deferred)]
    fn deferred(_: &dyn AnyEvent) {}

    #[subscriber(topic = users)]
    fn no_text(_: &dyn AnyEvent) {}

    #[subscriber(Login, Login)]
    fn of_one_twice(_: &dyn AnyEvent) {}

    #[subscriber(self::Login, Logout, self::Login)]
    fn of_a_path_twice(_: &dyn AnyEvent) {}

    #[subscriber(topic = "users.login", exact_topic = "users.login")]
    fn of_two(_: &dyn AnyEvent) {}

    #[subscriber(exact_topic = users)]
    fn no_topic(_: &dyn AnyEvent) {}

    #[subscriber(Login, String)]
    fn no_event(_: &dyn AnyEvent) {}

    #[derive(Default)]
    struct Users;

    #[observer(Login)]
    impl Users {
        #[on(topic = ".*")]
        fn created(&self, _: &Created<Login>) {}
    }
}

fn main() {}
