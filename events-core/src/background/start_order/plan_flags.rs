//! Which kinds of handlers a background plan has.

use crate::metadata::SubscriberInfo;

/// Which kinds of handlers a background plan has.
#[derive(Clone, Copy)]
pub(in crate::background) struct PlanFlags {
    /// Whether some handlers are deferred: these run from the queue even in an async emit.
    pub(in crate::background) has_deferred: bool,
    /// Whether some of these have a delay.
    pub(in crate::background) has_delayed: bool,
    /// Whether calls of some handlers may have to wait for others.
    pub(in crate::background) limits_calls: bool,
    pub(in crate::background) starts_at_once: bool,
    /// Whether a handler takes the emission, with its time.
    pub(in crate::background) takes_emission: bool,
}

impl PlanFlags {
    /// `may_start`: no handler takes a copy of the event, or depends on another one.
    pub(in crate::background) fn of<'a>(
        subscribers: impl Iterator<Item = &'a SubscriberInfo>,
        may_start: bool,
    ) -> Self {
        let mut flags = Self {
            has_deferred: false,
            has_delayed: false,
            limits_calls: false,
            starts_at_once: may_start,
            takes_emission: false,
        };
        for subscriber in subscribers {
            flags.has_deferred |= subscriber.deferred;
            flags.has_delayed |= subscriber.delay.is_some();
            flags.takes_emission |= subscriber.takes_emission;
            flags.limits_calls |= subscriber.limits_calls();
        }
        flags.starts_at_once &= !flags.has_deferred;
        flags
    }
}
