//! The nested emits of a thread.
//!
//! - `stack`: the emits in progress, and the limit of their depth;
//! - `named_topics`: the topics of those that are of named events;
//! - `added_stack`: more stack for functions that cannot be refused.

mod added_stack;
mod named_topics;
mod stack;

pub(crate) use added_stack::with_enough_stack;
pub(crate) use named_topics::NamedTopicGuard;
pub(crate) use stack::{
    DEFAULT_LIMIT, EmitGuard, LimitedCallGuard, MAX_LIMIT, MAX_UNMEASURED_DEPTH, calls_around,
    depth, emission_id, emission_state, emission_state_inlined, emissions_in_progress,
    is_innermost, may_enter, topics,
};
pub(super) use stack::{emission_time, innermost, innermost_topic, thread_parent};
