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
    mem,
    pin::Pin,
    sync::{
        Mutex, MutexGuard,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    task::{Context, Poll, Waker},
};

use crate::{
    handler::{Background, BackgroundCall, Step},
    primitives::{drop_catching, sync::lock, wake_catching},
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

impl Permits {
    /// Removes a granted permit that is not used yet; returns whether it was.
    fn revoke(&mut self, ticket: u64) -> bool {
        let granted = self.granted.iter().position(|one| *one == ticket);
        granted
            .map(|index| self.granted.swap_remove(index))
            .is_some()
    }

    /// Whether a call acquires a permit now; else it waits. A call whose permit was revoked has a ticket, and
    /// is treated as one that arrives now. Returns a waker that is to be dropped without the lock.
    fn acquire(
        &mut self,
        ticket: &mut Option<u64>,
        new_ticket: impl FnOnce() -> u64,
        waker: Waker,
    ) -> (bool, Option<Waker>) {
        if let Some(ticket) = *ticket {
            if self.revoke(ticket) {
                return (true, Some(waker));
            }
            if let Some((_, old)) = self.waiting.iter_mut().find(|(one, _)| *one == ticket) {
                return (false, Some(mem::replace(old, waker)));
            }
        }
        if self.free > 0 {
            self.free -= 1;
            return (true, Some(waker));
        }
        let ticket = *ticket.get_or_insert_with(new_ticket);
        self.waiting.push_back((ticket, waker));
        (false, None)
    }
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

    /// Passes a permit to the first waiting call, or makes it free. A call whose waker panics was not
    /// woken: the permit is passed to the next one.
    fn release(&self) {
        loop {
            let next = {
                let mut state = self.state();
                let next = state.waiting.pop_front();
                match &next {
                    Some((ticket, _)) => state.granted.push(*ticket),
                    None => state.free += 1,
                }
                next
            };
            let Some((ticket, waker)) = next else { return };
            if wake_catching(waker) || !self.state().revoke(ticket) {
                return;
            }
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
        let new_ticket = || semaphore.next_ticket.fetch_add(1, Ordering::Relaxed);
        let (acquired, old) = {
            let mut state = semaphore.state();
            state.acquire(&mut self.ticket, new_ticket, waker)
        };
        drop_catching(old);
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
        let (granted, waker) = {
            let mut state = self.semaphore.state();
            let granted = state.revoke(ticket);
            let waiting = state.waiting.iter().position(|(one, _)| *one == ticket);
            let waker = waiting.and_then(|index| state.waiting.remove(index));
            (granted, waker)
        };
        drop_catching(waker);
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
