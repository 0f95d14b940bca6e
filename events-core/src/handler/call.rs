//! What a background handler and its filters can request of the emit that they belong to. A *background
//! handler* is an async or a deferred one: it runs after the sync handlers of the event.

use std::{
    any::Any,
    borrow::Cow,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use crate::{
    context::{
        Emission, EmissionSource, current_emission, failed_emission, failed_emission_outside,
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
    /// How many handlers wait for a permit.
    waiting: AtomicUsize,
}

impl Default for CallDetails {
    fn default() -> Self {
        Self {
            topic: None,
            attempt: 1,
            carried: Mutex::new(None),
            waiting: AtomicUsize::new(0),
        }
    }
}

/// Until this is dropped, a handler waits for a permit.
pub(crate) struct PermitWait<'a>(Option<&'a CallDetails>);

impl Drop for PermitWait<'_> {
    fn drop(&mut self) {
        if let Some(details) = self.0 {
            details.waiting.fetch_sub(1, Ordering::Relaxed);
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

    /// The call, which counts from now on how many of its handlers wait for a permit.
    pub(crate) fn counting_waits(mut self) -> Self {
        self.details.get_or_insert_default();
        self
    }

    /// The call of another attempt with the same event, which receives what is carried.
    pub(crate) fn of_attempt(&self, attempt: u32, carried: Option<Carried>) -> Self {
        let details = CallDetails {
            topic: self.details.get().and_then(|details| details.topic.clone()),
            attempt,
            carried: Mutex::new(carried),
            waiting: AtomicUsize::new(0),
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

    /// A handler waits for a permit until the guard is dropped.
    pub(crate) fn wait_for_permit(&self) -> PermitWait<'_> {
        let details = self.details.get();
        if let Some(details) = details {
            details.waiting.fetch_add(1, Ordering::Relaxed);
        }
        PermitWait(details)
    }

    /// How many handlers wait for a permit; 0 if that is not counted.
    pub(crate) fn waiting(&self) -> usize {
        let details = self.details.get();
        details.map_or(0, |details| details.waiting.load(Ordering::Relaxed))
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

    /// The emission with that id, for a failure in it. This thread has not entered it.
    #[cold]
    pub(crate) fn failed_emission_outside(&self, id: Option<EmissionId>) -> FailedEmission {
        let emission = failed_emission_outside(self.topic(), self.origin(), id);
        emission.of_attempt(self.attempt())
    }
}

impl EmissionSource for BackgroundCall {
    fn emission(&self) -> Emission {
        current_emission(self.topic(), self.origin.clone()).of_attempt(self.attempt())
    }
}
