//! Floor 2, event: the trait that the derive implements, and the parts its builder is made of.

mod any_event;
mod builder;
mod copying;
pub mod json;
mod ownership;
mod statics;
mod topic_event;
mod traits;
mod verbs;

pub(crate) use any_event::Typed;
pub use any_event::{AnyEvent, Borrows, nth};
pub use builder::{Build, Free, Set, Unset, finish, given};
pub use copying::{Copied, Copier, Copying};
pub use ownership::{Borrowed, Owned, OwnedEvent, Owning, Snapshot};
pub use statics::Declared;
pub(crate) use statics::Place;
pub use topic_event::Args;
pub(crate) use topic_event::Named;
pub use traits::{Event, Family, Visit};
pub use verbs::Verbs;
