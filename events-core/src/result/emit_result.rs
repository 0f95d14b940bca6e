//! The results of emits that return more than the event.

use std::{borrow::Cow, error::Error, fmt, ops::Deref, sync::Arc};

use super::{
    failure_list::{EmitErrorKind, SmallErrorKind},
    failures::{Failure, write_summary},
    outcomes::Outcomes,
    subscriber_outcome::SubscriberOutcome,
    too_deep::TooDeep,
};
use crate::{metadata::SubscriberInfo, primitives::one_line};

/// An event after [`try_emit`](crate::Event::try_emit), with what its subscribers did.
///
/// It dereferences to the event; [`into_event`](Self::into_event) returns the event itself.
///
/// ```
/// use std::ops::ControlFlow;
/// use events_core::{Event, Registry};
///
/// #[derive(Event)]
/// struct KeyPressed {
///     key: char,
/// }
///
/// let registry = Registry::new();
/// registry.subscribe(|_: &KeyPressed| ControlFlow::Break(())).id("menu").register()?.detach();
/// registry.on(|event: &KeyPressed| println!("typed {}", event.key)).detach();
///
/// let emitted = registry.try_emit(KeyPressed { key: 'q' })?;
/// assert_eq!((emitted.key, emitted.ran()), ('q', 1));
/// assert_eq!(emitted.stopped_by().map(|info| &*info.name), Some("menu"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Emitted<E> {
    event: E,
    stats: EmitStats,
    outcomes: Outcomes,
}

/// What the subscribers of an event did.
#[derive(Default)]
pub(crate) struct EmitStats {
    pub(crate) ran: usize,
    /// As `u32`, so that this struct, which is in each error of an emit, has no padding.
    pub(crate) deferred: u32,
    pub(crate) stopped_by: Option<Arc<SubscriberInfo>>,
    /// In the lowest bit whether the event did not reach a subscriber, which is a failure of the emit; above it, how many
    /// subscribers failed and are called again. One number: a `bool` or a smaller one has padding behind it or is copied
    /// with its neighbours, and store forwarding failed in each emit.
    pub(crate) rare: u32,
}

impl<E> Emitted<E> {
    pub(crate) fn new(event: E, stats: EmitStats, outcomes: Outcomes) -> Self {
        Self {
            event,
            stats,
            outcomes,
        }
    }

    /// The same, with another event.
    pub(crate) fn map<T>(self, map: impl FnOnce(E) -> T) -> Emitted<T> {
        Emitted {
            event: map(self.event),
            stats: self.stats,
            outcomes: self.outcomes,
        }
    }

    /// The event as the subscribers left it.
    #[must_use]
    pub fn event(&self) -> &E {
        &self.event
    }

    /// The event as the subscribers left it.
    #[must_use]
    pub fn into_event(self) -> E {
        self.event
    }

    /// How many subscribers ran. Those that a filter excluded and those after a stop did not run.
    #[must_use]
    pub fn ran(&self) -> usize {
        self.stats.ran
    }

    /// How many subscribers run later, from the queue.
    #[must_use]
    pub fn deferred(&self) -> usize {
        self.stats.deferred as usize
    }

    /// How many subscribers failed and are called again, from the queue: see the option
    /// [`retry`](crate::subscribing::NewSubscription::retry). They are not among those that [ran](Self::ran).
    ///
    /// ```
    /// use events_core::{Event, Registry, subscriber, subscribers};
    ///
    /// #[derive(Event, Clone)]
    /// struct OrderPaid;
    ///
    /// #[subscriber(retry = 3)]
    /// async fn confirm(_: &OrderPaid) -> Result<(), &'static str> {
    ///     Err("the mail server is busy")
    /// }
    ///
    /// let registry = Registry::with(subscribers![confirm]);
    /// let emitted = smol::block_on(registry.try_emit_async(OrderPaid)).expect("it is called again");
    /// assert_eq!((emitted.ran(), emitted.retrying()), (0, 1));
    /// ```
    #[must_use]
    pub fn retrying(&self) -> usize {
        self.stats.retrying()
    }

    /// The subscriber that stopped the emit by returning `ControlFlow::Break`; no other ran after it.
    #[must_use]
    pub fn stopped_by(&self) -> Option<&SubscriberInfo> {
        self.stats.stopped_by.as_deref()
    }

    /// What became of each subscriber: first the sync and awaited ones in running order, then those that run later. A
    /// [muted](crate::Registry::mute) one is at the place that it would have.
    ///
    /// These are the subscribers that receive events of this type, or with this topic, in the order in which
    /// [`Registry::explain`](crate::Registry::explain) lists them; that also names others, and why they do not. A subscriber
    /// that the emit put into the queue is [`Deferred`](SubscriberOutcome::Deferred), whatever becomes of it there; one that waits
    /// for the commit of a unit of work is [`AfterCommit`](SubscriberOutcome::AfterCommit), behind the others; and one
    /// that failed and is called again is [`Retrying`](SubscriberOutcome::Retrying). If [middleware](crate::Registry::wrap)
    /// stands around the call, the outcome is what that has returned. The list is made when this is called: the emit records
    /// only the subscribers that neither ran nor failed.
    ///
    /// Guide: [why was it not called?](crate::guide::why_not_called).
    ///
    /// ```
    /// use events_core::{Event, Registry, outcomes::{SkipReason, SubscriberOutcome}};
    ///
    /// #[derive(Event)]
    /// struct OrderPlaced {
    ///     cents: u64,
    /// }
    ///
    /// let registry = Registry::new();
    /// let thank = registry.subscribe(|_: &OrderPlaced| println!("thank you")).id("thank");
    /// thank.when(|order| order.cents > 10_000).register()?.detach();
    ///
    /// let emitted = registry.try_emit(OrderPlaced { cents: 995 })?;
    /// let (thank, outcome) = emitted.outcomes().next().expect("it is subscribed");
    /// assert_eq!(thank.name, "thank");
    /// assert!(matches!(outcome, SubscriberOutcome::Skipped(SkipReason::Condition)));
    /// assert_eq!(outcome.to_string(), "was skipped: its condition rejected the event");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn outcomes(&self) -> impl ExactSizeIterator<Item = (&SubscriberInfo, SubscriberOutcome)> {
        self.outcomes_with(&[])
    }

    fn outcomes_with(
        &self,
        failures: &[Failure],
    ) -> impl ExactSizeIterator<Item = (&SubscriberInfo, SubscriberOutcome)> + use<'_, E> {
        let list = self.outcomes.list(self.stats.stopped_by.as_ref(), failures);
        list.into_iter()
    }

    /// Whether no subscriber received the event: none ran, none runs later, and none failed to be reached.
    #[must_use]
    pub fn is_unheard(&self) -> bool {
        self.stats.is_unheard()
    }
}

impl EmitStats {
    pub(crate) fn is_unheard(&self) -> bool {
        // One comparison: the compiler would make three of them, and combine the results.
        self.ran | (self.deferred | self.rare) as usize == 0
    }

    /// The event did not reach a subscriber.
    #[inline]
    pub(crate) fn set_unreached(&mut self) {
        self.rare |= 1;
    }

    /// How many subscribers failed and are called again.
    pub(crate) fn retrying(&self) -> usize {
        (self.rare >> 1) as usize
    }

    /// Adds subscribers that failed and are called again.
    pub(crate) fn add_retrying(&mut self, retrying: usize) {
        self.rare = Self::with_retrying(self.rare, retrying);
    }

    /// The number `rare` with further subscribers that are called again.
    #[cold]
    #[inline(never)]
    pub(crate) fn with_retrying(rare: u32, retrying: usize) -> u32 {
        let retrying = u32::try_from(retrying).unwrap_or(u32::MAX);
        let retrying = (rare >> 1).saturating_add(retrying).min(u32::MAX >> 1);
        (retrying << 1) | (rare & 1)
    }
}

impl<E> Deref for Emitted<E> {
    type Target = E;

    fn deref(&self) -> &E {
        &self.event
    }
}

/// Shows what the subscribers did, and nothing of the event.
impl<E> fmt::Debug for Emitted<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emitted")
            .field("ran", &self.stats.ran)
            .field("deferred", &self.stats.deferred)
            .field("retrying", &self.stats.retrying())
            .field("stopped_by", &self.stats.stopped_by)
            .finish_non_exhaustive()
    }
}

/// An emit in which a subscriber failed, or that was refused. It contains the event.
///
/// `Display` names each failure. Neither it nor `Debug` shows anything of the event.
///
/// Guide: [receive the failures](crate::guide::failures#try_emit-receive-the-failures).
///
/// ```
/// use events_core::{EmitError, Event, Registry};
///
/// #[derive(Event)]
/// struct Upload {
///     bytes: u64,
/// }
///
/// /// The text that the user of the program gets.
/// fn describe(error: &EmitError<Upload>) -> String {
///     match error.failures().first().and_then(|failure| failure.error()) {
///         Some(cause) => format!("{} bytes were rejected: {cause}", error.event().bytes),
///         None => String::from("internal error"), // a panic, or emits that are nested too deep
///     }
/// }
///
/// let registry = Registry::new();
/// registry.on(|_: &Upload| Err::<(), _>("over the quota")).detach();
/// let error = registry.try_emit(Upload { bytes: 5000 }).unwrap_err();
/// assert_eq!(describe(&error), "5000 bytes were rejected: over the quota");
/// ```
pub struct EmitError<E> {
    emitted: Emitted<E>,
    topic: Cow<'static, str>,
    kind: SmallErrorKind,
}

impl<E> EmitError<E> {
    pub(crate) fn new(emitted: Emitted<E>, topic: Cow<'static, str>, kind: EmitErrorKind) -> Self {
        Self {
            emitted,
            topic,
            kind: SmallErrorKind::new(kind),
        }
    }

    /// The same, with another event.
    pub(crate) fn map<T>(self, map: impl FnOnce(E) -> T) -> EmitError<T> {
        EmitError {
            emitted: self.emitted.map(map),
            topic: self.topic,
            kind: self.kind,
        }
    }

    /// The event as the subscribers left it.
    #[must_use]
    pub fn event(&self) -> &E {
        self.emitted.event()
    }

    /// The event as the subscribers left it.
    #[must_use]
    pub fn into_event(self) -> E {
        self.emitted.into_event()
    }

    /// The subscribers that failed, in the order in which they ran; empty if the emit was refused.
    #[must_use]
    pub fn failures(&self) -> &[Failure] {
        self.kind.failures()
    }

    /// Why the emit was refused before any subscriber ran; `None` when subscribers failed.
    #[must_use]
    pub fn too_deep(&self) -> Option<&TooDeep> {
        self.kind.too_deep()
    }

    /// What became of each subscriber, also of those that did not fail; see [`Emitted::outcomes`].
    ///
    /// ```
    /// use events_core::{Event, Registry};
    ///
    /// #[derive(Event)]
    /// struct Upload;
    ///
    /// let registry = Registry::new();
    /// registry.subscribe(|_: &Upload| Err::<(), _>("over the quota")).id("quota").register()?.detach();
    /// registry.subscribe(|_: &Upload| println!("stored")).id("store").register()?.detach();
    ///
    /// let error = registry.try_emit(Upload).unwrap_err();
    /// let lines: Vec<_> = error.outcomes().map(|(one, outcome)| format!("{} {outcome}", one.name)).collect();
    /// assert_eq!(lines, ["quota returned an error: over the quota", "store ran"]);
    /// # Ok::<(), events_core::subscribing::SubscribeError>(())
    /// ```
    pub fn outcomes(&self) -> impl ExactSizeIterator<Item = (&SubscriberInfo, SubscriberOutcome)> {
        self.emitted.outcomes_with(self.failures())
    }

    /// How many subscribers ran, including those that failed.
    #[must_use]
    pub fn ran(&self) -> usize {
        self.emitted.ran()
    }

    /// The subscriber that stopped the emit by returning `ControlFlow::Break`; no other ran after it.
    #[must_use]
    pub fn stopped_by(&self) -> Option<&SubscriberInfo> {
        self.emitted.stopped_by()
    }
}

impl<E> EmitError<E> {
    /// The event with the result, and what is wrong.
    pub(crate) fn into_parts(self) -> (Emitted<E>, EmitErrorKind) {
        (self.emitted, self.kind.into_kind())
    }
}

impl<E> fmt::Display for EmitError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.too_deep() {
            Some(refusal) => refusal.fmt(f),
            None => {
                let failures = self.failures();
                let topic = one_line(&self.topic);
                write_summary(failures, self.ran(), &topic, f)?;
                for (number, failure) in (1..).zip(failures) {
                    write!(f, "\n  {number}. {failure}")?;
                }
                Ok(())
            }
        }
    }
}

impl<E> fmt::Debug for EmitError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmitError")
            .field("topic", &format_args!("\"{}\"", one_line(&self.topic)))
            .field("emitted", &self.emitted)
            .field("kind", &self.kind)
            .finish()
    }
}

impl<E> Error for EmitError<E> {}
