//! Parsing and token helpers that several macros share.
//!
//! Nothing here depends on a particular macro.

pub(crate) mod attributes;
pub(crate) mod body;
pub(crate) mod errors;
pub(crate) mod fragments;
pub(crate) mod function;
pub(crate) mod in_place;
pub(crate) mod lifetimes;
pub(crate) mod options;
pub(crate) mod spans;
pub(crate) mod text;
