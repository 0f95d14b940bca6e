//! What an update changes.
//!
//! - `compare`: `Diff`, which compares the fields; `change`: one that differs; `json_value`: its values as JSON.

mod change;
mod compare;
#[cfg(feature = "serde")]
mod json_value;

pub use change::Change;
pub use compare::Diff;
