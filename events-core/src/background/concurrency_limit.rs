//! A limit on the concurrent calls of one handler, by a fair semaphore: calls over the limit wait, and
//! continue in the order in which they arrived.
//!
//! A call *acquires* a permit before it runs the handler, and *releases* the permit afterwards. A released
//! permit is passed to the first waiting call directly, so that no later call can take it in between. A
//! waiting call that is dropped leaves the queue, and passes on a permit that it was granted but did not
//! use. No waker is called or dropped while the lock is held: wakers are foreign code.
//!
//! # Calls that would wait for themselves
//!
//! A handler that awaits an emit of its own event, directly or through other events, polls the new call
//! inside the one in progress: the thread's stack of emits shows the emission of the latter, and that a call of
//! this handler is being polled in it. So each holder of a permit is recorded with the id of its emission, and
//! each waiting call with those holders that are on the stack around it. A holder that a waiting call is
//! recorded with is *blocked*: it ends after that call. When all holders are blocked no permit would ever be
//! released, so the call that would complete this state is refused instead.
//!
//! A call that is awaited in another way, such as through a task that the handler spawns, is not on the stack
//! and not recognized.

use std::{
    collections::VecDeque,
    future::{Future, poll_fn},
    mem,
    pin::{Pin, pin},
    ptr,
    sync::{
        Mutex, MutexGuard,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Waker},
};

use crate::{
    context::{EmissionId, LimitedCallGuard, emission_id, is_inside_call, topics},
    handler::{Background, BackgroundCall, Step},
    primitives::{drop_catching, sync::lock, wake_catching},
    result::{RefusedCall, WaitsForItself},
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
        let _permit = match self.semaphore.acquire().await {
            Ok(permit) => permit,
            Err(refusal) => return Step::Failed(refusal),
        };
        // The handler may have been unsubscribed while this call waited.
        if self.closed.load(Ordering::Acquire) {
            return Step::Skipped;
        }
        let mut called = pin!(self.handler.call(event, call));
        poll_fn(|context| {
            let _polled = LimitedCallGuard::enter(self.semaphore.address());
            called.as_mut().poll(context)
        })
        .await
    }

    fn close(&self) {
        self.closed.store(true, Ordering::Release);
    }
}

#[derive(Debug)]
struct FairSemaphore {
    limit: usize,
    state: Mutex<Permits>,
}

/// There are at most `limit` permits, those of `holders` and of `granted`, and fewer only if no call waits.
#[derive(Debug)]
struct Permits {
    /// The emissions of the calls that acquired a permit, one for each.
    holders: Vec<EmissionId>,
    /// The waiting calls in order of arrival, without those that were granted a permit.
    waiting: VecDeque<Waiting>,
    /// The tickets of the calls that were granted a permit and have not been polled since.
    granted: Vec<u64>,
    last_ticket: u64,
}

/// A call that waits for a permit.
#[derive(Debug)]
struct Waiting {
    ticket: u64,
    waker: Waker,
    /// The holders that its latest poll was inside of.
    blocked: Vec<EmissionId>,
}

impl FairSemaphore {
    fn new(limit: usize) -> Self {
        Self {
            limit: limit.max(1),
            state: Mutex::new(Permits {
                holders: Vec::new(),
                waiting: VecDeque::new(),
                granted: Vec::new(),
                last_ticket: 0,
            }),
        }
    }

    fn acquire(&self) -> Acquire<'_> {
        Acquire {
            semaphore: self,
            ticket: None,
        }
    }

    /// Identifies the handler while a call of it is in progress.
    fn address(&self) -> *const () {
        ptr::from_ref(self).cast()
    }

    /// Whether this thread is inside the call that holds a permit for that emission.
    fn is_inside_call(&self, holder: EmissionId) -> bool {
        is_inside_call(self.address(), holder)
    }

    fn state(&self) -> MutexGuard<'_, Permits> {
        lock(&self.state)
    }

    /// Passes the permit of a holder to the first waiting call, or makes it free.
    fn release(&self, holder: EmissionId) {
        let mut state = self.state();
        if let Some(index) = state.holders.iter().position(|one| *one == holder) {
            state.holders.swap_remove(index);
        }
        drop(state);
        self.pass_on();
    }

    /// Passes a permit that is free to the first waiting call, if there is one. A call whose waker panics was
    /// not woken: the permit is passed to the next one.
    fn pass_on(&self) {
        loop {
            let next = self.state().grant_next();
            let Some(Waiting { ticket, waker, .. }) = next else {
                return;
            };
            if wake_catching(waker) || !self.state().revoke(ticket) {
                return;
            }
        }
    }

    #[cold]
    fn refusal(&self) -> Box<RefusedCall> {
        Box::new(RefusedCall(WaitsForItself {
            limit: self.limit,
            chain: topics(),
        }))
    }
}

impl Permits {
    fn new_ticket(&mut self) -> u64 {
        self.last_ticket += 1;
        self.last_ticket
    }

    /// Grants a permit that is free to the first waiting call, if there is one, and returns that.
    fn grant_next(&mut self) -> Option<Waiting> {
        let next = self.waiting.pop_front()?;
        self.granted.push(next.ticket);
        Some(next)
    }

    /// Removes a granted permit that is not used yet; returns whether it was.
    fn revoke(&mut self, ticket: u64) -> bool {
        let granted = self.granted.iter().position(|one| *one == ticket);
        let revoked = granted.map(|index| self.granted.swap_remove(index));
        revoked.is_some()
    }

    /// Whether a call gets a permit now: it was granted one, or does not wait and one is free. A call whose
    /// permit was revoked does not wait.
    fn take(&mut self, ticket: Option<u64>, limit: usize) -> bool {
        let is_granted = ticket.is_some_and(|ticket| self.revoke(ticket));
        let waits = || self.waiting.iter().any(|one| Some(one.ticket) == ticket);
        is_granted || !waits() && self.holders.len() + self.granted.len() < limit
    }

    /// Whether a call that blocks these holders would wait forever. The call with this ticket, which may be
    /// waiting already, is the same one.
    fn would_never_end(&self, ticket: Option<u64>, blocked: &[EmissionId]) -> bool {
        let is_other = |waiting: &&Waiting| Some(waiting.ticket) != ticket;
        let is_blocked = |holder: &EmissionId| {
            let mut others = self.waiting.iter().filter(is_other);
            blocked.contains(holder) || others.any(|one| one.blocked.contains(holder))
        };
        !blocked.is_empty() && self.granted.is_empty() && self.holders.iter().all(is_blocked)
    }
}

/// Waits for a permit.
struct Acquire<'g> {
    semaphore: &'g FairSemaphore,
    /// Its ticket, while it waits.
    ticket: Option<u64>,
}

/// A permit; dropping it releases it.
struct Permit<'g> {
    semaphore: &'g FairSemaphore,
    holder: EmissionId,
}

impl<'g> Future for Acquire<'g> {
    type Output = Result<Permit<'g>, Box<RefusedCall>>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let semaphore = self.semaphore;
        let waker = context.waker().clone();
        let holder = emission_id();
        let mut guard = semaphore.state();
        let state = &mut *guard;
        if state.take(self.ticket, semaphore.limit) {
            state.holders.push(holder);
            drop(guard);
            drop_catching(waker);
            self.ticket = None;
            return Poll::Ready(Ok(Permit { semaphore, holder }));
        }
        let blocked: Vec<_> = state
            .holders
            .iter()
            .copied()
            .filter(|one| semaphore.is_inside_call(*one))
            .collect();
        if state.would_never_end(self.ticket, &blocked) {
            drop(guard);
            drop_catching(waker);
            return Poll::Ready(Err(semaphore.refusal()));
        }
        let ticket = *self.ticket.get_or_insert_with(|| state.new_ticket());
        let new = Waiting {
            ticket,
            waker,
            blocked,
        };
        let old = match state.waiting.iter_mut().find(|one| one.ticket == ticket) {
            Some(waiting) => Some(mem::replace(waiting, new)),
            None => {
                state.waiting.push_back(new);
                None
            }
        };
        drop(guard);
        drop_catching(old);
        Poll::Pending
    }
}

impl Drop for Acquire<'_> {
    fn drop(&mut self) {
        let Some(ticket) = self.ticket else {
            return;
        };
        let (is_granted, waiting) = {
            let mut state = self.semaphore.state();
            let waiting = state.waiting.iter().position(|one| one.ticket == ticket);
            let waiting = waiting.and_then(|index| state.waiting.remove(index));
            (state.revoke(ticket), waiting)
        };
        drop_catching(waiting);
        if is_granted {
            // The permit was not used.
            self.semaphore.pass_on();
        }
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.semaphore.release(self.holder);
    }
}
