//! A slot: the place of one event type in one registry. It stores the entries of the subscribers and
//! publishes the plan that is built from them.
//!
//! An addition has two steps. [`Slot::stage`] finds conflicts and can fail; [`Slot::publish`] cannot. The
//! registry's lock is held from the first to the second, so the entries do not change between them.
//!
//! The plan of subscribers that were subscribed at run time is built by the first emit that needs it, under the lock
//! of the entries. So the time of a subscription does not depend on how many there are.

use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, Ordering},
    },
};

use super::{
    entry::{Conflict, Entry, Registration},
    event_plan::Plan,
    plan_cell::{Found, Held, PlanCell},
    slot_entries::SlotEntries,
};
use crate::{
    event::AnySlot,
    metadata::{Key, SubscriberInfo},
    policy::PlanType,
    primitives::{CatchDrop, drop_catching, sync::lock},
};

/// The place of one event type in one registry.
pub struct Slot {
    plan: PlanCell<Plan>,
    entries: Mutex<SlotEntries>,
    /// Whether the pattern subscribers whose pattern matches the topic have their entries here.
    patterns_resolved: AtomicBool,
}

/// A change that is staged and not published yet.
pub(crate) struct Staged {
    of: PlanType,
    added: Vec<CatchDrop<Entry>>,
    /// The plan of the declared subscribers, if some were added.
    declared: Option<Plan>,
}

/// What a change replaced or removed. It is dropped while no lock is held, because the `Drop` of a
/// closure is user code.
#[derive(Default)]
#[must_use = "to be dropped where no lock is held"]
pub(crate) struct Retired {
    _plan: Option<Arc<Plan>>,
    _entries: Vec<CatchDrop<Entry>>,
}

impl AnySlot for Slot {}

impl Slot {
    /// A slot without subscribers, evaluated once for all events of a crate.
    #[expect(
        clippy::declare_interior_mutable_const,
        reason = "each static that is made of it is a slot of its own"
    )]
    pub const NEW: Self = Self::new();

    /// A slot without subscribers.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            plan: PlanCell::new(),
            entries: Mutex::new(SlotEntries::new()),
            patterns_resolved: AtomicBool::new(false),
        }
    }

    /// Whether the pattern subscribers whose pattern matches the topic have their entries here.
    #[inline]
    pub(crate) fn has_resolved_patterns(&self) -> bool {
        self.patterns_resolved.load(Ordering::Acquire)
    }

    pub(crate) fn set_patterns_resolved(&self) {
        self.patterns_resolved.store(true, Ordering::Release);
    }

    /// The current plan, if it is that of the only scan. Otherwise only whether there is one.
    #[inline]
    pub(crate) fn lookup(&self) -> Found<'_, Plan> {
        self.plan.lookup()
    }

    /// The current plan, no matter where it is stored; it is built if it is stale.
    pub(crate) fn load(&self) -> Option<Held<'_, Plan>> {
        self.plan.load(|| self.rebuild())
    }

    /// Builds the plan if it is stale. A change of the entries, or another emit, may have been faster.
    #[cold]
    #[inline(never)]
    fn rebuild(&self) {
        let entries = self.entries();
        if self.plan.is_stale() {
            // A stale plan has no predecessor that is to be dropped.
            self.plan.swap(entries.plan());
        }
    }

    /// Calls `f` with the current plan, which is not freed until `f` returns.
    pub(crate) fn with_plan<T>(&self, f: impl FnOnce(&Plan) -> T) -> Option<T> {
        let mut held = None;
        let plan = match self.lookup() {
            Found::Empty => None,
            Found::Scanned(plan) => Some(plan),
            Found::Swapped => held.insert(self.load()?).plan(),
        };
        let result = plan.map(f);
        if held.is_some() {
            // The last reader of a plan frees its closures, whose `Drop` may panic.
            drop_catching(held);
        }
        result
    }

    /// Like [`with_plan`](Self::with_plan), for a caller that got [`Found::Swapped`] from
    /// [`lookup`](Self::lookup).
    #[inline(always)]
    pub(crate) fn with_held<T>(&self, f: impl FnOnce(&Plan) -> T) -> Option<T> {
        let held = self.load()?;
        let result = held.plan().map(f);
        // The last reader of a plan frees its closures, whose `Drop` may panic.
        drop_catching(held);
        result
    }

    /// The subscribers of the current plan, sync ones first.
    pub(crate) fn subscribers(&self) -> Vec<Arc<SubscriberInfo>> {
        let subscribers = self.with_plan(|plan| plan.all_subscribers().cloned().collect());
        subscribers.unwrap_or_default()
    }

    /// Checks an addition and changes nothing yet. The error contains the added entries.
    pub(crate) fn stage(
        &self,
        of: PlanType,
        added: Vec<CatchDrop<Entry>>,
    ) -> Result<Staged, (Vec<Conflict>, Vec<CatchDrop<Entry>>)> {
        let entries = self.entries();
        match entries.check(&added) {
            Ok(()) => Ok(Staged {
                declared: entries.declared_plan(&of, &added),
                of,
                added,
            }),
            Err(conflicts) => Err((conflicts, added)),
        }
    }

    /// Publishes a staged change. No other change may be published between the two.
    pub(crate) fn publish(&self, staged: Staged) -> Retired {
        if staged.added.is_empty() {
            return Retired::default();
        }
        let mut entries = self.entries();
        entries.add(staged.of, staged.added);
        if let Some(plan) = staged.declared {
            self.plan.push_version(plan);
        }
        Retired {
            _plan: self.publish_plan(&entries),
            _entries: Vec::new(),
        }
    }

    /// Removes run-time subscribers.
    pub(crate) fn remove(&self, numbers: &BTreeSet<u64>) -> Retired {
        let mut entries = self.entries();
        let removed = entries.remove(numbers);
        if removed.is_empty() {
            return Retired::default();
        }
        Retired {
            _plan: self.publish_plan(&entries),
            _entries: removed,
        }
    }

    /// Publishes the plan of changed entries. Returns the one that was replaced.
    fn publish_plan(&self, entries: &SlotEntries) -> Option<Arc<Plan>> {
        if entries.has_run_time() {
            self.plan.set_stale()
        } else {
            self.plan.swap(None)
        }
    }

    /// The registrations of its entries.
    pub(crate) fn registrations(&self) -> Vec<Registration> {
        self.entries().registrations()
    }

    /// Whether a subscriber of this slot has this name.
    pub(crate) fn has_subscriber(&self, name: &Key) -> bool {
        self.entries().has_subscriber(name)
    }

    /// The declared subscribers in running order.
    pub(crate) fn declared(&self) -> Vec<Arc<SubscriberInfo>> {
        let newest = self.plan.newest();
        newest
            .map(|plan| plan.all_subscribers().cloned().collect())
            .unwrap_or_default()
    }

    fn entries(&self) -> MutexGuard<'_, SlotEntries> {
        lock(&self.entries)
    }
}

impl Default for Slot {
    fn default() -> Self {
        Self::new()
    }
}
