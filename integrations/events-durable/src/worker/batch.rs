//! The deliveries that a task has claimed and not ended.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use crate::store::Claim;

/// What a task has claimed, in order; the first one may be under way.
#[derive(Default)]
pub(super) struct InHand(Mutex<Vec<Arc<Claim>>>);

impl InHand {
    pub(super) fn fill(&self, claims: Vec<Arc<Claim>>) {
        *self.lock() = claims;
    }

    /// The first one.
    pub(super) fn first(&self) -> Option<Arc<Claim>> {
        self.lock().first().cloned()
    }

    /// All, the first one included.
    pub(super) fn all(&self) -> Vec<Arc<Claim>> {
        self.lock().clone()
    }

    /// The first one has ended.
    pub(super) fn end_first(&self) {
        let mut claims = self.lock();
        if !claims.is_empty() {
            claims.remove(0);
        }
    }

    /// All but the first one, which may be under way.
    pub(super) fn rest(&self) -> Vec<Arc<Claim>> {
        self.lock().iter().skip(1).cloned().collect()
    }

    /// Whether there is another one behind the first.
    pub(super) fn has_rest(&self) -> bool {
        self.lock().len() > 1
    }

    /// Removes these, which are handed back.
    pub(super) fn remove(&self, handed_back: &[Arc<Claim>]) {
        let is_one = |claim: &Arc<Claim>| handed_back.iter().any(|one| Arc::ptr_eq(one, claim));
        self.lock().retain(|claim| !is_one(claim));
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Arc<Claim>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How many deliveries are claimed at once, so that they end well within the lease.
pub(super) struct ClaimSize {
    /// How long a call has taken lately; `None` before the first.
    usual: Option<Duration>,
}

impl ClaimSize {
    pub(super) const fn new() -> Self {
        Self { usual: None }
    }

    /// One before it is known how long a call takes, then as many as take a quarter of the lease.
    ///
    /// Always one if there is a single attempt: a process that ends loses an attempt of all that it has claimed, and those that
    /// it has not begun would be dead.
    pub(super) fn get(&self, most: u32, lease: Duration, most_attempts: u32) -> u32 {
        let Some(usual) = self.usual.filter(|_| most_attempts > 1) else {
            return 1;
        };
        let fits = (lease / 4).as_micros() / usual.as_micros().max(1);
        u32::try_from(fits).unwrap_or(most).clamp(1, most)
    }

    /// A call has taken so long.
    pub(super) fn add(&mut self, time: Duration) {
        let usual = self.usual.unwrap_or(time);
        self.usual = Some(time.max((usual * 7 + time) / 8));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_ends_within_a_quarter_of_the_lease() {
        let check = |calls: &[u64], most, attempts, expected| {
            let mut size = ClaimSize::new();
            for call in calls {
                size.add(Duration::from_millis(*call));
            }
            assert_eq!(
                size.get(most, Duration::from_secs(4), attempts),
                expected,
                "{calls:?}"
            );
        };
        check(&[], 50, 10, 1);
        check(&[1], 50, 10, 50);
        check(&[100], 50, 10, 10);
        check(&[1, 1, 500], 50, 10, 2);
        check(&[60_000], 50, 10, 1);
        check(&[1], 50, 2, 50);
        check(&[1], 50, 1, 1);
    }
}
