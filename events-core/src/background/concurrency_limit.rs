//! A gate that lets so many calls of one handler through at once, the others in order of arrival.

use std::{
    collections::VecDeque,
    future::Future,
    pin::Pin,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, Waker},
};

use crate::handler::{Background, Call, Step};

/// A handler of which only so many calls are under way at once.
#[doc(hidden)]
#[derive(Debug)]
pub struct Gated<H> {
    gate: Gate,
    handler: H,
}

impl<H> Gated<H> {
    /// At least one call is let through.
    pub fn new(concurrency: usize, handler: H) -> Self {
        Self {
            gate: Gate::new(concurrency),
            handler,
        }
    }
}

impl<E: Sync, H: Background<E>> Background<E> for Gated<H> {
    async fn call<'a>(&'a self, event: &'a E, call: &'a Call) -> Step {
        let _inside = self.gate.enter().await;
        self.handler.call(event, call).await
    }
}

#[derive(Debug)]
struct Gate {
    arrivals: AtomicU64,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    free: usize,
    /// Who waits, by arrival; the waker of one that has been let through is taken.
    waiting: VecDeque<(u64, Waker)>,
    /// Who was let through and has not heard of it yet.
    called: Vec<u64>,
}

impl Gate {
    fn new(concurrency: usize) -> Self {
        Self {
            arrivals: AtomicU64::new(0),
            state: Mutex::new(State {
                free: concurrency.max(1),
                waiting: VecDeque::new(),
                called: Vec::new(),
            }),
        }
    }

    fn enter(&self) -> Enter<'_> {
        Enter {
            gate: self,
            arrival: None,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One is through: the next may enter.
    fn leave(&self) {
        let next = {
            let mut state = self.state();
            let next = state.waiting.pop_front();
            match &next {
                Some((arrival, _)) => state.called.push(*arrival),
                None => state.free += 1,
            }
            next
        };
        if let Some((_, waker)) = next {
            waker.wake();
        }
    }
}

/// Waits until there is a place.
struct Enter<'g> {
    gate: &'g Gate,
    /// Its place in the line, while it waits.
    arrival: Option<u64>,
}

/// Has a place, and gives it back.
struct Inside<'g>(&'g Gate);

impl<'g> Future for Enter<'g> {
    type Output = Inside<'g>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Inside<'g>> {
        let gate = self.gate;
        let waker = context.waker().clone();
        let (entered, _old) = {
            let mut state = gate.state();
            match self.arrival {
                None if state.free > 0 => {
                    state.free -= 1;
                    (true, Some(waker))
                }
                None => {
                    let arrival = gate.arrivals.fetch_add(1, Ordering::Relaxed);
                    self.arrival = Some(arrival);
                    state.waiting.push_back((arrival, waker));
                    (false, None)
                }
                Some(arrival) => match state.called.iter().position(|one| *one == arrival) {
                    Some(index) => {
                        state.called.swap_remove(index);
                        (true, Some(waker))
                    }
                    None => {
                        let waiting = state.waiting.iter_mut().find(|(one, _)| *one == arrival);
                        (false, waiting.map(|(_, old)| std::mem::replace(old, waker)))
                    }
                },
            }
        };
        if entered {
            self.arrival = None;
            Poll::Ready(Inside(gate))
        } else {
            Poll::Pending
        }
    }
}

impl Drop for Enter<'_> {
    fn drop(&mut self) {
        let Some(arrival) = self.arrival else {
            return;
        };
        let (called, _waker) = {
            let mut state = self.gate.state();
            let called = state.called.iter().position(|one| *one == arrival);
            if let Some(index) = called {
                state.called.swap_remove(index);
            }
            let waiting = state.waiting.iter().position(|(one, _)| *one == arrival);
            let waker = waiting.and_then(|index| state.waiting.remove(index));
            (called.is_some(), waker)
        };
        if called {
            // It was let through and does not go: the next one.
            self.gate.leave();
        }
    }
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        self.0.leave();
    }
}
