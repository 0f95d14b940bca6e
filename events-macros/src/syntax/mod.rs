//! Parsing and token helpers that several macros share.
//!
//! Nothing here depends on a particular macro.

pub(crate) mod attributes;
pub(crate) mod body;
pub(crate) mod errors;
pub(crate) mod function;
pub(crate) mod in_place;
pub(crate) mod lifetimes;
mod one_line;
pub(crate) mod options;
pub(crate) mod spans;
pub(crate) mod type_text;
