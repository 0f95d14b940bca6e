//! What an attribute leaves in the link-time slice, and how it gets from there into a registry.

use std::{
    any::{Any, TypeId},
    collections::{BTreeMap, BTreeSet},
    fmt, ptr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use super::{
    core::{Core, Writer},
    order::{Position, Rank},
    plan::{About, Cycle, Entry},
    slot::Staged,
};
use crate::{
    event::Family,
    handler::{Link, MissingState, Param, Run, States, Step, Wired},
    words::{EventInfo, Key, Location, Origin, SubscriberInfo},
};

/// A declared subscriber, as the attribute leaves it.
#[doc(hidden)]
pub struct Subscriber {
    /// The path of the function.
    pub name: &'static str,
    /// The module that declares it.
    pub module: &'static str,
    /// Where it is declared.
    pub location: Location,
    /// High runs first.
    pub priority: i32,
    /// Whether it takes `&mut`.
    pub changes: bool,
    /// Whether it runs the first time only.
    pub once: bool,
    /// The function.
    pub key: fn() -> Key,
    /// What it listens to.
    pub event: fn() -> (TypeId, &'static EventInfo),
    /// Whom it runs before.
    pub before: &'static [fn() -> Key],
    /// Whom it runs after.
    pub after: &'static [fn() -> Key],
    /// Registers it.
    pub install: fn(&mut Installer<'_>),
}

impl Subscriber {
    /// What tells it from every other in this program.
    pub(crate) fn address(&'static self) -> u64 {
        ptr::from_ref(self).addr() as u64
    }
}

impl fmt::Debug for Subscriber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.name, self.location)
    }
}

/// Registers one declared subscriber.
#[doc(hidden)]
pub struct Installer<'i> {
    subscriber: &'static Subscriber,
    states: &'i States,
    origin: Option<Origin>,
    missing: Vec<MissingState>,
    batch: &'i mut Batch,
}

impl<'i> Installer<'i> {
    /// Installs a subscriber; the states that it misses come back.
    pub(crate) fn run(
        subscriber: &'static Subscriber,
        states: &'i States,
        batch: &'i mut Batch,
    ) -> Vec<MissingState> {
        let mut installer = Self {
            subscriber,
            states,
            origin: None,
            missing: Vec::new(),
            batch,
        };
        (subscriber.install)(&mut installer);
        installer.missing
    }

    /// Finds what a parameter needs, or notes that it is missing.
    pub fn find<P: Param>(&mut self) -> Option<P::Kept> {
        P::find(self.states)
            .map_err(|missing| self.missing.push(missing))
            .ok()
    }

    /// Limits the subscriber to an origin.
    pub fn origin(&mut self, origin: impl Into<Origin>) -> Origin {
        let origin = origin.into();
        self.origin = Some(origin.clone());
        origin
    }

    /// Registers the handler.
    pub fn subscribe<F, H>(&mut self, handler: H)
    where
        F: Family,
        H: Fn(&mut F::Of<'_>, &Run<'_>) -> Step + Clone + Send + Sync + 'static,
    {
        // All that is compiled for each subscriber: the rest is the same for all, or for an event.
        self.place::<F>(Box::new(Wired(handler)));
    }

    fn place<F: Family>(&mut self, link: Link<F>) {
        let (position, subscriber) = self.describe(F::info());
        let about = About {
            number: self.subscriber.address(),
            declared: true,
            position,
            subscriber,
        };
        self.batch.add(Entry { about, link });
    }

    fn describe(&mut self, info: &'static EventInfo) -> (Position, Arc<SubscriberInfo>) {
        let Subscriber {
            name,
            module,
            location,
            priority,
            changes,
            once,
            ..
        } = *self.subscriber;
        let keys = |keys: &[fn() -> Key]| keys.iter().map(|key| key()).collect();
        let position = Position {
            rank: Rank::declared(priority, module, location, name),
            names: vec![(self.subscriber.key)()],
            before: keys(self.subscriber.before),
            after: keys(self.subscriber.after),
        };
        let subscriber = SubscriberInfo {
            topic: info.topic(),
            name: name.into(),
            module,
            location,
            priority,
            origin: self.origin.take(),
            changes,
            once,
        };
        (position, Arc::new(subscriber))
    }
}

/// Lets a handler through the first time only.
#[derive(Clone, Debug, Default)]
pub struct Once(Arc<AtomicBool>);

impl Once {
    /// One that has let nobody through.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether this is the first time; of several threads, one is told so.
    #[inline]
    #[must_use]
    pub fn claim(&self) -> bool {
        !self.0.load(Ordering::Relaxed) && !self.0.swap(true, Ordering::AcqRel)
    }
}

/// Subscribers that go into a registry together, grouped by event type.
#[derive(Default)]
pub(crate) struct Batch {
    addresses: Vec<u64>,
    groups: BTreeMap<TypeId, Box<dyn Group>>,
}

impl Batch {
    fn add<F: Family>(&mut self, entry: Entry<F>) {
        self.addresses.push(entry.about.number);
        let group = self
            .groups
            .entry(TypeId::of::<F>())
            .or_insert_with(|| Box::new(Entries::<F>(Vec::new())));
        if let Some(entries) = (group.as_mut() as &mut dyn Any).downcast_mut::<Entries<F>>() {
            entries.0.push(entry);
        }
    }

    /// Leaves out what another scan has installed in the meantime.
    pub(super) fn keep_new(&mut self, installed: &BTreeSet<u64>) {
        self.addresses
            .retain(|address| !installed.contains(address));
        for group in self.groups.values_mut() {
            group.keep_new(installed);
        }
    }

    pub(super) fn into_parts(self) -> (Vec<u64>, impl Iterator<Item = Box<dyn Group>>) {
        (self.addresses, self.groups.into_values())
    }
}

/// The subscribers of one event type in a batch; its type is known inside only.
pub(super) trait Group: Any {
    fn keep_new(&mut self, installed: &BTreeSet<u64>);
    fn stage(self: Box<Self>, core: &Core) -> Result<Box<dyn Change>, (Cycle, Box<dyn Any>)>;
}

/// A change of one event type that only waits to be made.
pub(super) trait Change {
    fn publish(self: Box<Self>, core: &Core, writer: &mut Writer) -> Box<dyn Any>;
}

struct Entries<F: Family>(Vec<Entry<F>>);

impl<F: Family> Group for Entries<F> {
    fn keep_new(&mut self, installed: &BTreeSet<u64>) {
        self.0
            .retain(|entry| !installed.contains(&entry.about.number));
    }

    fn stage(self: Box<Self>, core: &Core) -> Result<Box<dyn Change>, (Cycle, Box<dyn Any>)> {
        match core.slot_for_change::<F>().stage(self.0) {
            Ok(staged) => Ok(Box::new(staged)),
            Err((cycle, entries)) => Err((cycle, Box::new(entries))),
        }
    }
}

impl<F: Family> Change for Staged<F> {
    fn publish(self: Box<Self>, core: &Core, writer: &mut Writer) -> Box<dyn Any> {
        writer.list::<F>();
        Box::new(core.slot_for_change::<F>().publish(*self))
    }
}
