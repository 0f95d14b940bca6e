//! The state that a bridge and its guard share: the request to stop, and the result.
//!
//! 1. `request_stop` wakes the bridge, if it has polled for the request. `poll_stop_requested`
//!    registers the waker and reads the request under one lock, so that no wake-up is lost.
//! 2. A result is stored at most once: by the future of a stream's bridge, or, where several threads can
//!    end the bridge of a callback, by the one call of `claim_end` that returns true.
//! 3. `close` comes last, when the bridge is dropped. It wakes all guards that wait; a
//!    guard checks for it and registers its waker under one lock.
//! 4. No waker runs or is dropped under the lock.

use std::{
    mem,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    task::{Poll, Waker},
};

use super::ended::{Counts, EndReason, Ended};
use crate::primitives::{Waiter, WakerList, drop_catching, sync::lock, wait, wake_each};

#[derive(Default)]
pub(crate) struct Lifecycle {
    state: Mutex<State>,
    /// Notified by `close`.
    changed: Condvar,
}

#[derive(Default)]
struct State {
    stop_requested: bool,
    /// Wakes the bridge when a stop is requested.
    bridge_waker: Option<Waker>,
    /// A result is stored, or about to be.
    end_claimed: bool,
    ended: Option<Ended>,
    /// The bridge is dropped.
    closed: bool,
    guard_wakers: WakerList,
}

impl Lifecycle {
    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// Requests that the bridge ends, for its guard.
    pub(crate) fn request_stop(&self) {
        let bridge_waker = {
            let mut state = self.state();
            state.stop_requested = true;
            state.bridge_waker.take()
        };
        wake_each(bridge_waker);
    }

    pub(crate) fn is_stop_requested(&self) -> bool {
        self.state().stop_requested
    }

    /// Whether a stop is requested; if not, a later request wakes this waker.
    pub(super) fn poll_stop_requested(&self, waker: &Waker) -> bool {
        let new = waker.clone();
        let (stop_requested, old) = {
            let mut state = self.state();
            (state.stop_requested, state.bridge_waker.replace(new))
        };
        drop_catching(old);
        stop_requested
    }

    /// Whether the caller is the first to end the bridge, and therefore stores the result.
    pub(super) fn claim_end(&self) -> bool {
        !mem::replace(&mut self.state().end_claimed, true)
    }

    /// Whether a result is stored, or about to be.
    pub(super) fn is_end_claimed(&self) -> bool {
        self.state().end_claimed
    }

    pub(crate) fn store(&self, ended: Ended) {
        self.state().ended = Some(ended);
    }

    /// Reports to the guards that the bridge is dropped.
    pub(crate) fn close(&self) {
        let (guard_wakers, bridge_waker) = {
            let mut state = self.state();
            state.closed = true;
            let guard_wakers = state.guard_wakers.take_all();
            (guard_wakers, state.bridge_waker.take())
        };
        self.changed.notify_all();
        wake_each(guard_wakers);
        drop_catching(bridge_waker);
    }

    /// The result, if there is one and it was not taken before.
    pub(crate) fn take(&self) -> Option<Ended> {
        self.state().ended.take()
    }

    pub(super) fn is_closed(&self) -> bool {
        self.state().closed
    }

    /// Blocks until the bridge is dropped.
    pub(crate) fn wait(&self) -> Ended {
        let mut state = self.state();
        while !state.closed {
            let woken = self.changed.wait(state);
            state = woken.unwrap_or_else(PoisonError::into_inner);
        }
        state.take()
    }

    /// [`wait`](Self::wait) without blocking.
    pub(super) async fn wait_async(&self) -> Ended {
        let remove = |waiter: &mut Waiter| {
            let waker = self.state().guard_wakers.remove(waiter);
            drop_catching(waker);
        };
        wait(|waiter, waker| self.poll_closed(waiter, waker), remove).await
    }

    fn poll_closed(&self, waiter: &mut Waiter, waker: &Waker) -> Poll<Ended> {
        let waker = waker.clone();
        let (polled, unused) = {
            let mut state = self.state();
            if state.closed {
                (Poll::Ready(state.take()), Some(waker))
            } else {
                (Poll::Pending, state.guard_wakers.add(waiter, waker))
            }
        };
        drop_catching(unused);
        polled
    }
}

impl State {
    /// The result of a closed bridge; a bridge that stored none was dropped.
    fn take(&mut self) -> Ended {
        self.ended.take().unwrap_or(Ended {
            why: EndReason::Dropped,
            counts: Counts::default(),
        })
    }
}
