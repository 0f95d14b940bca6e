//! Floor 1, words: plain values that every other floor speaks with. They know no registry.

mod by_type;
mod count;
mod emitted;
mod failure;
mod info;
mod key;
mod location;
mod origin;
mod pattern;
mod undelivered;

pub(crate) use by_type::ByType;
pub(crate) use count::Count;
pub use emitted::{EmitError, Emitted, TooDeep};
pub(crate) use emitted::{Told, Trouble};
pub(crate) use failure::drop_contained;
pub use failure::{BoxError, Cause, Failure, Panic};
pub use info::{EventInfo, FieldInfo, SubscriberInfo};
pub use key::{IntoKey, Key};
pub use location::Location;
pub use origin::Origin;
pub use pattern::{Pattern, PatternError};
pub use undelivered::{QueueFull, Undelivered};
