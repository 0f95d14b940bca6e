//! Why a subscriber is or is not called: questions about subscribers, and muting.

mod explain_event;
mod explain_needs;
mod has_subscribers;
mod mute;
mod outcomes;
mod outcomes_in_unit;
mod outcomes_later;
mod outcomes_middleware;
mod outcomes_muted;
mod outcomes_uncalled;
