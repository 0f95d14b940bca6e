//! A fair semaphore: calls over its limit wait, and continue in the order in which they arrived. A call may have a key:
//! of the calls with one key only one holds a permit at a time.
//!
//! A released permit is passed to the first waiting call directly, so that no later call can take it in between.
//! A waiting call that is dropped leaves the queue, and passes on a permit that it was granted but did not
//! use. No waker is called or dropped while the lock is held: wakers are foreign code.
//!
//! A call *claims* its key first, and then waits for a permit. A key is stored only while a call has claimed it. It is a
//! hash, so that no user code runs under the lock; see `call_key`.
//!
//! # Calls that would wait for themselves
//!
//! A call may be polled inside another one that holds a permit. Each holder of a permit is recorded with its id,
//! and each waiting call with those holders that its latest poll was inside of. Such a holder is *blocked*: it
//! ends after the waiting call. When a call could get its permit only after a blocked holder ends, directly or through
//! further calls, it would never get it; the call that would complete this state gets an error instead.
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
    collections::{BTreeMap, BTreeSet, HashMap},
    mem,
    task::{Poll, Waker},
};

use crate::primitives::{
    drop_catching,
    sync::{Mutex, MutexGuard, lock},
    wake_catching,
};

/// The hash of a key.
pub(super) type KeyHash = u128;

/// A map of keys that has grown beyond this is made smaller when it is empty.
const KEPT_KEYS: usize = 1024;

/// A number of permits; `H` is the id of a call that holds one.
#[derive(Debug)]
pub(super) struct FairSemaphore<H> {
    limit: usize,
    state: Mutex<Permits<H>>,
}

/// There are at most `limit` permits, those of `holders` and of `granted`, and fewer only if no call is `ready`.
#[derive(Debug)]
struct Permits<H> {
    /// The calls that acquired a permit, one for each.
    holders: Vec<(H, Option<KeyHash>)>,
    /// The waiting calls by their tickets, which are in order of arrival, without those that were granted a permit.
    waiting: BTreeMap<u64, Waiting<H>>,
    /// The waiting calls that have no key, or have claimed it.
    ready: BTreeSet<u64>,
    /// The claimed keys, each with the tickets of the calls that wait until it is free.
    keys: HashMap<KeyHash, BTreeSet<u64>>,
    /// The calls that were granted a permit and have not been polled since.
    granted: Vec<(u64, Option<KeyHash>)>,
    last_ticket: u64,
}

/// A call that waits for a permit.
#[derive(Debug)]
struct Waiting<H> {
    waker: Waker,
    key: Option<KeyHash>,
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
                waiting: BTreeMap::new(),
                ready: BTreeSet::new(),
                keys: HashMap::new(),
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
    /// the call that holds a permit with that id. The key of a call is the same in each poll.
    ///
    /// A call that is pending must be polled again when its waker is woken, or [given up](Self::give_up).
    pub(super) fn poll_acquire(
        &self,
        ticket: &mut Ticket,
        key: Option<KeyHash>,
        holder: H,
        is_inside: impl Fn(H) -> bool,
        waker: &Waker,
    ) -> Poll<Result<(), WouldNeverEnd>> {
        let waker = waker.clone();
        let (polled, unused) = {
            let mut state = self.state();
            if state.take(ticket.0, key, self.limit) {
                state.holders.push((holder, key));
                ticket.0 = None;
                (Poll::Ready(Ok(())), Some(waker))
            } else {
                let holders = state.holders.iter().map(|(holder, _)| *holder);
                let blocked: Vec<_> = holders.filter(|one| is_inside(*one)).collect();
                if state.would_never_end(ticket.0, key, &blocked, self.limit) {
                    (Poll::Ready(Err(WouldNeverEnd)), Some(waker))
                } else {
                    let waiting = Waiting {
                        waker,
                        key,
                        blocked,
                    };
                    (Poll::Pending, state.wait(ticket, waiting))
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
            let waiting = state.remove(ticket);
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
            if let Some(index) = state.holders.iter().position(|(one, _)| *one == holder)
                && let (_, Some(key)) = state.holders.swap_remove(index)
            {
                state.free_key(key);
            }
            state.grant_next(self.limit)
        };
        self.wake(next);
    }

    /// Wakes a call that was granted a permit. A call whose waker panics was not woken: the permit is passed to
    /// the next one.
    fn wake(&self, mut granted: Option<(u64, Waiting<H>)>) {
        while let Some((ticket, Waiting { waker, .. })) = granted {
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
    /// Grants a permit to the first call that is ready, if there are both, and returns that call. Called under the
    /// same lock as that under which a permit or a key became free: no other call can take it in between.
    fn grant_next(&mut self, limit: usize) -> Option<(u64, Waiting<H>)> {
        if !self.has_free_permit(limit) {
            return None;
        }
        let ticket = self.ready.pop_first()?;
        let waiting = self.waiting.remove(&ticket)?;
        self.granted.push((ticket, waiting.key));
        Some((ticket, waiting))
    }

    fn has_free_permit(&self, limit: usize) -> bool {
        self.holders.len() + self.granted.len() < limit
    }

    /// Removes a call that waits, and frees its key if it has claimed that.
    fn remove(&mut self, ticket: u64) -> Option<Waiting<H>> {
        let waiting = self.waiting.remove(&ticket)?;
        let is_ready = self.ready.remove(&ticket);
        match waiting.key {
            Some(key) if is_ready => self.free_key(key),
            Some(key) => {
                let others = self.keys.get_mut(&key);
                others.map(|others| others.remove(&ticket));
            }
            None => {}
        }
        Some(waiting)
    }

    /// The call that has claimed a key does not need it any more: the next one claims it, if there is one.
    fn free_key(&mut self, key: KeyHash) {
        let waiting = self.keys.get_mut(&key);
        if let Some(next) = waiting.and_then(BTreeSet::pop_first) {
            self.ready.insert(next);
            return;
        }
        self.keys.remove(&key);
        if self.keys.is_empty() && self.keys.capacity() > KEPT_KEYS {
            self.keys.shrink_to_fit();
        }
    }

    /// Removes a granted permit that is not used yet.
    fn revoke(&mut self, ticket: u64) {
        let granted = self.granted.iter().position(|(one, _)| *one == ticket);
        if let Some(index) = granted
            && let (_, Some(key)) = self.granted.swap_remove(index)
        {
            self.free_key(key);
        }
    }

    /// Whether a call gets a permit now: it was granted one, or it is new, and one is free, and so is its key. While calls
    /// are ready, no permit is free: what frees one grants it to the first of them under the same lock.
    fn take(&mut self, ticket: Option<u64>, key: Option<KeyHash>, limit: usize) -> bool {
        if let Some(ticket) = ticket {
            let granted = self.granted.iter().position(|(one, _)| *one == ticket);
            if let Some(index) = granted {
                self.granted.swap_remove(index);
                return true;
            }
            if self.waiting.contains_key(&ticket) {
                return false;
            }
            // Its waker has panicked, so that it lost its place: it waits again, behind the others.
        }
        let is_free =
            self.has_free_permit(limit) && key.is_none_or(|key| !self.keys.contains_key(&key));
        if is_free && let Some(key) = key {
            self.keys.insert(key, BTreeSet::new());
        }
        is_free
    }

    /// Records that a call waits; returns the waker of its poll before this one.
    fn wait(&mut self, ticket: &mut Ticket, call: Waiting<H>) -> Option<Waker> {
        if let Some(ticket) = ticket.0
            && let Some(waiting) = self.waiting.get_mut(&ticket)
        {
            return Some(mem::replace(waiting, call).waker);
        }
        self.last_ticket += 1;
        let new = self.last_ticket;
        match call.key {
            Some(key) if self.keys.contains_key(&key) => {
                self.keys.entry(key).or_default().insert(new);
            }
            key => {
                self.keys.extend(key.map(|key| (key, BTreeSet::new())));
                self.ready.insert(new);
            }
        }
        self.waiting.insert(new, call);
        ticket.0 = Some(new);
        None
    }

    /// Whether a call that blocks these holders would wait forever. The call with this ticket, which may be
    /// waiting already, is the same one.
    fn would_never_end(
        &self,
        ticket: Option<u64>,
        key: Option<KeyHash>,
        blocked: &[H],
        limit: usize,
    ) -> bool {
        // Without a holder that it blocks, each holder ends before it, or waits for others that were accepted.
        if blocked.is_empty() {
            return false;
        }
        let mut may_end: Vec<bool> = vec![false; self.holders.len()];
        loop {
            let gets_permit =
                self.has_free_permit(limit) || !self.granted.is_empty() || may_end.contains(&true);
            // A key whose claim has no permit yet becomes free once that call gets one.
            let is_freed = |key: KeyHash| {
                let holder = self.holders.iter().position(|(_, one)| *one == Some(key));
                holder.map_or(gets_permit, |holder| may_end[holder])
            };
            let gets_key =
                |key: Option<KeyHash>, is_ready: bool| is_ready || key.is_none_or(is_freed);
            let ends = |index: usize| {
                let holder = &self.holders[index].0;
                if blocked.contains(holder) && !(gets_permit && gets_key(key, false)) {
                    return false;
                }
                let others = self.waiting.iter().filter(|(one, _)| Some(**one) != ticket);
                let mut inside = others.filter(|(_, call)| call.blocked.contains(holder));
                inside
                    .all(|(one, call)| gets_permit && gets_key(call.key, self.ready.contains(one)))
            };
            let next: Vec<_> = (0..self.holders.len()).map(ends).collect();
            if next == may_end {
                return !(gets_permit && gets_key(key, false));
            }
            may_end = next;
        }
    }
}
