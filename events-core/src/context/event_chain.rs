//! The place of an event in a chain of events, each of which enqueued the next one.

/// The place of an event in a chain of events, each of which enqueued the next one.
///
/// Flushes count it, to cut a chain without an end off. An event that is enqueued outside of the queue's events begins a
/// chain. A flush counts a chain from its own beginning: how long the chain was before does not matter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct EventChain {
    /// The number of the flush that counts it; 0 if none has run an event of it.
    flush: u32,
    /// How many events come before this one, since that flush ran the first of them.
    length: u32,
}

impl EventChain {
    /// The place of an event that begins a chain.
    pub(crate) const NONE: Self = Self {
        flush: 0,
        length: 0,
    };

    /// The place of an event that is enqueued by this one.
    #[inline]
    pub(crate) fn next(self) -> Self {
        Self {
            length: self.length.saturating_add(1),
            ..self
        }
    }

    /// The place of an event that begins a chain, as the flush with that number counts it.
    #[inline]
    pub(crate) fn of_flush(flush: u32) -> Self {
        Self { flush, length: 0 }
    }

    /// The place of this event as the flush with that number counts it. Of two flushes that run events of one chain,
    /// the later one counts it.
    pub(crate) fn in_flush(self, flush: u32) -> Self {
        let is_uncounted = self.flush == Self::NONE.flush;
        // The numbers wrap around.
        if is_uncounted || flush.wrapping_sub(self.flush).cast_signed() > 0 {
            return Self::of_flush(flush);
        }
        self
    }

    /// Whether the flush with that number has counted it.
    pub(crate) fn is_of_flush(self, flush: u32) -> bool {
        self.flush == flush
    }

    /// How many events come before this one.
    pub(crate) fn length(self) -> usize {
        self.length as usize
    }
}
