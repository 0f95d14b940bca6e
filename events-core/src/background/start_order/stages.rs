//! When an async emit runs or queues each background handler, and selections of handlers by that.

use std::sync::Arc;

use super::dependencies::Dependencies;
use crate::metadata::SubscriberInfo;

/// When an async emit runs or queues a handler.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::background) enum Stage {
    /// It is not deferred: it runs on the task of the emit.
    Async,
    /// It is deferred, and queued before the async handlers are started.
    DeferredFirst,
    /// It is deferred and depends on no async handler, but dependencies among deferred handlers connect it
    /// with one that does. These are run by one job, which keeps them in order: it is queued when the
    /// async handlers are complete.
    DeferredLast,
    /// It is deferred and depends on an async handler, directly or through others: queued at the same time.
    DeferredAfterAsync,
}

/// A selection of the handlers of a plan.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Select {
    All,
    /// The handlers that are not deferred.
    Async,
    /// The deferred handlers that an async emit queues before it starts the async ones.
    DeferredFirst,
    /// The deferred handlers that an async emit queues when the async ones are complete.
    DeferredLast,
    /// Those of `DeferredLast` that depend on no async handler: they are queued even if the emit is
    /// dropped before the async handlers are complete.
    DeferredWhenDropped,
    /// The handlers with a delay.
    Delayed,
    /// The handlers without a delay.
    NotDelayed,
    /// The others of `DeferredLast`: if the emit is dropped then, they are not reached.
    DeferredAfterAsync,
}

impl Stage {
    /// Whether a handler of this stage is in the selection.
    #[inline]
    pub(in crate::background) fn is_in(
        self,
        selection: Select,
        subscriber: &SubscriberInfo,
    ) -> bool {
        match selection {
            Select::All => true,
            Select::Delayed => subscriber.delay.is_some(),
            Select::NotDelayed => subscriber.delay.is_none(),
            Select::Async => self == Self::Async,
            Select::DeferredFirst => self == Self::DeferredFirst,
            Select::DeferredLast => matches!(self, Self::DeferredLast | Self::DeferredAfterAsync),
            Select::DeferredWhenDropped => self == Self::DeferredLast,
            Select::DeferredAfterAsync => self == Self::DeferredAfterAsync,
        }
    }
}

/// The stage of each handler.
pub(in crate::background) fn stages(
    subscribers: &[Arc<SubscriberInfo>],
    dependencies: &Dependencies,
) -> Box<[Stage]> {
    let is_deferred: Vec<_> = subscribers.iter().map(|one| one.deferred).collect();
    let is_async: Vec<_> = is_deferred.iter().map(|deferred| !deferred).collect();
    // No async handler depends on a deferred one, so the dependents among the deferred ones are all there are.
    let mut is_last = dependencies.dependents(&is_async);
    let is_after_async = is_last.clone();
    dependencies.add_connected(&mut is_last, &is_deferred);
    let stage = |number: usize| match (is_async[number], is_after_async[number], is_last[number]) {
        (true, ..) => Stage::Async,
        (false, true, _) => Stage::DeferredAfterAsync,
        (false, false, true) => Stage::DeferredLast,
        (false, false, false) => Stage::DeferredFirst,
    };
    (0..subscribers.len()).map(stage).collect()
}
