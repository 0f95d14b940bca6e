//! What an attribute leaves in the link-time slice, and how it gets from there into a registry.

use std::{
    any::TypeId,
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    fmt,
    num::NonZeroUsize,
    ptr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use super::listener::Added;
use crate::{
    background::{Behind, Hand},
    event::{Family, Snapshot},
    handler::{Background, MissingState, Param, Run, Source, States, Step, Wired},
    metadata::{EventInfo, Key, Location, Origin, SubscriberInfo},
    plan::{Entry, Hearing, Kind, Position, Rank, Turn},
    registry::Core,
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
    /// Whether it is async.
    pub asynchronous: bool,
    /// Whether it goes through the queue, whoever emits.
    pub deferred: bool,
    /// How many of its calls may be under way at once; 0 for as many as come.
    pub concurrency: usize,
    /// Whether it is a method of a listener that no scan can make, for it is not `Default`.
    pub by_hand: bool,
    /// The function.
    pub key: fn() -> Key,
    /// What it listens to.
    pub hears: Hears,
    /// Whom it runs before.
    pub before: &'static [fn() -> Key],
    /// Whom it runs after.
    pub after: &'static [fn() -> Key],
    /// Registers it.
    pub install: fn(&mut Installer<'_>),
}

/// What a declared subscriber listens to.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub enum Hears {
    /// Events of these types.
    Events(&'static [fn() -> (TypeId, &'static EventInfo)]),
    /// Events whose topic matches this pattern.
    Topic(&'static str),
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
    pub(crate) subscriber: &'static Subscriber,
    pub(crate) core: &'i Core,
    states: &'i States,
    origin: Option<Origin>,
    missing: Vec<MissingState>,
    pub(crate) group: &'i mut Group,
    /// The listener that is added by hand.
    pub(crate) added: Option<&'i mut Added>,
}

impl<'i> Installer<'i> {
    /// Installs a subscriber; the states that it misses come back.
    pub(crate) fn run(
        subscriber: &'static Subscriber,
        core: &'i Core,
        states: &'i States,
        group: &'i mut Group,
        added: Option<&'i mut Added>,
    ) -> Vec<MissingState> {
        let mut installer = Self {
            subscriber,
            core,
            states,
            origin: None,
            missing: Vec::new(),
            group,
            added,
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

    /// How many of the subscriber's calls may be under way at once.
    #[must_use]
    pub fn concurrency(&self) -> usize {
        self.subscriber.concurrency
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
        H: Fn(&mut F::Of<'_>, &Run<'_>) -> Step + Send + Sync + 'static,
    {
        // All that is compiled for each subscriber: the rest is the same for all.
        let wired = Wired::new::<F, H>(Arc::new(handler));
        self.place(Kind::of::<F>(), Hand::Now(wired));
    }

    /// Registers a handler that runs later; its filters are asked once for each emit.
    pub fn later<E, H>(
        &mut self,
        wants: impl Fn(&E, &Source<'_>) -> bool + Send + Sync + 'static,
        handler: H,
    ) where
        E: Snapshot,
        H: Background<E>,
    {
        let behind = Behind::new(wants, handler);
        self.place(Kind::of::<E>(), Hand::Later(Arc::new(behind)));
    }

    fn place(&mut self, kind: Kind, handler: Hand) {
        let Subscriber {
            priority,
            module,
            location,
            name,
            ..
        } = *self.subscriber;
        let rank = Rank::declared(priority, module, location, name);
        let (position, subscriber) = self.describe(kind.info.topic().into(), None, rank);
        let entry = Entry {
            number: self.subscriber.address(),
            declared: true,
            position,
            subscriber,
            handler,
        };
        self.group.add(kind, entry);
    }

    /// Where it stands, and who it is.
    pub(crate) fn describe(
        &mut self,
        topic: Cow<'static, str>,
        pattern: Option<Cow<'static, str>>,
        rank: Rank,
    ) -> (Arc<Position>, Arc<SubscriberInfo>) {
        let Subscriber {
            name,
            module,
            location,
            priority,
            changes,
            once,
            asynchronous,
            deferred,
            concurrency,
            ..
        } = *self.subscriber;
        let keys = |keys: &[fn() -> Key]| keys.iter().map(|key| key()).collect();
        let subscriber = SubscriberInfo {
            topic,
            pattern,
            name: name.into(),
            module,
            location,
            priority,
            origin: self.origin.clone(),
            changes,
            once,
            asynchronous,
            deferred,
            concurrency: NonZeroUsize::new(concurrency),
        };
        let position = Position {
            turn: Turn::of(&subscriber),
            rank,
            names: vec![(self.subscriber.key)()],
            before: keys(self.subscriber.before),
            after: keys(self.subscriber.after),
        };
        (Arc::new(position), Arc::new(subscriber))
    }
}

/// Lets a handler through the first time only.
#[derive(Debug, Default)]
pub struct Once(AtomicBool);

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

/// Subscribers by their event type.
pub(crate) type ByKind = BTreeMap<TypeId, (Kind, Vec<Entry>)>;

/// Subscribers that go into a registry together, by event type.
#[derive(Default)]
pub(crate) struct Group {
    kinds: ByKind,
    /// Those who hear patterns of topics.
    hearings: Vec<Hearing>,
}

impl Group {
    pub(crate) fn add(&mut self, kind: Kind, entry: Entry) {
        self.of_kind(kind).push(entry);
    }

    pub(crate) fn hear(&mut self, hearing: Hearing) {
        self.hearings.push(hearing);
    }

    /// Nobody is added for this event type but those who hear its topic already.
    pub(crate) fn ask(&mut self, kind: Kind) {
        self.of_kind(kind);
    }

    fn of_kind(&mut self, kind: Kind) -> &mut Vec<Entry> {
        let group = self.kinds.entry(kind.family);
        &mut group.or_insert_with(|| (kind, Vec::new())).1
    }

    /// Each subscriber beside its event type.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Kind, &Entry)> {
        let kinds = self.kinds.values();
        kinds.flat_map(|(kind, entries)| entries.iter().map(|entry| (*kind, entry)))
    }

    pub(crate) fn hearings(&self) -> &[Hearing] {
        &self.hearings
    }

    /// The subscribers of one event type.
    pub(crate) fn of(&self, kind: Kind) -> &[Entry] {
        let group = self.kinds.get(&kind.family);
        group
            .map(|(_, entries)| entries.as_slice())
            .unwrap_or_default()
    }

    /// The numbers of all of them.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = u64> {
        let entries = self.iter().map(|(_, entry)| entry.number);
        entries.chain(self.hearings.iter().map(|hearing| hearing.number))
    }

    /// Leaves out what another scan has installed in the meantime.
    pub(crate) fn keep_new(&mut self, installed: &BTreeSet<u64>) {
        for (_, entries) in self.kinds.values_mut() {
            entries.retain(|entry| !installed.contains(&entry.number));
        }
        self.kinds.retain(|_, (_, entries)| !entries.is_empty());
        self.hearings
            .retain(|hearing| !installed.contains(&hearing.number));
    }

    pub(crate) fn into_parts(self) -> (ByKind, Vec<Hearing>) {
        (self.kinds, self.hearings)
    }
}
