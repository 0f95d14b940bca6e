//! A gate that lets so many calls of one handler through at once, the others in order of arrival.

use std::{
    collections::VecDeque,
    future::Future,
    pin::Pin,
    sync::{
        Mutex, MutexGuard,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, Waker},
};

use crate::{
    handler::{Background, BackgroundCall, Step},
    primitives::sync::lock,
};

/// A handler of which only so many calls are under way at once.
#[doc(hidden)]
#[derive(Debug)]
pub struct ConcurrencyLimited<H> {
    semaphore: FairSemaphore,
    handler: H,
}

impl<H> ConcurrencyLimited<H> {
    /// At least one call is let through.
    pub fn new(concurrency: usize, handler: H) -> Self {
        Self {
            semaphore: FairSemaphore::new(concurrency),
            handler,
        }
    }
}

impl<E: Sync, H: Background<E>> Background<E> for ConcurrencyLimited<H> {
    async fn call<'a>(&'a self, event: &'a E, call: &'a BackgroundCall) -> Step {
        let _inside = self.semaphore.enter().await;
        self.handler.call(event, call).await
    }
}

#[derive(Debug)]
struct FairSemaphore {
    next_ticket: AtomicU64,
    state: Mutex<Permits>,
}

#[derive(Debug)]
struct Permits {
    free: usize,
    /// Who waits, by arrival; the waker of one that has been let through is taken.
    waiting: VecDeque<(u64, Waker)>,
    /// Who was let through and has not heard of it yet.
    granted: Vec<u64>,
}

impl FairSemaphore {
    fn new(concurrency: usize) -> Self {
        Self {
            next_ticket: AtomicU64::new(0),
            state: Mutex::new(Permits {
                free: concurrency.max(1),
                waiting: VecDeque::new(),
                granted: Vec::new(),
            }),
        }
    }

    fn enter(&self) -> Acquire<'_> {
        Acquire {
            semaphore: self,
            ticket: None,
        }
    }

    fn state(&self) -> MutexGuard<'_, Permits> {
        lock(&self.state)
    }

    /// One is through: the next may enter.
    fn leave(&self) {
        let next = {
            let mut state = self.state();
            let next = state.waiting.pop_front();
            match &next {
                Some((ticket, _)) => state.granted.push(*ticket),
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
struct Acquire<'g> {
    semaphore: &'g FairSemaphore,
    /// Its place in the line, while it waits.
    ticket: Option<u64>,
}

/// Has a place, and gives it back.
struct Permit<'g>(&'g FairSemaphore);

impl<'g> Future for Acquire<'g> {
    type Output = Permit<'g>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Permit<'g>> {
        let semaphore = self.semaphore;
        let waker = context.waker().clone();
        let (acquired, _old) = {
            let mut state = semaphore.state();
            match self.ticket {
                None if state.free > 0 => {
                    state.free -= 1;
                    (true, Some(waker))
                }
                None => {
                    let ticket = semaphore.next_ticket.fetch_add(1, Ordering::Relaxed);
                    self.ticket = Some(ticket);
                    state.waiting.push_back((ticket, waker));
                    (false, None)
                }
                Some(ticket) => match state.granted.iter().position(|one| *one == ticket) {
                    Some(index) => {
                        state.granted.swap_remove(index);
                        (true, Some(waker))
                    }
                    None => {
                        let waiting = state.waiting.iter_mut().find(|(one, _)| *one == ticket);
                        (false, waiting.map(|(_, old)| std::mem::replace(old, waker)))
                    }
                },
            }
        };
        if acquired {
            self.ticket = None;
            Poll::Ready(Permit(semaphore))
        } else {
            Poll::Pending
        }
    }
}

impl Drop for Acquire<'_> {
    fn drop(&mut self) {
        let Some(ticket) = self.ticket else {
            return;
        };
        let (granted, _waker) = {
            let mut state = self.semaphore.state();
            let granted = state.granted.iter().position(|one| *one == ticket);
            if let Some(index) = granted {
                state.granted.swap_remove(index);
            }
            let waiting = state.waiting.iter().position(|(one, _)| *one == ticket);
            let waker = waiting.and_then(|index| state.waiting.remove(index));
            (granted.is_some(), waker)
        };
        if granted {
            // It was let through and does not go: the next one.
            self.semaphore.leave();
        }
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.0.leave();
    }
}
