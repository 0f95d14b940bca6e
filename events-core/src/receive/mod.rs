//! Receiving events without a handler of one's own: a future for the next event of a type, and a
//! stream of all of them.
//!
//! - `stream`: the future and the stream;
//! - `topic_stream`: the same for the events of a pattern of topics;
//! - `buffer`: the bounded buffer of both, which a sync handler fills with clones of the events;
//! - `next_buffer`: that of the future, until it is ready;
//! - `contents`: which events the buffer keeps, before and after the options are complete.

mod buffer;
mod contents;
mod next_buffer;
mod stream;
mod topic_stream;

pub use buffer::Lagged;
pub use stream::{EventStream, Next};
pub use topic_stream::{NextTopic, TopicStream};
