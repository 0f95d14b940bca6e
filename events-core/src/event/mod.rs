//! Events: the trait that the derive implements, and everything else that an event type consists of.
//!
//! - `traits`: `Event`, its emit methods, and `Family`, for which handlers are registered;
//! - `ownership`: whether an event type has a lifetime;
//! - `snapshot`: events that can be cloned for background handlers, which run after the sync ones;
//! - `statics`: the data that the derive generates for an event type;
//! - `any_event`: an event of any type, as handlers of a pattern of topics receive it; `erased`: its implementations,
//!   and its copy;
//! - `topic_event`: an event without a type, which has a topic and arguments by name; `no_backend`: its
//!   emit methods, which are never called;
//! - `builder`: what derived builders share;
//! - `json`: events as JSON; `nested_json`: the JSON of a value inside of an event.

mod any_event;
mod builder;
mod erased;
pub mod json;
pub mod nested_json;
mod no_backend;
mod ownership;
mod snapshot;
mod statics;
mod topic_event;
mod traits;

pub use any_event::{AnyEvent, Borrows, nth};
pub use builder::{Build, EmitFrom, Free, Set, Unset, finish, given};
pub use erased::{CloneProbe, EventCopy, required_clone_fn};
pub(crate) use erased::{TypedView, register_clone_fn};
pub use ownership::{Borrowed, Owned, Owning};
pub use snapshot::Snapshot;
pub(crate) use statics::AnySlot;
pub use statics::{BoxedEvent, CloneFn, EventStatics};
pub use topic_event::Args;
pub(crate) use topic_event::TopicEvent;
pub use traits::{EmitBackend, Event, Family, OwnedEvent, Visit};
