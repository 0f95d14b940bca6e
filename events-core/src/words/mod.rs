//! Floor 1, words: plain values that every other floor speaks with. They know no registry.

mod by_type;
mod count;
mod emitted;
mod failure;
mod failures;
mod info;
mod key;
mod location;
mod origin;
mod pattern;
mod rare;
mod undelivered;

pub(crate) use by_type::ByType;
pub(crate) use count::Count;
pub use emitted::{EmitError, Emitted, TooDeep};
pub(crate) use emitted::{Told, Trouble};
pub(crate) use failure::drop_contained;
pub use failure::{BoxError, Cause, Failure, Panic};
pub(crate) use failures::Failures;
pub use info::{EventInfo, FieldInfo, SubscriberInfo};
pub use key::{IntoKey, Key};
pub use location::Location;
pub use origin::Origin;
pub use pattern::{Pattern, PatternError};
pub(crate) use rare::Rare;
pub use undelivered::{QueueFull, Undelivered};
