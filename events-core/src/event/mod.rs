//! Floor 2, event: the trait that the derive implements, and the parts its builder is made of.

mod builder;
mod family;

pub use builder::{Build, Complete, Free, Incomplete, Set, Unset, given};
pub use family::{Borrowed, Declared, Event, Family, Owned, OwnedEvent, Snapshot, Verbs, Visit};
