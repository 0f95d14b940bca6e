//! Gates: futures that are ready after the script opens them, and whose wakers the script calls.

use std::{
    collections::BTreeMap,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

/// All gates of a script.
#[derive(Clone, Default)]
pub(crate) struct Gates(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    next: usize,
    waiting: BTreeMap<usize, Waiting>,
    all_open: bool,
    /// Wakers of waits that are over.
    stale: Vec<Waker>,
}

struct Waiting {
    waker: Waker,
    is_open: bool,
    /// It was opened, and its waker is still to be called.
    is_due: bool,
}

impl Gates {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits at a new gate.
    pub(crate) fn wait(&self) -> Wait {
        Wait {
            gates: self.clone(),
            number: None,
        }
    }

    /// Opens the gate of one that waits; its waker is called later.
    pub(crate) fn open(&self, choice: usize) {
        let mut state = self.state();
        let mut closed: Vec<_> = state
            .waiting
            .values_mut()
            .filter(|one| !one.is_open)
            .collect();
        let count = closed.len();
        if count > 0 {
            let one = &mut closed[choice % count];
            one.is_open = true;
            one.is_due = true;
        }
    }

    /// Calls a waker whose gate is open. False when there is none.
    pub(crate) fn deliver(&self, choice: usize) -> bool {
        let waker = {
            let mut state = self.state();
            let mut due: Vec<_> = state
                .waiting
                .values_mut()
                .filter(|one| one.is_due)
                .collect();
            let count = due.len();
            if count == 0 {
                return false;
            }
            let one = &mut due[choice % count];
            one.is_due = false;
            one.waker.clone()
        };
        waker.wake();
        true
    }

    /// Calls the waker of one that waits, whether its gate is open or not.
    pub(crate) fn wake_spuriously(&self, choice: usize) {
        let wakers: Vec<_> = {
            let state = self.state();
            state
                .waiting
                .values()
                .map(|one| one.waker.clone())
                .collect()
        };
        if !wakers.is_empty() {
            wakers[choice % wakers.len()].wake_by_ref();
        }
    }

    /// Calls a waker of a wait that is over. False when there is none.
    pub(crate) fn wake_stale(&self, choice: usize) -> bool {
        let stale = self.state().stale.clone();
        if !stale.is_empty() {
            stale[choice % stale.len()].wake_by_ref();
        }
        !stale.is_empty()
    }

    /// Opens all gates, also those of later waits.
    pub(crate) fn open_all(&self) {
        let mut state = self.state();
        state.all_open = true;
        for one in state.waiting.values_mut() {
            one.is_due |= !one.is_open;
            one.is_open = true;
        }
    }
}

/// A wait at a gate.
pub(crate) struct Wait {
    gates: Gates,
    /// From the first poll on.
    number: Option<usize>,
}

impl Future for Wait {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let gates = self.gates.clone();
        let mut state = gates.state();
        let waker = context.waker().clone();
        if state.all_open && self.number.is_none() {
            return Poll::Ready(());
        }
        let number = match self.number {
            Some(number) => number,
            None => {
                state.next += 1;
                self.number = Some(state.next);
                let waiting = Waiting {
                    waker,
                    is_open: false,
                    is_due: false,
                };
                let number = state.next;
                state.waiting.insert(number, waiting);
                return Poll::Pending;
            }
        };
        let waiting = state.waiting.get_mut(&number);
        let waiting = waiting.expect("a wait that is not over is in the list");
        if !waiting.is_open {
            let old = std::mem::replace(&mut waiting.waker, waker);
            state.stale.push(old);
            return Poll::Pending;
        }
        drop(state);
        self.end();
        Poll::Ready(())
    }
}

impl Wait {
    fn end(&mut self) {
        let Some(number) = self.number.take() else {
            return;
        };
        let mut state = self.gates.state();
        if let Some(waiting) = state.waiting.remove(&number) {
            state.stale.push(waiting.waker);
        }
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        self.end();
    }
}
