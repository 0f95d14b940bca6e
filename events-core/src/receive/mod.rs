//! receive.

mod buffer;
mod stream;

pub use buffer::Lagged;
pub use stream::{EventStream, Next};
