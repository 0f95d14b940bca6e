//! Sources of events, and their receivers: bridges, and events as futures and streams.

mod bridge_callbacks;
mod bridge_conversions;
mod bridge_lifecycle;
mod bridge_sources;
mod bridges;
mod bridges_tokio;
mod receive;
mod receive_options;
mod receive_order;
mod weak;

use std::{
    pin::Pin,
    task::{Context, Poll, Waker},
};

use futures_core::Stream;

/// Polls a stream once, with a waker that does nothing.
fn poll_next<S: Stream + Unpin>(stream: &mut S) -> Poll<Option<S::Item>> {
    Pin::new(stream).poll_next(&mut Context::from_waker(Waker::noop()))
}
