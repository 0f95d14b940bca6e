//! A fair semaphore: calls over its limit wait, and continue in the order in which they arrived.
//!
//! A released permit is passed to the first waiting call directly, so that no later call can take it in between.
//! A waiting call that is dropped leaves the queue, and passes on a permit that it was granted but did not
//! use. No waker is called or dropped while the lock is held: wakers are foreign code.
//!
//! # Calls that would wait for themselves
//!
//! A call may be polled inside another one that holds a permit. Each holder of a permit is recorded with its id,
//! and each waiting call with those holders that its latest poll was inside of. Such a holder is *blocked*: it
//! ends after the waiting call. When all holders are blocked no permit would ever be released, so the call that
//! would complete this state gets an error instead.
//!
//! What a waiting call is inside of is known by its latest poll alone. If a holder polls the future of the call once
//! and then moves it elsewhere, for example to a task, it counts as blocked until that future is polled there or
//! dropped, although it could end. A call that is refused meanwhile is refused wrongly. Without that record, calls
//! that wait for one another in different tasks would not be recognized; and a holder whose waiting call is not
//! polled again cannot be distinguished from one that awaits it.
//!
//! Of this crate the file imports only `primitives`, so that `tests/model` can compile it with the primitives
//! of a model checker and test the interleavings of calls.

use std::{
    collections::VecDeque,
    mem,
    task::{Poll, Waker},
};

use crate::primitives::{
    drop_catching,
    sync::{Mutex, MutexGuard, lock},
    wake_catching,
};

/// A number of permits; `H` is the id of a call that holds one.
#[derive(Debug)]
pub(super) struct FairSemaphore<H> {
    limit: usize,
    state: Mutex<Permits<H>>,
}

/// There are at most `limit` permits, those of `holders` and of `granted`, and fewer only if no call waits.
#[derive(Debug)]
struct Permits<H> {
    /// The calls that acquired a permit, one for each.
    holders: Vec<H>,
    /// The waiting calls in order of arrival, without those that were granted a permit.
    waiting: VecDeque<Waiting<H>>,
    /// The tickets of the calls that were granted a permit and have not been polled since.
    granted: Vec<u64>,
    last_ticket: u64,
}

/// A call that waits for a permit.
#[derive(Debug)]
struct Waiting<H> {
    ticket: u64,
    waker: Waker,
    /// The holders that its latest poll was inside of.
    blocked: Vec<H>,
}

/// The place of a call in the queue of a semaphore, if it has one.
#[derive(Debug, Default)]
pub(super) struct Ticket(Option<u64>);

/// The call would wait for itself.
#[derive(Debug)]
pub(super) struct WouldNeverEnd;

impl<H: Copy + PartialEq> FairSemaphore<H> {
    /// A limit of 0 counts as 1.
    pub(super) fn new(limit: usize) -> Self {
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

    pub(super) fn limit(&self) -> usize {
        self.limit
    }

    fn state(&self) -> MutexGuard<'_, Permits<H>> {
        lock(&self.state)
    }

    /// Acquires a permit, which the caller [releases](Self::release). `is_inside`: whether this poll is inside
    /// the call that holds a permit with that id.
    ///
    /// A call that is pending must be polled again when its waker is woken, or [given up](Self::give_up).
    pub(super) fn poll_acquire(
        &self,
        ticket: &mut Ticket,
        holder: H,
        is_inside: impl Fn(H) -> bool,
        waker: &Waker,
    ) -> Poll<Result<(), WouldNeverEnd>> {
        let waker = waker.clone();
        let (polled, unused) = {
            let mut state = self.state();
            if state.take(ticket.0, self.limit) {
                state.holders.push(holder);
                ticket.0 = None;
                (Poll::Ready(Ok(())), Some(waker))
            } else {
                let holders = state.holders.iter().copied();
                let blocked: Vec<_> = holders.filter(|one| is_inside(*one)).collect();
                if state.would_never_end(ticket.0, &blocked) {
                    (Poll::Ready(Err(WouldNeverEnd)), Some(waker))
                } else {
                    let ticket = *ticket.0.get_or_insert_with(|| state.new_ticket());
                    (Poll::Pending, state.wait(ticket, waker, blocked))
                }
            }
        };
        drop_catching(unused);
        polled
    }

    /// A call that has not acquired a permit stops waiting for one.
    pub(super) fn give_up(&self, ticket: &mut Ticket) {
        let Some(ticket) = ticket.0.take() else {
            return;
        };
        let (waiting, next) = {
            let mut state = self.state();
            let waiting = state.waiting.iter().position(|one| one.ticket == ticket);
            let waiting = waiting.and_then(|index| state.waiting.remove(index));
            // A permit that was granted was not used.
            state.revoke(ticket);
            (waiting, state.grant_next(self.limit))
        };
        drop_catching(waiting);
        self.wake(next);
    }

    /// Passes the permit of a holder to the first waiting call, or makes it free.
    pub(super) fn release(&self, holder: H) {
        let next = {
            let mut state = self.state();
            if let Some(index) = state.holders.iter().position(|one| *one == holder) {
                state.holders.swap_remove(index);
            }
            state.grant_next(self.limit)
        };
        self.wake(next);
    }

    /// Wakes a call that was granted a permit. A call whose waker panics was not woken: the permit is passed to
    /// the next one.
    fn wake(&self, mut granted: Option<Waiting<H>>) {
        while let Some(Waiting { ticket, waker, .. }) = granted {
            if wake_catching(waker) {
                return;
            }
            let mut state = self.state();
            state.revoke(ticket);
            granted = state.grant_next(self.limit);
        }
    }
}

impl<H: Copy + PartialEq> Permits<H> {
    fn new_ticket(&mut self) -> u64 {
        self.last_ticket += 1;
        self.last_ticket
    }

    /// Grants a permit to the first waiting call, if there are both, and returns that call. Called under the
    /// same lock as that under which a permit became free: no other call can take it in between.
    fn grant_next(&mut self, limit: usize) -> Option<Waiting<H>> {
        if !self.has_free_permit(limit) {
            return None;
        }
        let next = self.waiting.pop_front()?;
        self.granted.push(next.ticket);
        Some(next)
    }

    fn has_free_permit(&self, limit: usize) -> bool {
        self.holders.len() + self.granted.len() < limit
    }

    /// Removes a granted permit that is not used yet; returns whether it was.
    fn revoke(&mut self, ticket: u64) -> bool {
        let granted = self.granted.iter().position(|one| *one == ticket);
        let revoked = granted.map(|index| self.granted.swap_remove(index));
        revoked.is_some()
    }

    /// Whether a call gets a permit now: it was granted one, or one is free. While calls wait, none is free: what
    /// frees a permit grants it to the first of them under the same lock.
    fn take(&mut self, ticket: Option<u64>, limit: usize) -> bool {
        let is_granted = ticket.is_some_and(|ticket| self.revoke(ticket));
        is_granted || self.has_free_permit(limit)
    }

    /// Records that a call waits; returns the waker of its poll before this one.
    fn wait(&mut self, ticket: u64, waker: Waker, blocked: Vec<H>) -> Option<Waker> {
        let found = self.waiting.iter_mut().find(|one| one.ticket == ticket);
        if let Some(waiting) = found {
            waiting.blocked = blocked;
            return Some(mem::replace(&mut waiting.waker, waker));
        }
        self.waiting.push_back(Waiting {
            ticket,
            waker,
            blocked,
        });
        None
    }

    /// Whether a call that blocks these holders would wait forever. The call with this ticket, which may be
    /// waiting already, is the same one.
    fn would_never_end(&self, ticket: Option<u64>, blocked: &[H]) -> bool {
        let is_other = |waiting: &&Waiting<H>| Some(waiting.ticket) != ticket;
        let is_blocked = |holder: &H| {
            let mut others = self.waiting.iter().filter(is_other);
            blocked.contains(holder) || others.any(|one| one.blocked.contains(holder))
        };
        !blocked.is_empty() && self.granted.is_empty() && self.holders.iter().all(is_blocked)
    }
}
