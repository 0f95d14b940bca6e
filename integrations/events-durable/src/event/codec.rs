//! The form of a payload in the database.

use events_core::failures::BoxError;
use serde_json::Value;

/// The form of a payload in the database: a text. [`Json`] is the default; another one encrypts, for example.
///
/// An event is always written as a [`Value`] of JSON first, and upcasts change that: a codec is the step between this value and
/// the text. It has one name for good, by which stored events name it.
///
/// ```
/// use events_core::{Event, failures::BoxError};
/// use events_durable::{Codec, Durable};
/// use serde::{Deserialize, Serialize};
/// use serde_json::Value;
///
/// /// Stands for a real cipher.
/// struct Reversed;
///
/// impl Codec for Reversed {
///     const NAME: &'static str = "reversed";
///     const ENCRYPTS: bool = true;
///
///     fn write(value: &Value) -> Result<String, BoxError> {
///         Ok(value.to_string().chars().rev().collect())
///     }
///
///     fn read(text: &str) -> Result<Value, BoxError> {
///         let json: String = text.chars().rev().collect();
///         Ok(serde_json::from_str(&json)?)
///     }
/// }
///
/// #[derive(Event, Durable, Clone, Serialize, Deserialize)]
/// #[durable(codec = Reversed)]
/// struct PasswordChanged {
///     user: u64,
///     #[event(secret)]
///     hint: String,
/// }
/// # fn main() {}
/// ```
pub trait Codec: 'static {
    /// Its name in the database, for good.
    const NAME: &'static str;

    /// Whether the text shows nothing of the event: then fields that are secret need no decision of their own.
    const ENCRYPTS: bool = false;

    /// Writes a payload as text, without the character NUL.
    ///
    /// # Errors
    ///
    /// If it cannot be written: the emit fails.
    fn write(value: &Value) -> Result<String, BoxError>;

    /// Reads what [`write`](Self::write) has written.
    ///
    /// # Errors
    ///
    /// If it cannot be read: the attempt of the delivery fails.
    fn read(text: &str) -> Result<Value, BoxError>;
}

/// JSON, as `Serialize` and `Deserialize` of the event make it: the default [`Codec`].
///
/// ```
/// use events_durable::{Codec, Json};
///
/// assert_eq!(Json::NAME, "json");
/// assert_eq!(Json::write(&serde_json::json!({ "order": 7 })).unwrap(), r#"{"order":7}"#);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Json;

impl Codec for Json {
    const NAME: &'static str = "json";

    fn write(value: &Value) -> Result<String, BoxError> {
        if is_deeper(value, DEEPEST) {
            let text = "the payload is nested deeper than 127 levels, which the reader of JSON refuses; flatten it, or store it as text";
            return Err(text.into());
        }
        Ok(serde_json::to_string(value)?)
    }

    fn read(text: &str) -> Result<Value, BoxError> {
        Ok(serde_json::from_str(text)?)
    }
}

/// How deep a value is nested that `serde_json` reads.
const DEEPEST: usize = 127;

/// Whether arrays and objects are nested deeper than so many levels.
fn is_deeper(value: &Value, levels: usize) -> bool {
    let Some(left) = levels.checked_sub(1) else {
        return value.is_array() || value.is_object();
    };
    match value {
        Value::Array(values) => values.iter().any(|inner| is_deeper(inner, left)),
        Value::Object(fields) => fields.values().any(|inner| is_deeper(inner, left)),
        _ => false,
    }
}
