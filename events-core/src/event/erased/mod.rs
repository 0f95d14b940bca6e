//! Events of any type: views of an event, and copies that handlers share which run later.
//!
//! - `typed_view`: an event with a type as an `AnyEvent`;
//! - `event_copy`: the copy of an event of any type; `typed_copy`: what it contains;
//! - `clone_probe`: how the event is cloned, of which its type is not known.

mod clone_probe;
mod event_copy;
mod typed_copy;
mod typed_view;

pub(crate) use clone_probe::register_clone_fn;
pub use clone_probe::{CloneProbe, UnknownClone, held_clone_fn, required_clone_fn};
pub use event_copy::EventCopy;
pub(crate) use typed_view::TypedView;
