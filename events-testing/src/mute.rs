//! Muting: muted events are neither delivered nor counted, until a guard is dropped.

use std::{
    any::TypeId,
    marker::PhantomData,
    sync::{Arc, MutexGuard},
    thread::{self, ThreadId},
};

use crate::state::mock_state::MockState;

/// The closure that [`muted`](crate::muted()) calls. Its return value is dropped.
///
/// It is called once, on this thread.
///
/// ```
/// use events_core::Event;
/// use events_testing::{Body, EventMock, muted};
///
/// #[derive(Event)]
/// struct Loaded;
/// #[derive(Event)]
/// struct Saved;
///
/// /// Prepares the data of a test, without its events.
/// fn prepare(body: impl Body) {
///     muted::<(Loaded, Saved)>(body);
/// }
///
/// let events = EventMock::install();
/// prepare(|| Saved.emit());
/// events.assert_nothing_emitted();
/// ```
pub trait Body {
    /// Calls the closure.
    #[doc(hidden)]
    fn run(self);
}

impl<F: FnOnce() -> T, T> Body for F {
    fn run(self) {
        self();
    }
}

/// A guard that mutes events until it is dropped; returned by [`Events::mute`](crate::Events::mute).
///
/// It mutes them on the thread that created it, and stays there.
///
/// ```
/// use events_core::Event;
/// use events_testing::EventMock;
///
/// #[derive(Event)]
/// struct Saved;
///
/// let events = EventMock::install();
/// let muted = events.mute::<Saved>();
/// Saved.emit();
/// drop(muted);
/// Saved.emit();
/// events.assert_emitted::<Saved>().times(1);
/// ```
#[must_use = "the events are muted only until this guard is dropped"]
#[derive(Debug)]
pub struct Muted {
    mock: Arc<MockState>,
    muted: Vec<(TypeId, ThreadId)>,
    /// A guard must not move to another thread: it unmutes the events of the thread that created it.
    not_send: PhantomData<MutexGuard<'static, ()>>,
}

impl Muted {
    pub(crate) fn new(mock: &Arc<MockState>, families: &[TypeId]) -> Self {
        let thread = thread::current().id();
        let muted: Vec<_> = families.iter().map(|family| (*family, thread)).collect();
        mock.lock().muted.extend(&muted);
        Self {
            mock: Arc::clone(mock),
            muted,
            not_send: PhantomData,
        }
    }
}

impl Drop for Muted {
    fn drop(&mut self) {
        let mut data = self.mock.lock();
        for muted in &self.muted {
            // Each guard removes one entry only: another guard may mute the same event.
            if let Some(index) = data.muted.iter().position(|entry| entry == muted) {
                data.muted.swap_remove(index);
            }
        }
    }
}
