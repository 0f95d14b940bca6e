//! Bridges: their sources, and what an item becomes.

mod bridge_choose {
    //! The closure of `choose` returns choices: an event that is not converted, a type that is no event, and an event that
    //! is not `Send`.

    use std::rc::Rc;

    use events_core::{Event, bridge};

    #[derive(Event)]
    struct Low(u32);

    #[derive(Event)]
    struct High(u32);

    struct Broken(u32);

    #[derive(Event)]
    struct Local(Rc<u32>);

    fn main() {
        let levels = || bridge(std::future::ready(7_u32));

        drop(levels().choose(|level| match level {
            0..50 => Some(Low(level)),
            _ => Some(High(level).into()),
        }));

        drop(levels().choose(|level| Some(Broken(level).into())));

        drop(levels().choose(|level| Some(Local(Rc::new(level)).into())));
    }
}

mod bridge_no_conversion {
    //! An item of a bridge must convert into the event.

    use events_core::{Event, Registry, bridge};

    #[derive(Event, Clone)]
    struct Tick;

    #[derive(Event)]
    struct Ticked;

    fn main() {
        let ticks = Registry::new().stream::<Tick>();
        drop(bridge(ticks).results().to::<Ticked>());
    }
}

mod bridge_no_event {
    //! A bridge without an event type.

    use events_core::{Event, Registry, bridge};

    #[derive(Event, Clone)]
    struct Tick;

    fn main() {
        let ticks = Registry::new().stream::<Tick>();
        let _run = bridge(ticks).results().run();
    }
}

mod bridge_no_senders {
    //! A bridge that filters by sender, without `senders`.

    use events_core::{Event, Registry, bridge};

    #[derive(Event, Clone)]
    struct Order {
        desk: &'static str,
    }

    fn main() {
        let orders = Registry::new().stream::<Order>();
        drop(bridge(orders).results().sender("east").to::<Order>());
    }
}

mod bridge_no_source {
    //! What a bridge does not accept: an iterator, a receiver of the standard library, and a receiver whose values cannot be
    //! cloned.

    use std::sync::mpsc;

    use events_core::bridge;
    use tokio::sync::watch;

    struct Order;

    fn main() {
        drop(bridge(vec![1, 2].into_iter()));

        let (_sender, receiver) = mpsc::channel::<Order>();
        drop(bridge(receiver));

        let (_sender, receiver) = watch::channel(Order);
        drop(bridge(receiver));
    }
}

mod bridge_topic {
    //! The closure of `to_topic` returns arguments, and not an event.

    use events_core::{Event, Registry, bridge};

    #[derive(Event, Clone)]
    struct Tick;

    fn main() {
        let ticks = Registry::new().stream::<Tick>();
        drop(bridge(ticks).results().to_topic("clock::tick", |tick| tick));

        let ticks = Registry::new().stream::<Tick>();
        drop(bridge(ticks).results().to_topic("clock::tick", Some));
    }
}

mod bridge_with {
    //! The closure of `with` returns events: neither the item, nor the arguments of a topic.

    use events_core::{args, bridge};

    fn main() {
        let levels = || bridge(std::future::ready(7_u32));

        drop(levels().with(|level| Some(level)));

        drop(levels().with(|level| Some(args! { level: level })));
    }
}

fn main() {}
