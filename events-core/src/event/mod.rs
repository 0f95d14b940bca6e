//! Floor 2, event: the trait that the derive implements, and the parts its builder is made of.

mod any_event;
mod builder;
pub mod json;
mod ownership;
mod snapshot;
mod statics;
mod topic_event;
mod traits;

pub(crate) use any_event::Typed;
pub use any_event::{AnyEvent, Borrows, nth};
pub use builder::{Build, Free, Set, Unset, finish, given};
pub use ownership::{Borrowed, Owned, Owning};
pub use snapshot::Snapshot;
pub(crate) use statics::Place;
pub use statics::{Copied, Copier, Copying, Declared};
pub use topic_event::Args;
pub(crate) use topic_event::Named;
pub use traits::{Event, Family, OwnedEvent, Verbs, Visit};
