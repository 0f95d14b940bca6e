//! The item that a consumer has popped, until it takes it.

use super::sides::Outbox;
use crate::{context::EventChain, primitives::sync::MutexGuard};

/// The oldest item, which stays in the queue until it is taken. No other item can be popped while this
/// lives.
pub(crate) struct Popped<'s, V> {
    pub(super) outbox: MutexGuard<'s, Outbox<V>>,
}

impl<V: Copy> Popped<'_, V> {
    /// The vtable of the item's type, and whether a job pushed the item, so that it has a [chain](Self::chain).
    #[inline]
    pub(crate) fn front(&self) -> (V, bool) {
        let front = self.outbox.items.front();
        front.expect("a popped item stays until it is taken")
    }

    /// The chain of the item, if it has one.
    // Outlined: most items have none.
    #[inline(never)]
    pub(crate) fn chain(&self) -> EventChain {
        self.outbox.items.front_chain().unwrap_or_default()
    }

    /// Takes the item if it is a `T`, and unlocks the outbox.
    ///
    /// Inlined, so that the item moves straight into the frame of the caller: a copy in between would
    /// stall on store forwarding. Written as a method of the outbox, and called here, it takes three more
    /// instructions.
    #[inline(always)]
    pub(crate) fn take<T: 'static>(mut self) -> Option<T> {
        let outbox = &mut *self.outbox;
        let item = outbox.items.take()?;
        outbox.publish_len();
        Some(item)
    }
}
