//! Plain values that describe the program: event types, subscribers, origins, source locations and
//! topic patterns. None of them refers to a registry.
//!
//! A *topic* is the text that names an event type: the path of the type, unless the type sets another.
//!
//! - `did_you_mean`: the names that are similar to a missing one
//! - `emission`: the id of an emission, the methods that emit an event, and when one is enqueued
//! - `info`: descriptions of event types and fields
//! - `key`: the identity of a function, a type or a text
//! - `location`: a position in the source
//! - `order_target`: the targets of `before` and `after`
//! - `once`: the permit of a subscriber that runs at most once
//! - `origin`: where an event was emitted from
//! - `pattern`: a regular expression that matches topics
//! - `policies`: how the calls of a subscriber are limited in time, repeated and put off
//! - `subscriber`: descriptions and options of subscribers
//! - `unit_phase`: when a subscriber runs in a unit of work

mod did_you_mean;
mod emission;
mod info;
mod key;
mod location;
mod once;
mod order_target;
mod origin;
mod pattern;
mod policies;
mod subscriber;
mod unit_phase;

pub(crate) use did_you_mean::is_similar;
pub use did_you_mean::{suggest, suggest_topics};
pub use emission::{EmissionId, EmitVerb, When};
pub use info::{EventInfo, FieldInfo};
pub use key::{IntoKey, Key};
pub use location::Location;
pub use once::Once;
pub use order_target::OrderTarget;
pub use origin::Origin;
pub use pattern::{IntoPattern, Pattern, PatternError, PatternText};
pub use policies::{CallPolicies, Retry};
pub use subscriber::{SubscriberInfo, SubscriberOptions};
pub use unit_phase::UnitPhase;
