//! Plain values that describe the program: event types, subscribers, origins, source locations and
//! topic patterns. None of them refers to a registry.
//!
//! A *topic* is the text that names an event type: the path of the type, unless the type sets another.
//!
//! - `did_you_mean`: the names that are similar to a missing one
//! - `emission_id`: the id of an emission
//! - `emit_verb`: the kinds of methods that emit an event
//! - `info`: descriptions of event types and fields
//! - `key`: the identity of a function, a type or a text
//! - `location`: a position in the source
//! - `origin`: where an event was emitted from
//! - `pattern`: a regular expression that matches topics
//! - `policies`: how the calls of a subscriber are limited in time, repeated and put off
//! - `subscriber_info`: descriptions and options of subscribers

mod did_you_mean;
mod emission_id;
mod emit_verb;
mod info;
mod key;
mod location;
mod origin;
mod pattern;
mod policies;
mod subscriber_info;
mod when;

pub use did_you_mean::{suggest, suggest_topics};
pub use emission_id::EmissionId;
pub use emit_verb::EmitVerb;
pub use info::{EventInfo, FieldInfo};
pub use key::{IntoKey, Key};
pub use location::Location;
pub use origin::Origin;
pub use pattern::{IntoPattern, Pattern, PatternError, PatternText};
pub use policies::{CallPolicies, Retry};
pub use subscriber_info::{SubscriberInfo, SubscriberOptions};
pub use when::When;
