//! The sum to which handlers add, by plain loads and stores: only one thread adds at a time.

use std::sync::atomic::{AtomicU64, Ordering};

static SUM: AtomicU64 = AtomicU64::new(0);

pub(crate) fn reset() {
    SUM.store(0, Ordering::Release);
}

#[inline]
pub(crate) fn add(number: u64) {
    let sum = SUM.load(Ordering::Relaxed);
    SUM.store(sum.wrapping_add(number), Ordering::Release);
}

#[inline]
pub(crate) fn get() -> u64 {
    SUM.load(Ordering::Acquire)
}
