//! Muting: events that for a while are neither delivered nor counted.

use std::{
    any::TypeId,
    marker::PhantomData,
    sync::{Arc, MutexGuard},
    thread::{self, ThreadId},
};

use crate::state::mock_state::Shared;

/// What [`muted`](crate::muted()) calls: a closure, whatever it returns.
pub trait Body {
    /// Calls it.
    #[doc(hidden)]
    fn run(self);
}

impl<F: FnOnce() -> T, T> Body for F {
    fn run(self) {
        self();
    }
}

/// Mutes events until it is dropped; made by [`Events::mute`](crate::Events::mute).
#[must_use = "the events are muted only until this guard is dropped"]
#[derive(Debug)]
pub struct Muted {
    shared: Arc<Shared>,
    muted: Vec<(TypeId, ThreadId)>,
    this_thread: PhantomData<MutexGuard<'static, ()>>,
}

impl Muted {
    pub(crate) fn new(shared: &Arc<Shared>, events: &[TypeId]) -> Self {
        let thread = thread::current().id();
        let muted: Vec<_> = events.iter().map(|family| (*family, thread)).collect();
        shared.state().muted.extend(&muted);
        Self {
            shared: Arc::clone(shared),
            muted,
            this_thread: PhantomData,
        }
    }
}

impl Drop for Muted {
    fn drop(&mut self) {
        let mut state = self.shared.state();
        for muted in &self.muted {
            // Each guard takes one away: what another has muted stays so.
            if let Some(index) = state.muted.iter().position(|one| one == muted) {
                state.muted.swap_remove(index);
            }
        }
    }
}
