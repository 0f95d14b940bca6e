//! A limit on the concurrent calls of one handler.
//!
//! A call acquires a permit of a fair semaphore before it runs the handler, and releases it afterwards. Each
//! holder of a permit is recorded with the id of its emission.
//!
//! A handler that awaits an emit of its own event, directly or through other events, polls the new call
//! inside the one in progress: the thread's stack of emits shows the emission of the latter, and that a call of
//! this handler is being polled in it. So the semaphore recognizes calls that would wait for themselves. A call
//! that is awaited in another way, such as through a task that the handler spawns, is not on the stack and not
//! recognized; nor are two handlers that wait for each other from two tasks.

use std::{
    future::poll_fn,
    pin::pin,
    ptr,
    sync::atomic::{AtomicBool, Ordering},
};

use super::fair_semaphore::{FairSemaphore, Ticket, WouldNeverEnd};
use crate::{
    context::{LimitedCallGuard, emission_id, is_inside_call, topics},
    handler::{Background, BackgroundCall, Step},
    metadata::EmissionId,
    result::{RefusedCall, WaitsForItself},
};

/// A handler with a limit on its concurrent calls.
#[doc(hidden)]
#[derive(Debug)]
pub struct ConcurrencyLimited<H> {
    semaphore: FairSemaphore<EmissionId>,
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
        let semaphore = &self.semaphore;
        let Ok(_permit) = acquire(semaphore).await else {
            return Step::Failed(Box::new(RefusedCall::WaitsForItself(WaitsForItself {
                limit: semaphore.limit(),
                chain: topics(),
            })));
        };
        // The handler may have been unsubscribed while this call waited.
        if self.closed.load(Ordering::Acquire) {
            return Step::Skipped;
        }
        let mut called = pin!(self.handler.call(event, call));
        poll_fn(|context| {
            let _polled = LimitedCallGuard::enter(address(semaphore));
            called.as_mut().poll(context)
        })
        .await
    }

    fn close(&self) {
        self.closed.store(true, Ordering::Release);
    }
}

/// Identifies the handler while a call of it is in progress.
fn address(semaphore: &FairSemaphore<EmissionId>) -> *const () {
    ptr::from_ref(semaphore).cast()
}

async fn acquire(semaphore: &FairSemaphore<EmissionId>) -> Result<Permit<'_>, WouldNeverEnd> {
    let mut waiting = WaitingCall {
        semaphore,
        ticket: Ticket::default(),
    };
    poll_fn(|context| {
        let holder = emission_id();
        let is_inside = |holder| is_inside_call(address(semaphore), holder);
        let polled =
            semaphore.poll_acquire(&mut waiting.ticket, holder, is_inside, context.waker());
        polled.map_ok(|()| Permit { semaphore, holder })
    })
    .await
}

/// A call that waits for a permit; dropping it gives that up.
struct WaitingCall<'s> {
    semaphore: &'s FairSemaphore<EmissionId>,
    ticket: Ticket,
}

impl Drop for WaitingCall<'_> {
    fn drop(&mut self) {
        self.semaphore.give_up(&mut self.ticket);
    }
}

/// A permit; dropping it releases it.
struct Permit<'s> {
    semaphore: &'s FairSemaphore<EmissionId>,
    holder: EmissionId,
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.semaphore.release(self.holder);
    }
}
