//! Subscribing at run time.

mod on_async_block_not_send {
    //! Closures registered at run time that return a future which is not `Send`.

    use std::rc::Rc;

    use events_core::{Event, Registry};

    #[derive(Event, Clone)]
    struct Saved {
        path: String,
    }

    async fn send(_: &str) {}

    fn without_options(registry: &Registry) {
        registry
            .on_async(|event: &Saved| {
                let path = Rc::new(event.path.clone());
                async move { send(&path).await }
            })
            .detach();
    }

    fn with_options(registry: &Registry) {
        let options = registry.subscribe_async(|event: &Saved| {
            let path = Rc::new(event.path.clone());
            async move { send(&path).await }
        });
        drop(options);
    }

    fn main() {
        without_options(&Registry::new());
        with_options(&Registry::new());
    }
}

mod on_async_not_send {
    //! Async closures registered at run time whose future is not `Send`.

    use std::rc::Rc;

    use events_core::{Emission, Event, Registry};

    #[derive(Event, Clone)]
    struct Saved {
        path: String,
    }

    async fn send(_: &str) {}

    fn with_the_event(registry: &Registry) {
        registry
            .on_async(async |event: &Saved| {
                let path = Rc::new(event.path.clone());
                send(&path).await;
            })
            .detach();
    }

    fn with_the_emission(registry: &Registry) {
        registry
            .on_async(async |event: &Saved, _: &Emission| {
                let path = Rc::new(event.path.clone());
                send(&path).await;
            })
            .detach();
    }

    fn main() {
        with_the_event(&Registry::new());
        with_the_emission(&Registry::new());
    }
}

mod on_borrowed {
    //! A closure on an event that borrows.

    use events_core::{Event, Registry};

    #[derive(Event)]
    struct Login<'a> {
        name: &'a str,
    }

    fn main() {
        let registry = Registry::new();
        registry
            .on(|event: &Login<'_>| println!("{}", event.name))
            .detach();
    }
}

mod on_closure {
    //! Closures and values that are no handlers, registered at run time.

    use events_core::{Event, Registry};

    struct Plain {
        total: u64,
    }

    #[derive(Event)]
    struct OrderPlaced {
        total: u64,
    }

    fn main() {
        let registry = Registry::new();
        registry.on(|_: &Plain| ()).detach();
        registry.on("watermark").detach();
        registry.on(|event: &OrderPlaced| event.total).detach();
        registry.on(|_: OrderPlaced| ()).detach();
        registry.on(|_: &OrderPlaced, _: u8| ()).detach();
        registry.on(|event| event.total += 1).detach();
    }
}

mod run_time_handlers {
    //! Async handlers and those with another ABI, registered as sync ones; and items of a bridge that are results.

    use events_core::{AnyEvent, Event, Registry, bridge};
    use tokio_stream::wrappers::BroadcastStream;

    #[derive(Event, Clone)]
    struct Saved;

    #[derive(Event)]
    struct Lent<'a> {
        text: &'a str,
    }

    async fn upload(_: &Saved) {}

    extern "C" fn callback(_: &Saved) {}

    extern "C" fn callback_of_any(_: &dyn AnyEvent) {}

    fn main() {
        let registry = Registry::new();
        registry.on(async |_: &Saved| ()).detach();
        registry.on(upload).detach();
        registry.on_deferred(upload).detach();
        drop(registry.on_topic(".*", async |_: &dyn AnyEvent| ()));
        registry.on_borrowed::<Lent<'_>>(async |_| ()).detach();
        registry.on(callback).detach();
        drop(registry.on_topic(".*", callback_of_any));

        let (_, receiver) = tokio::sync::broadcast::channel::<Saved>(1);
        drop(bridge(BroadcastStream::new(receiver)).to::<Saved>());
    }
}

mod policies_and_middleware {
    //! Policies of handlers that they are not for, and closures as middleware.

    use std::time::Duration;

    use events_core::{
        Emission, Event, Registry,
        info::SubscriberInfo,
        middleware::{EmitMiddleware, Middleware, Next, NextEmit},
    };

    #[derive(Event, Clone)]
    struct Saved {
        path: String,
    }

    struct Passes;

    impl Middleware for Passes {}
    impl EmitMiddleware for Passes {}

    async fn upload(_: &mut Saved) {}

    fn main() {
        let registry = Registry::new();
        drop(registry.subscribe(|_: &Saved| ()).retry(3).register());
        drop(registry.subscribe(|_: &Saved| ()).per_key(|event| event.path.clone()).register());
        drop(registry.subscribe(|_: &Saved| ()).timeout(Duration::from_secs(5)).register());
        drop(registry.subscribe_awaited(upload).debounce(Duration::from_secs(5)).register());
        registry.wrap(|_: &SubscriberInfo, next: Next<'_>| next.run()).detach();
        registry.wrap_emit(|_: &Emission, next: NextEmit<'_>| next.run()).detach();
    }
}

fn main() {}
