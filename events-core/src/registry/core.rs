//! The core of a registry: the slots of its event types, its settings and queue, and the one lock under
//! which its subscribers change.
//!
//! Invariants:
//! - every change of subscribers is made under the lock of [`Writer`];
//! - no user code runs under that lock: handlers, filters and hooks are called and dropped without it.

use std::{
    any::TypeId,
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, HashSet},
    hash::{BuildHasherDefault, DefaultHasher},
    panic::{RefUnwindSafe, UnwindSafe},
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, Weak,
        atomic::{AtomicU8, AtomicU64, AtomicUsize, Ordering},
    },
};

use super::{emit_limits::EmitLimits, interceptor::InterceptorCell, topics::TopicCache};
use crate::{
    background::CallSchedule,
    context::{QueueId, panic_hook},
    event::AnyEvent,
    handler::States,
    metadata::Key,
    plan::{EventType, Muted, PatternEntry, Slot, Slots},
    policy::{EmitMiddleware, Entries, PlanType, PolicyRef},
    primitives::{CatchDrop, drop_catching, drop_each, sync::lock},
    queue::{Drivers, JobQueue, QueueOwner},
    time::Clock,
};

/// Flag: this is the default registry, and no scan has filled it yet.
pub(crate) const AWAITS_SCAN: u8 = 1;
/// Flag: there are pattern subscribers, or were.
pub(super) const HAS_PATTERNS: u8 = 2;
/// Flag: there is a hook for events that no subscriber received.
pub(super) const HAS_HOOK: u8 = 4;
/// Flag: there is an interceptor, which is called with each event before the subscribers.
pub(super) const INTERCEPTED: u8 = 8;
/// Flag: a subscriber takes `&Emission`, or one did. It is no reason to leave the fast path.
pub(super) const TAKES_EMISSION: u8 = 16;
/// Flag: there is middleware around each call of a subscriber.
pub(super) const WRAPPED: u8 = 32;
/// Flag: there is middleware around each emission.
pub(super) const WRAPS_EMITS: u8 = 64;
/// The flags of a registry that observes emits before its subscribers do.
pub(crate) const OBSERVES_EMITS: u8 = INTERCEPTED | WRAPS_EMITS;

/// The queue of a registry: enqueued events, and snapshots of events for background handlers.
pub(crate) type EventQueue = JobQueue<Core>;

/// The core of a registry; see the module.
pub(crate) struct Core {
    /// Whether this is the default registry, whose slots are statics of the event types.
    pub(crate) is_default: bool,
    pub(crate) slots: Slots,
    emit_limits: EmitLimits,
    /// The number of the next run-time subscriber.
    next_number: AtomicU64,
    /// Bit set of reasons to leave the fast path; 0 means none. An emit that finds no plan reads it
    /// once.
    pub(super) flags: AtomicU8,
    /// Itself, unless it is the default registry.
    this: Weak<Self>,
    /// `None` if this is not the default registry.
    pub(super) default_hooks: Option<DefaultHooks>,
    /// Identifies the copy of the crate to which the statics of a default registry belong.
    copy: &'static AtomicU8,
    writer: Mutex<Writer>,
    topics: TopicCache,
    interceptor: InterceptorCell,
    queue: EventQueue,
    drivers: Drivers,
    /// The failure hooks and the middleware, which the plans share.
    policy: OnceLock<PolicyRef>,
    /// How many events units of work hold for their end.
    held: AtomicUsize,
}

/// Its address identifies this copy of the crate. A library that is loaded at run time has a copy of its own,
/// with other statics.
static THIS_COPY: AtomicU8 = AtomicU8::new(0);

/// What the default registry does beside other ones.
#[derive(Clone, Copy)]
pub(crate) struct DefaultHooks {
    /// Counts the subscribers that a scan would find.
    pub(crate) count_linked: fn() -> usize,
    /// Called when subscribers are added.
    pub(crate) on_publish: fn(),
    /// The static that the core is.
    pub(crate) core: fn() -> Option<&'static Core>,
}

/// The part of the core that the lock protects.
pub(crate) struct Writer {
    /// The ids in use, each with the number of its subscriber.
    pub(crate) ids: BTreeMap<String, u64>,
    /// The numbers of the installed declared subscribers: the addresses of their declarations.
    pub(super) installed: BTreeSet<u64>,
    /// The states that were passed to scans.
    pub(crate) states: States,
    /// The listeners that scans created.
    pub(crate) listeners: States,
    /// The methods of the listeners that were added at run time.
    pub(crate) added_methods: HashSet<Key, BuildHasherDefault<DefaultHasher>>,
    /// The event types whose slots have all pattern subscribers that match them.
    pub(crate) known_types: BTreeMap<TypeId, EventType>,
    /// The pattern subscribers.
    pub(crate) patterns: Vec<CatchDrop<PatternEntry>>,
    /// The subscribers that are not called for the present.
    pub(super) muted: Muted,
}

impl Core {
    /// The core of a registry that is not the default one, which this is.
    pub(crate) const fn new(this: Weak<Self>) -> Self {
        Self::with(this, None, &THIS_COPY)
    }

    /// The core of the default registry.
    pub(crate) const fn for_default(hooks: DefaultHooks) -> Self {
        Self::with(Weak::new(), Some(hooks), &THIS_COPY)
    }

    /// The core of a default registry as another copy of the crate has it, for tests.
    pub(crate) fn for_default_of_another_copy(this: Weak<Self>) -> Self {
        static ANOTHER_COPY: AtomicU8 = AtomicU8::new(0);
        let hooks = DefaultHooks {
            count_linked: || 0,
            on_publish: || {},
            core: || None,
        };
        Self::with(this, Some(hooks), &ANOTHER_COPY)
    }

    const fn with(
        this: Weak<Self>,
        default_hooks: Option<DefaultHooks>,
        copy: &'static AtomicU8,
    ) -> Self {
        let is_default = default_hooks.is_some();
        Self {
            is_default,
            slots: Slots::new(),
            emit_limits: EmitLimits::new(),
            next_number: AtomicU64::new(0),
            flags: AtomicU8::new(if is_default { AWAITS_SCAN } else { 0 }),
            this,
            default_hooks,
            copy,
            writer: Mutex::new(Writer {
                ids: BTreeMap::new(),
                installed: BTreeSet::new(),
                states: States::new(),
                listeners: States::new(),
                added_methods: HashSet::with_hasher(BuildHasherDefault::new()),
                known_types: BTreeMap::new(),
                patterns: Vec::new(),
                muted: Muted::new(),
            }),
            topics: TopicCache::new(),
            interceptor: InterceptorCell::const_empty(),
            queue: EventQueue::new(),
            drivers: Drivers::new(),
            policy: OnceLock::new(),
            held: AtomicUsize::new(0),
        }
    }

    /// How many events units of work hold for their end.
    pub(crate) fn held(&self) -> &AtomicUsize {
        &self.held
    }

    pub(crate) fn set_limit(&self, limit: usize) {
        let _writer = self.writer();
        self.emit_limits.set_limit(limit);
        self.update_fast_path_limit();
    }

    /// The depth limits, and the hook for events that no subscriber received.
    pub(crate) fn emit_limits(&self) -> &EmitLimits {
        &self.emit_limits
    }

    /// A new number for a run-time subscriber; numbers rise in the order of subscription.
    pub(crate) fn next_number(&self) -> u64 {
        self.next_number.fetch_add(1, Ordering::Relaxed)
    }

    #[inline]
    pub(crate) fn queue(&self) -> &EventQueue {
        &self.queue
    }

    /// Whether nothing of the queue is in progress: no driver has a job, and no parked one is to be resumed before a
    /// scheduled one is due.
    pub(crate) fn is_queue_idle(&self) -> bool {
        // In this order: a driver is idle only after it has parked its job.
        self.drivers.is_idle() && self.queue.resumes_none()
    }

    /// The clock by which what runs later waits: scheduled events, delays, retries and timeouts. It may be kept: it is no
    /// part of the registry.
    pub(crate) fn clock(&self) -> &Arc<Clock> {
        self.queue.clock()
    }

    /// Itself, if it is a static.
    pub(super) fn as_static(&self) -> Option<&'static Self> {
        self.default_hooks.and_then(|hooks| (hooks.core)())
    }

    /// Itself, if it is not a static.
    pub(super) fn this(&self) -> &Weak<Self> {
        &self.this
    }

    /// Whether there are pattern subscribers, or were.
    #[inline]
    pub(crate) fn has_patterns(&self) -> bool {
        self.has_flag(HAS_PATTERNS)
    }

    /// Whether an emit that finds no plan has to take the slow path.
    #[inline]
    pub(crate) fn has_any_flag(&self) -> bool {
        self.has_flag(!TAKES_EMISSION)
    }

    /// Whether at least one of these flags is set.
    #[inline]
    pub(crate) fn has_flag(&self, flags: u8) -> bool {
        self.flags.load(Ordering::Relaxed) & flags > 0
    }

    /// Sets or clears a flag. Called under the writer's lock.
    pub(super) fn put_flag(&self, flag: u8, is_set: bool) {
        if is_set {
            self.flags.fetch_or(flag, Ordering::Relaxed);
        } else {
            self.flags.fetch_and(!flag, Ordering::Relaxed);
        }
        self.update_fast_path_limit();
    }

    fn update_fast_path_limit(&self) {
        let is_allowed = !self.has_flag(HAS_HOOK | INTERCEPTED | WRAPPED | WRAPS_EMITS);
        self.emit_limits.update_fast_path_limit(is_allowed);
    }

    /// Whether there is an interceptor.
    #[inline]
    pub(crate) fn is_intercepted(&self) -> bool {
        self.has_flag(INTERCEPTED)
    }

    /// Whether there is an interceptor, or middleware around emissions.
    #[inline]
    pub(crate) fn observes_emits(&self) -> bool {
        self.has_flag(OBSERVES_EMITS)
    }

    /// The middleware around emissions, innermost first, if there is some.
    #[inline(always)]
    pub(crate) fn emit_middlewares(&self) -> Option<Entries<dyn EmitMiddleware>> {
        if self.has_flag(WRAPS_EMITS) {
            self.policy().emit_middlewares()
        } else {
            None
        }
    }

    pub(crate) fn interceptor(&self) -> &InterceptorCell {
        &self.interceptor
    }

    /// The failure hooks and the middleware.
    pub(crate) fn policy(&self) -> &PolicyRef {
        self.policy.get_or_init(PolicyRef::new)
    }

    /// What the plan of this event type is made for, with this topic.
    pub(super) fn plan_type(&self, event_type: EventType, topic: Cow<'static, str>) -> PlanType {
        PlanType {
            family: event_type.family,
            info: event_type.info,
            topic,
            policy: self.policy().clone(),
        }
    }

    /// The plans of topics that were emitted without an event type.
    pub(crate) fn topics(&self) -> &TopicCache {
        &self.topics
    }

    /// What is running jobs of the queue: workers, flushes and shutdowns.
    pub(crate) fn drivers(&self) -> &Drivers {
        &self.drivers
    }

    /// The slot of an event type, if this registry has one.
    pub(crate) fn slot(&self, event_type: EventType) -> Option<&Slot> {
        match event_type.default_slot {
            Some(slot) if self.is_default => Some(slot),
            _ => self.slots.get(event_type.family),
        }
    }

    /// The slot of an event type, which is created if this registry has none.
    pub(super) fn slot_or_insert(&self, event_type: EventType) -> &Slot {
        panic_hook::install_hook();
        match event_type.default_slot {
            Some(slot) if self.is_default => slot,
            _ => self.slots.get_or_insert(event_type.family),
        }
    }

    /// Whether there is an interceptor, no scan has registered the linked subscribers, or a subscriber takes `&Emission`.
    #[inline]
    pub(crate) fn observes_enqueue(&self) -> bool {
        self.has_flag(INTERCEPTED | AWAITS_SCAN | TAKES_EMISSION)
    }

    /// Whether a subscriber may take the place and the time of an event.
    pub(crate) fn may_take_emission(&self) -> bool {
        self.has_flag(TAKES_EMISSION)
    }

    /// Whether this is the default registry of another copy of the crate. Its slots are statics of the event types
    /// in that copy, which this one does not reach.
    pub(crate) fn is_of_another_copy(&self) -> bool {
        self.is_default && !std::ptr::eq(self.copy, &THIS_COPY)
    }

    /// Called when subscribers are added.
    pub(super) fn call_publish_hook(&self) {
        if let Some(hooks) = &self.default_hooks {
            (hooks.on_publish)();
        }
    }

    /// Takes the lock under which subscribers change.
    pub(crate) fn writer(&self) -> MutexGuard<'_, Writer> {
        lock(&self.writer)
    }
}

impl QueueOwner for Core {
    fn queue_id(&self) -> QueueId {
        self.queue.id()
    }

    fn report_unheard(&self, event: &dyn AnyEvent) {
        self.emit_limits.report_unheard(event);
    }

    fn call_schedule(&self) -> &dyn CallSchedule {
        &self.queue
    }

    #[cold]
    fn retries_scheduled(&self) {
        if self.queue.parked() > 0 {
            self.queue.wake_if_draining();
            self.drivers.idle().notify();
        }
    }
}

impl Drop for Core {
    fn drop(&mut self) {
        self.queue.warn_if_not_empty(
            "a registry is dropped with events in its queue, which are lost; flush the queue or shut it \
             down first",
            "a registry is dropped with events in its queue, which are lost; shut the queue down first, so that \
             they run",
        );
        self.queue.discard();
        let unfinished = self.drivers.take_unfinished().0;
        unfinished.into_iter().for_each(drop_catching);
        drop_each(self.interceptor.swap(None));
        self.emit_limits.clear_hook();
        self.policy().clear();
    }
}

// The panic of a handler is caught, and no lock is held while a handler runs: an unwinding panic leaves
// no change half made.
impl UnwindSafe for Core {}
impl RefUnwindSafe for Core {}
