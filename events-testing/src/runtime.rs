//! The runtime of tokio that the current thread is inside of. Without the cargo feature `tokio` nothing here finds one.

/// Whether the current thread is inside of a runtime.
pub(crate) fn is_inside_runtime() -> bool {
    #[cfg(feature = "tokio")]
    {
        tokio::runtime::Handle::try_current().is_ok()
    }
    #[cfg(not(feature = "tokio"))]
    false
}

/// Whether this thread runs the tasks of a current-thread runtime, so that none of them proceeds while it is blocked.
///
/// tokio has no function for this query. `Handle::block_on` panics on just these threads; that panic is caught.
pub(crate) fn is_driving_current_thread_runtime() -> bool {
    #[cfg(feature = "tokio")]
    {
        use events_core::__testing::panics_silently;
        use tokio::runtime::{Handle, RuntimeFlavor};
        let handle = Handle::try_current().ok();
        let handle =
            handle.filter(|handle| handle.runtime_flavor() == RuntimeFlavor::CurrentThread);
        handle.is_some_and(|handle| panics_silently(|| handle.block_on(async {})))
    }
    #[cfg(not(feature = "tokio"))]
    false
}
