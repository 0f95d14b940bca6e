//! events-core with middleware around each call: one that calls the subscriber, and does nothing else.

use std::sync::LazyLock;

use events_core::{
    Registry,
    info::SubscriberInfo,
    middleware::{Middleware, Next},
    outcomes::SubscriberOutcome,
};

use crate::{
    case::{B, Case, repeat},
    events,
};

/// A scanned registry with one middleware.
static WRAPPED: LazyLock<Registry> = LazyLock::new(|| {
    let registry = Registry::new();
    crate::params::scan(&registry);
    registry.wrap(Around).detach();
    registry
});

struct Around;

impl Middleware for Around {
    fn call(&self, _: &SubscriberInfo, next: Next<'_>) -> SubscriberOutcome {
        next.run()
    }
}

pub(crate) fn cases() -> Vec<Case> {
    macro_rules! emits {
        ($($count:literal $module:ident;)*) => {
            vec![$(
                Case::new("wrapped", $count, |times| {
                    let registry = &*WRAPPED;
                    repeat(times, |a| registry.emit(events::$module::Pair { a, b: B }).a)
                }),
            )*]
        };
    }
    emits! {
        1 one;
        16 sixteen;
    }
}
