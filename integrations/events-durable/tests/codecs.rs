//! A program whose event types do not fit together: two under one topic, with a codec each, and one with a secret. It is a binary
//! of its own, for the types of a program are those that are linked.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use events_core::{Event, Registry, failures::BoxError};
use events_durable::{Codec, Durable, DurableError, durable};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::{Sqlite, pool::PoolOptions};

struct Spaced;

impl Codec for Spaced {
    const NAME: &'static str = "spaced";

    fn write(value: &Value) -> Result<String, BoxError> {
        Ok(serde_json::to_string_pretty(value)?)
    }

    fn read(text: &str) -> Result<Value, BoxError> {
        Ok(serde_json::from_str(text)?)
    }
}

#[derive(Event, Durable, Clone, Serialize, Deserialize)]
#[event(topic = "codecs.placed")]
struct Placed(u32);

mod later {
    use super::*;

    #[derive(Event, Durable, Clone, Serialize, Deserialize)]
    #[event(topic = "codecs.placed")]
    #[durable(codec = Spaced)]
    pub(super) struct Placed(pub(super) u32);
}

#[derive(Event, Clone, Serialize, Deserialize)]
#[event(topic = "codecs.login")]
struct Login<T> {
    user: T,
    #[event(secret)]
    password: String,
}

durable!(Login<u32>, topic = "codecs.login.number");

#[tokio::test]
async fn two_codecs_for_one_topic_and_a_secret_of_a_generic_event_are_refused() {
    let pool = PoolOptions::<Sqlite>::new().max_connections(1);
    let pool = pool.connect("sqlite::memory:").await.unwrap();
    let (store, registry) = (Durable::with_pool(pool), Registry::new());
    store.migrate().await.unwrap();
    let error = store.register(&registry).await.unwrap_err();
    let text = error.to_string();
    assert!(matches!(error, DurableError::Program(_)), "{text}");
    for part in [
        "`codecs::Placed` with the codec `json`",
        "`codecs::later::Placed` with the codec `spaced`",
        "are stored under the topic `codecs.placed`; give each a topic of its own",
        "Login<u32>` has the secret field `password`, which `durable!` would store as it is; derive `Durable` for a type",
    ] {
        assert!(text.contains(part), "{text}");
    }
    // The scan of the core sees the types of the program as well.
    let error = registry.try_scan().unwrap_err().to_string();
    assert!(error.contains("share the topic `codecs.placed`"), "{error}");
}
