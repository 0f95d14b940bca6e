//! The default registry, a static, and the warning when the program ends with events in its queue.
//!
//! Rust drops no static. The last code that runs for the default registry is the destructor of a thread-local of
//! the main thread: it runs after `main` has returned, and on most systems also in a `std::process::exit` that
//! the main thread calls. It does not run when another thread ends the process, or when the process aborts.
//!
//! The thread-local is initialised when subscribers are added on the main thread, which is the thread named
//! `main`: no public function of the standard library identifies it.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
};
#[cfg(unix)]
use std::{sync::mpsc, time::Duration};

use tracing::{Level, level_enabled};

use crate::{
    declared::SUBSCRIBERS,
    queue::START_WORKER,
    registry::{Core, DefaultHooks},
};

/// The default registry.
pub(super) static DEFAULT: Core = Core::for_default(DefaultHooks {
    count_linked: || {
        let scanned = SUBSCRIBERS
            .iter()
            .filter(|subscriber| !subscriber.added_only);
        scanned.count()
    },
    on_publish: warn_at_exit,
    core: || Some(&DEFAULT),
});

thread_local! {
    static AT_EXIT: AtExit = const { AtExit };
}

/// Warns when it is dropped, which happens when its thread ends.
struct AtExit;

/// Makes the end of the main thread warn of events that are still queued; does nothing on other threads.
fn warn_at_exit() {
    static IS_INITIALISED: AtomicBool = AtomicBool::new(false);
    let is_main = || thread::current().name() == Some("main");
    if !IS_INITIALISED.load(Ordering::Relaxed) && is_main() && AT_EXIT.try_with(|_| ()).is_ok() {
        IS_INITIALISED.store(true, Ordering::Relaxed);
    }
}

fn warn() {
    let without_workers = format!(
        "the program ends with events in the queue, which are lost; call registry().queue().flush() or shutdown(..) at \
         the end of main, or {START_WORKER}, and shut the queue down"
    );
    DEFAULT.queue().warn_if_not_empty(
        &without_workers,
        "the program ends with events in the queue, which are lost; no worker outlives main: call \
         registry().queue().shutdown(..) at the end of main, or await shutdown_async(..) there",
    );
}

impl Drop for AtExit {
    fn drop(&mut self) {
        let has_events = DEFAULT.queue().len() + DEFAULT.queue().scheduled() > 0;
        if level_enabled!(Level::WARN) && has_events {
            warn_with_new_thread_locals();
        }
    }
}

/// Calls [`warn`] on a thread of its own: thread-locals that the log needs may be destroyed on this one. If the
/// log waits for a lock that this thread holds, as in `process::exit`, the program ends without the record.
#[cfg(unix)]
fn warn_with_new_thread_locals() {
    const AT_MOST: Duration = Duration::from_secs(1);
    let (sender, ended) = mpsc::channel::<()>();
    let builder = thread::Builder::new().name("events-exit".to_owned());
    let spawned = builder.spawn(move || {
        warn();
        drop(sender);
    });
    match spawned {
        Ok(_) => drop(ended.recv_timeout(AT_MOST)),
        Err(_) => warn(),
    }
}

/// Calls [`warn`]. Windows runs this destructor under a lock that a new thread needs.
#[cfg(not(unix))]
fn warn_with_new_thread_locals() {
    warn();
}
