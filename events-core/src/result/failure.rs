//! How a subscriber failed.
//!
//! Every `match` on a [`Cause`] lists all causes: with a new cause, each one that does not handle it is a
//! compile error.

use std::{error::Error, fmt, sync::Arc};

use super::{
    error_text::error_text,
    panic::Panic,
    queue_full::Undelivered,
    refused_call::{NoCopy, NotAwaited, RefusedCall},
    too_deep::TooDeep,
    waits_for_itself::WaitsForItself,
};
use crate::{
    metadata::SubscriberInfo,
    primitives::{CatchDrop, one_line},
};

/// The error that a handler returned, with its type erased. `downcast_ref` returns it with its type.
///
/// ```
/// use events_core::{Event, Registry, failures::BoxError, subscriber, subscribers};
///
/// #[derive(Event)]
/// struct Received(&'static str);
///
/// /// A handler with several kinds of errors returns a boxed one; `?` and `into` convert into it.
/// #[subscriber]
/// fn check(event: &Received) -> Result<(), BoxError> {
///     let (name, size) = event.0.split_once('=').ok_or("no `=`")?;
///     match size.parse::<u32>()? {
///         0 => Err(format!("{name} is empty").into()),
///         _ => Ok(()),
///     }
/// }
///
/// let registry = Registry::with(subscribers![check]);
/// let error_of = |text| {
///     let error = registry.try_emit(Received(text)).unwrap_err();
///     error.failures()[0].error().unwrap().to_string()
/// };
/// assert_eq!(error_of("7"), "no `=`");
/// assert_eq!(error_of("a=b"), "invalid digit found in string");
/// assert_eq!(error_of("a=0"), "a is empty");
/// ```
pub type BoxError = Box<dyn Error + Send + Sync>;

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
#[derive(Debug)]
pub struct Failure {
    subscriber: Arc<SubscriberInfo>,
    cause: CatchDrop<Cause>,
}

/// How a subscriber failed.
///
/// ```
/// use std::io::{self, ErrorKind};
/// use events_core::{
///     Event, Registry, failures::{Cause, Undelivered}, subscriber, subscribers,
/// };
///
/// #[derive(Event)]
/// struct Saved;
///
/// #[subscriber]
/// fn upload(_: &Saved) -> io::Result<()> {
///     Err(ErrorKind::TimedOut.into())
/// }
///
/// /// Whether another attempt may succeed.
/// fn is_temporary(cause: &Cause) -> bool {
///     match cause {
///         Cause::Error(error) => error
///             .downcast_ref::<io::Error>()
///             .is_some_and(|error| error.kind() == ErrorKind::TimedOut),
///         Cause::Undelivered(why) => matches!(why, Undelivered::QueueFull { .. }),
///         _ => false,
///     }
/// }
///
/// let registry = Registry::with(subscribers![upload]);
/// let error = registry.try_emit(Saved).unwrap_err();
/// assert!(error.failures().iter().all(|failure| is_temporary(failure.cause())));
/// ```
#[non_exhaustive]
pub enum Cause {
    /// It returned this error.
    Error(BoxError),
    /// It panicked.
    Panic(Panic),
    /// It is async or deferred, and the event could not be enqueued for it.
    Undelivered(Undelivered),
    /// It has a concurrency limit, and the call would wait for itself.
    WaitsForItself(WaitsForItself),
    /// It is async, and its emit was resumed where little of the thread's stack was left: it was dropped before its end.
    TooDeep(TooDeep),
    /// It is awaited, and the emit is sync.
    NotAwaited(NotAwaited),
    /// It takes an [`EventCopy`](crate::EventCopy), and the event cannot be copied.
    NoCopy(NoCopy),
}

impl Cause {
    /// The cause that the error of a handler stands for.
    pub(crate) fn of(error: BoxError) -> Self {
        match error.downcast::<RefusedCall>().map(|refused| *refused) {
            Ok(RefusedCall::WaitsForItself(why)) => Self::WaitsForItself(why),
            Ok(RefusedCall::NotAwaited) => Self::NotAwaited(NotAwaited(())),
            Ok(RefusedCall::NoCopy(why)) => Self::NoCopy(why),
            Err(error) => Self::Error(error),
        }
    }

    /// Whether the handler ran to its end; otherwise the event did not reach it, or it was dropped.
    pub(crate) fn is_from_call(&self) -> bool {
        match self {
            Self::Error(_) | Self::Panic(_) => true,
            Self::Undelivered(_)
            | Self::WaitsForItself(_)
            | Self::TooDeep(_)
            | Self::NotAwaited(_)
            | Self::NoCopy(_) => false,
        }
    }

    /// The message of its log record.
    pub(crate) fn message(&self) -> &'static str {
        match self {
            Self::Undelivered(_)
            | Self::WaitsForItself(_)
            | Self::NotAwaited(_)
            | Self::NoCopy(_) => "a subscriber was not reached",
            Self::Error(_) | Self::Panic(_) | Self::TooDeep(_) => "a subscriber failed",
        }
    }
}

impl Failure {
    pub(crate) fn new(subscriber: Arc<SubscriberInfo>, cause: Cause) -> Self {
        let cause = CatchDrop::new(cause);
        Self { subscriber, cause }
    }

    /// The subscriber that failed.
    #[must_use]
    pub fn subscriber(&self) -> &SubscriberInfo {
        &self.subscriber
    }

    /// How it failed.
    #[must_use]
    pub fn cause(&self) -> &Cause {
        &self.cause
    }

    /// The error that it returned, or why the event did not reach it; `None` if it panicked.
    #[must_use]
    pub fn error(&self) -> Option<&(dyn Error + Send + Sync + 'static)> {
        match &*self.cause {
            Cause::Error(error) => Some(error.as_ref()),
            Cause::Undelivered(why) => Some(why),
            Cause::WaitsForItself(why) => Some(why),
            Cause::TooDeep(why) => Some(why),
            Cause::NotAwaited(why) => Some(why),
            Cause::NoCopy(why) => Some(why),
            Cause::Panic(_) => None,
        }
    }

    /// The panic, if it panicked.
    #[must_use]
    pub fn panic(&self) -> Option<&Panic> {
        match &*self.cause {
            Cause::Panic(panic) => Some(panic),
            Cause::Error(_)
            | Cause::Undelivered(_)
            | Cause::WaitsForItself(_)
            | Cause::TooDeep(_)
            | Cause::NotAwaited(_)
            | Cause::NoCopy(_) => None,
        }
    }
}

/// Why an event that fails closed is refused.
#[doc(hidden)]
#[derive(Clone, Debug)]
pub struct FailedCheck {
    /// A text without that of the handler's error or panic, which may be secret.
    pub(crate) reason: String,
    /// The subscriber that failed; `None` if the emit itself was refused.
    pub(crate) subscriber: Option<Arc<SubscriberInfo>>,
}

impl FailedCheck {
    /// The reason that this failure is; `None` if its subscriber is optional.
    pub(crate) fn of(failure: &Failure) -> Option<Self> {
        let Failure { subscriber, cause } = failure;
        let name = one_line(&subscriber.name);
        let reason = match &**cause {
            Cause::Error(_) => format!("the subscriber `{name}` returned an error"),
            Cause::Panic(_) => format!("the subscriber `{name}` panicked"),
            cause => format!("the subscriber `{name}` {cause}"),
        };
        (!subscriber.optional).then(|| Self {
            reason,
            subscriber: Some(Arc::clone(subscriber)),
        })
    }

    /// The reason that a refused emit is.
    pub(crate) fn of_refusal(refusal: &TooDeep) -> Self {
        Self {
            reason: refusal.to_string(),
            subscriber: None,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.subscriber, self.cause())
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Error(error) => write!(f, "returned an error: {}", error_text(error.as_ref())),
            Self::Panic(panic) => panic.fmt(f),
            Self::Undelivered(why) => write!(f, "was not reached: {why}"),
            Self::WaitsForItself(why) => write!(f, "was not reached: {why}"),
            Self::NotAwaited(why) => write!(f, "was not reached: {why}"),
            Self::NoCopy(why) => write!(f, "was not reached: {why}"),
            Self::TooDeep(why) => {
                f.write_str("was dropped before its end: ")?;
                why.fmt_reason(f)
            }
        }
    }
}

impl fmt::Debug for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Error(error) => f
                .debug_tuple("Error")
                .field(&error_text(error.as_ref()))
                .finish(),
            Self::Panic(panic) => panic.fmt(f),
            Self::Undelivered(why) => why.fmt(f),
            Self::WaitsForItself(why) => why.fmt(f),
            Self::TooDeep(why) => why.fmt(f),
            Self::NotAwaited(_) => f.write_str("NotAwaited"),
            Self::NoCopy(why) => why.fmt(f),
        }
    }
}
