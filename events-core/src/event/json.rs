//! Events as JSON: what `#[event(serialize)]` writes is made of these. With the feature `serde` they do
//! what they say; without it the first of them tells that it is missing.

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

    /// The feature is on.
    #[inline]
    pub fn on<E>() {}

    /// A value of a type that says how.
    pub fn value<T: Serialize + ?Sized>(value: &T) -> Json {
        serde_json::to_value(value).unwrap_or_else(|_| {
            // What is wrong may name what is in it.
            tracing::warn!(
                target: "events_core",
                type_name = std::any::type_name::<T>(),
                "a value cannot be JSON: its keys are no texts, or its `Serialize` fails",
            );
            Value::from("[not serializable]")
        })
    }

    /// What stands for a secret.
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
    /// There is none.
    #[derive(Debug)]
    pub enum Json {}

    /// No type is this.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` cannot be read as JSON: the feature `serde` of `events-core` is off",
        label = "turn on the feature `serde` of `events-core`"
    )]
    pub trait FeatureSerde {}

    /// The feature is off.
    pub fn on<E: FeatureSerde>() {}

    /// None.
    #[must_use]
    pub fn value<T: ?Sized>(_: &T) -> Json {
        unreachable!("the feature is off")
    }

    /// None.
    #[must_use]
    pub fn secret() -> Json {
        unreachable!("the feature is off")
    }

    /// None.
    #[must_use]
    pub fn object<const N: usize>(_: [(&str, Json); N]) -> Json {
        unreachable!("the feature is off")
    }

    /// None.
    #[must_use]
    pub fn array<const N: usize>(_: [Json; N]) -> Json {
        unreachable!("the feature is off")
    }

    /// None.
    #[must_use]
    pub fn null() -> Json {
        unreachable!("the feature is off")
    }
}
