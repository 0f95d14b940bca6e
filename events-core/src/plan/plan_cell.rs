//! Where emitters find the plan of an event type, and how it is exchanged while they read it.
//!
//! Most programs scan once and never change a plan again, so that is the path which costs nothing:
//! what scans found is kept for as long as this lives, right here, and reading it needs no
//! protection. A later scan appends a newer version behind it.
//!
//! As soon as somebody subscribes at run time, the whole plan, run-time and declared handlers in
//! one order, stands in a second place, and `state` sends emitters there. That plan is exchanged
//! whole; an emit under way keeps the one it started with, and the last reader frees it. When the
//! last run-time subscriber leaves, emitters are sent back.
//!
//! Invariants, for one writer at a time (the registry's lock) and any number of readers:
//! - `versions` holds the plans of the declared entries alone, newest last;
//! - `state` is `SWAPPED` only while `swapped` holds the plan of all entries; it becomes so after
//!   that plan was stored, and something else before it is taken away, so a reader who is sent there
//!   and finds no plan has met the second case and looks again;
//! - `state` is `SCANNED` only while `versions` has one version, and `RESCANNED` while it has more.
//!
//! The file names nothing of this crate but `sync`: `tests/model` puts the primitives of a model
//! checker in its place, and tries the interleavings of readers and a writer.

use crate::primitives::sync::{Arc, ArcSwapOption, AtomicU8, Guard, OnceLock, Ordering};

/// A plan that is read far more often than exchanged.
pub(crate) struct PlanCell<T> {
    state: AtomicU8,
    versions: OnceLock<Version<T>>,
    swapped: ArcSwapOption<T>,
}

const EMPTY: u8 = 0;
/// The first version of `versions` is the plan.
const SCANNED: u8 = 1;
/// The last one is.
const RESCANNED: u8 = 2;
/// The plan is in `swapped`.
const SWAPPED: u8 = 3;

struct Version<T> {
    plan: T,
    newer: OnceLock<Box<Self>>,
}

/// What an emitter finds.
pub(crate) enum Found<'s, T> {
    /// Nobody listens.
    Empty,
    /// The subscribers that the first scan found.
    Scanned(&'s T),
    /// The plan changed since then: [`PlanCell::load`] has it.
    Swapped,
}

/// A plan that stays while this does.
pub(crate) enum Held<'s, T> {
    /// It stays for as long as the exchange.
    Scanned(&'s T),
    /// The last to hold it frees it.
    Swapped(Guard<Option<Arc<T>>>),
}

impl<T> PlanCell<T> {
    /// One without a plan.
    pub(crate) const fn new() -> Self {
        Self {
            state: AtomicU8::new(EMPTY),
            versions: OnceLock::new(),
            swapped: ArcSwapOption::const_empty(),
        }
    }

    /// The plan to run now, if it is one of those that are found at a glance.
    #[inline]
    pub(crate) fn lookup(&self) -> Found<'_, T> {
        match self.state.load(Ordering::Acquire) {
            EMPTY => Found::Empty,
            SCANNED => match self.versions.get() {
                Some(first) => Found::Scanned(&first.plan),
                None => Found::Empty,
            },
            _ => Found::Swapped,
        }
    }

    /// The plan to run now, wherever it is.
    pub(crate) fn load(&self) -> Option<Held<'_, T>> {
        loop {
            match self.state.load(Ordering::Acquire) {
                EMPTY => return None,
                SWAPPED => {
                    let held = self.swapped.load();
                    if held.is_some() {
                        return Some(Held::Swapped(held));
                    }
                }
                _ => return self.newest().map(Held::Scanned),
            }
        }
    }

    /// The plan that scans found, the last of them.
    pub(crate) fn newest(&self) -> Option<&T> {
        let mut version = self.versions.get()?;
        while let Some(newer) = version.newer.get() {
            version = newer;
        }
        Some(&version.plan)
    }

    /// Keeps the plan of a scan for good. Emitters find it after the next [`swap`](Self::exchange).
    pub(crate) fn push_version(&self, plan: T) {
        let newest = Version {
            plan,
            newer: OnceLock::new(),
        };
        let Err(newest) = self.versions.set(newest) else {
            return;
        };
        let mut last = self.versions.get();
        let mut newest = Box::new(newest);
        while let Some(version) = last {
            match version.newer.set(newest) {
                Ok(()) => return,
                Err(back) => newest = back,
            }
            last = version.newer.get().map(Box::as_ref);
        }
    }

    /// Sends emitters to this plan, or with `None` to what scans found. Gives back the plan that was
    /// exchanged before, to be dropped where no lock is held.
    pub(crate) fn swap(&self, plan: Option<T>) -> Option<Arc<T>> {
        if let Some(plan) = plan {
            let retired = self.swapped.swap(Some(Arc::new(plan)));
            self.state.store(SWAPPED, Ordering::Release);
            return retired;
        }
        let state = match self.versions.get() {
            None => EMPTY,
            Some(first) if first.newer.get().is_none() => SCANNED,
            Some(_) => RESCANNED,
        };
        self.state.store(state, Ordering::Release);
        self.swapped.swap(None)
    }
}

impl<T> Held<'_, T> {
    #[inline]
    pub(crate) fn plan(&self) -> Option<&T> {
        match self {
            Self::Scanned(plan) => Some(plan),
            Self::Swapped(held) => held.as_deref(),
        }
    }
}
