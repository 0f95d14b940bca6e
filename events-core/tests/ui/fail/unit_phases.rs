//! When subscribers run in a unit of work: the options of subscribers and of events.

mod phase_options {
    //! Options that cannot be combined, or that the kind of subscriber does not have.

    use events_core::{Event, listener, subscriber};

    #[derive(Event, Clone)]
    struct OrderPlaced;

    #[subscriber(after_commit, at_once)]
    fn both(_: &OrderPlaced) {}

    #[subscriber(after_rollback, after_rollback)]
    fn twice(_: &OrderPlaced) {}

    #[subscriber(after_commit = true)]
    fn value(_: &OrderPlaced) {}

    #[subscriber(at_once)]
    async fn concurrent(_: &OrderPlaced) {}

    #[subscriber(at_once, deferred)]
    fn deferred(_: &OrderPlaced) {}

    struct Shop;

    #[listener]
    impl Shop {
        #[on(at_once, after_rollback)]
        fn placed(&self, _: &OrderPlaced) {}
    }
}

mod phase_copies {
    //! Events that cannot be kept until the unit ends.

    use events_core::{Event, subscriber};

    #[derive(Event)]
    struct Checkout<'a> {
        order: &'a mut String,
    }

    #[subscriber(after_commit)]
    fn borrows(event: &mut Checkout<'_>) {
        event.order.clear();
    }

    #[subscriber(after_rollback)]
    async fn borrows_awaited(event: &mut Checkout<'_>) {
        event.order.clear();
    }

    #[derive(Event)]
    struct Uploaded;

    #[subscriber(after_commit)]
    fn not_clone(_: &Uploaded) {}

    #[subscriber(after_rollback)]
    async fn awaited(_: &mut Uploaded) {}
}

mod event_after_commit {
    //! Events whose subscribers wait for the commit, which cannot be kept until then.

    use events_core::Event;

    #[derive(Event)]
    #[event(after_commit)]
    struct Borrows<'a> {
        text: &'a str,
    }

    #[derive(Event)]
    #[event(after_commit)]
    struct NotClone;

    #[derive(Event, Clone)]
    #[event(after_commit)]
    struct NotSend(std::rc::Rc<u8>);

    #[derive(Event, Clone)]
    #[event(after_commit = true)]
    struct Value;

    #[derive(Event, Clone)]
    struct OnField {
        #[event(after_commit)]
        field: u8,
    }
}

fn main() {}
