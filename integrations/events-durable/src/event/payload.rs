//! Writing and reading an event.

use std::fmt;

use events_core::failures::BoxError;
use serde_json::Value;

use super::{
    codec::Codec,
    durable_event::DurableEvent,
    upcast::{UPCASTS, Upcast},
};

/// An event as it is stored.
pub(crate) struct Encoded {
    pub(crate) topic: &'static str,
    pub(crate) key: Option<String>,
    pub(crate) version: i32,
    pub(crate) codec: &'static str,
    pub(crate) data: String,
}

/// The longest key, in bytes: an index of PostgreSQL has no room for more.
const LONGEST_KEY: usize = 2_000;

/// What is wrong with a key, of which the text shows nothing.
fn problem_of_key(key: &str) -> Option<&'static str> {
    match key {
        "" => Some("is empty; give each event a key that is not, or remove `key` from its type"),
        _ if key.len() > LONGEST_KEY => {
            Some("is longer than 2,000 bytes; use a shorter one, for example a hash of it")
        }
        _ if key.contains('\0') => Some(
            "contains the character NUL, which a database does not store in a text; leave it out",
        ),
        _ => None,
    }
}

/// Writes an event.
pub(crate) fn encode<E: DurableEvent>(event: &E) -> Result<Encoded, BoxError> {
    let key = event.durable_key();
    if let Some(problem) = key.as_deref().and_then(problem_of_key) {
        return Err(format!("the key of the event `{}` {problem}", E::stored_topic()).into());
    }
    let value = event.write_payload()?;
    let data = E::Codec::write(&value)?;
    let of_event = || format!("the payload of the event `{}`", E::stored_topic());
    if data.contains('\0') {
        let text = "contains the character NUL, which a database does not store in a text; its codec writes other ones";
        return Err(format!("{} {text}", of_event()).into());
    }
    if has_null(&value) && E::read_payload(value).is_err() {
        let text = "cannot be read again: it has `null`, for example in place of a number that is not finite, where \
                    `Deserialize` takes none";
        return Err(format!("{} {text}", of_event()).into());
    }
    Ok(Encoded {
        topic: E::stored_topic(),
        key,
        version: E::VERSION,
        codec: E::Codec::NAME,
        data,
    })
}

/// Whether there is a `null` in it, which `serde_json` writes for what JSON does not have.
fn has_null(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(values) => values.iter().any(has_null),
        Value::Object(fields) => fields.values().any(has_null),
        _ => false,
    }
}

/// Why a stored event was not read.
#[derive(Debug)]
pub(crate) enum Unreadable {
    /// Another version of the program may read it: the delivery waits.
    Waits(Waits),
    /// The payload is wrong: the attempt fails.
    Fails(BoxError),
}

/// What is missing.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Waits {
    /// The type of the event is not linked.
    Type,
    /// The codec, which this program does not use for it.
    Codec { stored: String, own: &'static str },
    /// The version is later than that of this program.
    Newer { stored: i32, own: i32 },
    /// The upcast from this version.
    Upcast { from: i32 },
}

impl fmt::Display for Waits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Type => f.write_str(
                "no durable event type of this program has its topic; link the crate of the type, or retire the subscriber",
            ),
            Self::Codec { stored, own } => write!(
                f,
                "it is stored with the codec `{stored}`, and this program reads `{own}`; use the codec with which it was stored",
            ),
            Self::Newer { stored, own } => write!(
                f,
                "it has version {stored}, and this program knows version {own}; a later version of the program delivers it",
            ),
            Self::Upcast { from } => write!(
                f,
                "there is no upcast from version {from}; write `#[upcast(.., from = {from})]`",
            ),
        }
    }
}

/// Reads an event of any version that this program knows.
pub(super) fn decode<E: DurableEvent>(
    version: i32,
    codec: &str,
    data: &str,
) -> Result<E, Unreadable> {
    if codec != E::Codec::NAME {
        return Err(Unreadable::Waits(Waits::Codec {
            stored: codec.to_owned(),
            own: E::Codec::NAME,
        }));
    }
    if version > E::VERSION {
        return Err(Unreadable::Waits(Waits::Newer {
            stored: version,
            own: E::VERSION,
        }));
    }
    let steps: Result<Vec<_>, _> = (version..E::VERSION)
        .map(|from| {
            let mut all = UPCASTS.iter();
            let found = all.find(|upcast| upcast.is_of::<E>(from));
            found.ok_or(Unreadable::Waits(Waits::Upcast { from }))
        })
        .collect();
    let read = |steps: Vec<&'static Upcast>| -> Result<E, BoxError> {
        let mut value = E::Codec::read(data)?;
        for upcast in steps {
            value = (upcast.step)(value)?;
        }
        Ok(E::read_payload(value)?)
    };
    read(steps?).map_err(|error| {
        // The text of serde shows values of the payload.
        let text = match error.downcast_ref::<serde_json::Error>() {
            Some(error) => format!("the payload cannot be read: {:?} error", error.classify()),
            None => error.to_string(),
        };
        Unreadable::Fails(text.into())
    })
}

/// The payload without its secrets, for lists of dead letters.
pub(super) fn redacted<E: DurableEvent>(data: &str) -> String {
    if E::Codec::ENCRYPTS {
        return "[encrypted]".to_owned();
    }
    match E::Codec::read(data) {
        Ok(mut payload) => {
            E::redact_payload(&mut payload);
            payload.to_string()
        }
        Err(_) => "[unreadable]".to_owned(),
    }
}
