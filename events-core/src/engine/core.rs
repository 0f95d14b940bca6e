//! The inside of a registry: the slots of its event types, and the one lock that every change of
//! subscribers takes. Emitting takes no lock; under the lock runs no code of the user's.

use std::{
    any::{Any, TypeId},
    collections::{BTreeMap, BTreeSet},
    panic::{RefUnwindSafe, UnwindSafe},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use super::{
    dispatch::{self, Sending, Told},
    install::Batch,
    panics,
    plan::Cycle,
    slot::Slot,
    slots::{Home, Slots},
};
use crate::{
    event::Family,
    handler::{DEFAULT_LIMIT, MAX_LIMIT, States},
    words::{EmitError, Emitted, Origin, SubscriberInfo, Trouble},
};

/// The inside of a registry.
pub(crate) struct Core {
    /// Whether this is the default registry, whose slots stand beside the types.
    home: bool,
    slots: Slots,
    limit: AtomicUsize,
    /// How many subscribers are linked, of a registry that ought to be scanned and was not yet.
    awaits_scan: AtomicBool,
    linked: Option<fn() -> usize>,
    writer: Mutex<Writer>,
}

/// What changes together, under the lock.
pub(crate) struct Writer {
    /// The number of the next run-time subscriber.
    pub(super) next: u64,
    /// The ids in use.
    pub(super) ids: BTreeSet<String>,
    /// The declared subscribers that are here, by their address.
    installed: BTreeSet<u64>,
    /// What scans were given.
    states: States,
    /// How to list the declared subscribers of each event type that has some.
    listed: BTreeMap<TypeId, List>,
}

/// Lists the declared subscribers of one event type, in running order.
type List = fn(&Core) -> Vec<Arc<SubscriberInfo>>;

/// What a change left over; to be dropped without the lock.
pub(crate) type Leftovers = Vec<Box<dyn Any>>;

/// How a batch ended.
pub(crate) struct Committed {
    pub(crate) cycles: Vec<Cycle>,
    _leftovers: Leftovers,
}

impl Core {
    /// A registry that is a value.
    pub(crate) const fn new() -> Self {
        Self::with(false, None)
    }

    /// The default registry; `linked` counts the subscribers that a scan would find.
    pub(crate) const fn home(linked: fn() -> usize) -> Self {
        Self::with(true, Some(linked))
    }

    const fn with(home: bool, linked: Option<fn() -> usize>) -> Self {
        Self {
            home,
            slots: Slots::new(),
            limit: AtomicUsize::new(DEFAULT_LIMIT),
            awaits_scan: AtomicBool::new(home),
            linked,
            writer: Mutex::new(Writer {
                next: 0,
                ids: BTreeSet::new(),
                installed: BTreeSet::new(),
                states: States::new(),
                listed: BTreeMap::new(),
            }),
        }
    }

    pub(super) fn set_limit(&self, limit: usize) {
        self.limit
            .store(limit.clamp(1, MAX_LIMIT), Ordering::Relaxed);
    }

    #[inline]
    fn slot<F: Family>(&self) -> Option<&Slot<F>> {
        match home() {
            Some(home) if self.home => home.get(),
            _ => self.slots.get(),
        }
    }

    pub(super) fn slot_for_change<F: Family>(&self) -> &Slot<F> {
        panics::watch();
        match home() {
            Some(home) if self.home => home.get_or_insert(),
            _ => self.slots.get_or_insert(),
        }
    }

    #[inline]
    fn sending<'e>(&self, origin: Option<&'e Origin>) -> Sending<'e> {
        Sending {
            origin,
            limit: self.limit.load(Ordering::Relaxed),
        }
    }

    /// Emits on this registry.
    #[inline]
    pub(crate) fn emit<F: Family>(&self, event: &mut F::Of<'_>, origin: Option<&Origin>) {
        let slot = self.slot::<F>();
        if !dispatch::emit(slot, event, self.sending(origin)) {
            self.look_for_scan(slot);
        }
    }

    /// Emits on this registry, which is the default one.
    ///
    /// As [`emit`](Self::emit), but that the slot is known when this is compiled.
    #[inline]
    pub(crate) fn emit_home<F: Family>(&self, event: &mut F::Of<'_>, origin: Option<&Origin>) {
        let slot = match home::<F>() {
            Some(home) => home.get(),
            None => self.slots.get(),
        };
        if !dispatch::emit(slot, event, self.sending(origin)) {
            self.look_for_scan(slot);
        }
    }

    /// Emits on this registry and tells what became of the event.
    pub(crate) fn try_emit<F: Family>(
        &self,
        event: &mut F::Of<'_>,
        origin: Option<&Origin>,
    ) -> Outcome {
        let slot = self.slot::<F>();
        self.look_for_scan(slot);
        let (told, trouble) = dispatch::try_emit(slot, event, self.sending(origin));
        Outcome {
            topic: F::info().topic(),
            told,
            trouble,
        }
    }

    /// An emit that met no plan of a scan: perhaps nobody has scanned.
    #[inline]
    fn look_for_scan<F: Family>(&self, slot: Option<&Slot<F>>) {
        if self.awaits_scan.load(Ordering::Relaxed) {
            self.warn_unscanned();
        } else if let Some(slot) = slot {
            slot.settle();
        }
    }

    #[cold]
    #[inline(never)]
    fn warn_unscanned(&self) {
        let linked = self.linked.map_or(0, |linked| linked());
        if self.awaits_scan.swap(false, Ordering::Relaxed) && linked > 0 {
            tracing::warn!(
                target: "events_core",
                subscribers = linked,
                "an event was emitted before any scan: none of the linked subscribers runs; \
                 call events_core::scan() first thing in main",
            );
        }
    }

    pub(crate) fn writer(&self) -> MutexGuard<'_, Writer> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What scans were given so far.
    pub(crate) fn states(&self) -> States {
        self.writer().states.clone()
    }

    /// Whether a declared subscriber, known by its address, is here.
    pub(crate) fn has_installed(&self, address: u64) -> bool {
        self.writer().installed.contains(&address)
    }

    /// Adds what a scan prepared: all of it, or, when some cannot be ordered, nothing. A scan that
    /// has found other problems wants to know these, too, and adds nothing.
    pub(crate) fn commit(&self, mut batch: Batch, states: States, wanted: bool) -> Committed {
        let mut writer = self.writer();
        batch.keep_new(&writer.installed);
        let (addresses, groups) = batch.into_parts();
        let mut cycles = Vec::new();
        let mut leftovers: Leftovers = Vec::new();
        let mut staged = Vec::new();
        for group in groups {
            match group.stage(self) {
                Ok(change) => staged.push(change),
                Err((cycle, rest)) => {
                    cycles.push(cycle);
                    leftovers.push(rest);
                }
            }
        }
        if wanted && cycles.is_empty() {
            for change in staged {
                leftovers.push(change.publish(self, &mut writer));
            }
            writer.installed.extend(addresses);
            writer.states.extend(states);
            self.awaits_scan.store(false, Ordering::Relaxed);
        }
        drop(writer);
        Committed {
            cycles,
            _leftovers: leftovers,
        }
    }

    /// The declared subscribers that are here, in running order, by event type.
    pub(crate) fn declared(&self) -> Vec<Vec<Arc<SubscriberInfo>>> {
        let listed: Vec<_> = self.writer().listed.values().copied().collect();
        listed.into_iter().map(|list| list(self)).collect()
    }
}

// Panics of handlers are contained, and no lock is held while one runs: nothing is left half done.
impl UnwindSafe for Core {}
impl RefUnwindSafe for Core {}

impl Writer {
    /// From now on the declared subscribers of this event type are listed.
    pub(super) fn list<F: Family>(&mut self) {
        self.listed
            .entry(TypeId::of::<F>())
            .or_insert(|core| core.slot::<F>().map(Slot::declared).unwrap_or_default());
    }
}

/// Where the slot beside the type is. What [`Family::home`] gives is known when this is compiled, and
/// the look at its type with it.
#[inline]
fn home<F: Family>() -> Option<&'static Home<F>> {
    F::home()?.downcast_ref()
}

/// What became of an emit, still without its event.
pub(crate) struct Outcome {
    topic: &'static str,
    told: Told,
    trouble: Option<Trouble>,
}

impl Outcome {
    pub(crate) fn of<E>(self, event: E) -> Result<Emitted<E>, EmitError<E>> {
        let emitted = Emitted::new(event, self.told.ran, self.told.stopped_by);
        match self.trouble {
            None => Ok(emitted),
            Some(trouble) => Err(EmitError::new(emitted, self.topic, trouble)),
        }
    }
}
