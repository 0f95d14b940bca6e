//! Awaited handlers.

mod awaited_body_not_sync {
    //! Awaited subscribers of an event that lends a request whose body is not `Sync`.

    use std::{cell::Cell, future::ready};

    use events_core::{Event, listener, subscriber};

    /// As that of a web framework: it is `Send`, and not `Sync`.
    struct Request {
        body: Cell<u32>,
    }

    #[derive(Event)]
    struct Received<'a> {
        request: &'a Request,
    }

    #[subscriber]
    async fn check(event: &mut Received<'_>) {
        ready(()).await;
        event.request.body.set(1);
    }

    #[derive(Default)]
    struct Reader;

    #[listener]
    impl Reader {
        #[on]
        async fn check(&self, event: &mut Received<'_>) {
            ready(()).await;
            event.request.body.set(1);
        }
    }
}

mod awaited_by_hand {
    //! Awaited handlers that are subscribed by hand, and that are no handlers.

    use std::{cell::Cell, future::ready, rc::Rc};

    use events_core::{Event, Registry};

    #[derive(Event)]
    struct Login(u32);

    #[derive(Event)]
    struct Local(Rc<u32>);

    #[derive(Event)]
    struct Lent<'a>(&'a mut u32);

    async fn local(event: &mut Local) {
        ready(()).await;
        event.0 = Rc::new(1);
    }

    async fn lent(event: &mut Lent<'_>) {
        ready(()).await;
        *event.0 += 1;
    }

    async fn counts(event: &mut Login) -> u32 {
        ready(()).await;
        event.0
    }

    async fn with_cell(event: &mut Login, state: &Cell<u32>) {
        ready(()).await;
        event.0 += state.get();
    }

    fn main() {
        let registry = Registry::new();
        registry.on_awaited(local).detach();
        registry.on_awaited(lent).detach();
        registry.on_awaited(counts).detach();
        registry.on_awaited_with(Cell::new(1), with_cell).detach();
    }
}

mod awaited_captures {
    //! Awaited closures that capture.

    use events_core::{Event, Registry};

    #[derive(Event)]
    struct Login(u32);

    #[derive(Event)]
    struct Lent<'a>(&'a mut u32);

    fn main() {
        let registry = Registry::new();
        let added = 1;
        registry
            .on_awaited_with(1, async move |event: &mut Login, state: &u32| {
                event.0 += state + added
            })
            .detach();
        registry
            .on_awaited_borrowed::<Lent<'_>, _>(async move |event: &mut Lent<'_>| *event.0 += added)
            .detach();
    }
}

mod awaited_not_send {
    //! Awaited subscribers whose future or event is not `Send`, and a closure that captures.

    use std::{future::ready, rc::Rc};

    use events_core::{Event, Registry, subscriber};

    #[derive(Event)]
    struct Login(u32);

    #[derive(Event)]
    struct Local(Rc<u32>);

    #[subscriber]
    async fn future(event: &mut Login) {
        let count = Rc::new(1);
        ready(()).await;
        event.0 += *count;
    }

    #[subscriber]
    async fn event(event: &mut Local) {
        ready(()).await;
        event.0 = Rc::new(1);
    }

    fn main() {
        let added = 1;
        let registry = Registry::new();
        let _closure = registry.on_awaited(async move |event: &mut Login| event.0 += added);
    }
}

mod awaited_options {
    //! Awaited subscribers with options of subscribers that run after the emit.

    use events_core::{Event, subscriber};

    #[derive(Event, Clone)]
    struct Login {
        attempts: u32,
    }

    #[subscriber(deferred)]
    async fn deferred(event: &mut Login) {
        event.attempts += 1;
    }

    #[subscriber(concurrency = 1)]
    async fn limited(event: &mut Login) {
        event.attempts += 1;
    }

    #[subscriber(awaited, deferred, concurrency = 1)]
    async fn both(event: &Login) {
        let _ = event.attempts;
    }

    #[subscriber(awaited)]
    fn not_async(event: &mut Login) {
        event.attempts += 1;
    }

    #[subscriber]
    async fn generic<T: Default>(event: &mut Login) {
        event.attempts += 1;
    }
}

fn main() {}
