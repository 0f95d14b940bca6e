//! Instances of generic events.

mod no_topic {
    //! Each has a topic of its own.

    use events_core::Event;
    use events_durable::durable;
    use serde::{Deserialize, Serialize};

    #[derive(Event, Clone, Serialize, Deserialize)]
    struct Page<T> {
        items: Vec<T>,
    }

    durable!(Page<u64>, topic = "pages");
}

mod no_text {
    //! The topic is a text.

    use events_core::Event;
    use events_durable::durable;
    use serde::{Deserialize, Serialize};

    #[derive(Event, Clone, Serialize, Deserialize)]
    struct Page<T> {
        items: Vec<T>,
    }

    durable!(Page<u64>, topic = "pages");
}

mod order {
    //! The options have an order.

    use events_core::Event;
    use events_durable::durable;
    use serde::{Deserialize, Serialize};

    #[derive(Event, Clone, Serialize, Deserialize)]
    struct Page<T> {
        items: Vec<T>,
    }

    durable!(Page<u64>, topic = "pages", version = 2);
}

fn main() {}
