//! Topics: patterns, their subscribers, and named events.

mod argument_names;
mod declared;
mod named_args;
mod named_copies;
mod named_emits;
mod pattern_subscribers;
mod patterns;
mod predecessors_by_name;
mod receivers;
