//! Why an event that fails closed is refused.

use std::{fmt, sync::Arc};

use super::{cause::Cause, failure::Failure};
use crate::{metadata::SubscriberInfo, primitives::one_line, result::too_deep::TooDeep};

/// A subscriber of an event before a write that failed, panicked, timed out or was not called, so that the write is refused: see
/// [`record`](crate::record#failures). Its text is not that of the error or the panic, which may be secret.
///
/// ```
/// use events_core::{Registry, record::Creating, subscriber, subscribers};
///
/// struct User;
///
/// #[subscriber]
/// fn email_is_free(_: &mut Creating<User>) -> Result<(), std::io::Error> {
///     Err(std::io::ErrorKind::TimedOut.into())
/// }
///
/// let registry = Registry::with(subscribers![email_is_free]);
/// let event = registry.emit(Creating::new(User));
/// let failed = event.failed_checks().first().expect("it has failed");
/// assert!(failed.name().is_some_and(|name| name.ends_with("::email_is_free")));
/// assert_eq!(failed.cause(), "returned an error");
/// assert!(failed.to_string().ends_with("::email_is_free` returned an error"));
/// ```
#[derive(Clone, Debug)]
pub struct FailedCheck {
    /// The whole text.
    pub(crate) reason: String,
    cause: String,
    /// `None` if the emit itself was refused.
    subscriber: Option<Arc<SubscriberInfo>>,
}

impl FailedCheck {
    /// The reason that this failure is; `None` if its subscriber is optional.
    pub(crate) fn of(failure: &Failure) -> Option<Self> {
        let subscriber = failure.shared_subscriber();
        let name = one_line(&subscriber.name);
        let kind = if subscriber.is_middleware {
            "middleware"
        } else {
            "subscriber"
        };
        let (kind, cause) = match failure.cause() {
            Cause::Error(_) => (kind, "returned an error".to_owned()),
            Cause::Panic(_) => (kind, "panicked".to_owned()),
            Cause::Middleware(panic) => {
                let middleware = panic.middleware();
                let cause = format!("was called by the middleware `{middleware}`, which panicked");
                let reason = format!(
                    "the middleware `{middleware}` around the subscriber `{name}` panicked"
                );
                return Self::new(subscriber, reason, cause);
            }
            cause => ("subscriber", cause.to_string()),
        };
        Self::new(subscriber, format!("the {kind} `{name}` {cause}"), cause)
    }

    /// The reason that it is if a subscriber is cut off; `None` if it is optional.
    pub(crate) fn of_cut_off(subscriber: &Arc<SubscriberInfo>) -> Option<Self> {
        let name = one_line(&subscriber.name);
        let cause = "was cut off by a middleware".to_owned();
        Self::new(
            subscriber,
            format!("the subscriber `{name}` {cause}"),
            cause,
        )
    }

    fn new(subscriber: &Arc<SubscriberInfo>, reason: String, cause: String) -> Option<Self> {
        (!subscriber.optional).then(|| Self {
            reason,
            cause,
            subscriber: Some(Arc::clone(subscriber)),
        })
    }

    /// The reason that a refused emit is.
    pub(crate) fn of_refusal(refusal: &TooDeep) -> Self {
        let reason = refusal.to_string();
        Self {
            cause: reason.clone(),
            reason,
            subscriber: None,
        }
    }

    /// The name of the subscriber; `None` if the emit itself was refused, since too many emits are nested.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.subscriber().map(|subscriber| &*subscriber.name)
    }

    /// How it failed: `returned an error`, `panicked`, or another text that begins with a verb. If the emit was refused, why.
    #[must_use]
    pub fn cause(&self) -> &str {
        &self.cause
    }

    /// The subscriber; `None` if the emit itself was refused.
    #[must_use]
    pub fn subscriber(&self) -> Option<&SubscriberInfo> {
        self.subscriber.as_deref()
    }
}

impl fmt::Display for FailedCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}
