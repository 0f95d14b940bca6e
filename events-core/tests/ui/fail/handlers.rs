//! The parameters and return types of handlers.

mod handler_by_value {
    //! Subscribers whose first parameter is not a reference to their event: the event by value or behind a pointer,
    //! a parameter that comes after the event, and no parameter at all.

    use std::sync::Arc;

    use events_core::{AnyEvent, Emission, Event, State, listener, subscriber};

    #[derive(Event)]
    struct OrderPlaced {
        total: u64,
    }

    struct Ledger(u64);

    #[subscriber]
    fn by_value(event: OrderPlaced) {
        let _ = event.total;
    }

    #[subscriber]
    fn nothing() {}

    #[subscriber]
    fn boxed(event: Box<OrderPlaced>) {
        let _ = event.total;
    }

    #[subscriber]
    fn shared(event: Arc<Box<OrderPlaced>>) {
        let _ = event.total;
    }

    #[subscriber]
    fn reference_to_box(event: &Box<OrderPlaced>) {
        let _ = event.total;
    }

    #[subscriber]
    fn reference_to_arc(event: &mut Arc<OrderPlaced>) {
        let _ = event.total;
    }

    #[subscriber(Box<OrderPlaced>)]
    fn listed(event: &dyn AnyEvent) {
        let _ = event.topic();
    }

    #[subscriber]
    fn state_first(ledger: State<'_, Ledger>, event: &OrderPlaced) {
        let _ = event.total + ledger.0;
    }

    #[subscriber]
    fn reference_to_state(ledger: &State<'_, Ledger>, event: &OrderPlaced) {
        let _ = event.total + ledger.0;
    }

    #[subscriber]
    fn emission_first(emission: &Emission, order: &mut OrderPlaced) {
        let _ = (order.total, emission.topic());
    }

    #[subscriber]
    fn state_alone(ledger: State<'_, Ledger>) {
        let _ = ledger.0;
    }

    struct Greeter;

    #[listener]
    impl Greeter {
        #[on]
        fn state_first(&self, ledger: State<'_, Ledger>, event: &OrderPlaced) {
            let _ = event.total + ledger.0;
        }

        #[on]
        fn boxed(&self, event: Box<OrderPlaced>) {
            let _ = event.total;
        }
    }

    struct Counter;

    #[listener]
    impl Counter {
        #[on]
        fn reference_to_box(&self, event: &Box<OrderPlaced>) {
            let _ = event.total;
        }
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
    fn event(_: &'static Login<'_>) {}

    #[subscriber]
    fn inside(_: &mut Login<'static>) {}

    #[subscriber]
    fn state(_: &Login<'_>, _: State<'static, &'static str>) {}

    #[subscriber]
    fn emission(_: &Login<'_>, _: &'static Emission) {}
}

mod handler_param {
    //! A parameter that is neither state nor the emission, and a state that no scan can store.

    use events_core::{Emission, Event, State, listener, subscriber};

    #[derive(Event)]
    struct OrderPlaced {
        total: u64,
    }

    #[subscriber]
    fn mail(event: &OrderPlaced, mailer: String) {
        let _ = (event.total, mailer.len());
    }

    #[subscriber]
    fn place(event: &OrderPlaced, emission: Emission) {
        let _ = (event.total, emission.topic());
    }

    #[subscriber]
    fn all(_: &OrderPlaced, _: Vec<std::num::NonZero<u8>>) {}

    #[derive(Event, Clone)]
    struct Login;

    trait Mailer: Send + Sync {}

    type AnyMailer = dyn Mailer;

    #[subscriber]
    fn object(_: &OrderPlaced, _: State<'_, dyn Mailer>) {}

    #[subscriber]
    async fn object_async(_: &Login, _: State<'_, dyn Mailer>) {}

    #[subscriber]
    fn alias(_: &OrderPlaced, _: State<'_, AnyMailer>) {}

    #[subscriber]
    fn text(_: &OrderPlaced, _: State<'_, str>) {}

    #[subscriber]
    fn not_send(_: &OrderPlaced, _: State<'_, std::rc::Rc<u8>>) {}

    struct Greeter;

    #[listener]
    impl Greeter {
        #[on]
        fn object(&self, _: &OrderPlaced, _: State<'_, dyn Mailer>) {}
    }
}

mod handler_param_async {
    //! A parameter of an async subscriber that is neither state nor the emission.

    use events_core::{Event, subscriber};

    #[derive(Event, Clone)]
    struct OrderPlaced {
        total: u64,
    }

    #[subscriber]
    async fn mail(event: &OrderPlaced, mailer: String) {
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
    fn count(event: &OrderPlaced) -> u32 {
        event.total
    }

    struct NoError;

    #[subscriber]
    fn fails(_: &OrderPlaced) -> Result<(), NoError> {
        Err(NoError)
    }

    #[subscriber]
    fn boxed(_: &OrderPlaced) -> Result<(), Box<dyn Error>> {
        Ok(())
    }

    #[subscriber]
    fn boxed_with_flow(_: &OrderPlaced) -> Result<ControlFlow<()>, Box<dyn Error + Send>> {
        Ok(ControlFlow::Break(()))
    }

    struct Greeter;

    #[listener]
    impl Greeter {
        #[on]
        fn boxed(&self, _: &OrderPlaced) -> Result<(), Box<dyn Error>> {
            Ok(())
        }
    }

    fn main() {
        let registry = Registry::new();
        let _ = registry.on(|_: &OrderPlaced| -> Result<(), Box<dyn Error>> { Ok(()) });
    }
}

fn main() {}
