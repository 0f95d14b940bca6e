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
//! - `state` is `SCANNED` only when `versions` is not empty.
//!
//! A slot starts `UNKNOWN`: nobody has subscribed, and whether anybody has scanned is for the
//! registry to say. The first emit that finds it so after a scan makes it `NOBODY`, which the next
//! ones believe at a glance.

use std::{
    any::Any,
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicU8, Ordering},
    },
};

use arc_swap::{ArcSwapOption, Guard};

use super::plan::{Cycle, Entry, Plan};
use crate::{event::Family, words::SubscriberInfo};

/// The place of one event type in one registry.
pub(crate) struct Slot<F: Family> {
    state: AtomicU8,
    versions: OnceLock<Version<F>>,
    exchanged: ArcSwapOption<Exchanged>,
    entries: Mutex<Vec<Entry<F>>>,
}

/// A `Plan<F>` whose type the slot knows: what exchanges plans is compiled once, and not again for
/// each event type.
type Exchanged = Box<dyn Any + Send + Sync>;

const UNKNOWN: u8 = 0;
const NOBODY: u8 = 1;
const SCANNED: u8 = 2;
const CHANGED: u8 = 3;

struct Version<F: Family> {
    plan: Plan<F>,
    newer: OnceLock<Box<Self>>,
}

/// Keeps a plan from being freed.
pub(crate) type Held = Guard<Option<Arc<Exchanged>>>;

/// What an emitter finds.
pub(crate) enum Found<'s, F: Family> {
    /// Nobody listens, for all that is known here.
    Unknown,
    /// Nobody listens.
    Nobody,
    /// The subscribers that scans found.
    Scanned(&'s Plan<F>),
    /// Some of the subscribers came at run time.
    Changed,
}

/// A change that has been thought through and not made yet.
pub(crate) struct Staged<F: Family> {
    added: Vec<Entry<F>>,
    /// The declared subscribers, when some were added.
    declared: Option<Plan<F>>,
    /// All subscribers, when some came at run time.
    all: Option<Plan<F>>,
}

/// What a change left over: dropped where no lock is held, for a closure's `Drop` is user code.
pub(crate) struct Retired<F: Family> {
    _plan: Option<Arc<Exchanged>>,
    _entry: Option<Entry<F>>,
}

impl<F: Family> Slot<F> {
    /// A slot in which nobody listens.
    pub(crate) const fn new() -> Self {
        Self {
            state: AtomicU8::new(UNKNOWN),
            versions: OnceLock::new(),
            exchanged: ArcSwapOption::const_empty(),
            entries: Mutex::new(Vec::new()),
        }
    }

    /// The plan to run now.
    #[inline]
    pub(crate) fn find(&self) -> Found<'_, F> {
        match self.state.load(Ordering::Acquire) {
            NOBODY => Found::Nobody,
            SCANNED => self.scanned().map_or(Found::Unknown, Found::Scanned),
            CHANGED => Found::Changed,
            _ => Found::Unknown,
        }
    }

    /// Somebody has scanned: what is not known here by now is nobody. Writes once at most, for this
    /// is part of emits.
    #[inline(never)]
    pub(crate) fn settle(&self) {
        if self.state.load(Ordering::Relaxed) == UNKNOWN {
            let (success, failure) = (Ordering::Relaxed, Ordering::Relaxed);
            let _ = self
                .state
                .compare_exchange(UNKNOWN, NOBODY, success, failure);
        }
    }

    /// Keeps what is exchanged now; [`plan_in`](Self::plan_in) reads it.
    pub(crate) fn hold(&self) -> Held {
        self.exchanged.load()
    }

    /// The plan of a slot that [`find`](Self::find) said has changed; `None` when it has not, after
    /// all.
    pub(crate) fn plan_in(held: &Held) -> Option<&Plan<F>> {
        held.as_deref()?.downcast_ref()
    }

    #[inline]
    fn scanned(&self) -> Option<&Plan<F>> {
        let mut version = self.versions.get()?;
        while let Some(newer) = version.newer.get() {
            version = newer;
        }
        Some(&version.plan)
    }

    /// Thinks an addition through, and changes nothing yet.
    pub(crate) fn stage(&self, added: Vec<Entry<F>>) -> Result<Staged<F>, (Cycle, Vec<Entry<F>>)> {
        match plans(&self.entries(), &added) {
            Ok((declared, all)) => Ok(Staged {
                added,
                declared,
                all,
            }),
            Err(cycle) => Err((cycle, added)),
        }
    }

    /// Makes a change that was staged, with no other in between.
    pub(crate) fn publish(&self, staged: Staged<F>) -> Retired<F> {
        self.entries().extend(staged.added);
        if let Some(plan) = staged.declared {
            self.append(plan);
        }
        Retired {
            _plan: self.exchange(staged.all),
            _entry: None,
        }
    }

    /// Takes a run-time subscriber out.
    pub(crate) fn remove(&self, number: u64) -> Option<Retired<F>> {
        let mut entries = self.entries();
        let mut index = entries.len();
        for (at, Entry { about, .. }) in entries.iter().enumerate() {
            if about.number == number && !about.declared {
                index = at;
            }
        }
        if index == entries.len() {
            return None;
        }
        let entry = entries.remove(index);
        // Fewer entries are fewer constraints: where there was an order there still is one.
        let (_, plan) = plans(&entries, &[]).unwrap_or_default();
        Some(Retired {
            _plan: self.exchange(plan),
            _entry: Some(entry),
        })
    }

    fn append(&self, plan: Plan<F>) {
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

    fn exchange(&self, plan: Option<Plan<F>>) -> Option<Arc<Exchanged>> {
        if let Some(plan) = plan {
            let retired = self.exchanged.swap(Some(Arc::new(Box::new(plan))));
            self.state.store(CHANGED, Ordering::Release);
            retired
        } else {
            let state = if self.scanned().is_some() {
                SCANNED
            } else {
                NOBODY
            };
            self.state.store(state, Ordering::Release);
            self.exchanged.swap(None)
        }
    }

    /// Whether a subscriber goes by this name here.
    pub(crate) fn knows(&self, name: &crate::words::Key) -> bool {
        for entry in self.entries().iter() {
            if entry.about.position.names.contains(name) {
                return true;
            }
        }
        false
    }

    /// The declared subscribers in running order.
    pub(crate) fn declared(&self) -> Vec<Arc<SubscriberInfo>> {
        self.scanned()
            .map(|plan| plan.roster.subscribers.to_vec())
            .unwrap_or_default()
    }

    fn entries(&self) -> std::sync::MutexGuard<'_, Vec<Entry<F>>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The plan of the declared subscribers, when some are added, and that of all, when some came at run
/// time.
#[expect(
    clippy::type_complexity,
    reason = "both plans come of one look at the entries"
)]
fn plans<F: Family>(
    entries: &[Entry<F>],
    added: &[Entry<F>],
) -> Result<(Option<Plan<F>>, Option<Plan<F>>), Cycle> {
    let (mut scanned, mut changed) = (false, false);
    let (mut declared, mut all) = (Vec::new(), Vec::new());
    for part in [entries, added] {
        for entry in part {
            all.push(entry);
            if entry.about.declared {
                declared.push(entry);
            } else {
                changed = true;
            }
        }
    }
    for entry in added {
        scanned |= entry.about.declared;
    }
    let declared = if scanned { Plan::of(&declared)? } else { None };
    let all = if changed { Plan::of(&all)? } else { None };
    Ok((declared, all))
}
