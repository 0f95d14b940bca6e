//! Whether a blocking call would block the thread that a current-thread runtime of tokio runs on.
//!
//! While that thread is blocked, none of the tasks and timers of the runtime proceeds: a blocking call that
//! waits for one of them never returns. Without the cargo feature `tokio` nothing here finds a runtime.

use std::thread;

use crate::primitives::catch_record;

/// Whether the current runtime has one thread only; its tasks run on that thread.
pub(crate) fn is_current_thread_runtime() -> bool {
    #[cfg(feature = "tokio")]
    {
        use tokio::runtime::{Handle, RuntimeFlavor};
        Handle::try_current()
            .is_ok_and(|handle| handle.runtime_flavor() == RuntimeFlavor::CurrentThread)
    }
    #[cfg(not(feature = "tokio"))]
    false
}

/// Whether this thread is running the tasks of a current-thread runtime. Threads of `spawn_blocking` are not,
/// nor are those that have only entered the runtime.
///
/// tokio has no function for this query. `Handle::block_on` panics on just these threads; that panic is caught, and
/// not shown unless the program has replaced the panic hook after its first subscription.
pub(crate) fn is_driving_current_thread_runtime() -> bool {
    #[cfg(feature = "tokio")]
    if is_current_thread_runtime() {
        let handle = tokio::runtime::Handle::current();
        return crate::context::panic_hook::panics_silently(|| handle.block_on(async {}));
    }
    false
}

/// Panics: a blocking call would not return. During another panic, which this one would turn into an abort, it
/// is logged.
#[track_caller]
pub(crate) fn refuse(call: &str, instead: &str) {
    let text = format!(
        "{call} would block the thread of a current-thread runtime of tokio, so that what it waits for may \
         never proceed; await {instead}, call {call} inside tokio::task::spawn_blocking, or use a \
         multi-thread runtime"
    );
    if thread::panicking() {
        catch_record(|| tracing::error!(target: "events_core", "{text}"));
    } else {
        panic!("{text}");
    }
}

/// Logs that a blocking call has reached its deadline on a thread of a current-thread runtime.
pub(super) fn log_deadline(call: &str, instead: &str) {
    if is_current_thread_runtime() {
        catch_record(|| {
            tracing::error!(
                target: "events_core",
                "{call} has reached its deadline inside a current-thread runtime of tokio; a subscriber that \
                 awaits the runtime cannot proceed while its thread is blocked; await {instead}",
            );
        });
    }
}
