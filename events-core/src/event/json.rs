//! Events as JSON: the functions that the code generated for `#[event(serialize)]` calls. Without the
//! feature `serde` a call of `on` does not compile, and its error names the feature; the other functions
//! exist so that this is the only error.
//!
//! They return `None` for what is left out of an object or an array.

#[cfg(feature = "serde")]
pub use on::{Json, array, converted, null, object, on, secret, serializer, value, whole};

#[cfg(not(feature = "serde"))]
pub use off::{
    Json, ToJsonNeedsSerde, array, converted, null, object, on, secret, serializer, whole,
};

#[cfg(feature = "serde")]
mod on {
    use serde::Serialize;
    use serde_json::{Value, value::Serializer};

    /// An event as JSON.
    pub type Json = Value;

    /// Compiles, because the feature is on.
    #[inline]
    pub fn on<E>() {}

    /// The value of one field.
    pub fn value<T: Serialize + ?Sized>(value: &T) -> Option<Json> {
        converted_from::<T>(serde_json::to_value(value))
    }

    /// An event that its own `Serialize` writes; `hides` is whether that would show what another event in it
    /// hides.
    pub fn whole<T: Serialize + ?Sized>(event: &T, hides: bool) -> Option<Json> {
        if hides { secret() } else { value(event) }
    }

    /// The serializer for the function of a field that names one.
    #[must_use]
    pub fn serializer() -> Serializer {
        Serializer
    }

    /// The value that the function of a field returned.
    #[must_use]
    pub fn converted(value: Result<Json, serde_json::Error>) -> Option<Json> {
        converted_from::<Json>(value)
    }

    fn converted_from<T: ?Sized>(value: Result<Json, serde_json::Error>) -> Option<Json> {
        Some(value.unwrap_or_else(|_| {
            // The error is not logged: its text may contain the value.
            crate::primitives::catch_record(|| {
                tracing::warn!(
                    target: "events_core",
                    type_name = std::any::type_name::<T>(),
                    "a field cannot be converted to JSON: a map key is not a string, or its `Serialize` fails",
                );
            });
            Value::from("[not serializable]")
        }))
    }

    /// The replacement for the value of a secret field.
    #[must_use]
    pub fn secret() -> Option<Json> {
        Some(Value::from("[redacted]"))
    }

    /// A struct with named fields.
    #[must_use]
    pub fn object<const N: usize>(fields: [(&str, Option<Json>); N]) -> Option<Json> {
        let fields = fields.into_iter();
        let fields = fields.filter_map(|(name, value)| Some((name.to_owned(), value?)));
        Some(Value::Object(fields.collect()))
    }

    /// A tuple struct.
    #[must_use]
    pub fn array<const N: usize>(fields: [Option<Json>; N]) -> Option<Json> {
        Some(fields.into_iter().flatten().collect())
    }

    /// A struct without fields.
    #[must_use]
    pub fn null() -> Option<Json> {
        Some(Value::Null)
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

    /// As `FeatureSerde`, for the method that returns an event as JSON.
    #[diagnostic::on_unimplemented(
        message = "`to_json` needs the feature `serde` of `events-core`, which is off",
        label = "turn on the feature `serde` of `events-core`: `features = [\"serde\"]` in Cargo.toml",
        note = "only an event marked `#[event(serialize)]`, or one without a type, can be read as JSON"
    )]
    pub trait ToJsonNeedsSerde {}

    // Without it, code that prints the JSON would cause a second error.
    impl std::fmt::Display for Json {
        fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            match *self {}
        }
    }

    /// Does not compile when called.
    pub fn on<E: FeatureSerde>() {}

    /// Never runs.
    #[must_use]
    pub fn whole<T: ?Sized>(_: &T, _: bool) -> Option<Json> {
        unreachable!("the feature is off")
    }

    /// Never runs.
    pub fn serializer() {}

    /// Never runs.
    #[must_use]
    pub fn converted<T>(_: T) -> Option<Json> {
        unreachable!("the feature is off")
    }

    /// Never runs.
    #[must_use]
    pub fn secret() -> Option<Json> {
        unreachable!("the feature is off")
    }

    /// Never runs.
    #[must_use]
    pub fn object<const N: usize>(_: [(&str, Option<Json>); N]) -> Option<Json> {
        unreachable!("the feature is off")
    }

    /// Never runs.
    #[must_use]
    pub fn array<const N: usize>(_: [Option<Json>; N]) -> Option<Json> {
        unreachable!("the feature is off")
    }

    /// Never runs.
    #[must_use]
    pub fn null() -> Option<Json> {
        unreachable!("the feature is off")
    }
}
