//! Why a subscriber is or is not called: questions about subscribers, and muting.

mod explain_event;
mod has_subscribers;
mod mute;
mod outcomes;
