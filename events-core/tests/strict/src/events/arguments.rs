//! The arguments of named events, where names of the prelude are missing, and from a macro.

#![no_implicit_prelude]

use ::events_core::{args, emitting::Args};

macro_rules! pair {
    ($first:ident $second:ident $value:expr) => {
        args! { $first: $value, secret $second: $value, of_macro: 3_u8 }
    };
}

/// Arguments with all kinds of names, and those of a macro.
#[must_use]
pub fn arguments() -> [Args; 2] {
    let value = 1_u8;
    let args = args! { value: value, Option: 2_u8, r#type: 3_u8, self: 4_u8, secret fn: 5_u8 };
    [args, pair!(first second value + 1)]
}
