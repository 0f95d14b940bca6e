//! Topics: patterns, their subscribers, and events without a type.

mod declared;
mod pattern_subscribers;
mod patterns;
