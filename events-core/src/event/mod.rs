//! Floor 2, event: the trait that the derive implements, and the parts its builder is made of.

mod builder;
mod family;

pub use builder::{Build, Given, Set, Take, Unset};
pub use family::{Event, Family, Home, OwnedEvent, Visit};
