//! Subscribing at run time.

mod on_async_block_not_send {
    //! Closures registered at run time that return a future which is not `Send`.

    use std::sync::Arc;

    use events_core::{Event, Registry};

    #[derive(Event, Clone)]
    struct Saved {
        path: String,
    }

    async fn send(_: &str) {}

    fn without_options(registry: &Registry) {
        registry
            .on_async(|event: &Saved| {
                let path = Arc::new(event.path.clone());
                async move { send(&path).await }
            })
            .detach();
    }

    fn with_options(registry: &Registry) {
        let options = registry.subscribe_async(|event: &Saved| {
            let path = Arc::new(event.path.clone());
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

    use std::sync::Arc;

    use events_core::{Emission, Event, Registry};

    #[derive(Event, Clone)]
    struct Saved {
        path: String,
    }

    async fn send(_: &str) {}

    fn with_the_event(registry: &Registry) {
        registry
            .on_async(async |event: &Saved| {
                let path = Arc::new(event.path.clone());
                send(&path).await;
            })
            .detach();
    }

    fn with_the_emission(registry: &Registry) {
        registry
            .on_async(async |event: &Saved, _: &Emission| {
                let path = Arc::new(event.path.clone());
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
        registry.on_borrowed::<Login>(|event| println!("{}", event.name)).detach();
    }
}

mod on_closure {
    //! Closures and values that are no handlers, registered at run time.

    use events_core::{Event, Registry};

    #[derive(Event)]
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
        registry.on(|_: &OrderPlaced| ()).detach();
        registry.on(|event: &OrderPlaced| println!("{}", event.total)).detach();
        registry.on(|_: &OrderPlaced| ()).detach();
        registry.on(|_: &OrderPlaced| ()).detach();
        registry.on(|event: &mut OrderPlaced| event.total += 1).detach();
    }
}

mod run_time_handlers {
    //! Async handlers and those with another ABI, and a bridge whose items are results. Also the methods that need a
    //! feature: what the compiler says without it is in `tests/strict/without_features`.

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
        registry.on_async(async |_: &Saved| ()).detach();
        registry.on_async(upload).detach();
        registry.on_deferred(|_: &Saved| ()).detach();
        drop(registry.on_topic(".*", |_: &dyn AnyEvent| ()));
        registry.on_borrowed::<Lent<'_>>(|_| ()).detach();
        registry.on(|event: &Saved| callback(event)).detach();
        drop(registry.on_topic(".*", |event: &dyn AnyEvent| callback_of_any(event)));

        let (_, receiver) = tokio::sync::broadcast::channel::<Saved>(1);
        drop(bridge(BroadcastStream::new(receiver)).results().to::<Saved>());

        let _needs_tokio = || {
            registry.queue().spawn_tokio(1).detach();
            bridge(registry.stream::<Saved>()).results().to::<Saved>().spawn_tokio().detach();
        };
        let _needs_serde = |event: &dyn AnyEvent| event.to_json().map(|json| json.to_string());
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
        drop(registry.subscribe_deferred(|_: &Saved| ()).retry(3).register());
        drop(registry.subscribe_deferred(|_: &Saved| ()).per_key(|event| event.path.clone()).register());
        drop(registry.subscribe_async(async |_: &Saved| ()).timeout(Duration::from_secs(5)).register());
        drop(registry.subscribe_awaited(upload).timeout(Duration::from_secs(5)).register());
        registry.wrap(Passes).detach();
        registry.wrap_emit(Passes).detach();
    }
}

fn main() {}
