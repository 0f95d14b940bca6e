//! The inside of a registry: the slots of its event types, and the one lock that every change of
//! subscribers takes. Under the lock runs no code of the user's.

use std::{
    any::TypeId,
    collections::{BTreeMap, BTreeSet},
    panic::{RefUnwindSafe, UnwindSafe},
    sync::{
        Mutex, MutexGuard,
        atomic::{AtomicU8, AtomicU64, Ordering},
    },
};

use super::{emit_limits::EmitLimits, interceptor::InterceptorCell, topic_cache::TopicCache};
use crate::{
    context::{QueueId, panic_hook},
    handler::States,
    plan::{EventType, PatternEntry, Slot, Slots},
    primitives::sync::lock,
    queue::{JobQueue, QueueOwner, Workers},
};

/// The registry ought to be scanned and was not yet.
pub(crate) const AWAITS_SCAN: u8 = 1;
/// Somebody hears patterns of topics.
pub(crate) const HAS_PATTERNS: u8 = 2;
/// There is a hook for events that nobody hears.
pub(crate) const HAS_HOOK: u8 = 4;
/// Somebody sees each event before the subscribers do.
pub(crate) const INTERCEPTED: u8 = 8;

/// The queue of a registry.
pub(crate) type EventQueue = JobQueue<Core>;

/// The inside of a registry.
pub(crate) struct Core {
    /// Whether this is the default registry, whose slots stand beside the types.
    pub(crate) is_default: bool,
    pub(crate) slots: Slots,
    emit_limits: EmitLimits,
    /// The number of the next run-time subscriber.
    next: AtomicU64,
    /// Why an emit that meets no plan has to look further: one look says that it need not.
    flags: AtomicU8,
    /// How many subscribers are linked, of a registry that ought to be scanned.
    linked: Option<fn() -> usize>,
    writer: Mutex<Writer>,
    topics: TopicCache,
    interceptor: InterceptorCell,
    queue: EventQueue,
    workers: Workers,
}

/// What changes together, under the lock.
pub(crate) struct Writer {
    /// The ids in use, and whose they are.
    pub(crate) ids: BTreeMap<String, u64>,
    /// The declared subscribers that are here, by their address.
    pub(crate) installed: BTreeSet<u64>,
    /// What scans were given.
    pub(crate) states: States,
    /// The listeners that they made.
    pub(crate) listeners: States,
    /// The event types that somebody was asked for, so that their slots have all who hear them.
    pub(crate) known_types: BTreeMap<TypeId, EventType>,
    /// Those who hear patterns of topics.
    pub(crate) patterns: Vec<PatternEntry>,
}

impl Core {
    /// A registry that is a value.
    pub(crate) const fn new() -> Self {
        Self::with(false, None)
    }

    /// The default registry; `linked` counts the subscribers that a scan would find.
    pub(crate) const fn for_default(linked: fn() -> usize) -> Self {
        Self::with(true, Some(linked))
    }

    const fn with(is_default: bool, linked: Option<fn() -> usize>) -> Self {
        Self {
            is_default,
            slots: Slots::new(),
            emit_limits: EmitLimits::new(),
            next: AtomicU64::new(0),
            flags: AtomicU8::new(if is_default { AWAITS_SCAN } else { 0 }),
            linked,
            writer: Mutex::new(Writer {
                ids: BTreeMap::new(),
                installed: BTreeSet::new(),
                states: States::new(),
                listeners: States::new(),
                known_types: BTreeMap::new(),
                patterns: Vec::new(),
            }),
            topics: TopicCache::new(),
            interceptor: InterceptorCell::const_empty(),
            queue: EventQueue::new(),
            workers: Workers::new(),
        }
    }

    pub(crate) fn set_limit(&self, limit: usize) {
        let _writer = self.writer();
        self.emit_limits.set_limit(limit);
    }

    pub(crate) fn limit(&self) -> usize {
        self.emit_limits.limit()
    }

    /// The hook for events that nobody hears.
    pub(crate) fn emit_limits(&self) -> &EmitLimits {
        &self.emit_limits
    }

    /// Numbers rise in the order of subscribing.
    pub(crate) fn next_number(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    /// What waits for this registry's handlers.
    #[inline]
    pub(crate) fn queue(&self) -> &EventQueue {
        &self.queue
    }

    /// Whether somebody hears patterns of topics, or has.
    #[inline]
    pub(crate) fn has_patterns(&self) -> bool {
        self.has_flag(HAS_PATTERNS)
    }

    /// Whether an emit that meets no plan has to look further.
    #[inline]
    pub(crate) fn flags(&self) -> bool {
        self.flags.load(Ordering::Relaxed) > 0
    }

    #[inline]
    pub(crate) fn has_flag(&self, reason: u8) -> bool {
        self.flags.load(Ordering::Relaxed) & reason > 0
    }

    /// From now on an emit that meets no plan looks further.
    pub(crate) fn set_flag(&self, reason: u8) {
        self.flags.fetch_or(reason, Ordering::Relaxed);
    }

    pub(crate) fn clear_flag(&self, reason: u8) {
        self.flags.fetch_and(!reason, Ordering::Relaxed);
    }

    /// Who sees each event before the subscribers do.
    pub(crate) fn interceptor(&self) -> &InterceptorCell {
        &self.interceptor
    }

    /// Who hears which topic.
    pub(crate) fn topics(&self) -> &TopicCache {
        &self.topics
    }

    /// Who empties that queue.
    pub(crate) fn workers(&self) -> &Workers {
        &self.workers
    }

    pub(crate) fn slot(&self, event_type: EventType) -> Option<&Slot> {
        match event_type.default_slot {
            Some(slot) if self.is_default => Some(slot),
            _ => self.slots.get(event_type.family),
        }
    }

    pub(crate) fn slot_for_change(&self, event_type: EventType) -> &Slot {
        panic_hook::install_hook();
        match event_type.default_slot {
            Some(slot) if self.is_default => slot,
            _ => self.slots.get_or_insert(event_type.family),
        }
    }

    /// An emit that met no plan of a scan: perhaps nobody has scanned.
    #[inline]
    pub(crate) fn warn_if_unscanned(&self) {
        if self.flags.load(Ordering::Relaxed) & AWAITS_SCAN > 0 {
            self.warn_unscanned();
        }
    }

    #[cold]
    #[inline(never)]
    fn warn_unscanned(&self) {
        let linked = self.linked.map_or(0, |linked| linked());
        let asked = self.flags.fetch_and(!AWAITS_SCAN, Ordering::Relaxed);
        if asked & AWAITS_SCAN > 0 && linked > 0 {
            tracing::warn!(
                target: "events_core",
                subscribers = linked,
                "an event was emitted before any scan: none of the linked subscribers runs; \
                 call events_core::scan() first thing in main",
            );
        }
    }

    pub(crate) fn writer(&self) -> MutexGuard<'_, Writer> {
        lock(&self.writer)
    }
}

impl QueueOwner for Core {
    fn queue_id(&self) -> QueueId {
        QueueId::of(&self.queue)
    }
}

impl Drop for Core {
    fn drop(&mut self) {
        let events = self.queue.len();
        if events > 0 {
            tracing::warn!(
                target: "events_core",
                events,
                "a registry is dropped, and with it the events that wait in its queue; flush it \
                 first, or shut it down",
            );
        }
    }
}

// Panics of handlers are contained, and no lock is held while one runs: nothing is left half done.
impl UnwindSafe for Core {}
impl RefUnwindSafe for Core {}
