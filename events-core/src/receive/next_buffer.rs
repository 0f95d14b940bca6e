//! The buffer of a future for the next event.

use std::task::{Context, Poll};

use super::buffer::EventBuffer;

/// The buffer of a future for the next event. It is dropped, which unsubscribes, when the future is ready.
pub(super) struct NextBuffer<E, C>(Option<EventBuffer<E, C>>);

impl<E, C> NextBuffer<E, C> {
    /// The buffer keeps one event: [`Keep::First`](super::contents::Keep::First).
    pub(super) fn new(buffer: EventBuffer<E, C>) -> Self {
        Self(Some(buffer))
    }

    /// The buffer, whose options may be set.
    ///
    /// # Panics
    ///
    /// If the future, which that method has made, was polled.
    #[track_caller]
    pub(super) fn open(&self, method: &str) -> &EventBuffer<E, C> {
        match &self.0 {
            Some(buffer) if buffer.is_open() => buffer,
            _ => {
                panic!("it was polled already; set the options of `{method}` before its first poll")
            }
        }
    }

    /// The event; `None` if the registry was dropped before, and after the first result.
    pub(super) fn poll(&mut self, context: &Context<'_>) -> Poll<Option<E>> {
        let Some(buffer) = &self.0 else {
            return Poll::Ready(None);
        };
        let item = buffer.poll(context);
        if item.is_ready() {
            self.0 = None;
        }
        // A buffer that keeps the first event never reports dropped events.
        item.map(|item| item.and_then(Result::ok))
    }
}
