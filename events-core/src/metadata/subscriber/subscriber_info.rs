//! Descriptions of subscribers, and their options that are plain values.

use std::{any::TypeId, borrow::Cow, num::NonZeroUsize, sync::Arc, time::Duration};

use crate::metadata::{
    info::{EventInfo, crate_of},
    location::Location,
    once::Once,
    origin::Origin,
    policies::{CallPolicies, Retry},
    unit_phase::UnitPhase,
};

/// The description of a subscriber, as reports, errors and logs show it.
///
/// Displayed as `path::of::function (file:line)`.
///
/// ```
/// use events_core::{Event, Registry, subscriber, subscribers};
///
/// #[derive(Event, Clone)]
/// struct OrderPlaced;
///
/// #[subscriber(priority = 10)]
/// fn charge(_: &mut OrderPlaced) {}
///
/// #[subscriber]
/// async fn confirm(_: &OrderPlaced) {}
///
/// let registry = Registry::new();
/// let report = registry.scanner().subscribers(subscribers![charge, confirm]).run();
/// let infos: Vec<_> = report.subscribers().collect();
/// assert!(infos[0].name.ends_with("::charge"));
/// assert_eq!((infos[0].kind(), infos[0].priority), ("sync mut", 10));
/// assert_eq!((infos[1].kind(), infos[1].runs_later()), ("async", true));
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct SubscriberInfo {
    /// The topic of its event type. For a subscriber to a pattern of topics: the topic of the current
    /// event, or the pattern if there is no current event.
    pub topic: Cow<'static, str>,
    /// The pattern of topics, if it is subscribed to a pattern.
    pub pattern: Option<Cow<'static, str>>,
    /// The path of the function; for a run-time subscription, its id or the handler's type.
    pub name: Cow<'static, str>,
    /// The module that declares it; empty for a function or closure that was subscribed at run time.
    pub module: &'static str,
    /// Where it is declared, or where it was subscribed at run time.
    pub location: Location,
    /// Its priority: higher ones run first; the default is 0. It does not apply to the receivers that
    /// `next` and `stream` create, which run behind all other sync subscribers.
    pub priority: i32,
    /// The origin that it is limited to, if any.
    pub origin: Option<Origin>,
    /// Whether the handler takes the event by `&mut`.
    pub changes: bool,
    /// Whether it runs at most once.
    pub once: bool,
    /// Whether it is awaited in its place among the sync subscribers. Such a subscriber is not `asynchronous`.
    pub awaited: bool,
    /// Whether it is async, and runs after the sync subscribers: only `emit_async` and the queue wait for it.
    pub asynchronous: bool,
    /// Whether it always runs from the queue, also if the event is emitted with `emit_async`.
    pub deferred: bool,
    /// The maximum number of its calls in progress at the same time; `None` means no limit.
    pub concurrency: Option<NonZeroUsize>,
    /// Whether its failure does not veto a write: see [`record`](crate::record#failures). It has no effect on other
    /// events.
    pub optional: bool,
    /// When it runs if its event is emitted in a unit of work, if an option says so;
    /// [`unit_phase_for`](Self::unit_phase_for) is when it does.
    pub unit_phase: Option<UnitPhase>,
    /// Whether the handler takes `&Emission`.
    pub(crate) takes_emission: bool,
    /// How long a call of it may take; `None` means no limit.
    pub timeout: Option<Duration>,
    /// How a failed call of it is repeated, if it is.
    pub retry: Option<Retry>,
    /// How long no further event must come before it is called with the last one, if it waits for that.
    pub debounce: Option<Duration>,
    /// Whether its calls with the same key run one at a time.
    pub per_key: bool,
    /// How long after the emit it runs, if it is deferred and has a delay.
    pub delay: Option<Duration>,
    /// Whether a condition (`when`) decides for each event whether it is called.
    pub conditional: bool,
    /// Its id in the database, if it is [durable](crate::delivering): it is called in no emit, but with events from a
    /// store.
    pub durable: Option<&'static str>,
    /// The permit of `once`, which its handler claims.
    pub(crate) permit: Option<Arc<Once>>,
    /// Claimed when its subscription ends. Only of a subscriber with a condition: any other that is skipped for no other
    /// reason is known to have ended.
    pub(crate) ended: Option<Arc<Once>>,
    /// The types with which its parameters mark it.
    pub(crate) marks: Box<[TypeId]>,
    /// What its parameters need in a call, each ended by NUL. A list would be a type that the other fields do not have, and
    /// each program would compile for its events how it is dropped.
    pub(crate) needs: Cow<'static, str>,
    /// Whether it is no subscriber, but a middleware around an emission.
    pub(crate) is_middleware: bool,
    /// Whether it stores events, which is part of the emit: its call has no span of its own.
    pub(crate) is_store: bool,
}

/// The options of a subscriber that are plain values, as its attribute sets them.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, Default)]
pub struct SubscriberOptions {
    /// Handlers of high priority run first.
    pub priority: i32,
    /// Whether the handler takes the event by `&mut`.
    pub changes: bool,
    /// Whether it runs at most once.
    pub once: bool,
    /// Whether it is awaited in its place among the sync subscribers.
    pub awaited: bool,
    /// Whether it is async.
    pub asynchronous: bool,
    /// Whether it always runs from the queue.
    pub deferred: bool,
    /// The maximum number of its calls in progress at the same time; 0 for no limit.
    pub concurrency: usize,
    /// Whether its failure does not veto a write.
    pub optional: bool,
    /// How long after the emit it runs.
    pub delay: Option<Duration>,
    /// When it runs in a unit of work.
    pub unit_phase: Option<UnitPhase>,
}

impl SubscriberInfo {
    /// The description of a subscriber with these options. It has no pattern and no origin yet.
    pub(crate) fn new(
        topic: Cow<'static, str>,
        name: Cow<'static, str>,
        module: &'static str,
        location: Location,
        options: SubscriberOptions,
    ) -> Self {
        let SubscriberOptions {
            priority,
            changes,
            once,
            awaited,
            asynchronous,
            deferred,
            concurrency,
            optional,
            delay,
            unit_phase,
        } = options;
        Self {
            topic,
            pattern: None,
            name,
            module,
            location,
            priority,
            origin: None,
            changes,
            once,
            awaited,
            asynchronous,
            deferred,
            concurrency: NonZeroUsize::new(concurrency),
            optional,
            unit_phase,
            takes_emission: false,
            timeout: None,
            retry: None,
            debounce: None,
            per_key: false,
            delay,
            conditional: false,
            durable: None,
            permit: None,
            ended: None,
            marks: Box::default(),
            needs: Cow::Borrowed(""),
            is_middleware: false,
            is_store: false,
        }
    }

    /// The description of a middleware around an emission with this topic, for a failure of it.
    #[cold]
    pub(crate) fn of_middleware(
        topic: Cow<'static, str>,
        type_name: &'static str,
        location: Location,
    ) -> Self {
        let path = type_name.split('<').next().unwrap_or(type_name);
        let module = path.rsplit_once("::").map_or("", |(module, _)| module);
        let options = SubscriberOptions::default();
        Self {
            is_middleware: true,
            ..Self::new(topic, type_name.into(), module, location, options)
        }
    }

    pub(crate) fn set_policies(&mut self, policies: CallPolicies) {
        let CallPolicies {
            timeout,
            retry,
            debounce,
            per_key,
        } = policies;
        self.timeout = timeout;
        self.retry = retry;
        self.debounce = debounce;
        self.per_key = per_key;
    }

    pub(crate) fn policies(&self) -> CallPolicies {
        CallPolicies {
            timeout: self.timeout,
            retry: self.retry,
            debounce: self.debounce,
            per_key: self.per_key,
        }
    }

    /// Whether it is called only when its event did not happen, or with events from a store: it does not receive what is
    /// emitted.
    pub(crate) fn is_apart(&self) -> bool {
        self.durable.is_some() || self.unit_phase == Some(UnitPhase::AfterRollback)
    }

    /// Whether its calls may have to wait for others of it.
    pub(crate) fn limits_calls(&self) -> bool {
        self.concurrency.is_some() || self.per_key
    }

    /// Whether one of its parameters has [marked](crate::handlers::Prepare::mark) it with this type.
    ///
    /// ```
    /// use events_core::info::SubscriberInfo;
    ///
    /// struct Transaction;
    ///
    /// fn begins_transaction(subscriber: &SubscriberInfo) -> bool {
    ///     subscriber.has_mark::<Transaction>()
    /// }
    /// ```
    #[must_use]
    pub fn has_mark<T: 'static>(&self) -> bool {
        self.marks.contains(&TypeId::of::<T>())
    }

    /// What its parameters [need](crate::handlers::Prepare::needs) in each call, if not every emit gives it: in words, such as
    /// `in a transaction of events_sqlx (SQLite)`. An emit that does not give it does not call the subscriber, which is a
    /// failure.
    pub fn needs(&self) -> impl Iterator<Item = &str> {
        self.needs.split_terminator('\0')
    }

    /// The crate that declares it; empty if the module is.
    #[must_use]
    pub fn crate_name(&self) -> &'static str {
        crate_of(self.module)
    }

    /// Whether it runs after the sync subscribers, that is, whether it is async or deferred.
    #[must_use]
    pub fn runs_later(&self) -> bool {
        self.asynchronous || self.deferred
    }

    /// When this subscriber receives an event of this type that is emitted in a unit of work: as its option says. Without
    /// one, async and deferred subscribers run after the commit, and the others when the event type says.
    #[must_use]
    pub fn unit_phase_for(&self, event: &EventInfo) -> UnitPhase {
        match self.unit_phase {
            Some(UnitPhase::AtOnce) if self.runs_later() => UnitPhase::AfterCommit,
            Some(phase) => phase,
            None if self.runs_later() || event.is_after_commit() => UnitPhase::AfterCommit,
            None => UnitPhase::AtOnce,
        }
    }

    /// Whether it runs once, and has run.
    #[must_use]
    pub fn is_used_up(&self) -> bool {
        self.permit
            .as_ref()
            .is_some_and(|permit| permit.is_claimed())
    }

    /// Whether it has a condition, and its subscription has ended.
    pub(crate) fn has_ended(&self) -> bool {
        self.ended.as_ref().is_some_and(|ended| ended.is_claimed())
    }
}
