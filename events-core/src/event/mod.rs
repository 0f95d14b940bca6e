//! Events: the trait that the derive implements, and everything else that an event type consists of.
//!
//! - `traits`: `Event`, its emit methods, and `Family`, for which handlers are registered;
//! - `topic`: the topic of an event;
//! - `ownership`: whether an event type has a lifetime;
//! - `snapshot`: events that can be cloned for background handlers, which run after the sync ones;
//! - `statics`: the data that the derive generates for an event type;
//! - `any_event`: an event of any type, as handlers of a pattern of topics receive it; `erased`: its implementations,
//!   and its copy;
//! - `named`: named events: a topic, and arguments by name;
//! - `builder`: what derived builders share; `named_fields`: the error of an event that has none;
//! - `json`: events as JSON; `nested_json`: the JSON of a value inside of an event.
//!
//! # Families
//!
//! A subscriber is stored for as long as its registry, and an event may borrow for a shorter time, so a
//! subscriber cannot be registered for one such type. It is registered for the [`Family`] of the event
//! type: the type with its lifetime replaced by `'static`, which stands for the types with every lifetime.
//! `Family::Of<'x>` is the member with lifetime `'x`; the family of an owned event has one member, the
//! event itself.
//!
//! A generic function that holds an `E: Event` cannot name the lifetime inside of `E`, so it cannot say
//! which member it holds. The derive can: [`Event::__lend`] passes the event to a [`Visit`] as that member.

mod any_event;
mod builder;
mod erased;
pub mod json;
mod named;
mod named_fields;
pub mod nested_json;
mod ownership;
mod snapshot;
mod statics;
mod topic;
mod traits;

pub use any_event::{AnyEvent, Borrows, nth};
pub use builder::{Build, EmitFrom, Free, Set, Unset, finish, given};
pub use erased::{CloneProbe, EventCopy, UnknownClone, held_clone_fn, required_clone_fn};
pub(crate) use erased::{TypedView, register_clone_fn};
pub use named::{ArgError, ArgProbe, Args};
pub(crate) use named::{NoBackend, TopicEvent};
pub use ownership::{Borrowed, Owned, Owning};
pub use snapshot::{HeldCopy, Snapshot};
pub(crate) use statics::AnySlot;
pub use statics::{BoxedEvent, CloneFn, EventStatics};
pub(crate) use topic::{topic_of, topic_text};
pub use traits::{EmitBackend, Event, Family, OwnedEvent, Visit};
