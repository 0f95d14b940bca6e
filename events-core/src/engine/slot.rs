//! A slot: the place of one event type in one registry, where emitters find its plan.
//!
//! Most programs scan once and never change a plan again, so that is the path which costs nothing:
//! what scans found is kept for as long as the slot lives, in the slot itself, and reading it needs
//! no protection. A later scan appends a newer version behind it.
//!
//! As soon as somebody subscribes at run time, the whole plan, run-time and declared handlers in
//! one order, stands in a second place, and `state` sends emitters there. That plan is exchanged
//! whole; an emit under way keeps the one it started with, and the last reader frees it. When the
//! last run-time subscriber leaves, emitters are sent back.
//!
//! Invariants, all kept under the registry's lock:
//! - `versions` holds the plan of the declared entries alone, newest last;
//! - `state` is `CHANGED` only while `exchanged` holds the plan of all entries; it becomes so after
//!   that plan was stored, and something else before it is taken away, so a reader who is sent there
//!   and finds no plan has met the second case and looks again;
//! - `state` is `SCANNED` only while `versions` has one version, and `RESCANNED` while it has more.

use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicU8, Ordering},
    },
};

use arc_swap::{ArcSwapOption, Guard};

use super::entry::{Cycle, Entry, plan};
use crate::{
    handler::Plan,
    words::{EventInfo, Key, SubscriberInfo},
};

/// The place of one event type in one registry.
pub struct Slot {
    state: AtomicU8,
    versions: OnceLock<Version>,
    exchanged: ArcSwapOption<Plan>,
    entries: Mutex<Vec<Entry>>,
}

const NOBODY: u8 = 0;
/// The first version of `versions` is the plan.
const SCANNED: u8 = 1;
/// The last one is.
const RESCANNED: u8 = 2;
/// The plan is in `exchanged`.
const CHANGED: u8 = 3;

struct Version {
    plan: Plan,
    newer: OnceLock<Box<Self>>,
}

/// What an emitter finds.
pub(crate) enum Found<'s> {
    /// Nobody listens.
    Nobody,
    /// The subscribers that the first scan found.
    Scanned(&'s Plan),
    /// The plan changed since then: [`Slot::hold`] has it.
    Changed,
}

/// A plan that stays while this does.
pub(crate) enum Held<'s> {
    /// It stays for as long as the slot.
    Scanned(&'s Plan),
    /// The last to hold it frees it.
    Exchanged(Guard<Option<Arc<Plan>>>),
}

/// A change that has been thought through and not made yet.
pub(crate) struct Staged {
    added: Vec<Entry>,
    /// The declared subscribers, when some were added.
    declared: Option<Plan>,
    /// All subscribers, when some came at run time.
    all: Option<Plan>,
}

/// What a change left over: dropped where no lock is held, for a closure's `Drop` is user code.
#[derive(Default)]
#[must_use = "to be dropped where no lock is held"]
pub(crate) struct Retired {
    _plan: Option<Arc<Plan>>,
    _entries: Vec<Entry>,
}

impl Slot {
    /// A slot in which nobody listens.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            state: AtomicU8::new(NOBODY),
            versions: OnceLock::new(),
            exchanged: ArcSwapOption::const_empty(),
            entries: Mutex::new(Vec::new()),
        }
    }

    /// The plan to run now, if it is one of those that are found at a glance.
    #[inline]
    pub(crate) fn find(&self) -> Found<'_> {
        match self.state.load(Ordering::Acquire) {
            NOBODY => Found::Nobody,
            SCANNED => match self.versions.get() {
                Some(first) => Found::Scanned(&first.plan),
                None => Found::Nobody,
            },
            _ => Found::Changed,
        }
    }

    /// The plan to run now, wherever it is.
    pub(crate) fn hold(&self) -> Option<Held<'_>> {
        loop {
            match self.state.load(Ordering::Acquire) {
                NOBODY => return None,
                CHANGED => {
                    let held = self.exchanged.load();
                    if held.is_some() {
                        return Some(Held::Exchanged(held));
                    }
                }
                _ => return self.scanned().map(Held::Scanned),
            }
        }
    }

    fn scanned(&self) -> Option<&Plan> {
        let mut version = self.versions.get()?;
        while let Some(newer) = version.newer.get() {
            version = newer;
        }
        Some(&version.plan)
    }

    /// Thinks an addition through, and changes nothing yet.
    pub(crate) fn stage(
        &self,
        info: &'static EventInfo,
        added: Vec<Entry>,
    ) -> Result<Staged, (Cycle, Vec<Entry>)> {
        match plans(info, &self.entries(), &added) {
            Ok((declared, all)) => Ok(Staged {
                added,
                declared,
                all,
            }),
            Err(cycle) => Err((cycle, added)),
        }
    }

    /// Makes a change that was staged, with no other in between.
    pub(crate) fn publish(&self, staged: Staged) -> Retired {
        self.entries().extend(staged.added);
        if let Some(plan) = staged.declared {
            self.append(plan);
        }
        Retired {
            _plan: self.exchange(staged.all),
            _entries: Vec::new(),
        }
    }

    /// Takes run-time subscribers out.
    pub(crate) fn remove(&self, info: &'static EventInfo, numbers: &BTreeSet<u64>) -> Retired {
        let mut entries = self.entries();
        let is_meant = |entry: &mut Entry| !entry.declared && numbers.contains(&entry.number);
        let removed: Vec<_> = entries.extract_if(.., is_meant).collect();
        if removed.is_empty() {
            return Retired::default();
        }
        // Fewer entries are fewer constraints: where there was an order there still is one.
        let (_, plan) = plans(info, &entries, &[]).unwrap_or_default();
        Retired {
            _plan: self.exchange(plan),
            _entries: removed,
        }
    }

    fn append(&self, plan: Plan) {
        let mut newest = Version {
            plan,
            newer: OnceLock::new(),
        };
        let Err(back) = self.versions.set(newest) else {
            return;
        };
        newest = back;
        let mut version = self.versions.get();
        let mut boxed = Box::new(newest);
        while let Some(last) = version {
            match last.newer.set(boxed) {
                Ok(()) => return,
                Err(back) => boxed = back,
            }
            version = last.newer.get().map(Box::as_ref);
        }
    }

    fn exchange(&self, plan: Option<Plan>) -> Option<Arc<Plan>> {
        if let Some(plan) = plan {
            let retired = self.exchanged.swap(Some(Arc::new(plan)));
            self.state.store(CHANGED, Ordering::Release);
            retired
        } else {
            let state = match self.versions.get() {
                None => NOBODY,
                Some(first) if first.newer.get().is_none() => SCANNED,
                Some(_) => RESCANNED,
            };
            self.state.store(state, Ordering::Release);
            self.exchanged.swap(None)
        }
    }

    /// Whether a subscriber goes by this name here.
    pub(crate) fn knows(&self, name: &Key) -> bool {
        let entries = self.entries();
        entries
            .iter()
            .any(|entry| entry.position.names.contains(name))
    }

    /// The declared subscribers in running order.
    pub(crate) fn declared(&self) -> Vec<Arc<SubscriberInfo>> {
        self.scanned()
            .map(|plan| plan.subscribers().to_vec())
            .unwrap_or_default()
    }

    fn entries(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held<'_> {
    #[inline]
    pub(crate) fn plan(&self) -> Option<&Plan> {
        match self {
            Self::Scanned(plan) => Some(plan),
            Self::Exchanged(held) => held.as_deref(),
        }
    }
}

impl Default for Slot {
    fn default() -> Self {
        Self::new()
    }
}

/// The plan of the declared subscribers, when some are added, and that of all, when some came at run
/// time.
fn plans(
    info: &'static EventInfo,
    entries: &[Entry],
    added: &[Entry],
) -> Result<(Option<Plan>, Option<Plan>), Cycle> {
    let all = || entries.iter().chain(added);
    let declared = if added.iter().any(|entry| entry.declared) {
        plan(info, all().filter(|entry| entry.declared))?
    } else {
        None
    };
    let changed = if all().any(|entry| !entry.declared) {
        plan(info, all())?
    } else {
        None
    };
    Ok((declared, changed))
}
