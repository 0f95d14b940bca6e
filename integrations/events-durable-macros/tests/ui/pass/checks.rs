//! What the compiler evaluates: codecs and versions.

mod plain_codec {
    //! The codec of a secret field encrypts.

    use events_core::{Event, failures::BoxError};
    use events_durable::{Codec, Durable};
    use serde::{Deserialize, Serialize};
    use serde_json::Value;

    struct Cipher;

    impl Codec for Cipher {
        const NAME: &'static str = "cipher";
        const ENCRYPTS: bool = true;

        fn write(value: &Value) -> Result<String, BoxError> {
            Ok(value.to_string())
        }

        fn read(text: &str) -> Result<Value, BoxError> {
            Ok(serde_json::from_str(text)?)
        }
    }

    #[derive(Event, Durable, Clone, Serialize, Deserialize)]
    #[durable(codec = Cipher)]
    struct OrderPlaced {
        #[event(secret)]
        card: String,
    }
}

mod no_later_version {
    //! The event has a version behind that of the upcast.

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
