//! The options of an upcast.

mod without_options {
    //! It names the event and the version.

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

mod without_version {
    //! The version is missing.

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

mod other_option {
    //! The version is named `from`.

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

mod version {
    //! Versions begin with 1.

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

mod is_async {
    //! An upcast is not async.

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
