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
        Arc, Mutex, MutexGuard, OnceLock,
        atomic::{AtomicBool, AtomicU8, Ordering},
    },
};

use super::{
    entry::{Conflict, Entry, Registration, SubscriberId},
    event_plan::Plan,
    muted::Muted,
    phases::{Selection, UnitPlans},
    plan_cell::{Found, Held, PlanCell},
    slot_entries::{Audience, ErasedEntries, SlotEntries},
};
use crate::{
    event::AnySlot,
    metadata::{Key, Origin, SubscriberInfo, UnitPhase},
    policy::PlanType,
    primitives::{CatchDrop, drop_catching, sync::lock},
    result::{NotRun, PlanSubscribers},
};

/// The place of one event type in one registry.
pub struct Slot {
    plan: PlanCell<Plan>,
    entries: Mutex<ErasedEntries>,
    /// The [`Audience`] of the entries.
    audience: AtomicU8,
    /// Whether the pattern subscribers whose pattern matches the topic have their entries here.
    patterns_resolved: AtomicBool,
    /// Whether some of the subscribers do not run at once in a unit of work.
    is_divided_in_unit: AtomicBool,
    /// The plans for events in a unit of work, once there was one.
    unit_plans: OnceLock<Box<UnitPlans>>,
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
    _plans: Vec<Arc<Plan>>,
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
            entries: Mutex::new(ErasedEntries::NONE),
            audience: AtomicU8::new(Audience::None as u8),
            patterns_resolved: AtomicBool::new(false),
            is_divided_in_unit: AtomicBool::new(false),
            unit_plans: OnceLock::new(),
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

    /// Whether an event without an origin reaches a subscriber, if no condition keeps it from all of them. Without
    /// pattern subscribers that are not resolved yet.
    #[inline]
    pub(crate) fn has_subscribers(&self) -> bool {
        self.audience.load(Ordering::Acquire) == Audience::Any as u8
    }

    /// The same for an event with this origin.
    pub(crate) fn has_subscribers_of(&self, origin: &Origin) -> bool {
        match self.audience.load(Ordering::Acquire) {
            audience if audience == Audience::Any as u8 => true,
            audience if audience != Audience::Limited as u8 => false,
            _ => {
                let receives = |plan: &Plan| plan.receives(Some(origin));
                self.with_plan(receives).unwrap_or(false)
            }
        }
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
            self.plan.swap(entries.plan(None));
        }
    }

    /// Calls `f` with the current plan, which is not freed until `f` returns.
    pub(crate) fn with_plan<T>(&self, f: impl FnOnce(&Plan) -> T) -> Option<T> {
        self.with_plan_of(None, f)
    }

    /// The same with the plan of a part of the subscribers.
    pub(crate) fn with_plan_of<T>(
        &self,
        selection: Option<Selection>,
        f: impl FnOnce(&Plan) -> T,
    ) -> Option<T> {
        let mut held = None;
        let plan = match selection {
            None => match self.lookup() {
                Found::Empty => None,
                Found::Scanned(plan) => Some(plan),
                Found::Swapped => held.insert(self.load()?).plan(),
            },
            Some(Selection::Phase(phase)) => held.insert(self.load_in_unit(phase)?).plan(),
            Some(Selection::Durable(id)) => return self.with_plan_of_durable(id, f),
        };
        let result = plan.map(f);
        if held.is_some() {
            // The last reader of a plan frees its closures, whose `Drop` may panic.
            drop_catching(held);
        }
        result
    }

    /// The same with the plan of one durable subscriber, which is not stored.
    #[cold]
    fn with_plan_of_durable<T>(&self, id: SubscriberId, f: impl FnOnce(&Plan) -> T) -> Option<T> {
        let plan = self.entries().plan_of_durable(id)?;
        let result = f(&plan);
        drop_catching(plan);
        Some(result)
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

    /// The subscribers, the muted ones included: those of the chain, then the others, in running order.
    pub(crate) fn subscribers(&self) -> Vec<Arc<SubscriberInfo>> {
        let in_order = self.in_order().into_iter();
        let mut subscribers: Vec<_> = in_order.map(|(one, _)| one.subscriber).collect();
        subscribers.sort_by_key(|subscriber| subscriber.runs_later());
        subscribers
    }

    /// The subscribers, for the record of an emit that does not run them; if it found none, only the muted ones.
    #[cold]
    pub(crate) fn for_record(&self, why: NotRun) -> Option<Arc<PlanSubscribers>> {
        let of_plan = || self.with_plan(|plan| Arc::clone(plan.subscribers()));
        let of_plan = (why != NotRun::FoundNone).then(of_plan);
        of_plan.flatten().or_else(|| {
            let muted = self
                .in_order()
                .into_iter()
                .filter(|(_, is_muted)| *is_muted);
            PlanSubscribers::of_muted(muted.map(|(one, _)| one.subscriber))
        })
    }

    /// Whether there are subscribers, all of which are muted.
    pub(crate) fn is_muted(&self) -> bool {
        self.audience.load(Ordering::Relaxed) == Audience::Muted as u8
    }

    /// Checks an addition and changes nothing yet. The error contains the added entries.
    pub(crate) fn stage(
        &self,
        of: PlanType,
        added: Vec<CatchDrop<Entry>>,
    ) -> Result<Staged, (Vec<Conflict>, Vec<CatchDrop<Entry>>)> {
        let entries = self.entries();
        match entries.check(&of, &added) {
            Ok(()) => Ok(Staged {
                declared: entries.declared_plan(&of, &added),
                of,
                added,
            }),
            Err(conflicts) => Err((conflicts, added)),
        }
    }

    /// Publishes a staged change. No other change may be published between the two.
    pub(crate) fn publish(&self, staged: Staged, muted: &Muted) -> Retired {
        if staged.added.is_empty() {
            return Retired::default();
        }
        let mut entries = self.entries();
        entries.add(staged.of, staged.added);
        if !muted.is_empty() {
            entries.set_muted(muted);
        }
        if let Some(plan) = staged.declared {
            self.plan.push_version(plan);
        }
        Retired {
            _plans: self.publish_plan(&entries),
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
            _plans: self.publish_plan(&entries),
            _entries: removed,
        }
    }

    /// Publishes the plan without the subscribers that are muted now.
    pub(crate) fn set_muted(&self, muted: &Muted) -> Retired {
        let mut entries = self.entries();
        if !entries.set_muted(muted) {
            return Retired::default();
        }
        Retired {
            _plans: self.publish_plan(&entries),
            _entries: Vec::new(),
        }
    }

    /// Publishes the plan of changed entries. Returns those that were replaced.
    fn publish_plan(&self, entries: &SlotEntries) -> Vec<Arc<Plan>> {
        let audience = entries.audience();
        self.audience.store(audience as u8, Ordering::Release);
        let is_divided = entries.are_divided_in_unit();
        self.is_divided_in_unit.store(is_divided, Ordering::Release);
        let plan = if !entries.has_run_time() && !entries.has_muted() {
            self.plan.swap(None)
        } else if audience < Audience::Limited {
            self.plan.set_empty()
        } else {
            self.plan.set_stale()
        };
        let of_units = self.unit_plans.get().into_iter();
        let of_units = of_units.flat_map(|plans| plans.set_stale());
        plan.into_iter().chain(of_units).collect()
    }

    /// Whether some of the subscribers do not run at once in a unit of work. Pattern subscribers that are not resolved yet
    /// do not count.
    #[inline]
    pub(crate) fn is_divided_in_unit(&self) -> bool {
        self.is_divided_in_unit.load(Ordering::Acquire)
    }

    /// The plan of a phase of a unit of work.
    fn load_in_unit(&self, phase: UnitPhase) -> Option<Held<'_, Plan>> {
        let plans = self.unit_plans.get_or_init(|| Box::new(UnitPlans::new()));
        plans.load(phase, || {
            let entries = self.entries();
            if plans.is_stale(phase) {
                plans.store(phase, entries.plan(Some(phase)));
            }
        })
    }

    /// The registrations of its entries.
    pub(crate) fn registrations(&self) -> Vec<Registration> {
        self.entries().registrations()
    }

    /// The subscribers in running order, the muted ones included, each with whether it is muted.
    pub(crate) fn in_order(&self) -> Vec<(Registration, bool)> {
        self.entries().in_order()
    }

    /// The subscribers that have this name.
    pub(crate) fn ids_of(&self, name: &Key) -> Vec<SubscriberId> {
        self.entries().ids_of(name)
    }

    /// Whether a subscriber of this slot has this name.
    pub(crate) fn has_subscriber(&self, name: &Key) -> bool {
        self.entries().has_subscriber(name)
    }

    /// The declared subscribers in running order: those of the chain, then the others.
    pub(crate) fn declared(&self) -> Vec<Arc<SubscriberInfo>> {
        let in_order = self.in_order().into_iter();
        let declared = in_order.filter(|(one, _)| one.declared);
        let mut subscribers: Vec<_> = declared.map(|(one, _)| one.subscriber).collect();
        subscribers.sort_by_key(|subscriber| subscriber.runs_later());
        subscribers
    }

    fn entries(&self) -> MutexGuard<'_, ErasedEntries> {
        lock(&self.entries)
    }
}

impl Default for Slot {
    fn default() -> Self {
        Self::new()
    }
}
