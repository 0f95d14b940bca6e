//! Floor 1, words: plain values that every other floor speaks with. They know no registry.

mod info;
mod key;
mod location;
mod origin;
mod pattern;

pub use info::{EventInfo, FieldInfo, SubscriberInfo};
pub use key::{IntoKey, Key};
pub use location::Location;
pub use origin::Origin;
pub use pattern::{Pattern, PatternError};
