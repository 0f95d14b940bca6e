//! The guard of a run-time subscription, and how it leaves its registry.

use std::{
    any::TypeId,
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::Weak,
};

use crate::{
    plan::{Hearing, Kind},
    registry::{Core, Handle, Registry},
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
pub struct Subscription(Vec<Member>);

/// One handler of a subscription.
pub(crate) struct Member {
    leave: Leave,
    door: Weak<dyn Door>,
}

/// What keeps a handler from being started. The guard holds it weakly, for the closure is to go when
/// the last plan goes.
pub(crate) trait Door: Send + Sync {
    fn close(&self);
}

impl Subscription {
    pub(crate) fn new(members: Vec<Member>) -> Self {
        Self(members)
    }

    /// Keeps the subscription for as long as its registry lives.
    pub fn detach(mut self) {
        self.0.clear();
    }
}

impl Member {
    pub(crate) fn new(leave: Leave, door: Weak<dyn Door>) -> Self {
        Self { leave, door }
    }

    /// The id, and whose it is.
    pub(crate) fn id(&self) -> Option<(&str, u64)> {
        Some((self.leave.id.as_deref()?, self.leave.number))
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        for Member { door, .. } in &self.0 {
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
pub(crate) struct Leave {
    home: Handle<Weak<Core>>,
    /// What it listens to; `None` for whatever a pattern matches.
    kind: Option<Kind>,
    id: Option<String>,
    number: u64,
}

impl Leave {
    pub(crate) fn new(
        registry: &Registry,
        kind: Option<Kind>,
        id: Option<String>,
        number: u64,
    ) -> Self {
        Self {
            home: registry.downgrade(),
            kind,
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
fn leave<'l>(mut leaves: impl Iterator<Item = &'l Leave> + Clone) {
    let Some(Leave { home, .. }) = leaves.clone().next() else {
        return;
    };
    match home {
        Handle::Default(core) => core.remove(&mut leaves),
        Handle::Own(core) => {
            if let Some(core) = core.upgrade() {
                core.remove(&mut leaves);
            }
        }
    }
}

impl Core {
    fn remove(&self, leaves: &mut dyn Iterator<Item = &Leave>) {
        let mut kinds: BTreeMap<TypeId, (Kind, BTreeSet<u64>)> = BTreeMap::new();
        let mut hearings = BTreeSet::new();
        let mut ids = Vec::new();
        for leave in leaves {
            let Leave { kind, number, .. } = *leave;
            if let Some(kind) = kind {
                let (_, numbers) = kinds.entry(kind.family).or_insert((kind, BTreeSet::new()));
                numbers.insert(number);
            } else {
                hearings.insert(number);
            }
            ids.extend(leave.id.as_ref().map(|id| (id, number)));
        }
        let mut writer = self.writer();
        let mut gone = Vec::new();
        if !hearings.is_empty() {
            for (family, kind) in &writer.known {
                let (_, numbers) = kinds.entry(*family).or_insert((*kind, BTreeSet::new()));
                numbers.extend(&hearings);
            }
            let leaves = |hearing: &mut Hearing| hearings.contains(&hearing.number);
            gone.extend(writer.hearings.extract_if(.., leaves));
            self.topics().forget();
        }
        let retired: Vec<_> = kinds
            .values()
            .map(|(kind, numbers)| {
                self.slot_for_change(*kind)
                    .remove(kind.family, kind.info, numbers)
            })
            .collect();
        for (id, number) in ids {
            // One that has left before may have left its id to another.
            if writer.ids.get(id) == Some(&number) {
                writer.ids.remove(id);
            }
        }
        drop(writer);
        drop((retired, gone));
    }
}
