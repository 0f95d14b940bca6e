//! Floor 2, event: the trait that the derive implements, and the parts its builder is made of.

mod any_event;
mod builder;
pub mod json;
mod ownership;
mod snapshot;
mod statics;
mod topic_event;
mod traits;

pub(crate) use any_event::TypedView;
pub use any_event::{AnyEvent, Borrows, nth};
pub use builder::{Build, Free, Set, Unset, finish, given};
pub use ownership::{Borrowed, Owned, Owning};
pub use snapshot::Snapshot;
pub(crate) use statics::AnySlot;
pub use statics::{BoxedEvent, CloneFn, CloneProbe, EventStatics};
pub use topic_event::Args;
pub(crate) use topic_event::TopicEvent;
pub use traits::{EmitBackend, Event, Family, OwnedEvent, Visit};
