//! What may exist once only.
//!
//! - `topics`: event types that share a topic;
//! - `ids`: durable subscribers that share an id.

mod ids;
mod topics;

pub(super) use ids::duplicate_ids;
pub(super) use topics::duplicate_topics;
