//! A slot: the place of one event type in one registry. It keeps who has subscribed, and makes of
//! these the plan that emitters find.

use std::{
    any::TypeId,
    collections::BTreeSet,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, Ordering},
    },
};

use super::{
    entry::{Conflict, Entry, plan},
    event_plan::Plan,
    plan_cell::{Found, Held, PlanCell},
};
use crate::{
    event::AnySlot,
    metadata::{EventInfo, Key, SubscriberInfo},
    primitives::{drop_catching, sync::lock},
};

/// The place of one event type in one registry.
pub struct Slot {
    plan: PlanCell<Plan>,
    entries: Mutex<Vec<Entry>>,
    /// Whether those who hear patterns of topics have been asked.
    known: AtomicBool,
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

impl AnySlot for Slot {}

impl Slot {
    /// A slot in which nobody listens, thought out once for all events of a crate.
    #[expect(
        clippy::declare_interior_mutable_const,
        reason = "each static that is made of it is a slot of its own"
    )]
    pub const NEW: Self = Self::new();

    /// A slot in which nobody listens.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            plan: PlanCell::new(),
            entries: Mutex::new(Vec::new()),
            known: AtomicBool::new(false),
        }
    }

    /// Whether those who hear patterns of topics have been asked whether they hear this one.
    #[inline]
    pub(crate) fn has_resolved_patterns(&self) -> bool {
        self.known.load(Ordering::Acquire)
    }

    pub(crate) fn set_patterns_resolved(&self) {
        self.known.store(true, Ordering::Release);
    }

    /// The plan to run now, if it is one of those that are found at a glance.
    #[inline]
    pub(crate) fn lookup(&self) -> Found<'_, Plan> {
        self.plan.lookup()
    }

    /// The plan to run now, wherever it is.
    pub(crate) fn load(&self) -> Option<Held<'_, Plan>> {
        self.plan.load()
    }

    /// Calls `f` with the plan that is in the slot now, which stays until it returns.
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

    /// The same, where it is known that the plan is not found at a glance.
    #[inline(always)]
    pub(crate) fn with_held<T>(&self, f: impl FnOnce(&Plan) -> T) -> Option<T> {
        let held = self.load()?;
        let result = held.plan().map(f);
        // The last reader of a plan frees its closures, whose `Drop` may panic.
        drop_catching(held);
        result
    }

    /// The subscribers of the plan that is in the slot now: sync ones first.
    pub(crate) fn subscribers(&self) -> Vec<Arc<SubscriberInfo>> {
        let subscribers = self.with_plan(|plan| plan.everyone().cloned().collect());
        subscribers.unwrap_or_default()
    }

    /// Thinks an addition through, and changes nothing yet.
    pub(crate) fn stage(
        &self,
        family: TypeId,
        info: &'static EventInfo,
        added: Vec<Entry>,
    ) -> Result<Staged, (Conflict, Vec<Entry>)> {
        match plans(family, info, &self.entries(), &added) {
            Ok((declared, all)) => Ok(Staged {
                added,
                declared,
                all,
            }),
            Err(conflict) => Err((conflict, added)),
        }
    }

    /// Makes a change that was staged, with no other in between.
    pub(crate) fn publish(&self, staged: Staged) -> Retired {
        self.entries().extend(staged.added);
        if let Some(plan) = staged.declared {
            self.plan.push_version(plan);
        }
        Retired {
            _plan: self.plan.swap(staged.all),
            _entries: Vec::new(),
        }
    }

    /// Takes run-time subscribers out.
    pub(crate) fn remove(
        &self,
        family: TypeId,
        info: &'static EventInfo,
        numbers: &BTreeSet<u64>,
    ) -> Retired {
        let mut entries = self.entries();
        let is_meant = |entry: &mut Entry| !entry.declared && numbers.contains(&entry.number);
        let removed: Vec<_> = entries.extract_if(.., is_meant).collect();
        if removed.is_empty() {
            return Retired::default();
        }
        // Fewer entries are fewer constraints: where there was an order there still is one.
        let (_, plan) = plans(family, info, &entries, &[]).unwrap_or_default();
        Retired {
            _plan: self.plan.swap(plan),
            _entries: removed,
        }
    }

    /// Whether a subscriber goes by this name here.
    pub(crate) fn has_subscriber(&self, name: &Key) -> bool {
        let entries = self.entries();
        entries
            .iter()
            .any(|entry| entry.position.names.contains(name))
    }

    /// The declared subscribers in running order.
    pub(crate) fn declared(&self) -> Vec<Arc<SubscriberInfo>> {
        let newest = self.plan.newest();
        newest
            .map(|plan| plan.everyone().cloned().collect())
            .unwrap_or_default()
    }

    fn entries(&self) -> MutexGuard<'_, Vec<Entry>> {
        lock(&self.entries)
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
    family: TypeId,
    info: &'static EventInfo,
    entries: &[Entry],
    added: &[Entry],
) -> Result<(Option<Plan>, Option<Plan>), Conflict> {
    let all = || entries.iter().chain(added);
    let declared = if added.iter().any(|entry| entry.declared) {
        plan(
            family,
            info,
            info.topic().into(),
            all().filter(|entry| entry.declared),
        )?
    } else {
        None
    };
    let changed = if all().any(|entry| !entry.declared) {
        plan(family, info, info.topic().into(), all())?
    } else {
        None
    };
    Ok((declared, changed))
}
