//! The sources of bridges.
//!
//! - `traits`: what a source is, and what `bridge` accepts as one;
//! - `stream`: a stream, and a source of results;
//! - `future`: a future, which is a source of one item;
//! - `receiver`: a receiver of a channel of tokio;
//! - `signal`: a callback.

pub(super) mod future;
#[cfg(feature = "tokio")]
pub(super) mod receiver;
pub(super) mod signal;
pub(super) mod stream;
pub(super) mod traits;
