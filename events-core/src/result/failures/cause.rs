//! How a subscriber failed.
//!
//! Every `match` on a [`Cause`] lists all causes: with a new cause, each one that does not handle it is a
//! compile error.

use std::{error::Error, fmt};

use super::{
    error_text::error_text, middleware_panic::MiddlewarePanic, panic::Panic,
    param_error::ParamError,
};
use crate::result::{
    queue_full::Undelivered,
    refused_call::{NoCopy, NotAwaited, RefusedCall},
    timed_out::TimedOut,
    too_deep::TooDeep,
    waits_for_itself::WaitsForItself,
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
    /// It has a [parameter](crate::handlers::Param) that could not be acquired.
    Param(ParamError),
    /// A [middleware](crate::Registry::wrap) around its call panicked.
    Middleware(MiddlewarePanic),
    /// It has the option `timeout`, and its call took longer: it was dropped before its end.
    TimedOut(TimedOut),
}

impl Cause {
    /// The cause that the error of a handler stands for.
    pub(crate) fn of(error: BoxError) -> Self {
        match error.downcast::<RefusedCall>().map(|refused| *refused) {
            Ok(RefusedCall::WaitsForItself(why)) => Self::WaitsForItself(why),
            Ok(RefusedCall::NotAwaited) => Self::NotAwaited(NotAwaited(())),
            Ok(RefusedCall::NoCopy(why)) => Self::NoCopy(why),
            Ok(RefusedCall::Param(why)) => Self::Param(why),
            Ok(RefusedCall::TimedOut(why)) => Self::TimedOut(why),
            Err(error) => Self::Error(error),
        }
    }

    /// Whether the handler ran to its end or its timeout; otherwise the event did not reach it, or it was dropped.
    pub(crate) fn is_from_call(&self) -> bool {
        match self {
            Self::Error(_) | Self::Panic(_) | Self::Middleware(_) | Self::TimedOut(_) => true,
            Self::Undelivered(_)
            | Self::WaitsForItself(_)
            | Self::TooDeep(_)
            | Self::NotAwaited(_)
            | Self::NoCopy(_)
            | Self::Param(_) => false,
        }
    }

    /// Whether another call with the event may succeed.
    pub(crate) fn is_repeatable(&self) -> bool {
        self.is_from_call() || matches!(self, Self::Param(_))
    }

    /// The message of its log record.
    pub(crate) fn message(&self) -> &'static str {
        match self {
            Self::Undelivered(_)
            | Self::WaitsForItself(_)
            | Self::NotAwaited(_)
            | Self::NoCopy(_)
            | Self::Param(_) => "a subscriber was not reached",
            Self::Error(_)
            | Self::Panic(_)
            | Self::TooDeep(_)
            | Self::Middleware(_)
            | Self::TimedOut(_) => "a subscriber failed",
        }
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
            Self::Param(why) => write!(f, "was not called: {why}"),
            Self::Middleware(panic) => write!(f, "failed: {panic}"),
            Self::TimedOut(why) => write!(f, "was dropped before its end: {why}"),
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
            Self::Param(why) => f.debug_tuple("Param").field(&why.to_string()).finish(),
            Self::Middleware(panic) => panic.fmt(f),
            Self::TimedOut(why) => why.fmt(f),
        }
    }
}
