//! What a background handler and its filters can request of the emit that they belong to. A *background
//! handler* is an async or a deferred one: it runs after the sync handlers of the event.

use std::{
    any::Any,
    borrow::Cow,
    fmt,
    sync::{Arc, Mutex},
};

use crate::{
    context::{
        Emission, EmissionSource, EmissionState, OwnSubscription, current_emission,
        failed_emission, failed_emission_outside,
    },
    event::{AnyEvent, Event, Family},
    metadata::{EmissionId, EventInfo, Origin},
    primitives::{OptionBox, sync::lock},
    result::FailedEmission,
};

/// The origin of an emit, for the filters of a handler.
#[doc(hidden)]
#[derive(Debug)]
pub struct EmitOrigin<'s>(Option<&'s Origin>);

impl<'s> EmitOrigin<'s> {
    #[inline]
    pub(crate) fn new(origin: Option<&'s Origin>) -> Self {
        Self(origin)
    }

    /// Whether the event was emitted with this origin.
    #[inline]
    #[must_use]
    pub fn is_from(&self, origin: &Origin) -> bool {
        self.0 == Some(origin)
    }

    pub(crate) fn get(&self) -> Option<&'s Origin> {
        self.0
    }
}

/// A filter of a subscriber of one event type. Generated code names it as the type of a filter that is `None`.
#[doc(hidden)]
pub type Filter<F> = fn(&<F as Family>::Of<'_>, &EmitOrigin<'_>) -> bool;

/// A filter of a subscriber of events of any type, as [`Filter`].
#[doc(hidden)]
pub type AnyFilter = fn(&dyn AnyEvent, &EmitOrigin<'_>) -> bool;

/// Returns the closure as a filter. Generated code calls this so that the compiler infers the closure's
/// parameters.
#[doc(hidden)]
pub fn filter<F: Family, W>(filter: W) -> Option<W>
where
    W: Fn(&F::Of<'_>, &EmitOrigin<'_>) -> bool,
{
    Some(filter)
}

/// [`filter`] for events of any type.
#[doc(hidden)]
pub fn any_filter<W>(filter: W) -> Option<W>
where
    W: Fn(&dyn AnyEvent, &EmitOrigin<'_>) -> bool,
{
    Some(filter)
}

/// The emit that a background handler belongs to: its event type and its origin.
#[doc(hidden)]
#[derive(Debug)]
pub struct BackgroundCall {
    info: &'static EventInfo,
    origin: Option<Origin>,
    details: OptionBox<CallDetails>,
}

/// What an attempt leaves to the next one.
pub(crate) type Carried = Box<dyn Any + Send + Sync>;

/// What few calls have.
#[derive(Debug)]
struct CallDetails {
    /// The topic of a named event.
    topic: Option<Box<str>>,
    /// The number of the attempt, which is 1 for the first one.
    attempt: u32,
    /// What the attempt before has left to this one.
    carried: Mutex<Option<Carried>>,
    /// The permits that handlers wait for.
    awaited: Mutex<Vec<Arc<dyn AwaitedPermit>>>,
    /// A handler does not wait for a permit if as many events wait for it: the limit of events that are enqueued.
    backlog_limit: usize,
}

/// A permit that a handler waits for.
pub(crate) trait AwaitedPermit: fmt::Debug + Send + Sync {
    /// Whether it becomes free only at a later time, since a call keeps it until then, or when one of these emissions is
    /// resumed, in which a call has it.
    fn is_kept(&self, held_up: &[EmissionId]) -> bool;
}

impl Default for CallDetails {
    fn default() -> Self {
        Self {
            topic: None,
            attempt: 1,
            carried: Mutex::new(None),
            awaited: Mutex::new(Vec::new()),
            backlog_limit: usize::MAX,
        }
    }
}

/// Until this is dropped, a handler waits for a permit.
pub(crate) struct PermitWait<'a>(Option<(&'a CallDetails, Arc<dyn AwaitedPermit>)>);

impl Drop for PermitWait<'_> {
    fn drop(&mut self) {
        if let Some((details, permit)) = &self.0 {
            let is_other = |other: &Arc<_>| !Arc::ptr_eq(other, permit);
            lock(&details.awaited).retain(is_other);
        }
    }
}

impl BackgroundCall {
    #[inline]
    pub(crate) fn new(info: &'static EventInfo, origin: Option<Origin>) -> Self {
        Self {
            info,
            origin,
            details: OptionBox::NONE,
        }
    }

    /// The call of an emit of this event.
    #[inline]
    pub(crate) fn of<E: Event>(event: &E, origin: Option<Origin>) -> Self {
        let call = Self::new(E::info(), origin);
        match event.__own_topic() {
            None => call,
            Some(topic) => call.with_topic(topic),
        }
    }

    /// The call with this topic, which is that of the event type unless the event has no type.
    pub(crate) fn with_topic(mut self, topic: &str) -> Self {
        if topic != self.info.topic() {
            self.details.get_or_insert_default().topic = Some(Box::from(topic));
        }
        self
    }

    /// The call, which counts how many of its handlers wait for a permit if `limits_calls` is true. If `limit` events wait for
    /// a handler, this one does not wait for it.
    // By value, so that most calls are made in registers.
    #[inline(always)]
    pub(crate) fn counting_waits(self, limits_calls: bool, limit: impl FnOnce() -> usize) -> Self {
        #[cold]
        #[inline(never)]
        fn with_limit(mut details: OptionBox<CallDetails>, limit: usize) -> OptionBox<CallDetails> {
            details.get_or_insert_default().backlog_limit = limit;
            details
        }
        let details = if limits_calls {
            with_limit(self.details, limit())
        } else {
            self.details
        };
        Self { details, ..self }
    }

    /// How many events may wait for a handler before this one does not.
    pub(crate) fn backlog_limit(&self) -> usize {
        let details = self.details.get();
        details.map_or(usize::MAX, |details| details.backlog_limit)
    }

    /// The call of another attempt with the same event, which receives what is carried.
    pub(crate) fn of_attempt(&self, attempt: u32, carried: Option<Carried>) -> Self {
        let details = CallDetails {
            topic: self.details.get().and_then(|details| details.topic.clone()),
            attempt,
            carried: Mutex::new(carried),
            ..CallDetails::default()
        };
        Self {
            info: self.info,
            origin: self.origin.clone(),
            details: OptionBox::from(details),
        }
    }

    pub(crate) fn info(&self) -> &'static EventInfo {
        self.info
    }

    pub(crate) fn origin(&self) -> Option<&Origin> {
        self.origin.as_ref()
    }

    /// The number of the attempt: 1, and more for the repetitions of a failed call.
    pub(crate) fn attempt(&self) -> u32 {
        self.details.get().map_or(1, |details| details.attempt)
    }

    /// What the attempt before has left, once.
    pub(crate) fn take_carried(&self) -> Option<Carried> {
        lock(&self.details.get()?.carried).take()
    }

    /// A handler waits for that permit until the guard is dropped.
    pub(crate) fn wait_for_permit(
        &self,
        permit: impl FnOnce() -> Arc<dyn AwaitedPermit>,
    ) -> PermitWait<'_> {
        PermitWait(self.details.get().map(|details| {
            let permit = permit();
            lock(&details.awaited).push(Arc::clone(&permit));
            (details, permit)
        }))
    }

    /// How many handlers wait for a permit; 0 if that is not counted.
    pub(crate) fn waiting(&self) -> usize {
        let details = self.details.get();
        details.map_or(0, |details| lock(&details.awaited).len())
    }

    /// Whether the permits that its handlers wait for become free only at a later time, or when one of these emissions is
    /// resumed.
    pub(crate) fn waits_for_later(&self, held_up: &[EmissionId]) -> bool {
        self.details.get().is_some_and(|details| {
            let awaited = lock(&details.awaited);
            awaited.iter().all(|one| one.is_kept(held_up))
        })
    }
}

impl BackgroundCall {
    fn topic(&self) -> Cow<'static, str> {
        match self
            .details
            .get()
            .and_then(|details| details.topic.as_ref())
        {
            None => self.info.topic().into(),
            Some(topic) => topic.to_string().into(),
        }
    }

    /// The emission, for a failure in it. It is the innermost one of this thread.
    #[cold]
    pub(crate) fn failed_emission(&self) -> FailedEmission {
        let emission = failed_emission(self.topic(), self.origin());
        emission.of_attempt(self.attempt())
    }

    /// The emission with that state, for a failure in it. This thread has not entered it.
    #[cold]
    pub(crate) fn failed_emission_outside(&self, state: EmissionState) -> FailedEmission {
        let emission = failed_emission_outside(self.topic(), self.origin(), state);
        emission.of_attempt(self.attempt())
    }
}

impl EmissionSource for BackgroundCall {
    fn emission(&self, own: OwnSubscription) -> Emission {
        current_emission(self.topic(), self.origin.clone(), self.attempt(), own)
    }
}
