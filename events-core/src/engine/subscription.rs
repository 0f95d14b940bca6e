//! The guard of a run-time subscription, and how it leaves its registry.

use std::{fmt, sync::Weak};

use super::{
    core::Core,
    registry::{Handle, Registry},
};
use crate::event::Family;

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
pub struct Subscription(Option<(Leave, Weak<dyn Door>)>);

/// What keeps a handler from being started. The guard holds it weakly, for the closure is to go when
/// the last plan goes.
pub(super) trait Door: Send + Sync {
    fn close(&self);
}

impl Subscription {
    pub(super) fn new(leave: Leave, door: Weak<dyn Door>) -> Self {
        Self(Some((leave, door)))
    }

    /// Keeps the subscription for as long as its registry lives.
    pub fn detach(mut self) {
        self.0 = None;
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        if let Some((leave, door)) = self.0.take() {
            if let Some(door) = door.upgrade() {
                door.close();
            }
            leave.run();
        }
    }
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.0.as_ref().map(|(leave, _)| leave.number);
        f.debug_tuple("Subscription").field(&number).finish()
    }
}

/// How a subscription leaves its registry, if that is still there.
#[derive(Clone)]
pub(super) struct Leave {
    home: Handle<Weak<Core>>,
    id: Option<String>,
    number: u64,
    remove: fn(&Core, u64, Option<&str>),
}

impl Leave {
    pub(super) fn new<F: Family>(registry: &Registry, id: Option<String>, number: u64) -> Self {
        Self {
            home: registry.downgrade(),
            id,
            number,
            remove: remove::<F>,
        }
    }

    pub(super) fn run(&self) {
        match &self.home {
            Handle::Default(core) => (self.remove)(core, self.number, self.id.as_deref()),
            Handle::Own(core) => {
                if let Some(core) = core.upgrade() {
                    (self.remove)(&core, self.number, self.id.as_deref());
                }
            }
        }
    }
}

fn remove<F: Family>(core: &Core, number: u64, id: Option<&str>) {
    let mut writer = core.writer();
    let retired = core.slot_for_change::<F>().remove(number);
    if let Some(id) = id.filter(|_| retired.is_some()) {
        writer.ids.remove(id);
    }
    drop(writer);
    drop(retired);
}
