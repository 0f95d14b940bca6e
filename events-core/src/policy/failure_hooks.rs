//! Failure hooks: each is called with every failure of a registry's subscribers, when it is recorded.
//!
//! What fails while a hook runs on this thread, in it or in what it emits, is reported to no hook: a hook that emits an
//! event whose subscriber fails would be called without end. What it enqueues or spawns is marked, and the mark is
//! restored when that runs.

use std::{
    cell::Cell,
    marker::PhantomData,
    panic::{AssertUnwindSafe, catch_unwind},
};

use super::entry::{Entries, Entry};
use crate::{
    context::{OwnsHandlers, panic_hook, with_enough_stack},
    primitives::{catch_record, drop_catching, one_line},
    result::Failure,
};

/// Is called with each failure.
pub(crate) type FailureHook = dyn Fn(&Failure) + Send + Sync;

thread_local! {
    /// How many hooks run on this thread, and marks of what hooks have emitted.
    static RUNNING: Cell<usize> = const { Cell::new(0) };
}

/// Until this is dropped, failures on this thread are reported to no hook.
pub(crate) struct InFailureHook(PhantomData<*const ()>);

impl InFailureHook {
    fn enter() -> Self {
        RUNNING.set(RUNNING.get() + 1);
        Self(PhantomData)
    }

    /// Restores the mark of what a hook has emitted, if it has that.
    pub(crate) fn enter_if(is_marked: bool) -> Option<Self> {
        is_marked.then(Self::enter)
    }
}

impl Drop for InFailureHook {
    fn drop(&mut self) {
        RUNNING.set(RUNNING.get() - 1);
    }
}

/// Whether a failure hook runs on this thread, or what one has emitted.
pub(crate) fn is_in_failure_hook() -> bool {
    RUNNING.get() > 0
}

/// Calls each hook with the failure.
pub(super) fn call_all(hooks: Entries<FailureHook>, failure: &Failure) {
    // The lists are dropped before the mark ends: their last owner may be this.
    let _owner = OwnsHandlers::enter();
    let _running = InFailureHook::enter();
    with_enough_stack(|| hooks.iter().for_each(|hook| call(hook, failure)));
    drop_catching(hooks);
}

fn call(entry: &Entry<FailureHook>, failure: &Failure) {
    let Some(hook) = entry.open() else {
        return;
    };
    let Err(payload) = catch_unwind(AssertUnwindSafe(|| hook(failure))) else {
        return;
    };
    let panic = panic_hook::into_panic(payload);
    catch_record(|| {
        tracing::error!(
            target: "events_core",
            topic = &*one_line(failure.topic()),
            subscriber = %one_line(&failure.subscriber().name),
            hook = %entry.name(),
            cause = %panic,
            "a failure hook panicked",
        );
    });
}
