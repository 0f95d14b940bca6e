//! The attribute of a subscriber: where it may be, and its options.

mod extern_subscriber {
    //! Functions with the ABI of Rust as subscribers.

    use events_core::{Event, listener, subscriber};

    #[derive(Event)]
    struct Saved;

    #[subscriber]
    extern "Rust" fn declared(_: &Saved) {}

    #[derive(Default)]
    struct Files;

    #[listener]
    impl Files {
        #[on]
        fn method(&self, _: &Saved) {}
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
    fn saved(event: &Saved<u8>) {
        let _ = &event.record;
    }

    #[subscriber]
    fn any(_: &Opened) {}

    #[subscriber]
    fn nested(_: &Saved<u8>) {}

    #[subscriber]
    fn owned(_: &Opened) {}

    #[subscriber]
    fn array(_: &Saved<[u8; 4]>) {}

    fn main() {
        let _ = Opened::builder().path(String::new()).emit().path;
    }
}

mod method {
    //! A method, and an associated function: a subscriber is a free function.

    use events_core::{Event, State, subscriber};

    #[derive(Event)]
    struct OrderPlaced {
        total: u64,
    }

    struct Ledger(u64);

    #[subscriber]
    fn book(event: &OrderPlaced, ledger: State<'_, Ledger>) {
        let _ = event.total + ledger.0;
    }

    #[subscriber]
    fn audit(event: &OrderPlaced) {
        let _ = event.total;
    }

    trait Audits {
        fn audit(event: &OrderPlaced);
    }

    impl Audits for Ledger {
        fn audit(event: &OrderPlaced) {
            #[subscriber]
            fn inner(event: &OrderPlaced) {
                let _ = event.total;
            }

            inner(event);
        }
    }

    fn main() {
        Ledger::audit(&OrderPlaced { total: 1 });

        #[subscriber]
        fn nested(event: &OrderPlaced) {
            let _ = event.total;
        }

        nested(&OrderPlaced { total: 1 });
    }
}

mod not_a_function {
    //! `#[subscriber]` on items that are no function, and on an `unsafe` function.

    use events_core::{Event, subscriber};

    #[derive(Event)]
    struct OrderPlaced {
        total: u64,
    }

    struct Ledger(u64);

    #[subscriber]
    fn book(_: &OrderPlaced) {}

    mod ledger {}

    #[subscriber]
    fn careless(event: &OrderPlaced) {
        let _ = event.total;
    }

    fn main() {
        let _ = Ledger(1).0;
    }
}

mod not_an_event {
    //! A subscriber of a type that is no event.

    use events_core::{Event, subscriber};

    #[derive(Event)]
    struct Plain {
        total: u64,
    }

    #[subscriber]
    fn reads(_: &Plain) {}

    #[subscriber]
    fn by_path(_: &self::Plain) {}

    #[subscriber]
    fn several(_: &Plain) {}

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

    #[subscriber(priority = 3)]
    fn unknown(_: &OrderPlaced) {}

    #[subscriber(priority = 3)]
    fn twice(_: &OrderPlaced) {}

    #[subscriber(once)]
    fn flag_twice(_: &OrderPlaced) {}

    #[subscriber(priority = 3)]
    fn no_value(_: &OrderPlaced) {}

    #[subscriber(once)]
    fn a_value(_: &OrderPlaced) {}

    #[subscriber(priority = 3)]
    fn colon(_: &OrderPlaced) {}

    #[subscriber(priority = 9)]
    fn literal(_: &OrderPlaced) {}

    #[subscriber(priority = 9)]
    fn text(_: &OrderPlaced) {}

    #[subscriber(once, priority = 3)]
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

    #[subscriber(origin = checkout)]
    fn number(_: &OrderPlaced) {}

    #[subscriber(origin = checkout)]
    fn misspelled(_: &OrderPlaced) {}

    #[subscriber(after = audit)]
    fn after_number(_: &OrderPlaced) {}

    #[subscriber(before = audit)]
    fn before_misspelled(_: &OrderPlaced) {}

    #[subscriber(after = "subscriber_targets::audit")]
    fn after_name(_: &OrderPlaced) {}

    #[subscriber(before = [audit, "subscriber_targets::audit"])]
    fn before_path(_: &OrderPlaced) {}

    #[subscriber(after = "shop::orders::Cache<u8>::audit")]
    fn after_topic(_: &OrderPlaced) {}

    #[subscriber(after_if_present = "shop::audit")]
    fn after_absent_module(_: &OrderPlaced) {}

    struct Greeter;

    #[listener]
    impl Greeter {
        #[on(after = "shop::r#type")]
        fn after_nothing(&self, _: &OrderPlaced) {}

        #[on(before_if_present = ["metrics", "shop::audit"])]
        fn before_absent_nothing(&self, _: &OrderPlaced) {}

        #[on(before = "id of a run-time subscriber")]
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

    #[subscriber(when = |event: &OrderPlaced| event.total > 3)]
    fn no_bool(_: &OrderPlaced) {}

    #[subscriber(when = |_: &OrderPlaced| true)]
    fn other_event(_: &OrderPlaced) {}

    #[subscriber(when = |_| true)]
    fn no_function(_: &OrderPlaced) {}

    #[subscriber(when = |event: &OrderPlaced| event.total > 3)]
    fn condition(event: &OrderPlaced) {
        let _ = event.total;
    }

    #[subscriber(when = |order: &OrderPlaced| order.paid)]
    fn field(order: &OrderPlaced) {
        let _ = order.paid;
    }

    #[subscriber(when = is_large)]
    fn call(event: &OrderPlaced) {
        let _ = event.total;
    }

    #[subscriber(when = |event: &OrderPlaced| matches!(event.total, 3..))]
    fn call_of_a_macro(event: &OrderPlaced) {
        let _ = event.total;
    }

    #[subscriber(topic = ".*", when = |event: &dyn AnyEvent| !event.topic().is_empty())]
    fn topic(event: &dyn AnyEvent) {
        let _ = event.topic();
    }

    /// The function may be the value of an expression, and have the name of the parameter.
    struct Filters {
        large: fn(&OrderPlaced) -> bool,
    }

    static FILTERS: Filters = Filters { large: is_large };

    #[subscriber(when = FILTERS.large)]
    fn field_of_a_static(_: &OrderPlaced) {}

    #[subscriber(when = is_large)]
    fn same_name(is_large: &OrderPlaced) {
        let _ = is_large.total;
    }

    struct Greeter;

    #[listener]
    impl Greeter {
        #[on(when = |event: &OrderPlaced| event.total > 3)]
        fn condition(&self, event: &OrderPlaced) {
            let _ = event.total;
        }
    }

    fn main() {
        let _ = Opened::builder().emit();
        is_large(&OrderPlaced { total: 1, paid: true });
    }
}

mod topics {
    //! The fixes of `fail/topics.rs`.

    use events_core::{AnyEvent, Event, observer, record::Created, subscriber};

    #[derive(Event, Clone)]
    struct Login;

    #[derive(Event, Clone)]
    struct Logout;

    #[subscriber(topic = "users::(login)")]
    fn a_pattern(_: &dyn AnyEvent) {}

    #[subscriber]
    fn of_one_type(_: &Login) {}

    #[subscriber(Login, Logout)]
    fn of_two_types(_: &dyn AnyEvent) {}

    #[subscriber(self::Login, Logout)]
    fn of_a_path(_: &dyn AnyEvent) {}

    #[subscriber(topic = ".*")]
    fn of_all(_: &dyn AnyEvent) {}

    #[subscriber(topic = "users::.*")]
    fn reads(_: &dyn AnyEvent) {}

    #[subscriber(exact_topic = "users.login")]
    fn of_one(_: &dyn AnyEvent) {}

    #[subscriber]
    async fn waits(_: &Login) {}

    #[subscriber(deferred)]
    fn deferred(_: &Login) {}

    #[derive(Default)]
    struct Users;

    #[observer(Login)]
    impl Users {
        fn created(&self, _: &Created<Login>) {}
    }
}

fn main() {}
