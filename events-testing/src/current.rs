//! The current mock: the one installed on the current registry of this thread or task.

use events_core::__testing::EventSet;

use crate::{events::Events, mute::Body, state::mock_state::MockState};

/// The mock of the test to which this thread or task belongs.
///
/// # Panics
///
/// When this thread or task has no mock.
///
/// ```test_harness
/// #[events_testing::test]
/// fn signs_up() {
///     let events = events_testing::current();
///     events.assert_nothing_emitted();
/// }
/// ```
#[must_use]
#[track_caller]
pub fn current() -> Events {
    let registry = events_core::registry();
    match MockState::of_registry(&registry) {
        Some(mock) => Events { registry, mock },
        None => panic!(
            "no mock is installed here; put `#[events_testing::test]` on the test, or write \
             `let events = EventMock::install();`; if the test started this thread or task, wrap its closure \
             in `events.bring(..)` or its future in `events.bring_future(..)`"
        ),
    }
}

/// Calls `body` while these events are muted on this thread: the mock of this test neither delivers nor
/// counts them. Calls may be nested. Muting ends when `body` returns or panics.
///
/// The return value of `body` is dropped. [`Events::mute`](crate::Events::mute) returns a guard instead.
///
/// ```
/// use events_core::Event;
/// use events_testing::{EventMock, muted};
///
/// #[derive(Event)]
/// struct Saved;
///
/// let events = EventMock::install();
/// muted::<Saved>(|| Saved.emit());
/// events.assert_nothing_emitted();
/// ```
///
/// # Panics
///
/// When this thread or task has no mock.
#[track_caller]
pub fn muted<E: EventSet>(body: impl Body) {
    current().muted::<E>(body);
}
