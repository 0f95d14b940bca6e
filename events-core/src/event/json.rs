//! Events as JSON: the functions that the code generated for `#[event(serialize)]` calls. Without the
//! feature `serde` a call of `on` does not compile, and its error names the feature; the other functions
//! exist so that this is the only error.

#[cfg(feature = "serde")]
pub use on::{Json, array, null, object, on, secret, value};

#[cfg(not(feature = "serde"))]
pub use off::{Json, array, null, object, on, secret, value};

#[cfg(feature = "serde")]
mod on {
    use serde::Serialize;
    use serde_json::Value;

    /// An event as JSON.
    pub type Json = Value;

    /// Compiles, because the feature is on.
    #[inline]
    pub fn on<E>() {}

    /// The value of one field.
    pub fn value<T: Serialize + ?Sized>(value: &T) -> Json {
        serde_json::to_value(value).unwrap_or_else(|_| {
            // The error is not logged: its text may contain the value.
            crate::primitives::catch_record(|| {
                tracing::warn!(
                    target: "events_core",
                    type_name = std::any::type_name::<T>(),
                    "a field cannot be converted to JSON: a map key is not a string, or its `Serialize` fails",
                );
            });
            Value::from("[not serializable]")
        })
    }

    /// The replacement for the value of a secret field.
    #[must_use]
    pub fn secret() -> Json {
        Value::from("[redacted]")
    }

    /// A struct with named fields.
    #[must_use]
    pub fn object<const N: usize>(fields: [(&str, Json); N]) -> Json {
        let fields = fields.into_iter();
        Value::Object(
            fields
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
        )
    }

    /// A tuple struct.
    #[must_use]
    pub fn array<const N: usize>(fields: [Json; N]) -> Json {
        Value::from(Vec::from(fields))
    }

    /// A struct without fields.
    #[must_use]
    pub fn null() -> Json {
        Value::Null
    }
}

#[cfg(not(feature = "serde"))]
mod off {
    /// Has no values without the feature.
    #[derive(Debug)]
    pub enum Json {}

    /// No type implements this: the bound of [`on`] fails with this text.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` cannot be read as JSON: the feature `serde` of `events-core` is off",
        label = "turn on the feature `serde` of `events-core`"
    )]
    pub trait FeatureSerde {}

    /// Does not compile when called.
    pub fn on<E: FeatureSerde>() {}

    /// Never runs.
    #[must_use]
    pub fn value<T: ?Sized>(_: &T) -> Json {
        unreachable!("the feature is off")
    }

    /// Never runs.
    #[must_use]
    pub fn secret() -> Json {
        unreachable!("the feature is off")
    }

    /// Never runs.
    #[must_use]
    pub fn object<const N: usize>(_: [(&str, Json); N]) -> Json {
        unreachable!("the feature is off")
    }

    /// Never runs.
    #[must_use]
    pub fn array<const N: usize>(_: [Json; N]) -> Json {
        unreachable!("the feature is off")
    }

    /// Never runs.
    #[must_use]
    pub fn null() -> Json {
        unreachable!("the feature is off")
    }
}
