//! Bridges: their sources, and what an item becomes.

mod bridge_choose {
    //! The fix: `.into()`, an event, and a value that is `Send + Sync`.

    use std::sync::Arc;

    use events_core::{Event, bridge};

    #[derive(Event)]
    struct Low(u32);

    #[derive(Event)]
    struct High(u32);

    #[derive(Event)]
    struct Broken(u32);

    #[derive(Event)]
    struct Local(Arc<u32>);

    fn main() {
        let levels = || bridge(std::future::ready(7_u32));

        drop(levels().choose(|level| match level {
            0..50 => Some(Low(level).into()),
            _ => Some(High(level).into()),
        }));

        drop(levels().choose(|level| Some(Broken(level).into())));

        drop(levels().choose(|level| Some(Local(Arc::new(level)).into())));
    }
}

mod bridge_no_conversion {
    //! The fix: `From`.

    use events_core::{Event, Registry, bridge};

    #[derive(Event, Clone)]
    struct Tick;

    #[derive(Event)]
    struct Ticked;

    impl From<Tick> for Ticked {
        fn from(_: Tick) -> Self {
            Self
        }
    }

    fn main() {
        let ticks = Registry::new().stream::<Tick>();
        drop(bridge(ticks).results().to::<Ticked>());
    }
}

mod bridge_no_event {
    //! The fix: an event type.

    use events_core::{Event, Registry, bridge};

    #[derive(Event, Clone)]
    struct Tick;

    fn main() {
        let ticks = Registry::new().stream::<Tick>();
        let _run = bridge(ticks).results().to::<Tick>().run();
    }
}

mod bridge_no_senders {
    //! The fix: `senders` reads the sender of an item.

    use events_core::{Event, Registry, bridge};

    #[derive(Event, Clone)]
    struct Order {
        desk: &'static str,
    }

    fn main() {
        let orders = Registry::new().stream::<Order>();
        let orders = bridge(orders).results().senders(|order| order.desk);
        drop(orders.sender("east").to::<Order>());
    }
}

mod bridge_no_source {
    //! The fix: a stream, a receiver of tokio, and values that are `Clone`.

    use events_core::bridge;
    use tokio::sync::{mpsc, watch};

    #[derive(Clone)]
    struct Order;

    fn main() {
        drop(bridge(tokio_stream::iter(vec![1, 2])));

        let (_sender, receiver) = mpsc::channel::<Order>(1);
        drop(bridge(receiver));

        let (_sender, receiver) = watch::channel(Order);
        drop(bridge(receiver));
    }
}

mod bridge_topic {
    //! The fix: `args!`.

    use events_core::{Event, Registry, args, bridge};

    #[derive(Event, Clone)]
    struct Tick;

    fn main() {
        let ticks = Registry::new().stream::<Tick>();
        drop(bridge(ticks).results().to_topic("clock::tick", |_| args! {}));

        let ticks = Registry::new().stream::<Tick>();
        drop(bridge(ticks).results().to_topic("clock::tick", |_| Some(args! {})));
    }
}

mod bridge_with {
    //! The fix: an event, and `to_topic`.

    use events_core::{Event, args, bridge};

    #[derive(Event)]
    struct Level(u32);

    fn main() {
        let levels = || bridge(std::future::ready(7_u32));

        drop(levels().with(|level| Some(Level(level))));

        drop(levels().to_topic("level", |level| args! { level: level }));
    }
}

fn main() {}
