//! The parameters and return types of handlers.

mod handler_by_value {
    //! Subscribers whose first parameter is not a reference to their event: the event by value or behind a pointer,
    //! a parameter that comes after the event, and no parameter at all.

    use events_core::{AnyEvent, Emission, Event, State, listener, subscriber};

    #[derive(Event)]
    struct OrderPlaced {
        total: u64,
    }

    struct Ledger(u64);

    #[subscriber]
    fn by_value(event: &OrderPlaced) {
        let _ = event.total;
    }

    #[subscriber]
    fn nothing(_: &OrderPlaced) {}

    #[subscriber]
    fn boxed(event: &OrderPlaced) {
        let _ = event.total;
    }

    #[subscriber]
    fn shared(event: &OrderPlaced) {
        let _ = event.total;
    }

    #[subscriber]
    fn reference_to_box(event: &OrderPlaced) {
        let _ = event.total;
    }

    #[subscriber]
    fn reference_to_arc(event: &mut OrderPlaced) {
        let _ = event.total;
    }

    #[subscriber(OrderPlaced)]
    fn listed(event: &dyn AnyEvent) {
        let _ = event.topic();
    }

    #[subscriber]
    fn state_first(event: &OrderPlaced, ledger: State<'_, Ledger>) {
        let _ = event.total + ledger.0;
    }

    #[subscriber]
    fn reference_to_state(event: &OrderPlaced, ledger: State<'_, Ledger>) {
        let _ = event.total + ledger.0;
    }

    #[subscriber]
    fn emission_first(order: &mut OrderPlaced, emission: &Emission) {
        let _ = (order.total, emission.topic());
    }

    #[subscriber]
    fn state_alone(_: &OrderPlaced, ledger: State<'_, Ledger>) {
        let _ = ledger.0;
    }

    struct Greeter;

    #[listener]
    impl Greeter {
        #[on]
        fn state_first(&self, event: &OrderPlaced, ledger: State<'_, Ledger>) {
            let _ = event.total + ledger.0;
        }

        #[on]
        fn boxed(&self, event: &OrderPlaced) {
            let _ = event.total;
        }
    }

    struct Counter;

    #[listener]
    impl Counter {
        #[on]
        fn reference_to_box(&self, event: &OrderPlaced) {
            let _ = event.total;
        }
    }

    /// An event may have the name of a pointer, or that of a parameter.
    mod named {
        use events_core::{Event, subscriber};

        #[derive(Event, Clone)]
        struct Rc<T> {
            total: T,
        }

        #[subscriber]
        fn of_pointer_name(event: &Rc<u8>) {
            let _ = event.total;
        }

        #[subscriber(deferred)]
        fn deferred(event: &Rc<u8>) {
            let _ = event.total;
        }

        #[derive(Event)]
        struct Emission;

        #[subscriber]
        fn of_parameter_name(_: &Emission, _: &events_core::Emission) {}
    }
}

mod handler_lifetimes {
    //! A subscriber that keeps a borrow of its arguments.

    use events_core::{Emission, Event, State, subscriber};

    #[derive(Event)]
    struct Login<'a> {
        name: &'a str,
    }

    #[subscriber]
    fn event(_: &Login<'_>) {}

    #[subscriber]
    fn inside(_: &mut Login<'_>) {}

    #[subscriber]
    fn state(_: &Login<'_>, _: State<'_, &'static str>) {}

    #[subscriber]
    fn emission(_: &Login<'_>, _: &Emission) {}
}

mod handler_param {
    //! A parameter that is neither state nor the emission, and a state that no scan can store.

    use events_core::{Emission, Event, State, listener, subscriber};

    #[derive(Event)]
    struct OrderPlaced {
        total: u64,
    }

    #[subscriber]
    fn mail(event: &OrderPlaced, mailer: State<'_, String>) {
        let _ = (event.total, mailer.len());
    }

    #[subscriber]
    fn place(event: &OrderPlaced, emission: &Emission) {
        let _ = (event.total, emission.topic());
    }

    #[subscriber]
    fn all(_: &OrderPlaced, _: State<'_, Vec<std::num::NonZero<u8>>>) {}

    #[derive(Event, Clone)]
    struct Login;

    trait Mailer: Send + Sync {}

    type AnyMailer = dyn Mailer;

    #[subscriber]
    fn object(_: &OrderPlaced, _: State<'_, Box<dyn Mailer>>) {}

    #[subscriber]
    async fn object_async(_: &Login, _: State<'_, Box<dyn Mailer>>) {}

    #[subscriber]
    fn alias(_: &OrderPlaced, _: State<'_, Box<AnyMailer>>) {}

    #[subscriber]
    fn text(_: &OrderPlaced, _: State<'_, &'static str>) {}

    #[subscriber]
    fn not_send(_: &OrderPlaced, _: State<'_, std::sync::Arc<u8>>) {}

    struct Greeter;

    #[listener]
    impl Greeter {
        #[on]
        fn object(&self, _: &OrderPlaced, _: State<'_, Box<dyn Mailer>>) {}
    }

    struct Smtp;

    impl Mailer for Smtp {}

    fn main() {
        // A test can call a function with a `State` of a trait object.
        let mailer: &dyn Mailer = &Smtp;
        let _state: State<'_, dyn Mailer> = mailer.into();
    }
}

mod handler_param_async {
    //! A parameter of an async subscriber that is neither state nor the emission.

    use events_core::{Event, State, subscriber};

    #[derive(Event, Clone)]
    struct OrderPlaced {
        total: u64,
    }

    #[subscriber]
    async fn mail(event: &OrderPlaced, mailer: State<'_, String>) {
        let _ = (event.total, mailer.len());
    }
}

mod handler_return {
    //! A subscriber whose return type is no outcome.

    use std::{error::Error, ops::ControlFlow};

    use events_core::{Event, Registry, listener, subscriber};

    #[derive(Event)]
    struct OrderPlaced {
        total: u32,
    }

    #[subscriber]
    fn count(event: &OrderPlaced) -> Result<(), String> {
        Err(event.total.to_string())
    }

    struct NoError;

    #[subscriber]
    fn fails(_: &OrderPlaced) -> Result<(), std::fmt::Error> {
        Err(std::fmt::Error)
    }

    #[subscriber]
    fn boxed(_: &OrderPlaced) -> Result<(), Box<dyn Error + Send + Sync>> {
        Ok(())
    }

    #[subscriber]
    fn boxed_with_flow(_: &OrderPlaced) -> Result<ControlFlow<()>, Box<dyn Error + Send + Sync>> {
        Ok(ControlFlow::Break(()))
    }

    struct Greeter;

    #[listener]
    impl Greeter {
        #[on]
        fn boxed(&self, _: &OrderPlaced) -> Result<(), Box<dyn Error + Send + Sync>> {
            Ok(())
        }
    }

    fn main() {
        let registry = Registry::new();
        let _ = registry.on(|_: &OrderPlaced| -> Result<(), Box<dyn Error + Send + Sync>> { Ok(()) });
    }
}

fn main() {}
