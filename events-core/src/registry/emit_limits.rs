//! The hook for events that nobody hears, and the limit that leads to it.
//!
//! Whether anybody has heard an event is known when its handlers are through. A plain emit does not look:
//! it would cost every emit something. So while there is a hook the limit of nested emits is 0 for plain
//! emits: none gets in, and each takes the way on which everything is looked at, where the true limit
//! holds. The same while somebody intercepts events.

use std::{
    cell::Cell,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use arc_swap::ArcSwapOption;

use crate::{
    context::{DEFAULT_LIMIT, MAX_LIMIT, panic_hook},
    event::AnyEvent,
    primitives::drop_catching,
};

/// Called with each event that nobody hears.
type Hook = Box<dyn Fn(&dyn AnyEvent) + Send + Sync>;

/// How many emits may be inside one another, and the hook.
pub(crate) struct EmitLimits {
    plain: AtomicUsize,
    limit: AtomicUsize,
    hook: ArcSwapOption<Hook>,
    intercepted: AtomicBool,
}

impl EmitLimits {
    pub(crate) const fn new() -> Self {
        Self {
            plain: AtomicUsize::new(DEFAULT_LIMIT),
            limit: AtomicUsize::new(DEFAULT_LIMIT),
            hook: ArcSwapOption::const_empty(),
            intercepted: AtomicBool::new(false),
        }
    }

    /// The limit of an emit that does not look whether it was heard.
    #[inline]
    pub(crate) fn fast_path_limit(&self) -> usize {
        self.plain.load(Ordering::Relaxed)
    }

    /// The limit of all others.
    pub(crate) fn limit(&self) -> usize {
        self.limit.load(Ordering::Relaxed)
    }

    /// Whether there is a hook.
    #[inline]
    pub(crate) fn is_hooked(&self) -> bool {
        self.fast_path_limit() == 0 && self.hook.load().is_some()
    }

    /// Sets the limit. Called under the lock of the writer.
    pub(crate) fn set_limit(&self, limit: usize) {
        let limit = limit.clamp(1, MAX_LIMIT);
        self.limit.store(limit, Ordering::Relaxed);
        self.set_plain();
    }

    /// Sets the hook; gives back the one that was there, to be dropped where no lock is held. Called
    /// under the lock of the writer.
    pub(crate) fn set_hook(&self, hook: Option<Hook>) -> Option<Arc<Hook>> {
        let old = self.hook.swap(hook.map(Arc::new));
        self.set_plain();
        old
    }

    /// Whether somebody sees each event before the subscribers. Called under the lock of the writer.
    pub(crate) fn set_intercepted(&self, intercepted: bool) {
        self.intercepted.store(intercepted, Ordering::Relaxed);
        self.set_plain();
    }

    fn set_plain(&self) {
        let intercepted = self.intercepted.load(Ordering::Relaxed);
        let limit = if intercepted || self.hook.load().is_some() {
            0
        } else {
            self.limit()
        };
        self.plain.store(limit, Ordering::Relaxed);
    }

    /// Nobody has heard this event. What the hook itself emits, and nobody hears, is not told: that
    /// would have no end.
    #[cold]
    pub(crate) fn call_unheard_hook(&self, event: &dyn AnyEvent) {
        thread_local! {
            static TELLS: Cell<bool> = const { Cell::new(false) };
        }
        let Some(hook) = self.hook.load_full() else {
            return;
        };
        if TELLS.replace(true) {
            return drop_catching(hook);
        }
        let told = catch_unwind(AssertUnwindSafe(|| hook(event)));
        TELLS.set(false);
        if let Err(payload) = told {
            let panic = panic_hook::into_panic(payload);
            let topic = event.topic();
            tracing::error!(
                target: "events_core",
                topic,
                cause = %panic,
                "the hook for events that nobody hears failed",
            );
        }
        drop_catching(hook);
    }
}
