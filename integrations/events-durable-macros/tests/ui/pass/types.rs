//! What the compiler checks after the macros: types.

mod not_serialized {
    //! The payload is what serde makes of the event.

    use events_core::Event;
    use events_durable::Durable;
    use serde::{Deserialize, Serialize};

    #[derive(Event, Durable, Clone, Serialize, Deserialize)]
    struct OrderPlaced {
        order: u64,
    }
}

mod no_key_text {
    //! The key is a text.

    use events_core::Event;
    use events_durable::Durable;
    use serde::{Deserialize, Serialize};

    #[derive(Event, Durable, Clone, Serialize, Deserialize)]
    #[durable(key = |event| event.items.len())]
    struct OrderPlaced {
        items: Vec<u64>,
    }
}

mod other_function {
    //! An upcast takes a value of JSON.

    use events_core::{Event, failures::BoxError};
    use events_durable::{Durable, upcast};
    use serde::{Deserialize, Serialize};
    use serde_json::Value;

    #[derive(Event, Durable, Clone, Serialize, Deserialize)]
    #[durable(version = 2)]
    struct OrderPlaced {
        order: u64,
    }

    #[upcast(OrderPlaced, from = 1)]
    fn upgrade(old: Value) -> Result<Value, BoxError> {
        Ok(old)
    }
}

mod instance_not_serialized {
    //! The payload of an instance is what serde makes of it.

    use events_core::Event;
    use events_durable::durable;
    use serde::{Deserialize, Serialize};

    #[derive(Event, Clone, Serialize, Deserialize)]
    struct Page<T> {
        items: Vec<T>,
    }

    durable!(Page<u64>, topic = "pages");
}

mod not_an_event {
    //! What is durable is an event.

    use events_core::Event;
    use events_durable::Durable;
    use serde::{Deserialize, Serialize};

    #[derive(Event, Durable, Clone, Serialize, Deserialize)]
    struct OrderPlaced {
        order: u64,
    }
}

mod upcast_of_another {
    //! An upcast is of a durable event.

    use events_core::{Event, failures::BoxError};
    use events_durable::{Durable, upcast};
    use serde::{Deserialize, Serialize};
    use serde_json::Value;

    #[derive(Event, Durable, Clone, Serialize, Deserialize)]
    #[durable(version = 2)]
    struct OrderPlaced {
        order: u64,
    }

    #[upcast(OrderPlaced, from = 1)]
    fn upgrade(old: Value) -> Result<Value, BoxError> {
        Ok(old)
    }
}

fn main() {}
