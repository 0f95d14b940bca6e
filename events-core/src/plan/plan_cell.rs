//! Lock-free publication of the plan of an event type: emits read it while a writer replaces it.
//!
//! Most programs scan once and never change a plan again, so that case costs the least: the plan of a
//! scan is stored in this cell until the cell is dropped, so reading it needs no protection. A later scan
//! appends a newer version.
//!
//! As soon as a handler is subscribed at run time, the plan of all subscribers, run-time and declared
//! ones in one order, is stored in `swapped`, and `state` directs emits there. That plan is replaced as
//! a whole: an emit in progress keeps the plan that it started with, and the last reader frees it. When
//! the last run-time subscription ends, `state` directs emits back to the versions.
//!
//! A change only removes the plan and marks it as stale. The first emit that needs it builds and stores the new one.
//! While all subscribers are muted the cell is empty, even if there are versions.
//!
//! Invariants, for one writer at a time (the lock of the slot's entries) and any number of readers:
//! - `versions` contains plans of the declared entries alone, the newest last;
//! - `state` is `SWAPPED` only while `swapped` contains the plan of all entries: it is set after that plan
//!   is stored, and changed before the plan is removed. So a reader that loads `SWAPPED` and then finds
//!   no plan has raced with a removal, and loads `state` again;
//! - `state` is `STALE` only while `swapped` contains no plan, or the one that is about to be removed;
//! - `state` is set to `SCANNED` only if `versions` contains one version, and to `RESCANNED` only if it
//!   contains more. Between `push_version` and `swap` the state is that of the versions before.
//!
//! This file imports nothing of the crate but `sync`: `tests/model` compiles it with the primitives of a
//! model checker and tests interleavings of readers and a writer.

use crate::primitives::sync::{Arc, ArcSwapOption, AtomicU8, Guard, OnceLock, Ordering};

/// A plan that is read far more often than replaced.
pub(super) struct PlanCell<T> {
    state: AtomicU8,
    versions: OnceLock<Version<T>>,
    swapped: ArcSwapOption<T>,
}

/// There is no plan: no subscriber, or only muted ones.
const EMPTY: u8 = 0;
/// The plan is the first and only one of `versions`.
const SCANNED: u8 = 1;
/// The plan is the last one of `versions`.
const RESCANNED: u8 = 2;
/// The plan is in `swapped`.
const SWAPPED: u8 = 3;
/// The plan is to be built and stored in `swapped`.
const STALE: u8 = 4;

struct Version<T> {
    plan: T,
    newer: OnceLock<Box<Self>>,
}

/// The result of a [`lookup`](PlanCell::lookup).
pub(crate) enum Found<'s, T> {
    /// There is no plan: the event type has no subscriber, or only muted ones.
    Empty,
    /// The plan of the first scan.
    Scanned(&'s T),
    /// Another plan, which [`PlanCell::load`] returns.
    Swapped,
}

/// A plan that is not freed while this lives.
pub(crate) enum Held<'s, T> {
    /// A version, which lives as long as the cell.
    Scanned(&'s T),
    /// The last owner frees it.
    Swapped(Guard<Option<Arc<T>>>),
}

impl<T> PlanCell<T> {
    /// A cell without a plan.
    pub(crate) const fn new() -> Self {
        Self {
            state: AtomicU8::new(EMPTY),
            versions: OnceLock::new(),
            swapped: ArcSwapOption::const_empty(),
        }
    }

    /// The current plan, if it is the only version. Otherwise only whether there is one.
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

    /// The current plan, no matter where it is stored. If it is stale, `rebuild` stores the new one.
    pub(crate) fn load(&self, rebuild: impl Fn()) -> Option<Held<'_, T>> {
        loop {
            match self.state.load(Ordering::Acquire) {
                EMPTY => return None,
                STALE => rebuild(),
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

    /// The plan of the last scan.
    fn newest(&self) -> Option<&T> {
        let mut version = self.versions.get()?;
        while let Some(newer) = version.newer.get() {
            version = newer;
        }
        Some(&version.plan)
    }

    /// Appends the plan of a scan. Emits find it after the next [`swap`](Self::swap).
    pub(super) fn push_version(&self, plan: T) {
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
                Err(rejected) => newest = rejected,
            }
            last = version.newer.get().map(Box::as_ref);
        }
    }

    /// Whether the plan is to be built. It stays so until the writer stores it.
    pub(super) fn is_stale(&self) -> bool {
        self.state.load(Ordering::Relaxed) == STALE
    }

    /// Marks the plan as stale. Returns the plan that `swapped` contained; the caller drops it while no lock is held.
    pub(super) fn set_stale(&self) -> Option<Arc<T>> {
        self.state.store(STALE, Ordering::Release);
        self.swapped.swap(None)
    }

    /// Publishes that there is no plan, whatever versions there are. Returns the plan that `swapped` contained; the
    /// caller drops it while no lock is held.
    pub(super) fn set_empty(&self) -> Option<Arc<T>> {
        self.state.store(EMPTY, Ordering::Release);
        self.swapped.swap(None)
    }

    /// Publishes this plan, or with `None` the newest version. Returns the plan that `swapped` contained
    /// before; the caller drops it while no lock is held.
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
