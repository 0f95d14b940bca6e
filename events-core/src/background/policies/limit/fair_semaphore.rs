//! A fair semaphore: calls over its limit wait, and continue in the order in which they arrived. A call may have a key:
//! of the calls with one key only one holds a permit at a time.
//!
//! A released permit is passed to the first waiting call directly, so that no later call can take it in between.
//! A waiting call that is dropped leaves the queue, and passes on a permit that it was granted but did not
//! use. No waker is called or dropped while the lock is held: wakers are foreign code.
//!
//! A call that would wait for itself gets an error, see `waits_for_itself`.
//!
//! A call *claims* its key first, and then waits for a permit. A key is stored only while a call has claimed it. It is a
//! hash, so that no user code runs under the lock; see `call_key`.
//!
//! # Permits that are kept
//!
//! A failed call may keep its permit, and its key, until it is made again at a later time. A waiting call for which only such
//! calls are left to wait gets no permit [before that time](FairSemaphore::waits_for_kept).
//!
//! Of this crate the file imports only `primitives`, so that `tests/model` can compile it with the primitives
//! of a model checker and test the interleavings of calls.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    hash::Hash,
    mem,
    task::{Poll, Waker},
};

use crate::primitives::{
    drop_catching,
    sync::{AtomicUsize, Mutex, MutexGuard, Ordering, lock},
    wake_catching,
};

/// The hash of a key.
pub(crate) type KeyHash = u128;

/// A map that has grown beyond this is made smaller when it is empty.
const KEPT: usize = 1024;

/// A number of permits; `H` is the id of a call that holds one.
#[derive(Debug)]
pub(crate) struct FairSemaphore<H> {
    limit: usize,
    /// How many events of the queue wait, or are about to continue.
    backlog: AtomicUsize,
    state: Mutex<Permits<H>>,
}

/// There are at most `limit` permits, those of `holders` and of `granted`, and fewer only if no call is `ready`.
#[derive(Debug)]
pub(super) struct Permits<H> {
    /// The calls that acquired a permit, one for each, with their keys.
    pub(super) holders: HashMap<H, Option<KeyHash>>,
    /// Those of them that keep it for a call at a later time.
    kept: HashSet<H>,
    /// The waiting calls by their tickets, which are in order of arrival, without those that were granted a permit.
    pub(super) waiting: BTreeMap<u64, Waiting<H>>,
    /// The waiting calls that have no key, or have claimed it.
    pub(super) ready: BTreeSet<u64>,
    /// The waiting calls whose latest poll was inside of holders.
    pub(super) nested: BTreeSet<u64>,
    pub(super) keys: HashMap<KeyHash, ClaimedKey<H>>,
    /// The calls that were granted a permit and have not been polled since, with their keys.
    pub(super) granted: BTreeMap<u64, Option<KeyHash>>,
    last_ticket: u64,
}

/// A key that a call has claimed.
#[derive(Debug)]
pub(super) struct ClaimedKey<H> {
    /// That call, once it has acquired its permit.
    pub(super) holder: Option<H>,
    /// The tickets of the calls that wait until the key is free.
    waiting: BTreeSet<u64>,
}

/// A call that waits for a permit.
#[derive(Debug)]
pub(super) struct Waiting<H> {
    waker: Waker,
    pub(super) key: Option<KeyHash>,
    /// The holders that its latest poll was inside of.
    pub(super) blocked: Vec<H>,
}

/// The place of a call in the queue of a semaphore, if it has one.
#[derive(Debug, Default)]
pub(crate) struct Ticket(Option<u64>);

impl Ticket {
    /// The number of the waiting call; 0 if none waits.
    pub(crate) fn number(&self) -> u64 {
        self.0.unwrap_or_default()
    }
}

/// The call would wait for itself.
#[derive(Debug)]
pub(crate) struct WouldNeverEnd {
    /// Whether it would wait for its key, and there would be a permit.
    pub(crate) is_of_key: bool,
}

impl<H: Copy + Eq + Hash> FairSemaphore<H> {
    /// A limit of 0 counts as 1.
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            limit: limit.max(1),
            backlog: AtomicUsize::new(0),
            state: Mutex::new(Permits {
                holders: HashMap::new(),
                kept: HashSet::new(),
                waiting: BTreeMap::new(),
                ready: BTreeSet::new(),
                nested: BTreeSet::new(),
                keys: HashMap::new(),
                granted: BTreeMap::new(),
                last_ticket: 0,
            }),
        }
    }

    pub(crate) fn limit(&self) -> usize {
        self.limit
    }

    /// How many events of the queue wait, or are about to continue.
    pub(crate) fn backlog(&self) -> usize {
        self.backlog.load(Ordering::Relaxed)
    }

    /// An event of the queue waits, until it is [removed](Self::remove_from_backlog).
    pub(crate) fn add_to_backlog(&self) {
        self.backlog.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn remove_from_backlog(&self) {
        self.backlog.fetch_sub(1, Ordering::Relaxed);
    }

    fn state(&self) -> MutexGuard<'_, Permits<H>> {
        lock(&self.state)
    }

    /// Acquires a permit, which the caller [releases](Self::release). `inside`: the ids of the calls that this poll is
    /// inside of. It runs under the lock. The key of a call is the same in each poll.
    ///
    /// A call that is pending must be polled again when its waker is woken, or [given up](Self::give_up).
    pub(crate) fn poll_acquire(
        &self,
        ticket: &mut Ticket,
        key: Option<KeyHash>,
        holder: H,
        inside: impl FnOnce() -> Vec<H>,
        waker: &Waker,
    ) -> Poll<Result<(), WouldNeverEnd>> {
        let waker = waker.clone();
        let (polled, unused) = {
            let mut state = self.state();
            if state.take(ticket.0, key, self.limit) {
                state.hold(holder, key);
                ticket.0 = None;
                (Poll::Ready(Ok(())), Some(waker))
            } else {
                let mut blocked = inside();
                blocked.retain(|one| state.holders.contains_key(one));
                if let Some(why) = state.would_never_end(ticket.0, key, &blocked, self.limit) {
                    (Poll::Ready(Err(why)), Some(waker))
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
    pub(crate) fn give_up(&self, ticket: &mut Ticket) {
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
    pub(crate) fn release(&self, holder: H) {
        let next = {
            let mut state = self.state();
            state.set_kept(holder, false);
            if let Some(Some(key)) = state.holders.remove(&holder) {
                state.free_key(key);
            }
            shrink_if_empty(&mut state.holders);
            state.grant_next(self.limit)
        };
        self.wake(next);
    }

    /// Whether a holder keeps its permit for a call at a later time.
    pub(crate) fn set_kept(&self, holder: H, is_kept: bool) {
        self.state().set_kept(holder, is_kept);
    }

    /// Whether the waiting call with that number gets no permit before one is released that is kept for a later time, or
    /// that one of these holders has.
    pub(crate) fn waits_for_kept(&self, ticket: u64, held_up: &[H]) -> bool {
        let state = self.state();
        // Otherwise it was granted a permit.
        state.waiting.get(&ticket).is_some_and(|call| {
            let is_held_up = |holder: &H| state.kept.contains(holder) || held_up.contains(holder);
            let is_kept = |key: KeyHash| {
                let holder = state.keys.get(&key).and_then(|claimed| claimed.holder);
                holder.is_some_and(|holder| is_held_up(&holder))
            };
            let waits_for_key = || !state.ready.contains(&ticket) && call.key.is_some_and(is_kept);
            let of_emissions = held_up.iter().filter(|holder| {
                state.holders.contains_key(*holder) && !state.kept.contains(*holder)
            });
            state.kept.len() + of_emissions.count() >= self.limit || waits_for_key()
        })
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

fn shrink_if_empty<K: Eq + Hash, V>(map: &mut HashMap<K, V>) {
    if map.is_empty() && map.capacity() > KEPT {
        map.shrink_to_fit();
    }
}

impl<H: Copy + Eq + Hash> Permits<H> {
    fn set_kept(&mut self, holder: H, is_kept: bool) {
        if is_kept {
            self.kept.insert(holder);
        } else if self.kept.remove(&holder) && self.kept.is_empty() && self.kept.capacity() > KEPT {
            self.kept.shrink_to_fit();
        }
    }

    /// A call has acquired a permit.
    fn hold(&mut self, holder: H, key: Option<KeyHash>) {
        self.holders.insert(holder, key);
        let claimed = key.and_then(|key| self.keys.get_mut(&key));
        if let Some(claimed) = claimed {
            claimed.holder = Some(holder);
        }
    }

    /// Grants a permit to the first call that is ready, if there are both, and returns that call. Called under the
    /// same lock as that under which a permit or a key became free: no other call can take it in between.
    fn grant_next(&mut self, limit: usize) -> Option<(u64, Waiting<H>)> {
        if !self.has_free_permit(limit) {
            return None;
        }
        let ticket = self.ready.pop_first()?;
        let waiting = self.waiting.remove(&ticket)?;
        self.nested.remove(&ticket);
        self.granted.insert(ticket, waiting.key);
        Some((ticket, waiting))
    }

    pub(super) fn has_free_permit(&self, limit: usize) -> bool {
        self.holders.len() + self.granted.len() < limit
    }

    /// Removes a call that waits, and frees its key if it has claimed that.
    fn remove(&mut self, ticket: u64) -> Option<Waiting<H>> {
        let waiting = self.waiting.remove(&ticket)?;
        self.nested.remove(&ticket);
        let is_ready = self.ready.remove(&ticket);
        match waiting.key {
            Some(key) if is_ready => self.free_key(key),
            Some(key) => {
                let claimed = self.keys.get_mut(&key);
                claimed.map(|claimed| claimed.waiting.remove(&ticket));
            }
            None => {}
        }
        Some(waiting)
    }

    /// The call that has claimed a key does not need it any more: the next one claims it, if there is one.
    fn free_key(&mut self, key: KeyHash) {
        if let Some(claimed) = self.keys.get_mut(&key)
            && let Some(next) = claimed.waiting.pop_first()
        {
            claimed.holder = None;
            self.ready.insert(next);
            return;
        }
        self.keys.remove(&key);
        shrink_if_empty(&mut self.keys);
    }

    /// Removes a granted permit that is not used yet.
    fn revoke(&mut self, ticket: u64) {
        if let Some(Some(key)) = self.granted.remove(&ticket) {
            self.free_key(key);
        }
    }

    /// Whether a call gets a permit now: it was granted one, or it is new, and one is free, and so is its key. While calls
    /// are ready, no permit is free: what frees one grants it to the first of them under the same lock.
    fn take(&mut self, ticket: Option<u64>, key: Option<KeyHash>, limit: usize) -> bool {
        if let Some(ticket) = ticket {
            if self.granted.remove(&ticket).is_some() {
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
            self.keys.insert(key, ClaimedKey::new());
        }
        is_free
    }

    /// Records that a call waits; returns the waker of its poll before this one.
    fn wait(&mut self, ticket: &mut Ticket, call: Waiting<H>) -> Option<Waker> {
        let is_nested = !call.blocked.is_empty();
        if let Some(ticket) = ticket.0
            && let Some(waiting) = self.waiting.get_mut(&ticket)
        {
            let old = mem::replace(waiting, call);
            self.set_nested(ticket, is_nested);
            return Some(old.waker);
        }
        self.last_ticket += 1;
        let new = self.last_ticket;
        let claimed = call.key.and_then(|key| self.keys.get_mut(&key));
        if let Some(claimed) = claimed {
            claimed.waiting.insert(new);
        } else {
            self.keys
                .extend(call.key.map(|key| (key, ClaimedKey::new())));
            self.ready.insert(new);
        }
        self.waiting.insert(new, call);
        self.set_nested(new, is_nested);
        ticket.0 = Some(new);
        None
    }

    fn set_nested(&mut self, ticket: u64, is_nested: bool) {
        if is_nested {
            self.nested.insert(ticket);
        } else {
            self.nested.remove(&ticket);
        }
    }
}

impl<H> ClaimedKey<H> {
    fn new() -> Self {
        Self {
            holder: None,
            waiting: BTreeSet::new(),
        }
    }
}
