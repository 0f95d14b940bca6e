//! A subscriber that failed, with what is known of its emission.

use std::{error::Error, fmt, sync::Arc};

use tracing::{Level, Span, level_enabled};

use super::{cause::Cause, failed_emission::FailedEmission, panic::Panic};
use crate::{
    metadata::{EmissionId, Origin, SubscriberInfo},
    primitives::{CatchDrop, TracingCall, catch_drop, catch_tracing, one_line},
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
pub struct Failure(Arc<FailureData>);

struct FailureData {
    subscriber: Arc<SubscriberInfo>,
    cause: Arc<CatchDrop<Cause>>,
    emission: FailedEmission,
    span: FailureSpan,
}

impl Failure {
    pub(crate) fn new(
        subscriber: Arc<SubscriberInfo>,
        cause: Cause,
        emission: FailedEmission,
    ) -> Self {
        Self(Arc::new(FailureData {
            subscriber,
            cause: Arc::new(CatchDrop::new(cause)),
            emission,
            span: FailureSpan::current(),
        }))
    }

    /// The same failure, after which no further attempt follows.
    pub(crate) fn without_next(&self) -> Self {
        let mut emission = self.0.emission.clone();
        emission.is_final = true;
        Self(Arc::new(FailureData {
            subscriber: Arc::clone(&self.0.subscriber),
            cause: Arc::clone(&self.0.cause),
            emission,
            span: FailureSpan::current(),
        }))
    }

    pub(crate) fn shared_subscriber(&self) -> &Arc<SubscriberInfo> {
        &self.0.subscriber
    }

    /// The subscriber that failed.
    #[must_use]
    pub fn subscriber(&self) -> &SubscriberInfo {
        &self.0.subscriber
    }

    /// How it failed.
    #[must_use]
    pub fn cause(&self) -> &Cause {
        &self.0.cause
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
            Cause::Middleware(panic) => Some(panic),
            Cause::TimedOut(why) => Some(why),
            Cause::Panic(_) => None,
        }
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
            | Cause::Middleware(_)
            | Cause::TimedOut(_) => None,
        }
    }

    /// The topic of the event: of a named event its own, and else that of its type.
    #[must_use]
    pub fn topic(&self) -> &str {
        &self.0.emission.topic
    }

    /// Where the event was emitted from, if the emit named an origin.
    #[must_use]
    pub fn origin(&self) -> Option<&Origin> {
        self.0.emission.origin.as_ref()
    }

    /// The emission in which it failed: the [`id`](crate::Emission::id) that the subscribers receive. `None` only for a
    /// condition of a receiver that panicked when it was set.
    #[must_use]
    pub fn emission_id(&self) -> Option<EmissionId> {
        self.0.emission.id
    }

    /// The emission whose handler emitted or enqueued the event, if any.
    #[must_use]
    pub fn parent(&self) -> Option<EmissionId> {
        self.0.emission.parent
    }

    /// The number of the attempt that failed, from 1 on.
    #[must_use]
    pub fn attempt(&self) -> u32 {
        self.0.emission.attempt
    }

    /// Whether no further attempt follows.
    #[must_use]
    pub fn is_final(&self) -> bool {
        self.0.emission.is_final
    }

    /// The span in which it failed, if there was one and `tracing` is in use: that of the subscriber's call if such spans
    /// are recorded, else one around it, such as that of a request. It stays open until the last clone of this failure is
    /// dropped.
    #[must_use]
    pub fn span(&self) -> Option<&Span> {
        self.0.span.0.as_ref()
    }
}

/// A span that is closed while panics of the code that receives spans are caught.
struct FailureSpan(Option<Span>);

impl FailureSpan {
    fn current() -> Self {
        if !level_enabled!(Level::ERROR) {
            return Self(None);
        }
        Self(catch_tracing(Span::current).filter(|span| !span.is_none()))
    }
}

impl Drop for FailureSpan {
    fn drop(&mut self) {
        if self.0.is_some() {
            catch_drop::<Span>(|| {
                let _call = TracingCall::enter();
                self.0 = None;
            });
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
            .field("subscriber", &self.0.subscriber)
            .field("cause", &self.0.cause)
            .field("topic", &format_args!("\"{}\"", one_line(self.topic())))
            .finish_non_exhaustive()
    }
}
