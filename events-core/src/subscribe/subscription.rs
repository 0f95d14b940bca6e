//! The guard of a run-time subscription, and the removal of its handlers from their registry.

use std::{
    fmt, mem,
    sync::{Arc, Weak},
};

use crate::{
    context::{EndSubscription, OwnSubscription},
    metadata::Once,
    plan::EventType,
    primitives::{DropSignal, catch_drop, drop_catching},
    queue::UnfinishedJob,
    registry::{Registry, Removal, WeakRegistry},
    time::TimeKey,
};

/// A run-time subscription: dropping it unsubscribes and frees the closure.
///
/// Once the drop has returned, the handler is not started again on this thread, not even by an emit in
/// progress. A call that has started, or that another thread was about to start, runs to its end, and the last
/// emit that still uses the handler frees the closure. [`stop`](Self::stop) waits for that. The guard may be dropped
/// inside of a handler, also inside of its own. A panic in the `Drop` of what the closure has captured is caught and
/// logged at `error`.
///
/// Bind it to a name, or call [`detach`](Self::detach): `let _ = registry.on(..)` drops it, and so unsubscribes, at once.
///
/// It does not keep its registry alive, and may outlive it.
///
/// ```
/// use events_core::{Event, Registry};
///
/// #[derive(Event)]
/// struct Tick(u32);
///
/// let registry = Registry::new();
/// let subscription = registry.on(|tick: &mut Tick| tick.0 += 1);
/// registry.on(|tick: &mut Tick| tick.0 += 10).detach();
/// assert_eq!(registry.emit(Tick(0)).0, 11);
///
/// drop(subscription);
/// assert_eq!(registry.emit(Tick(0)).0, 10);
/// ```
#[doc(alias("unsubscribe", "off"))]
#[must_use = "dropping a Subscription unsubscribes; `.detach()` keeps it for good"]
pub struct Subscription(Vec<SubscriptionPart>);

/// One handler of a subscription.
#[derive(Clone)]
pub(crate) struct SubscriptionPart {
    unsubscribe: Unsubscribe,
    closable: Weak<dyn Closable>,
    /// Claimed when the subscription ends, so that a skipped call knows the reason.
    ended: Option<Arc<Once>>,
    /// The signal that the handler is dropped, if the handler may be removed before its subscription ends. Of others
    /// it is created when the subscription is stopped, as long as the handler exists.
    dropped: Option<Arc<DropSignal>>,
    /// Where the emissions of the handler find the whole subscription, if the handler takes them.
    own: OwnSubscription,
}

/// A handler that can be closed. The guard holds a weak reference, so that the closure is freed
/// with the last plan that contains it.
pub(crate) trait Closable: Send + Sync {
    /// After this, the handler is not started again. Returns its scheduled calls, which are to be taken out.
    fn close(&self) -> Vec<TimeKey>;

    /// The signal that the handler is dropped.
    fn dropped(&self) -> Arc<DropSignal>;

    /// Whether it is a background handler: a call of it may be in progress without a thread that runs it.
    fn is_background(&self) -> bool {
        false
    }
}

/// The weak reference that a subscription holds. The argument has an erased type, so that `downgrade` is compiled once,
/// not for each handler.
#[expect(
    clippy::needless_pass_by_value,
    reason = "an argument by value is converted to the trait object at the call"
)]
pub(crate) fn weak(handler: Arc<dyn Closable>) -> Weak<dyn Closable> {
    Arc::downgrade(&handler)
}

impl Subscription {
    pub(crate) fn new(parts: Vec<SubscriptionPart>) -> Self {
        Self(parts)
    }

    /// Keeps the subscription for as long as its registry exists.
    pub fn detach(mut self) {
        self.0.clear();
    }
}

impl SubscriptionPart {
    pub(crate) fn new(
        unsubscribe: Unsubscribe,
        closable: Weak<dyn Closable>,
        ended: Option<Arc<Once>>,
        own: OwnSubscription,
    ) -> Self {
        Self {
            unsubscribe,
            closable,
            ended,
            dropped: None,
            own,
        }
    }

    /// The same of a handler that its first call removes.
    pub(super) fn once(mut self) -> Self {
        self.dropped = self.closable.upgrade().map(|handler| handler.dropped());
        self
    }

    /// The id, and the number of the subscriber that has it.
    pub(crate) fn id(&self) -> Option<(&str, u64)> {
        Some((self.unsubscribe.id.as_deref()?, self.unsubscribe.number))
    }
}

impl Subscription {
    /// Unsubscribes, and returns what has to be waited for until no call is in progress.
    pub(crate) fn unsubscribe(mut self) -> Freed {
        let parts = mem::take(&mut self.0);
        let mut dropped: Vec<_> = parts
            .iter()
            .filter_map(|part| part.dropped.clone())
            .collect();
        let mut has_background = false;
        let has_registry = end(&parts, |handler| {
            dropped.push(handler.dropped());
            has_background |= handler.is_background();
        });
        if !has_registry {
            dropped.clear(); // each call in progress would have kept it alive
        }
        Freed {
            dropped,
            has_background,
        }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        end(&self.0, |_| ());
    }
}

/// Lets the emissions of these handlers end the subscription of all of them.
pub(super) fn share(parts: &[SubscriptionPart]) {
    if parts.iter().any(|part| part.own.is_taken()) {
        let without_own = |part: &SubscriptionPart| SubscriptionPart {
            own: OwnSubscription::default(), // it would own itself
            ..part.clone()
        };
        let all: Arc<[_]> = parts.iter().map(without_own).collect();
        for part in parts {
            part.own.fill(Arc::new(Parts(Arc::clone(&all))));
        }
    }
}

/// The handlers of a subscription, for an emission that ends it.
struct Parts(Arc<[SubscriptionPart]>);

impl EndSubscription for Parts {
    fn end(&self) {
        end(&self.0, |_| ());
    }
}

/// Closes the handlers, calls `closed` with each that exists, and removes them from their registry. Returns whether
/// that exists.
fn end(parts: &[SubscriptionPart], mut closed: impl FnMut(&dyn Closable)) -> bool {
    for SubscriptionPart {
        closable,
        ended,
        unsubscribe,
        ..
    } in parts
    {
        if let Some(ended) = ended {
            let _ = ended.claim();
        }
        if let Some(closable) = closable.upgrade() {
            let scheduled = closable.close();
            if !scheduled.is_empty() {
                unsubscribe.give_up(scheduled);
            }
            closed(&*closable);
            drop_catching(closable); // it may be the last reference
        }
    }
    unsubscribe(parts.iter().map(|part| &part.unsubscribe))
}

/// The signals that the handlers of a subscription that has ended are dropped. Each emit in progress, and each event
/// in the queue for it, keeps a handler alive.
pub(crate) struct Freed {
    dropped: Vec<Arc<DropSignal>>,
    has_background: bool,
}

impl Freed {
    /// Whether one of the handlers is a background handler.
    pub(crate) fn has_background(&self) -> bool {
        self.has_background
    }

    /// Waits until the handlers are dropped.
    pub(crate) async fn wait(self) {
        for dropped in self.dropped {
            dropped.wait().await;
        }
    }
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let numbers = self.0.iter().map(|part| part.unsubscribe.number);
        let numbers: Vec<_> = numbers.collect();
        f.debug_tuple("Subscription").field(&numbers).finish()
    }
}

/// Removes one subscriber from its registry, if that still exists.
#[derive(Clone)]
pub(crate) struct Unsubscribe {
    registry: WeakRegistry,
    /// The event type of an exact subscriber; `None` for a pattern subscriber.
    event_type: Option<EventType>,
    id: Option<String>,
    number: u64,
    /// Whether it is a hook or a middleware.
    is_policy: bool,
}

impl Unsubscribe {
    pub(crate) fn new(
        registry: &Registry,
        event_type: Option<EventType>,
        id: Option<String>,
        number: u64,
    ) -> Self {
        Self {
            registry: registry.downgrade(),
            event_type,
            id,
            number,
            is_policy: false,
        }
    }

    /// The removal of a hook or a middleware.
    pub(super) fn of_policy(registry: &Registry, number: u64) -> Self {
        Self {
            is_policy: true,
            ..Self::new(registry, None, None, number)
        }
    }

    pub(crate) fn run(&self) {
        unsubscribe([self].into_iter());
    }

    /// Takes out the scheduled calls of the handler.
    #[cold]
    fn give_up(&self, scheduled: Vec<TimeKey>) {
        let Some(registry) = self.registry.upgrade() else {
            return;
        };
        for key in scheduled {
            if let Some(job) = registry.core().queue().unschedule(key) {
                catch_drop::<UnfinishedJob>(|| {
                    if let Some(unfinished) = job.take() {
                        unfinished.log_given_up();
                    }
                });
            }
        }
    }
}

/// Removes subscribers of one registry together, with one new plan for each event type. Returns whether the registry
/// exists.
fn unsubscribe<'u>(subscribers: impl Iterator<Item = &'u Unsubscribe> + Clone) -> bool {
    let first = subscribers.clone().next();
    let Some(registry) = first.and_then(|first| first.registry.upgrade()) else {
        return false;
    };
    let core = registry.core();
    if subscribers.clone().all(|subscriber| subscriber.is_policy) {
        subscribers.for_each(|policy| core.remove_policy(policy.number));
        return true;
    }
    let mut removals = subscribers.map(|subscriber| Removal {
        event_type: subscriber.event_type,
        number: subscriber.number,
        id: subscriber.id.as_deref(),
    });
    core.remove(&mut removals);
    true
}
