//! Descriptions of subscribers.
//!
//! - `subscriber_info`: the description and the options
//! - `text`: the kind of a subscriber, and how its description is displayed

mod subscriber_info;
mod text;

pub use subscriber_info::{SubscriberInfo, SubscriberOptions};
