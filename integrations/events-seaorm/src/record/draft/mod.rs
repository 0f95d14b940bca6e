//! The record of a write before the write: what is shown to subscribers, and what they have changed.
//!
//! - `placeholders`: what is shown of columns that are not set; `adopt`: what subscribers have changed;
//! - `names`: columns by the names of their fields.

mod adopt;
mod names;
mod placeholders;

pub(super) use adopt::{adopt_insert, changed_record, creating};
pub(crate) use adopt::{adopt_update, is_key};
pub(super) use placeholders::new_record;
