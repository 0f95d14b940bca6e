//! What the derive implements.

use std::fmt::Display;

use events_core::bounds::OwnedEvent;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Error, Value};

use super::codec::Codec;

/// An event that can be stored. `#[derive(Durable)]` implements it, [`durable!`](crate::durable!) for an instance of a generic
/// event, and `#[observed(durable = "..")]` of `events-seaorm` for `Created`, `Updated` and `Deleted` of a model.
///
/// ```
/// use events_core::Event;
/// use events_durable::{Durable, DurableEvent};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Event, Durable, Clone, Serialize, Deserialize)]
/// #[durable(version = 2, key = order)]
/// struct OrderPlaced {
///     order: u64,
/// }
///
/// assert_eq!(OrderPlaced::VERSION, 2);
/// assert_eq!(OrderPlaced { order: 7 }.durable_key().as_deref(), Some("7"));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not durable",
    label = "this event is not stored",
    note = "put `#[derive(Durable)]` on the type; write `durable!(..)` for an instance of a generic event",
    note = "the events after the writes of a model are durable with `#[observed(durable = \"..\")]` on it"
)]
pub trait DurableEvent: OwnedEvent + Send + Sync + 'static {
    /// The form of its payload.
    type Codec: Codec;

    /// The version of its payload, from 1 on.
    const VERSION: i32;

    /// Its secret fields.
    #[doc(hidden)]
    const SECRETS: &'static [Secret];

    /// Whether nothing says what becomes of its secret fields: the macro `durable!` does not see them.
    #[doc(hidden)]
    const IS_UNDECIDED: bool = false;

    /// Whether it has a key.
    #[doc(hidden)]
    const HAS_KEY: bool = true;

    /// The topic under which it is stored.
    #[must_use]
    fn stored_topic() -> &'static str {
        Self::topic()
    }

    /// Its key, if it has one: subscribers that are `per_key` receive the events of one key one at a time, in the order of their
    /// commits.
    #[must_use]
    fn durable_key(&self) -> Option<String>;

    /// Whether the transaction is not to be committed if the event is not stored: the caller of a write has no result of its emit.
    #[doc(hidden)]
    const REFUSES_COMMIT: bool = false;

    /// The payload, without the fields that are not stored.
    #[doc(hidden)]
    fn write_payload(&self) -> Result<Value, Error>;

    /// Reads what [`write_payload`](Self::write_payload) has written.
    #[doc(hidden)]
    fn read_payload(payload: Value) -> Result<Self, Error>;

    /// Hides what is secret in a payload, for lists of dead letters.
    #[doc(hidden)]
    fn redact_payload(payload: &mut Value) {
        redact(payload, Self::SECRETS);
    }
}

/// The payload of an event, as its `Serialize` writes it.
#[doc(hidden)]
pub fn write_payload(event: &impl Serialize, secrets: &[Secret]) -> Result<Value, Error> {
    let mut payload = serde_json::to_value(event)?;
    remove_skipped(&mut payload, secrets);
    Ok(payload)
}

/// An event, as its `Deserialize` reads it.
#[doc(hidden)]
pub fn read_payload<E: DeserializeOwned>(payload: Value) -> Result<E, Error> {
    serde_json::from_value(payload)
}

/// Removes the secret fields that are not stored.
pub(super) fn remove_skipped(value: &mut Value, secrets: &[Secret]) {
    if let Value::Object(fields) = value {
        for secret in secrets.iter().filter(|secret| secret.is_skipped) {
            fields.remove(secret.name);
        }
    }
}

/// Hides the secret fields.
pub(super) fn redact(value: &mut Value, secrets: &[Secret]) {
    if let Value::Object(fields) = value {
        for secret in secrets {
            if let Some(value) = fields.get_mut(secret.name) {
                *value = "[redacted]".into();
            }
        }
    }
}

/// A secret field.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Secret {
    /// Its name in the payload.
    pub name: &'static str,
    /// Whether it is left out of the payload.
    pub is_skipped: bool,
}

/// The text of a key.
#[doc(hidden)]
#[must_use]
pub fn key_text(key: &impl Display) -> String {
    key.to_string()
}
