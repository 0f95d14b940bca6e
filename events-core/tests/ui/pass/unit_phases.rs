//! When subscribers run in a unit of work: the options of subscribers and of events.

mod phase_options {
    //! Options that the kind of subscriber has.

    use events_core::{Event, listener, subscriber};

    #[derive(Event, Clone)]
    struct OrderPlaced;

    #[subscriber(after_commit)]
    fn both(_: &OrderPlaced) {}

    #[subscriber(after_rollback)]
    fn twice(_: &OrderPlaced) {}

    #[subscriber(after_commit)]
    fn value(_: &OrderPlaced) {}

    #[subscriber(at_once, awaited)]
    async fn concurrent(_: &OrderPlaced) {}

    #[subscriber(after_commit, deferred)]
    fn deferred(_: &OrderPlaced) {}

    struct Shop;

    #[listener]
    impl Shop {
        #[on(at_once)]
        fn placed(&self, _: &OrderPlaced) {}
    }
}

mod phase_copies {
    //! Events that can be kept until the unit ends, or whose subscribers do not wait for that.

    use events_core::{Event, subscriber};

    #[derive(Event)]
    struct Checkout<'a> {
        order: &'a mut String,
    }

    #[subscriber(at_once)]
    fn borrows(event: &mut Checkout<'_>) {
        event.order.clear();
    }

    #[subscriber]
    async fn borrows_awaited(event: &mut Checkout<'_>) {
        event.order.clear();
    }

    #[derive(Event, Clone)]
    struct Uploaded;

    #[subscriber(after_commit)]
    fn not_clone(_: &Uploaded) {}

    #[subscriber(after_rollback)]
    async fn awaited(_: &mut Uploaded) {}
}

mod event_after_commit {
    //! Events whose subscribers wait for the commit, which can be kept until then.

    use events_core::Event;

    #[derive(Event, Clone)]
    #[event(after_commit)]
    struct Borrows {
        text: String,
    }

    #[derive(Event, Clone)]
    #[event(after_commit)]
    struct NotClone;

    #[derive(Event, Clone)]
    #[event(after_commit)]
    struct NotSend(std::sync::Arc<u8>);

    #[derive(Event, Clone)]
    #[event(after_commit)]
    struct Value;

    #[derive(Event, Clone)]
    #[event(after_commit)]
    struct OnField {
        field: u8,
    }
}

fn main() {}
