//! The values of a change as JSON.

use std::{any::Any, fmt::Debug};

use serde::Serialize;
use serde_json::Value as Json;

use crate::event::json::value;

/// A value as its `Serialize` writes it.
pub(super) fn serialized<T: Serialize + 'static>(changed: &dyn Any) -> Json {
    let json = changed.downcast_ref::<T>().and_then(value);
    json.unwrap_or_default()
}

/// A value of which no `Serialize` is known: a text, a number, a boolean or an `Option` of these is written as such, and
/// others as their `Debug` text.
pub(super) fn plain<T: Debug + 'static>(changed: &dyn Any) -> Json {
    let text = || {
        changed
            .downcast_ref::<T>()
            .map(|value| format!("{value:?}"))
    };
    known(changed).unwrap_or_else(|| Json::from(text()))
}

macro_rules! known {
    ($($type:ty),*) => {
        fn known(changed: &dyn Any) -> Option<Json> {
            $(
                if let Some(known) = changed.downcast_ref::<$type>() {
                    return value(known);
                }
                if let Some(known) = changed.downcast_ref::<Option<$type>>() {
                    return value(known);
                }
            )*
            None
        }
    };
}
known!(
    String,
    &'static str,
    bool,
    char,
    i8,
    i16,
    i32,
    i64,
    isize,
    u8,
    u16,
    u32,
    u64,
    usize,
    f32,
    f64
);
