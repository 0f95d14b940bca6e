//! A limit on the concurrent calls of one handler, by a fair semaphore: calls over the limit wait, and
//! continue in the order in which they arrived.
//!
//! A call *acquires* a permit before it runs the handler, and *releases* the permit afterwards. A released
//! permit is passed to the first waiting call directly, so that no later call can take it in between. A
//! waiting call that is dropped leaves the queue, and passes on a permit that it was granted but did not
//! use. No waker is called or dropped while the lock is held: wakers are foreign code.

use std::{
    collections::VecDeque,
    future::Future,
    pin::Pin,
    sync::{
        Mutex, MutexGuard,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    task::{Context, Poll, Waker},
};

use crate::{
    handler::{Background, BackgroundCall, Step},
    primitives::sync::lock,
};

/// A handler with a limit on its concurrent calls.
#[doc(hidden)]
#[derive(Debug)]
pub struct ConcurrencyLimited<H> {
    semaphore: FairSemaphore,
    handler: H,
    closed: AtomicBool,
}

impl<H> ConcurrencyLimited<H> {
    /// A limit of 0 counts as 1.
    pub fn new(concurrency: usize, handler: H) -> Self {
        Self {
            semaphore: FairSemaphore::new(concurrency),
            handler,
            closed: AtomicBool::new(false),
        }
    }
}

impl<E: Sync, H: Background<E>> Background<E> for ConcurrencyLimited<H> {
    async fn call<'a>(&'a self, event: &'a E, call: &'a BackgroundCall) -> Step {
        let _permit = self.semaphore.acquire().await;
        // The handler may have been unsubscribed while this call waited.
        if self.closed.load(Ordering::Acquire) {
            return Step::Skipped;
        }
        self.handler.call(event, call).await
    }

    fn close(&self) {
        self.closed.store(true, Ordering::Release);
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
    /// The tickets of the waiting calls in order of arrival, without those that were granted a permit.
    waiting: VecDeque<(u64, Waker)>,
    /// The tickets of the calls that were granted a permit and have not been polled since.
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

    fn acquire(&self) -> Acquire<'_> {
        Acquire {
            semaphore: self,
            ticket: None,
        }
    }

    fn state(&self) -> MutexGuard<'_, Permits> {
        lock(&self.state)
    }

    /// Passes a permit to the first waiting call, or makes it free.
    fn release(&self) {
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

/// Waits for a permit.
struct Acquire<'g> {
    semaphore: &'g FairSemaphore,
    /// Its ticket, while it waits.
    ticket: Option<u64>,
}

/// A permit; dropping it releases it.
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
            // The permit was not used.
            self.semaphore.release();
        }
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.0.release();
    }
}
