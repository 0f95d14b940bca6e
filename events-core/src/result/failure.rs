//! How a subscriber failed.
//!
//! An error's `Display` and `source`, and the `Drop` of a panic's payload, are user code and may panic.
//! They are called only inside `catch_unwind`.

use std::{
    backtrace::{Backtrace, BacktraceStatus},
    error::Error,
    fmt::{self, Write as _},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use super::queue_full::Undelivered;
use crate::{metadata::SubscriberInfo, primitives::drop_catching};

/// The error that a handler returned, with its type erased.
pub type BoxError = Box<dyn Error + Send + Sync>;

/// The maximum number of sources shown of an error, so that a cyclic chain of sources ends.
const MAX_SOURCES: usize = 32;

/// One subscriber that failed during an emit, and how.
///
/// Displayed in one line, with the error's chain of sources:
/// `shop::charge (src/shop.rs:12) returned an error: card refused, caused by: no cover`.
#[derive(Debug)]
pub struct Failure {
    subscriber: Arc<SubscriberInfo>,
    cause: Cause,
}

/// How a subscriber failed.
#[non_exhaustive]
pub enum Cause {
    /// It returned this error.
    Error(BoxError),
    /// It panicked.
    Panic(Panic),
    /// It is async or deferred, and the event could not be enqueued for it.
    Undelivered(Undelivered),
}

/// A panic of a handler, caught by the emit.
#[derive(Debug)]
pub struct Panic {
    message: String,
    location: Option<String>,
    backtrace: Option<Backtrace>,
}

impl Cause {
    /// Whether the handler was called; otherwise the event did not reach it.
    pub(super) fn is_from_call(&self) -> bool {
        !matches!(self, Self::Undelivered(_))
    }

    /// The message of its log record.
    pub(crate) fn message(&self) -> &'static str {
        match self {
            Self::Undelivered(_) => "a subscriber was not reached",
            Self::Error(_) | Self::Panic(_) => "a subscriber failed",
        }
    }
}

impl Failure {
    pub(crate) fn new(subscriber: Arc<SubscriberInfo>, cause: Cause) -> Self {
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
        match &self.cause {
            Cause::Error(error) => Some(error.as_ref()),
            Cause::Undelivered(why) => Some(why),
            Cause::Panic(_) => None,
        }
    }

    /// The panic, if it panicked.
    #[must_use]
    pub fn panic(&self) -> Option<&Panic> {
        match &self.cause {
            Cause::Panic(panic) => Some(panic),
            Cause::Error(_) | Cause::Undelivered(_) => None,
        }
    }

    /// Drops the failure and catches a panic of the returned error's `Drop`.
    pub(crate) fn discard(self) {
        if let Cause::Error(error) = self.cause {
            drop_catching(error);
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.subscriber, self.cause)
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Error(error) => write!(f, "returned an error: {}", chain(error.as_ref())),
            Self::Panic(panic) => panic.fmt(f),
            Self::Undelivered(why) => write!(f, "was not reached: {why}"),
        }
    }
}

impl fmt::Debug for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Error(error) => f
                .debug_tuple("Error")
                .field(&chain(error.as_ref()))
                .finish(),
            Self::Panic(panic) => panic.fmt(f),
            Self::Undelivered(why) => why.fmt(f),
        }
    }
}

impl Panic {
    pub(crate) fn new(
        message: Option<String>,
        location: Option<String>,
        backtrace: Option<Backtrace>,
    ) -> Self {
        Self {
            message: message.unwrap_or_else(|| "[a payload that is not text]".to_owned()),
            location,
            backtrace: backtrace.filter(|trace| trace.status() == BacktraceStatus::Captured),
        }
    }

    /// The message of the panic, if its payload is text; otherwise a placeholder.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Where it panicked, as `file:line:column`; `None` if the program replaced the panic hook after
    /// its first subscription.
    #[must_use]
    pub fn location(&self) -> Option<&str> {
        self.location.as_deref()
    }

    /// The backtrace, if `RUST_BACKTRACE` or `RUST_LIB_BACKTRACE` enables it.
    #[must_use]
    pub fn backtrace(&self) -> Option<&Backtrace> {
        self.backtrace.as_ref()
    }
}

impl fmt::Display for Panic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.location {
            Some(location) => write!(f, "panicked at {location}: {}", self.message),
            None => write!(f, "panicked: {}", self.message),
        }
    }
}

/// The error and its sources in one line.
fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = display_catching(error);
    let mut source = source_catching(error);
    for _ in 0..MAX_SOURCES {
        let Some(error) = source else { break };
        text.push_str(", caused by: ");
        text.push_str(&display_catching(error));
        source = source_catching(error);
    }
    text
}

fn display_catching(error: &(dyn Error + 'static)) -> String {
    let mut text = String::new();
    match catch_unwind(AssertUnwindSafe(|| write!(text, "{error}"))) {
        Ok(Ok(())) => {}
        Ok(Err(_)) => text.push_str("[its Display failed]"),
        Err(payload) => {
            drop_catching(payload);
            text.push_str("[its Display panicked]");
        }
    }
    text
}

fn source_catching<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e (dyn Error + 'static)> {
    catch_unwind(AssertUnwindSafe(|| error.source())).unwrap_or_else(|payload| {
        drop_catching(payload);
        None
    })
}
