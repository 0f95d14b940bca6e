//! The mock of the test that this code is part of.

use events_core::__testing::EventSet;

use crate::{events::Events, mute::Body, state::mock_state as shared};

/// The mock of the test that this thread or task is part of.
///
/// # Panics
///
/// When there is none here.
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
    match shared::of(&registry) {
        Some(shared) => Events { registry, shared },
        None => panic!(
            "no mock is installed here; put `#[events_testing::test]` on the test, or write \
             `let events = EventMock::install();`; a thread or task that a test has started is brought \
             in with `events.bring(..)` or `events.bring_future(..)`"
        ),
    }
}

/// Calls `body` while these events are muted on this thread: neither delivered nor counted by the mock of
/// this test. It is nesting-safe, and ends with `body` also when that panics.
///
/// What `body` returns is dropped; [`Events::mute`](crate::Events::mute) gives a guard instead.
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
/// When no mock is installed here.
#[track_caller]
pub fn muted<E: EventSet>(body: impl Body) {
    current().muted::<E>(body);
}
