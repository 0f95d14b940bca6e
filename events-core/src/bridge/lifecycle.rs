//! What a bridge and its guard share: the word to stop, and what is said at the end.

use std::{
    mem,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    task::{Poll, Waker},
};

use super::ended::{Counts, EndReason, Ended};
use crate::primitives::sync::lock;

#[derive(Default)]
pub(crate) struct Lifecycle {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// The guard wants the bridge to end.
    stopping: bool,
    /// What the bridge does until then wakes this one.
    bridge: Option<Waker>,
    /// Somebody is about to say how it ended.
    ending: bool,
    ended: Option<Ended>,
    /// Nothing of the bridge is left.
    closed: bool,
    waiting: Vec<Waker>,
}

impl Lifecycle {
    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// The guard wants the bridge to end.
    pub(crate) fn stop(&self) {
        let bridge = {
            let mut state = self.state();
            state.stopping = true;
            state.bridge.take()
        };
        if let Some(bridge) = bridge {
            bridge.wake();
        }
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.state().stopping
    }

    /// Whether the guard wants the bridge to end; if it does not, it wakes this one when it does.
    pub(crate) fn poll_stopping(&self, waker: &Waker) -> bool {
        let new = waker.clone();
        let (stopping, _old) = {
            let mut state = self.state();
            (state.stopping, state.bridge.replace(new))
        };
        stopping
    }

    /// Whether the caller is the first who says how the bridge ended.
    pub(crate) fn is_first(&self) -> bool {
        !mem::replace(&mut self.state().ending, true)
    }

    /// Whether somebody has said, or is about to say, how the bridge ended.
    pub(crate) fn is_ending(&self) -> bool {
        self.state().ending
    }

    /// Says how the bridge ended.
    pub(crate) fn put(&self, ended: Ended) {
        self.state().ended = Some(ended);
    }

    /// Nothing of the bridge is left.
    pub(crate) fn close(&self) {
        let (waiting, _bridge) = {
            let mut state = self.state();
            state.closed = true;
            (mem::take(&mut state.waiting), state.bridge.take())
        };
        self.changed.notify_all();
        waiting.into_iter().for_each(Waker::wake);
    }

    /// How the bridge ended, if it has and was not asked before.
    pub(crate) fn take(&self) -> Option<Ended> {
        self.state().ended.take()
    }

    /// Blocks until nothing of the bridge is left.
    pub(crate) fn wait(&self) -> Ended {
        let mut state = self.state();
        while !state.closed {
            let woken = self.changed.wait(state);
            state = woken.unwrap_or_else(PoisonError::into_inner);
        }
        state.take()
    }

    /// [`wait`](Self::wait) without blocking.
    pub(crate) fn poll(&self, waker: &Waker) -> Poll<Ended> {
        let waker = waker.clone();
        let mut state = self.state();
        if state.closed {
            return Poll::Ready(state.take());
        }
        state.waiting.push(waker);
        Poll::Pending
    }
}

impl State {
    fn take(&mut self) -> Ended {
        self.ended.take().unwrap_or(Ended {
            why: EndReason::Dropped,
            counts: Counts::default(),
        })
    }
}
