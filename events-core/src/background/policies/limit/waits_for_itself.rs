//! Calls of a fair semaphore that would wait for themselves: how they are recognized.
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
//! Of this crate the file imports only the semaphore, which `tests/model` compiles.

use std::{collections::HashSet, hash::Hash};

use super::fair_semaphore::{KeyHash, Permits, WouldNeverEnd};

impl<H: Copy + Eq + Hash> Permits<H> {
    /// The error of a call that blocks these holders and would wait forever. The call with this ticket, which may be
    /// waiting already, is the same one.
    pub(super) fn would_never_end(
        &self,
        ticket: Option<u64>,
        key: Option<KeyHash>,
        blocked: &[H],
        limit: usize,
    ) -> Option<WouldNeverEnd> {
        // Without a holder that it blocks, each holder ends before it, or waits for others that were accepted.
        if blocked.is_empty() {
            return None;
        }
        let others = self.nested.iter().filter(|one| Some(**one) != ticket);
        let others = others.filter_map(|one| {
            let call = self.waiting.get(one)?;
            Some((call.key, self.ready.contains(one), call.blocked.as_slice()))
        });
        // The calls that block holders: their keys, whether they have claimed these, and the holders.
        let calls: Vec<_> = others.chain([(key, false, blocked)]).collect();
        let all_blocked = calls.iter().flat_map(|(.., blocked)| blocked.iter());
        let is_holder = |holder: &&H| self.holders.contains_key(*holder);
        let all_blocked: HashSet<H> = all_blocked.filter(is_holder).copied().collect();
        let has_permit = self.has_free_permit(limit)
            || !self.granted.is_empty()
            || self.holders.len() > all_blocked.len();
        // The holders that are not known to end.
        let mut stuck = all_blocked.clone();
        loop {
            let gets_permit = has_permit || stuck.len() < all_blocked.len();
            // A key whose claim has no permit yet becomes free once that call gets one.
            let is_freed = |key: KeyHash| {
                let holder = self.keys.get(&key).and_then(|claimed| claimed.holder);
                holder.is_none_or(|holder| !stuck.contains(&holder))
            };
            let gets = |key: Option<KeyHash>, is_ready: bool| {
                gets_permit && (is_ready || key.is_none_or(is_freed))
            };
            let waits = |call: &&(_, _, _)| !gets(call.0, call.1);
            let blocked = calls
                .iter()
                .filter(waits)
                .flat_map(|(.., blocked)| blocked.iter());
            let next: HashSet<H> = blocked.filter(is_holder).copied().collect();
            if next == stuck {
                let is_of_key = gets_permit;
                return (!gets(key, false)).then_some(WouldNeverEnd { is_of_key });
            }
            stuck = next;
        }
    }
}
