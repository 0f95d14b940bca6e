//! What the derive implements.

use std::fmt::Display;

use events_core::bounds::OwnedEvent;
use serde::{Serialize, de::DeserializeOwned};

use super::codec::Codec;

/// An event that can be stored. `#[derive(Durable)]` implements it, and [`durable!`](crate::durable!) for an instance of a generic
/// event.
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
pub trait DurableEvent: OwnedEvent + Serialize + DeserializeOwned + Send + Sync + 'static {
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

    /// The topic under which it is stored.
    #[must_use]
    fn stored_topic() -> &'static str {
        Self::topic()
    }

    /// Its key, if it has one: subscribers that are `per_key` receive the events of one key one at a time, in the order of their
    /// commits.
    #[must_use]
    fn durable_key(&self) -> Option<String>;
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
