//! Floor 2, event: the trait that the derive implements, and the parts its builder is made of.

mod any;
mod builder;
mod copying;
mod declared;
mod family;
pub mod json;
mod named;
mod owned;
mod verbs;

pub(crate) use any::Typed;
pub use any::{AnyEvent, Borrows, nth};
pub use builder::{Build, Free, Set, Unset, finish, given};
pub use copying::{Copied, Copier, Copying};
pub use declared::Declared;
pub(crate) use declared::Place;
pub use family::{Event, Family, Visit};
pub use named::Args;
pub(crate) use named::Named;
pub use owned::{Borrowed, Owned, OwnedEvent, Owning, Snapshot};
pub use verbs::Verbs;
