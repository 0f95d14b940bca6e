//! Which events may be enqueued.

use crate::event::Event;

/// Fails the build of a program that enqueues an event before a write, if it is called in a constant.
pub(in crate::emit) const fn check_can_wait<E: Event>() {
    assert!(
        !E::__FAILS_CLOSED,
        "`Creating`, `Updating` and `Deleting` ask before a write, and from the queue the answer comes too late; emit them with \
         `emit` or `emit_async`, and enqueue `Created`, `Updated` or `Deleted` after the write"
    );
}
