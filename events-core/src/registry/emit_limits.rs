//! The depth limits of a registry's emits, and its hook for events that no subscriber received.
//!
//! The depth limit is how many emits may be nested, each inside a handler of the one before. The *fast
//! path* of an emit does not check whether a subscriber received the event, nor whether there is an
//! interceptor or middleware, nor how much of the stack is left: any of these checks would cost every emit. So the fast path
//! has a limit of its own. An emit that is nested deeper takes the *slow path*: that obeys the depth limit,
//! measures the stack, and calls the interceptor, the middleware and the hook.
//!
//! Invariant: whenever the writer's lock is released, `fast_path_limit` is 0 if there is a hook, an
//! interceptor or middleware, and else `limit`, but at most `MAX_UNMEASURED_DEPTH`. The flags of the core record which of
//! them there are.

use std::{
    cell::RefCell,
    mem::{self, ManuallyDrop},
    panic::{AssertUnwindSafe, catch_unwind},
    ptr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use arc_swap::ArcSwapOption;

use crate::{
    context::{DEFAULT_LIMIT, MAX_LIMIT, MAX_UNMEASURED_DEPTH, OwnsHandlers, log, panic_hook},
    event::AnyEvent,
    primitives::{CatchDrop, catch_record, drop_catching, one_line},
};

thread_local! {
    /// The registries, by the address of their limits, whose hooks run on this thread, the innermost last. It has no
    /// destructor, so that it can be used in those of other thread-locals. While it is empty it owns no memory.
    static RUNNING_HOOKS: RefCell<ManuallyDrop<Vec<*const EmitLimits>>> =
        const { RefCell::new(ManuallyDrop::new(Vec::new())) };
}

/// Called with each event that no subscriber received.
pub(super) type Hook = Box<dyn Fn(&dyn AnyEvent) + Send + Sync>;

/// The depth limits, and the hook; see the module.
pub(crate) struct EmitLimits {
    fast_path_limit: AtomicUsize,
    limit: AtomicUsize,
    hook: ArcSwapOption<Hook>,
}

impl EmitLimits {
    pub(crate) const fn new() -> Self {
        Self {
            fast_path_limit: AtomicUsize::new(MAX_UNMEASURED_DEPTH),
            limit: AtomicUsize::new(DEFAULT_LIMIT),
            hook: ArcSwapOption::const_empty(),
        }
    }

    /// The depth limit of the fast path; 0 while there is a hook, an interceptor or middleware.
    #[inline]
    pub(crate) fn fast_path_limit(&self) -> usize {
        self.fast_path_limit.load(Ordering::Relaxed)
    }

    /// The depth limit of the slow path.
    pub(crate) fn limit(&self) -> usize {
        self.limit.load(Ordering::Relaxed)
    }

    /// Sets the depth limit, and leaves that of the fast path to
    /// [`update_fast_path_limit`](Self::update_fast_path_limit). Called under the writer's lock.
    pub(super) fn set_limit(&self, limit: usize) {
        let limit = limit.clamp(1, MAX_LIMIT);
        self.limit.store(limit, Ordering::Relaxed);
    }

    /// Sets the hook. Returns the previous one, which must be dropped without the lock. Called under the
    /// writer's lock.
    pub(super) fn set_hook(&self, hook: Option<Hook>) -> Option<Arc<Hook>> {
        self.hook.swap(hook.map(Arc::new))
    }

    /// Drops the hook, and catches a panic of its `Drop`.
    pub(super) fn clear_hook(&self) {
        drop_catching(self.hook.swap(None));
    }

    /// Updates the depth limit of the fast path, which is 0 if that must not be taken. Called under the
    /// writer's lock.
    pub(super) fn update_fast_path_limit(&self, is_allowed: bool) {
        let limit = if is_allowed {
            self.limit().min(MAX_UNMEASURED_DEPTH)
        } else {
            0
        };
        self.fast_path_limit.store(limit, Ordering::Relaxed);
    }

    /// Logs that no subscriber received an event, and calls the hook with it.
    #[cold]
    #[inline(never)]
    pub(crate) fn report_unheard(&self, event: &dyn AnyEvent) {
        log::unheard(event.topic());
        self.call_unheard_hook(event);
    }

    /// Calls the hook, if there is one, with an event that no subscriber received. A hook that runs on this thread
    /// is not called again: it would recurse without end if it emits such an event, directly or through the hooks of
    /// other registries.
    #[cold]
    pub(crate) fn call_unheard_hook(&self, event: &dyn AnyEvent) {
        if self.fast_path_limit() > 0 {
            return; // there is none
        }
        let Some(_running) = RunningHook::enter(self) else {
            return;
        };
        // An async emit, and one by topic, owns the plan. The hook is dropped before the mark ends: if it was replaced
        // meanwhile, this is its last owner.
        let _owner = OwnsHandlers::enter();
        let Some(hook) = self.hook.load_full().map(CatchDrop::new) else {
            return;
        };
        let result = catch_unwind(AssertUnwindSafe(|| hook(event)));
        if let Err(payload) = result {
            let panic = panic_hook::into_panic(payload);
            let topic = &*one_line(event.topic());
            catch_record(|| {
                tracing::error!(
                    target: "events_core",
                    topic,
                    cause = %panic,
                    "the hook for events that no subscriber received panicked",
                );
            });
        }
    }
}

/// Until this is dropped, the hook of a registry runs on this thread.
struct RunningHook;

impl RunningHook {
    /// `None` if the hook of that registry runs already.
    fn enter(of: &EmitLimits) -> Option<Self> {
        RUNNING_HOOKS.with_borrow_mut(|running| {
            let of = ptr::from_ref(of);
            let is_running = running.contains(&of);
            (!is_running).then(|| running.push(of)).map(|()| Self)
        })
    }
}

impl Drop for RunningHook {
    fn drop(&mut self) {
        RUNNING_HOOKS.with_borrow_mut(|running| {
            running.pop();
            if running.is_empty() {
                drop(mem::take(&mut **running));
            }
        });
    }
}
