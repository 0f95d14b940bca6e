//! The conversion of an item into what a bridge emits.
//!
//! - `choose`: the kinds of conversions;
//! - `topic`: the arguments of a topic, as the result of a conversion;
//! - `choice`: one of several events, as the result of a conversion;
//! - `emittable`: how each kind of result is emitted.

pub(super) mod choice;
pub(super) mod choose;
pub(super) mod emittable;
pub(super) mod topic;
