//! The derive, and the options of the type.

mod generic {
    //! A generic event has a topic for each of its instances.

    use events_core::Event;
    use events_durable::durable;
    use serde::{Deserialize, Serialize};

    #[derive(Event, Clone, Serialize, Deserialize)]
    struct Page<T> {
        items: Vec<T>,
    }

    durable!(Page<u64>, topic = "pages");
}

mod unknown_option {
    //! The type has three options.

    use events_core::Event;
    use events_durable::Durable;
    use serde::{Deserialize, Serialize};

    #[derive(Event, Durable, Clone, Serialize, Deserialize)]
    #[event(topic = "shop.order_placed")]
    struct OrderPlaced {
        order: u64,
    }
}

mod version {
    //! Versions begin with 1.

    use events_core::Event;
    use events_durable::Durable;
    use serde::{Deserialize, Serialize};

    #[derive(Event, Durable, Clone, Serialize, Deserialize)]
    #[durable(version = 1)]
    struct OrderPlaced {
        order: u64,
    }
}

mod twice {
    //! An option is given once.

    use events_core::Event;
    use events_durable::Durable;
    use serde::{Deserialize, Serialize};

    #[derive(Event, Durable, Clone, Serialize, Deserialize)]
    #[durable(version = 3)]
    struct OrderPlaced {
        order: u64,
    }
}

mod no_such_field {
    //! The key is a field.

    use events_core::Event;
    use events_durable::Durable;
    use serde::{Deserialize, Serialize};

    #[derive(Event, Durable, Clone, Serialize, Deserialize)]
    #[durable(key = order)]
    struct OrderPlaced {
        order: u64,
    }
}

fn main() {}
