//! Why an event that fails closed is refused.

use std::sync::Arc;

use super::{cause::Cause, failure::Failure};
use crate::{metadata::SubscriberInfo, primitives::one_line, result::too_deep::TooDeep};

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
        let subscriber = failure.shared_subscriber();
        let name = one_line(&subscriber.name);
        let kind = if subscriber.is_middleware {
            "middleware"
        } else {
            "subscriber"
        };
        let reason = match failure.cause() {
            Cause::Error(_) => format!("the {kind} `{name}` returned an error"),
            Cause::Panic(_) => format!("the {kind} `{name}` panicked"),
            Cause::Middleware(panic) => format!(
                "the middleware `{}` around the subscriber `{name}` panicked",
                panic.middleware()
            ),
            cause => format!("the subscriber `{name}` {cause}"),
        };
        (!subscriber.optional).then(|| Self {
            reason,
            subscriber: Some(Arc::clone(subscriber)),
        })
    }

    /// The reason that it is if a subscriber is cut off; `None` if it is optional.
    pub(crate) fn of_cut_off(subscriber: &Arc<SubscriberInfo>) -> Option<Self> {
        let name = one_line(&subscriber.name);
        (!subscriber.optional).then(|| Self {
            reason: format!("the subscriber `{name}` was cut off by a middleware"),
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
