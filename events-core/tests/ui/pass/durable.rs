//! Durable subscribers: their ids, the options that belong to an emit, and their events.

mod ids {
    //! Ids: a constant, none, an empty one, one with spaces around it, and two.

    use events_core::{Event, subscriber};

    #[derive(Event, Clone)]
    struct OrderPlaced {
        order: u64,
    }

    const ID: &str = "mail.confirm";

    #[subscriber(durable = "mail.constant")]
    async fn constant(_: &OrderPlaced) {}

    #[subscriber(durable = "mail.none")]
    async fn none(_: &OrderPlaced) {}

    #[subscriber(durable = "mail.empty")]
    async fn empty(_: &OrderPlaced) {}

    #[subscriber(durable = "mail.spaces")]
    async fn spaces(_: &OrderPlaced) {}

    #[subscriber(durable = "mail.confirm")]
    async fn twice(_: &OrderPlaced) {}
}

mod options {
    //! Options of the queue, of an emit, and of an order among others.

    use events_core::{Event, subscriber};

    #[derive(Event, Clone)]
    struct OrderPlaced {
        order: u64,
    }

    #[subscriber(durable = "a")]
    async fn once(_: &OrderPlaced) {}

    #[subscriber(durable = "b")]
    async fn awaited(_: &OrderPlaced) {}

    #[subscriber(durable = "c")]
    fn delay(_: &OrderPlaced) {}

    #[subscriber(durable = "d")]
    async fn debounce(_: &OrderPlaced) {}

    #[subscriber(durable = "e")]
    async fn concurrency(_: &OrderPlaced) {}

    #[subscriber(durable = "f")]
    async fn origin(_: &OrderPlaced) {}

    #[subscriber(durable = "g")]
    async fn after_commit(_: &OrderPlaced) {}

    #[subscriber(durable = "h")]
    async fn priority(_: &OrderPlaced) {}

    #[subscriber(durable = "i")]
    async fn before(_: &OrderPlaced) {}

    #[subscriber(durable = "j", timeout = std::time::Duration::from_secs(1))]
    async fn timeout(_: &OrderPlaced) {}

    #[subscriber(durable = "n", retry = 0)]
    async fn retry(_: &OrderPlaced) {}
}

mod keys {
    //! The key is that of the event; without `durable`, `per_key` has a function.

    use events_core::{Event, subscriber};

    #[derive(Event, Clone)]
    struct OrderPlaced {
        order: u64,
    }

    #[subscriber(durable = "k", per_key)]
    async fn function(_: &OrderPlaced) {}

    #[subscriber(per_key = |event: &OrderPlaced| event.order)]
    async fn not_durable(_: &OrderPlaced) {}
}

mod events {
    //! Events that are changed, and that borrow.

    use events_core::{AnyEvent, Event, subscriber};

    #[derive(Event, Clone)]
    struct OrderPlaced {
        order: u64,
    }

    #[derive(Event)]
    struct Request {
        path: String,
    }

    #[subscriber(durable = "l")]
    async fn changes(event: &OrderPlaced) {
        let _ = event.order;
    }

    #[subscriber(durable = "m")]
    async fn borrows(_: &Request) {}

    #[subscriber(durable = "o", topic = "shop.*")]
    fn copy(_: &dyn AnyEvent) {}
}

fn main() {}
