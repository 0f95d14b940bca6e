//! The guard of a run-time subscription, and how it leaves its registry.

use std::{fmt, sync::Weak};

use crate::{
    plan::EventType,
    registry::{Core, CoreRef, Registry, Removal},
};

/// A run-time subscription: dropping it unsubscribes and frees the closure.
///
/// Once the drop has returned, the handler is not started again, not even by an emit that is under
/// way; a call of it that has started goes on to its end, and the last emit that still holds the
/// plan frees the closure. Dropping it inside a handler, its own included, works.
///
/// It keeps no registry alive, and outlives its registry without harm.
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
#[must_use = "dropping a Subscription unsubscribes; `.detach()` keeps it for good"]
pub struct Subscription(Vec<SubscriptionPart>);

/// One handler of a subscription.
pub(crate) struct SubscriptionPart {
    leave: Unsubscribe,
    door: Weak<dyn Closable>,
}

/// What keeps a handler from being started. The guard holds it weakly, for the closure is to go when
/// the last plan goes.
pub(crate) trait Closable: Send + Sync {
    fn close(&self);
}

impl Subscription {
    pub(crate) fn new(members: Vec<SubscriptionPart>) -> Self {
        Self(members)
    }

    /// Keeps the subscription for as long as its registry lives.
    pub fn detach(mut self) {
        self.0.clear();
    }
}

impl SubscriptionPart {
    pub(crate) fn new(leave: Unsubscribe, door: Weak<dyn Closable>) -> Self {
        Self { leave, door }
    }

    /// The id, and whose it is.
    pub(crate) fn id(&self) -> Option<(&str, u64)> {
        Some((self.leave.id.as_deref()?, self.leave.number))
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        for SubscriptionPart { door, .. } in &self.0 {
            if let Some(door) = door.upgrade() {
                door.close();
            }
        }
        leave(self.0.iter().map(|member| &member.leave));
    }
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let numbers = self.0.iter().map(|member| member.leave.number);
        let numbers: Vec<_> = numbers.collect();
        f.debug_tuple("Subscription").field(&numbers).finish()
    }
}

/// How a handler leaves its registry, if that is still there.
#[derive(Clone)]
pub(crate) struct Unsubscribe {
    home: CoreRef<Weak<Core>>,
    /// What it listens to; `None` for whatever a pattern matches.
    event_type: Option<EventType>,
    id: Option<String>,
    number: u64,
}

impl Unsubscribe {
    pub(crate) fn new(
        registry: &Registry,
        event_type: Option<EventType>,
        id: Option<String>,
        number: u64,
    ) -> Self {
        Self {
            home: registry.downgrade(),
            event_type,
            id,
            number,
        }
    }

    /// Leaves alone.
    pub(crate) fn run(&self) {
        leave([self].into_iter());
    }
}

/// Those of one registry leave it together: one new plan for each event type.
fn leave<'l>(leaves: impl Iterator<Item = &'l Unsubscribe> + Clone) {
    let Some(Unsubscribe { home, .. }) = leaves.clone().next() else {
        return;
    };
    let mut removals = leaves.map(|leave| Removal {
        event_type: leave.event_type,
        number: leave.number,
        id: leave.id.as_deref(),
    });
    match home {
        CoreRef::Default(core) => core.remove(&mut removals),
        CoreRef::Own(core) => {
            if let Some(core) = core.upgrade() {
                core.remove(&mut removals);
            }
        }
    }
}
