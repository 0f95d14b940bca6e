//! Subscribing at run time, with options.

use std::{
    fmt,
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, Ordering},
    },
};

use super::{
    install::Once,
    order::{Position, Rank},
    plan::{About, Entry},
    registry::Registry,
    subscription::{Door, Leave, Subscription},
};
use crate::{
    event::Family,
    handler::{Link, Run, Step, Wired},
    words::{IntoKey, Key, Location, Origin, SubscriberInfo},
};

/// A subscription about to be made: options, and then [`register`](Self::register).
///
/// ```
/// use events_core::{Event, Registry};
///
/// #[derive(Event)]
/// struct Tick(u32);
///
/// let registry = Registry::new();
/// let first = registry
///     .subscribe(|tick: &mut Tick| tick.0 += 1)
///     .id("count")
///     .priority(5)
///     .once()
///     .register()?;
/// let second = registry.subscribe(|tick: &mut Tick| tick.0 *= 10).after("count").register()?;
///
/// let again = registry.subscribe(|_: &Tick| ()).id("count").register();
/// assert_eq!(
///     again.unwrap_err().to_string(),
///     "a subscriber with the id `count` is registered already; \
///      give this one another id, or drop that one's Subscription first",
/// );
///
/// assert_eq!(registry.emit(Tick(1)).0, 20);
/// assert_eq!(registry.emit(Tick(1)).0, 10);
/// # Ok::<(), events_core::SubscribeError>(())
/// ```
#[must_use = "nothing is subscribed before `.register()`"]
pub struct NewSubscription<F: Family, H> {
    registry: Registry,
    handler: H,
    subscriber: SubscriberInfo,
    id: Option<String>,
    names: Vec<Key>,
    before: Vec<Key>,
    after: Vec<Key>,
    when: Option<When<F>>,
}

type When<F> = Box<dyn Fn(&<F as Family>::Of<'_>) -> bool + Send + Sync>;

/// A run-time subscription's handler, until the subscription is dropped.
struct Listening<H> {
    handler: H,
    open: AtomicBool,
}

struct Filters<F: Family> {
    origin: Option<Origin>,
    when: Option<When<F>>,
    once: Option<(Once, Leave)>,
}

impl<F, H> NewSubscription<F, H>
where
    F: Family,
    H: Fn(&mut F::Of<'_>, &Run<'_>) -> Step + Send + Sync + 'static,
{
    pub(super) fn new(
        registry: Registry,
        location: Location,
        name: Key,
        changes: bool,
        handler: H,
    ) -> Self {
        Self {
            registry,
            handler,
            subscriber: SubscriberInfo {
                topic: F::info().topic(),
                name: name.as_str().to_owned().into(),
                module: "",
                location,
                priority: 0,
                origin: None,
                changes,
                once: false,
            },
            id: None,
            names: vec![name],
            before: Vec::new(),
            after: Vec::new(),
            when: None,
        }
    }

    /// High runs first; 0 unless told.
    pub fn priority(mut self, priority: i32) -> Self {
        self.subscriber.priority = priority;
        self
    }

    /// Listens only to events that are emitted from there: a function, `Origin::of::<Type>()`, or
    /// a text.
    pub fn origin<M>(mut self, origin: impl IntoKey<M>) -> Self {
        self.subscriber.origin = Some(origin.into_key().into());
        self
    }

    /// Listens only to events for which this holds, asked when it is the handler's turn. A panic in
    /// it counts as a failure of the subscriber.
    pub fn when(mut self, when: impl Fn(&F::Of<'_>) -> bool + Send + Sync + 'static) -> Self {
        self.when = Some(Box::new(when));
        self
    }

    /// Runs for the first event that passes its filters, and is then unsubscribed.
    pub fn once(mut self) -> Self {
        self.subscriber.once = true;
        self
    }

    /// A name of its own: reports and errors show it, `before` and `after` find it, and a second
    /// subscription under it is an error.
    pub fn id(mut self, id: impl Into<String>) -> Self {
        let id = id.into();
        self.subscriber.name = id.clone().into();
        self.id = Some(id);
        self
    }

    /// Runs before that subscriber of the same event: a function, or the id of a subscription.
    pub fn before<M>(mut self, target: impl IntoKey<M>) -> Self {
        self.before.push(target.into_key());
        self
    }

    /// Runs after that subscriber of the same event: a function, or the id of a subscription.
    pub fn after<M>(mut self, target: impl IntoKey<M>) -> Self {
        self.after.push(target.into_key());
        self
    }

    /// Subscribes; the next emit calls the handler.
    ///
    /// # Errors
    ///
    /// When the id is taken, a target of `before` or `after` does not listen to this event, or
    /// these contradict each other. Nothing is subscribed then.
    pub fn register(self) -> Result<Subscription, SubscribeError> {
        let registry = self.registry.clone();
        let core = registry.core();
        let slot = core.slot_for_change::<F>();
        let mut writer = core.writer();
        if let Some(id) = self.id.as_ref().filter(|id| writer.ids.contains(*id)) {
            return Err(SubscribeError::IdTaken { id: id.to_string() });
        }
        let unknown = |target: &&Key| !slot.knows(target) && !self.names.contains(target);
        if let Some(target) = self.before.iter().chain(&self.after).find(unknown) {
            return Err(SubscribeError::UnknownTarget {
                subscriber: self.subscriber.to_string(),
                target: target.to_string(),
                topic: self.subscriber.topic,
            });
        }

        let number = writer.next;
        let leave = Leave::new::<F>(&registry, self.id.clone(), number);
        let filters = Filters {
            origin: self.subscriber.origin.clone(),
            when: self.when,
            once: self.subscriber.once.then(|| (Once::new(), leave.clone())),
        };
        let listening = Arc::new(Listening {
            handler: self.handler,
            open: AtomicBool::new(true),
        });
        let door: Weak<dyn Door> = Arc::<Listening<H>>::downgrade(&listening);
        let about = About {
            number,
            declared: false,
            position: Position {
                rank: Rank::subscribed(self.subscriber.priority, number),
                names: self
                    .names
                    .into_iter()
                    .chain(self.id.clone().map(Key::from))
                    .collect(),
                before: self.before,
                after: self.after,
            },
            subscriber: Arc::new(self.subscriber),
        };
        let entry = Entry {
            about,
            link: filters.before(listening),
        };
        let staged = match slot.stage(vec![entry]) {
            Ok(staged) => staged,
            Err((cycle, entries)) => {
                drop(writer);
                drop(entries);
                let cycle = cycle.0.iter().map(ToString::to_string).collect();
                return Err(SubscribeError::Cycle { cycle });
            }
        };
        writer.next += 1;
        writer.ids.extend(self.id);
        let retired = slot.publish(staged);
        drop(writer);
        drop(retired);
        Ok(Subscription::new(leave, door))
    }
}

impl<F, H> NewSubscription<F, H>
where
    F: Family,
    H: Fn(&mut F::Of<'_>, &Run<'_>) -> Step + Send + Sync + 'static,
{
    /// Subscribes without options of its own.
    #[track_caller]
    pub(super) fn infallibly(self) -> Subscription {
        match self.register() {
            Ok(subscription) => subscription,
            Err(error) => panic!("{error}"),
        }
    }
}

impl<H> Listening<H> {
    #[inline]
    fn call<F: Family>(&self, event: &mut F::Of<'_>, run: &Run<'_>) -> Step
    where
        H: Fn(&mut F::Of<'_>, &Run<'_>) -> Step,
    {
        if self.open.load(Ordering::Acquire) {
            (self.handler)(event, run)
        } else {
            Step::Skipped
        }
    }
}

impl<H: Send + Sync> Door for Listening<H> {
    fn close(&self) {
        self.open.store(false, Ordering::Release);
    }
}

impl<F: Family> Filters<F> {
    /// The handler behind these filters. Most have none: their link is the handler and no more.
    fn before<H>(self, listening: Arc<Listening<H>>) -> Link<F>
    where
        H: Fn(&mut F::Of<'_>, &Run<'_>) -> Step + Send + Sync + 'static,
    {
        if self.origin.is_none() && self.when.is_none() && self.once.is_none() {
            let call = move |event: &mut F::Of<'_>, run: &Run<'_>| listening.call::<F>(event, run);
            return Box::new(Wired(call));
        }
        let filters = Arc::new(self);
        Box::new(Wired(move |event: &mut F::Of<'_>, run: &Run<'_>| {
            if listening.open.load(Ordering::Acquire) && filters.pass(event, run) {
                (listening.handler)(event, run)
            } else {
                Step::Skipped
            }
        }))
    }

    fn pass(&self, event: &F::Of<'_>, run: &Run<'_>) -> bool {
        let passes = self
            .origin
            .as_ref()
            .is_none_or(|origin| run.is_from(origin))
            && self.when.as_ref().is_none_or(|when| when(event))
            && self.once.as_ref().is_none_or(|(once, _)| once.claim());
        if passes && let Some((_, leave)) = &self.once {
            leave.run();
        }
        passes
    }
}

impl<F: Family, H> fmt::Debug for NewSubscription<F, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("NewSubscription")
            .field(&self.subscriber)
            .finish()
    }
}

/// Why a subscription was not made.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SubscribeError {
    /// Another subscription of the registry has this id.
    IdTaken {
        /// The id.
        id: String,
    },
    /// Nobody of that name listens to the event.
    UnknownTarget {
        /// Who should be ordered.
        subscriber: String,
        /// The target of `before` or `after`.
        target: String,
        /// The event's topic.
        topic: &'static str,
    },
    /// `before` and `after` contradict each other.
    Cycle {
        /// Each of these must run before the next, and the last before the first.
        cycle: Vec<String>,
    },
}

impl fmt::Display for SubscribeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::IdTaken { id } => write!(
                f,
                "a subscriber with the id `{id}` is registered already; \
                 give this one another id, or drop that one's Subscription first"
            ),
            Self::UnknownTarget {
                subscriber,
                target,
                topic,
            } => write!(
                f,
                "{subscriber} cannot be ordered relative to `{target}`, which does not listen to \
                 `{topic}`; register the target first, or correct its name"
            ),
            Self::Cycle { cycle } => write!(
                f,
                "before and after contradict each other: of {}, each must run before the next, \
                 and the last before the first; remove one of the options",
                cycle.join(", ")
            ),
        }
    }
}

impl std::error::Error for SubscribeError {}
