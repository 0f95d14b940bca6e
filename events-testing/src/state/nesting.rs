//! How deep a mock is nested in itself on this thread: a `Clone` or a `matching` that it calls with an event
//! may emit again, and without a limit a chain of such events would overflow the stack.

use std::cell::Cell;

/// How deep a mock calls code of the user.
pub(crate) const MAX_NESTING: u32 = 64;

thread_local! {
    static DEPTH: Cell<u32> = const { Cell::new(0) };
}

/// One call of a mock with an event, until it is dropped.
pub(crate) struct Nesting {
    depth: u32,
}

impl Nesting {
    pub(crate) fn enter() -> Self {
        let depth = DEPTH.get();
        DEPTH.set(depth + 1);
        Self { depth }
    }

    /// Whether the code of the user must not be called.
    pub(crate) fn is_too_deep(&self) -> bool {
        self.depth >= MAX_NESTING
    }
}

impl Drop for Nesting {
    fn drop(&mut self) {
        DEPTH.set(self.depth);
    }
}
