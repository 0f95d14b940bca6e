//! A subscriber that failed, with what is known of its emission.

use std::{error::Error, fmt, iter, sync::Arc};

use tracing::{Level, Span, level_enabled};

use super::{cause::Cause, failed_emission::FailedEmission, panic::Panic};
use crate::{
    metadata::{EmissionId, Location, Origin, SubscriberInfo},
    primitives::{CatchDrop, OptionBox, TracingCall, catch_drop, catch_tracing, one_line},
};

/// One subscriber that failed during an emit, and how.
///
/// Displayed in one line, with the error's chain of sources:
/// `shop::charge (src/shop.rs:12) returned an error: card refused, caused by: no cover`.
///
/// Guide: [failures](crate::guide::failures).
///
/// ```
/// use events_core::{Event, Registry, failures::Cause};
///
/// #[derive(Event)]
/// struct OrderPlaced;
///
/// let registry = Registry::new();
/// let refuse = |_: &OrderPlaced| Err::<(), _>("card refused");
/// registry.subscribe(refuse).id("charge").register()?.detach();
/// registry.subscribe(|_: &OrderPlaced| panic!("no stock")).id("pack").register()?.detach();
///
/// let error = registry.try_emit(OrderPlaced).unwrap_err();
/// let [charge, pack] = error.failures() else { panic!("both fail") };
/// assert_eq!(charge.subscriber().name, "charge");
/// assert!(matches!(charge.cause(), Cause::Error(error) if error.to_string() == "card refused"));
/// assert_eq!(pack.panic().map(|panic| panic.message()), Some("no stock"));
/// # Ok::<(), events_core::subscribing::SubscribeError>(())
/// ```
///
/// It is a cheap handle, and has what an error reporter needs beside the cause: the topic and the origin of the event,
/// the emission, the attempt, and the span. It has nothing of the event's fields; the text of an error is what the
/// subscriber wrote.
#[derive(Clone)]
pub struct Failure(Arc<dyn AsFailureData>);

/// The type of the data is erased, because the slot of each event type refers to failures: from there the compiler looks
/// through all types that it can reach, those of `tracing` in the span among them, once a crate.
trait AsFailureData: Send + Sync {
    fn data(&self) -> &FailureData;
}

impl AsFailureData for FailureData {
    fn data(&self) -> &FailureData {
        self
    }
}

struct FailureData {
    subscriber: Arc<SubscriberInfo>,
    cause: FailureCause,
    emission: FailedEmission,
    span: FailureSpan,
}

/// A cause, in the allocation of its failure.
enum FailureCause {
    Own(CatchDrop<Cause>),
    /// That of another failure, whose own it is.
    Shared(Failure),
}

impl FailureData {
    fn cause(&self) -> &Cause {
        match &self.cause {
            FailureCause::Own(cause) => cause,
            FailureCause::Shared(failure) => failure.data().cause(),
        }
    }
}

impl Failure {
    #[inline(always)]
    pub(crate) fn new(
        subscriber: Arc<SubscriberInfo>,
        cause: Cause,
        emission: FailedEmission,
    ) -> Self {
        Self(Arc::new(FailureData {
            subscriber,
            cause: FailureCause::Own(CatchDrop::new(cause)),
            emission,
            span: FailureSpan::current(),
        }))
    }

    /// The same failure as that of a call of this subscriber, after which a further attempt follows or not. Middleware
    /// returns any failure that it has.
    pub(crate) fn of_call(self, subscriber: &Arc<SubscriberInfo>, is_final: bool) -> Self {
        if self.data().emission.is_final == is_final
            && Arc::ptr_eq(&self.data().subscriber, subscriber)
        {
            return self;
        }
        let mut emission = self.data().emission.clone();
        emission.is_final = is_final;
        Self(Arc::new(FailureData {
            subscriber: Arc::clone(subscriber),
            cause: FailureCause::Shared(self.with_own_cause()),
            emission,
            span: FailureSpan::current(),
        }))
    }

    /// The failure whose own the cause is.
    fn with_own_cause(&self) -> Self {
        match &self.data().cause {
            FailureCause::Own(_) => self.clone(),
            FailureCause::Shared(failure) => failure.clone(),
        }
    }

    fn data(&self) -> &FailureData {
        self.0.data()
    }

    pub(crate) fn shared_subscriber(&self) -> &Arc<SubscriberInfo> {
        &self.data().subscriber
    }

    /// The subscriber that failed.
    #[must_use]
    pub fn subscriber(&self) -> &SubscriberInfo {
        &self.data().subscriber
    }

    /// How it failed.
    #[must_use]
    pub fn cause(&self) -> &Cause {
        self.data().cause()
    }

    /// The error that it returned, or why the event did not reach it; `None` if it panicked.
    #[must_use]
    pub fn error(&self) -> Option<&(dyn Error + Send + Sync + 'static)> {
        match self.cause() {
            Cause::Error(error) => Some(error.as_ref()),
            Cause::Undelivered(why) => Some(why),
            Cause::WaitsForItself(why) => Some(why),
            Cause::TooDeep(why) => Some(why),
            Cause::NotAwaited(why) => Some(why),
            Cause::NoCopy(why) => Some(why),
            Cause::Param(why) => Some(why),
            Cause::Middleware(panic) => Some(panic),
            Cause::TimedOut(why) => Some(why),
            Cause::Panic(_) => None,
        }
    }

    /// The error, then its [`source`](Error::source), and so on; nothing if it panicked.
    ///
    /// ```
    /// use events_core::{Event, Registry};
    ///
    /// #[derive(Event)]
    /// struct Upload(&'static str);
    ///
    /// /// Each error of the chain as a text, as error reporters store them.
    /// fn texts(failure: &events_core::Failure) -> Vec<String> {
    ///     failure.causes().map(|error| error.to_string()).collect()
    /// }
    ///
    /// let registry = Registry::new();
    /// registry.on(|upload: &Upload| upload.0.parse::<u64>().map(drop)).detach();
    /// let error = registry.try_emit(Upload("huge")).unwrap_err();
    /// assert_eq!(texts(&error.failures()[0]), ["invalid digit found in string"]);
    /// ```
    pub fn causes(&self) -> impl Iterator<Item = &(dyn Error + 'static)> {
        let first = self.error().map(|error| error as &(dyn Error + 'static));
        iter::successors(first, |&error| error.source())
    }

    /// The panic, if it panicked itself.
    #[must_use]
    pub fn panic(&self) -> Option<&Panic> {
        match self.cause() {
            Cause::Panic(panic) => Some(panic),
            Cause::Error(_)
            | Cause::Undelivered(_)
            | Cause::WaitsForItself(_)
            | Cause::TooDeep(_)
            | Cause::NotAwaited(_)
            | Cause::NoCopy(_)
            | Cause::Param(_)
            | Cause::Middleware(_)
            | Cause::TimedOut(_) => None,
        }
    }

    /// The topic of the event: of a named event its own, and else that of its type.
    #[must_use]
    pub fn topic(&self) -> &str {
        &self.data().emission.topic
    }

    /// Where the event was emitted from, if the emit named an origin.
    #[must_use]
    pub fn origin(&self) -> Option<&Origin> {
        self.data().emission.origin.as_ref()
    }

    /// The emission in which it failed: the [`id`](crate::Emission::id) that the subscribers receive. `None` only for a
    /// condition of a receiver that panicked when it was set.
    #[must_use]
    pub fn emission_id(&self) -> Option<EmissionId> {
        self.data().emission.id
    }

    /// The emission whose handler emitted or enqueued the event, if any.
    #[must_use]
    pub fn parent(&self) -> Option<EmissionId> {
        self.data().emission.parent
    }

    /// Where the event was emitted: the line of the call of `emit`, `enqueue` or another such method.
    ///
    /// `None` in the cases of [`Emission::location`](crate::Emission::location): for an event that was enqueued when none of
    /// its subscribers took `&Emission`. The time of the emit is not stored for failures: a subscriber that takes `&Emission`
    /// may add [`Emission::time`](crate::Emission::time) to its error. A [failure hook](crate::Registry::on_failure) is called
    /// when the failure has occurred.
    #[must_use]
    pub fn location(&self) -> Option<Location> {
        self.data().emission.site.map(Location::from)
    }

    /// The number of the attempt that failed, from 1 on.
    #[must_use]
    pub fn attempt(&self) -> u32 {
        self.data().emission.attempt
    }

    /// Whether no further attempt follows. One that is scheduled is given up if the subscriber is unsubscribed, or if a
    /// shutdown returns the event.
    #[must_use]
    pub fn is_final(&self) -> bool {
        self.data().emission.is_final
    }

    /// The span in which it failed, if there was one and `tracing` is in use: that of the subscriber's call if such spans
    /// are recorded, else one around it, such as that of a request. It stays open until the last clone of this failure is
    /// dropped.
    #[must_use]
    pub fn span(&self) -> Option<&Span> {
        self.data().span.0.get()
    }
}

/// A span that is closed while panics of the code that receives spans are caught.
struct FailureSpan(OptionBox<Span>);

impl FailureSpan {
    fn current() -> Self {
        if !level_enabled!(Level::ERROR) {
            return Self(OptionBox::NONE);
        }
        let span = catch_tracing(Span::current).filter(|span| !span.is_none());
        Self(span.map_or(OptionBox::NONE, OptionBox::from))
    }

    #[cold]
    #[inline(never)]
    fn drop_span(&mut self) {
        catch_drop::<Span>(|| {
            let _call = TracingCall::enter();
            drop(self.0.take());
        });
    }
}

impl Drop for FailureSpan {
    #[inline]
    fn drop(&mut self) {
        if !self.0.is_none() {
            self.drop_span();
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.subscriber(), self.cause())
    }
}

/// Shows the subscriber and the cause, and nothing of the event.
impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Failure")
            .field("subscriber", &self.data().subscriber)
            .field("cause", self.data().cause())
            .field("topic", &format_args!("\"{}\"", one_line(self.topic())))
            .finish_non_exhaustive()
    }
}
