//! Durable subscribers: their ids, the options that belong to an emit, and their events.

mod ids {
    //! Ids: a constant, none, an empty one, one with spaces around it, and two.

    use events_core::{Event, subscriber};

    #[derive(Event, Clone)]
    struct OrderPlaced {
        order: u64,
    }

    const ID: &str = "mail.confirm";

    #[subscriber(durable = ID)]
    async fn constant(_: &OrderPlaced) {}

    #[subscriber(durable)]
    async fn none(_: &OrderPlaced) {}

    #[subscriber(durable = "")]
    async fn empty(_: &OrderPlaced) {}

    #[subscriber(durable = " mail.confirm")]
    async fn spaces(_: &OrderPlaced) {}

    #[subscriber(durable = "mail.confirm", durable = "mail.confirmed")]
    async fn twice(_: &OrderPlaced) {}
}

mod options {
    //! Options of the queue, of an emit, and of an order among others.

    use events_core::{Event, subscriber};

    #[derive(Event, Clone)]
    struct OrderPlaced {
        order: u64,
    }

    #[subscriber(durable = "a", once)]
    async fn once(_: &OrderPlaced) {}

    #[subscriber(durable = "b", awaited)]
    async fn awaited(_: &OrderPlaced) {}

    #[subscriber(durable = "c", deferred, delay = std::time::Duration::from_secs(1))]
    fn delay(_: &OrderPlaced) {}

    #[subscriber(durable = "d", debounce = std::time::Duration::from_secs(1))]
    async fn debounce(_: &OrderPlaced) {}

    #[subscriber(durable = "e", concurrency = 4)]
    async fn concurrency(_: &OrderPlaced) {}

    #[subscriber(durable = "f", origin = shop)]
    async fn origin(_: &OrderPlaced) {}

    #[subscriber(durable = "g", after_commit)]
    async fn after_commit(_: &OrderPlaced) {}

    #[subscriber(durable = "h", priority = 3)]
    async fn priority(_: &OrderPlaced) {}

    #[subscriber(durable = "i", before = other)]
    async fn before(_: &OrderPlaced) {}

    #[subscriber(durable = "j", timeout = std::time::Duration::from_secs(1))]
    fn timeout(_: &OrderPlaced) {}
}

mod keys {
    //! The key is that of the event; without `durable`, `per_key` has a function.

    use events_core::{Event, subscriber};

    #[derive(Event, Clone)]
    struct OrderPlaced {
        order: u64,
    }

    #[subscriber(durable = "a", per_key = |event: &OrderPlaced| event.order)]
    async fn function(_: &OrderPlaced) {}

    #[subscriber(per_key)]
    async fn not_durable(_: &OrderPlaced) {}
}

mod events {
    //! Events that are changed, and that borrow.

    use events_core::{Event, EventCopy, subscriber};

    #[derive(Event, Clone)]
    struct OrderPlaced {
        order: u64,
    }

    #[derive(Event)]
    struct Request<'a> {
        path: &'a str,
    }

    #[subscriber(durable = "a")]
    async fn changes(event: &mut OrderPlaced) {
        event.order += 1;
    }

    #[subscriber(durable = "b")]
    async fn borrows(_: &Request<'_>) {}

    #[subscriber(durable = "c", topic = "shop.*")]
    fn copy(_: &EventCopy) {}
}

fn main() {}
