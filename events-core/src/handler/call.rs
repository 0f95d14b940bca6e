//! What a background handler and its filters can request of the emit that they belong to. A *background
//! handler* is an async or a deferred one: it runs after the sync handlers of the event.

use std::borrow::Cow;

use crate::{
    context::{
        Emission, EmissionSource, current_emission, failed_emission, failed_emission_outside,
    },
    event::{AnyEvent, Event, Family},
    metadata::{EmissionId, EventInfo, Origin},
    primitives::OptionBox,
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
    /// The topic of a named event.
    topic: OptionBox<Box<str>>,
}

impl BackgroundCall {
    #[inline]
    pub(crate) fn new(info: &'static EventInfo, origin: Option<Origin>) -> Self {
        Self {
            info,
            origin,
            topic: OptionBox::NONE,
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
            self.topic = OptionBox::from(Box::from(topic));
        }
        self
    }

    pub(crate) fn info(&self) -> &'static EventInfo {
        self.info
    }

    pub(crate) fn origin(&self) -> Option<&Origin> {
        self.origin.as_ref()
    }
}

impl BackgroundCall {
    fn topic(&self) -> Cow<'static, str> {
        match self.topic.get() {
            None => self.info.topic().into(),
            Some(topic) => topic.to_string().into(),
        }
    }

    /// The emission, for a failure in it. It is the innermost one of this thread.
    #[cold]
    pub(crate) fn failed_emission(&self) -> FailedEmission {
        failed_emission(self.topic(), self.origin())
    }

    /// The emission with that id, for a failure in it. This thread has not entered it.
    #[cold]
    pub(crate) fn failed_emission_outside(&self, id: Option<EmissionId>) -> FailedEmission {
        failed_emission_outside(self.topic(), self.origin(), id)
    }
}

impl EmissionSource for BackgroundCall {
    fn emission(&self) -> Emission {
        current_emission(self.topic(), self.origin.clone())
    }
}
