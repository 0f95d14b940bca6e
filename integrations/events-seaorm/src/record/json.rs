//! The events of models as JSON, if these are `Serialize`, and the values in their diffs.
//!
//! Method resolution determines whether they are: with the feature `serde` the inherent constant of a model that is `Serialize` comes
//! before that of [`NoJson`], and a method of [`JsonChange`] needs one reference less than that of [`TextChange`].

use std::{fmt::Debug, marker::PhantomData};

use events_core::record::Diff;

/// A field whose key in the JSON is not its name, or whose value is not shown.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct JsonField {
    pub name: &'static str,
    pub key: &'static str,
    pub is_secret: bool,
    pub is_skipped: bool,
    /// The `Serialize` of the model may leave it out.
    pub is_optional: bool,
}

/// Registers the JSON of a model that is `Serialize`.
#[doc(hidden)]
#[derive(Debug)]
pub struct ModelProbe<M>(PhantomData<M>);

/// The constant of a model that is not `Serialize`.
#[doc(hidden)]
pub trait NoJson {
    const REGISTER: fn(&'static [JsonField]) = |_| ();
}

impl<M> NoJson for ModelProbe<M> {}

/// A field that an update changes.
#[doc(hidden)]
#[derive(Debug)]
pub struct Changed<'v, T> {
    pub old: &'v T,
    pub new: &'v T,
}

/// The method of a field whose type is not known to be `Serialize`.
#[doc(hidden)]
pub trait TextChange<T> {
    fn add(&self, diff: Diff, name: &'static str) -> Diff
    where
        T: Debug + PartialEq + Clone + Send + Sync + 'static;
}

impl<T> TextChange<T> for &Changed<'_, T> {
    fn add(&self, diff: Diff, name: &'static str) -> Diff
    where
        T: Debug + PartialEq + Clone + Send + Sync + 'static,
    {
        diff.field(name, self.old, self.new)
    }
}

#[cfg(feature = "serde")]
mod on {
    use std::fmt::Debug;

    use events_core::record::{Diff, JsonFields, register_json};
    use serde::Serialize;

    use super::{Changed, JsonField, ModelProbe};

    impl<M: Serialize + 'static> ModelProbe<M> {
        #[doc(hidden)]
        pub const REGISTER: fn(&'static [JsonField]) =
            |fields| register_json::<M>(json_fields(fields));
    }

    fn json_fields(fields: &[JsonField]) -> JsonFields {
        fields.iter().fold(JsonFields::new(), |all, field| {
            let mut all = all.key(field.name, field.key);
            if field.is_secret {
                all = all.secret(field.key);
            }
            if field.is_skipped {
                all = all.skip(field.key);
            }
            if field.is_optional {
                all = all.optional(field.key);
            }
            all
        })
    }

    /// The method of a field whose type is `Serialize`.
    #[doc(hidden)]
    pub trait JsonChange<T> {
        fn add(&self, diff: Diff, name: &'static str) -> Diff
        where
            T: Debug + PartialEq + Clone + Send + Sync + 'static;
    }

    impl<T: Serialize> JsonChange<T> for Changed<'_, T> {
        fn add(&self, diff: Diff, name: &'static str) -> Diff
        where
            T: Debug + PartialEq + Clone + Send + Sync + 'static,
        {
            diff.json_field(name, self.old, self.new)
        }
    }
}

#[cfg(feature = "serde")]
pub use on::JsonChange;

/// Without the feature, a trait that nothing implements: generated code imports it.
#[cfg(not(feature = "serde"))]
#[doc(hidden)]
pub trait JsonChange {}
