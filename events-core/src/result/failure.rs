//! How a subscriber failed, told without trusting its code: an error's `Display` and the `Drop` of
//! a panic's payload belong to the user and may panic themselves.

use std::{
    backtrace::{Backtrace, BacktraceStatus},
    error::Error,
    fmt::{self, Write as _},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use super::queue_full::Undelivered;
use crate::{metadata::SubscriberInfo, primitives::drop_catching};

/// The error that a subscriber returned, whatever its type was.
pub type BoxError = Box<dyn Error + Send + Sync>;

/// An error's chain is followed this far: a chain that loops ends.
const LONGEST_CHAIN: usize = 32;

/// One subscriber that failed during an emit: who, and how.
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
    /// It runs later, and the event did not get to where it would have waited for that.
    Undelivered(Undelivered),
}

/// A panic that stayed in its subscriber.
#[derive(Debug)]
pub struct Panic {
    message: String,
    location: Option<String>,
    backtrace: Option<Backtrace>,
}

impl Failure {
    pub(crate) fn new(subscriber: Arc<SubscriberInfo>, cause: Cause) -> Self {
        Self { subscriber, cause }
    }

    /// Who failed.
    #[must_use]
    pub fn subscriber(&self) -> &SubscriberInfo {
        &self.subscriber
    }

    /// How it failed.
    #[must_use]
    pub fn cause(&self) -> &Cause {
        &self.cause
    }

    /// The error it returned, or why it was not reached; `None` when it panicked.
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

    /// Drops the error that was returned, should its `Drop` panic too.
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

    /// What `panic!` was given, when that was text; else a note that it was not.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Where it panicked, as `file:line:column`; `None` when the program replaced the panic hook
    /// after its first subscription.
    #[must_use]
    pub fn location(&self) -> Option<&str> {
        self.location.as_deref()
    }

    /// The backtrace, when `RUST_BACKTRACE` or `RUST_LIB_BACKTRACE` asks for one.
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

/// The error and its sources in one line, each one's `Display` contained.
fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = contained(error);
    let mut source = contained_source(error);
    for _ in 0..LONGEST_CHAIN {
        let Some(error) = source else { break };
        text.push_str(", caused by: ");
        text.push_str(&contained(error));
        source = contained_source(error);
    }
    text
}

fn contained(error: &(dyn Error + 'static)) -> String {
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

fn contained_source<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e (dyn Error + 'static)> {
    catch_unwind(AssertUnwindSafe(|| error.source())).unwrap_or_else(|payload| {
        drop_catching(payload);
        None
    })
}
