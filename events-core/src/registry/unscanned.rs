//! The warning that linked subscribers are not registered, since no scan has run.

use std::sync::atomic::Ordering;

use super::core::{AWAITS_SCAN, Core};
use crate::primitives::catch_record;

impl Core {
    /// Logs a warning, once, if subscribers are linked and no scan has registered them.
    #[inline]
    pub(crate) fn warn_if_unscanned(&self) {
        if self.has_flag(AWAITS_SCAN) {
            self.warn_unscanned(
                "an event was emitted before any scan: none of the linked subscribers runs; call \
                 events_core::scan() first thing in main",
            );
        }
    }

    /// The same for an event that is enqueued. A scan may still register its subscribers before it runs.
    #[inline]
    pub(crate) fn warn_if_enqueued_unscanned(&self) {
        if self.has_flag(AWAITS_SCAN) {
            self.warn_unscanned(
                "an event was enqueued before any scan: none of the linked subscribers runs unless a scan comes \
                 before its flush or worker; call events_core::scan() first thing in main",
            );
        }
    }

    /// The same when it is asked whether an event has subscribers. The caller then emits none.
    pub(super) fn warn_if_asked_unscanned(&self) {
        if self.has_flag(AWAITS_SCAN) {
            self.warn_unscanned(
                "has_subscribers was called before any scan: none of the linked subscribers is registered; call \
                 events_core::scan() first thing in main",
            );
        }
    }

    #[cold]
    #[inline(never)]
    fn warn_unscanned(&self, message: &str) {
        let linked = self.default_hooks.map_or(0, |hooks| (hooks.count_linked)());
        let flags = self.flags.fetch_and(!AWAITS_SCAN, Ordering::Relaxed);
        if flags & AWAITS_SCAN > 0 && linked > 0 {
            catch_record(|| {
                tracing::warn!(
                    target: "events_core",
                    subscribers = linked,
                    "{message}",
                );
            });
        }
    }
}
