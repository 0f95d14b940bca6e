//! Descriptions of subscribers.
//!
//! - `param_notes`: what the parameters of a subscriber state about it
//! - `subscriber_info`: the description and the options
//! - `text`: the kind of a subscriber, and how its description is displayed

mod param_notes;
mod subscriber_info;
mod text;

pub(crate) use param_notes::{ParamNotes, ParamNotesRef};
pub use subscriber_info::{SubscriberInfo, SubscriberOptions};
