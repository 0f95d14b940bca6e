//! Receiving events without a handler of one's own: a future for the next event of a type, and a
//! stream of all of them.
//!
//! - `stream`: the future and the stream;
//! - `buffer`: the bounded buffer of both, which a sync handler fills with clones of the events;
//! - `contents`: which events the buffer keeps, before and after the options are complete.

mod buffer;
mod contents;
mod stream;

pub use buffer::Lagged;
pub use stream::{EventStream, Next};
