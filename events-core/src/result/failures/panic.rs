//! A panic of a handler: its message, location and backtrace, without its payload.

use std::{
    backtrace::{Backtrace, BacktraceStatus},
    fmt,
};

/// Follows a message of tokio outside of a runtime in `Display`.
const TOKIO_REMEDY: &str = "; tokio must poll the subscriber: start a worker with queue().spawn_tokio(..), or await \
     emit_async or flush_async in a task of tokio";

/// Whether a text contains the message with which tokio panics when one of its timers, sockets or tasks is used outside
/// of a runtime.
#[must_use]
pub fn is_outside_tokio(text: &str) -> bool {
    text.contains("there is no reactor running")
}

/// A panic of a handler, caught by the emit.
///
/// Displayed with its location and its message. If it is tokio's panic outside of a runtime, the remedy follows.
///
/// ```
/// use events_core::{Event, Registry};
///
/// #[derive(Event)]
/// struct Dosed {
///     milligrams: u32,
/// }
///
/// let registry = Registry::new();
/// registry.on(|dose: &Dosed| assert!(dose.milligrams < 500, "the dose is too high")).detach();
///
/// let error = registry.try_emit(Dosed { milligrams: 600 }).unwrap_err();
/// let panic = error.failures()[0].panic().expect("the handler panics");
/// assert_eq!(panic.message(), "the dose is too high");
/// assert!(panic.location().is_some_and(|location| location.contains(".rs:")));
/// ```
// Boxed: with it inside, each failure would be three times as large.
pub struct Panic(Box<PanicData>);

struct PanicData {
    message: String,
    location: Option<String>,
    backtrace: Option<Backtrace>,
}

impl Panic {
    pub(crate) fn new(
        message: Option<String>,
        location: Option<String>,
        backtrace: Option<Backtrace>,
    ) -> Self {
        Self(Box::new(PanicData {
            message: message.unwrap_or_else(|| "[a payload that is not text]".to_owned()),
            location,
            backtrace: backtrace.filter(|trace| trace.status() == BacktraceStatus::Captured),
        }))
    }

    /// The message of the panic, if its payload is text; otherwise a placeholder.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Where it panicked, as `file:line:column`; `None` if the program replaced the panic hook after
    /// its first subscription.
    #[must_use]
    pub fn location(&self) -> Option<&str> {
        self.0.location.as_deref()
    }

    /// The backtrace, if `RUST_BACKTRACE` or `RUST_LIB_BACKTRACE` enables it.
    #[must_use]
    pub fn backtrace(&self) -> Option<&Backtrace> {
        self.0.backtrace.as_ref()
    }
}

impl fmt::Display for Panic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.location {
            Some(location) => write!(f, "panicked at {location}: {}", self.0.message)?,
            None => write!(f, "panicked: {}", self.0.message)?,
        }
        if is_outside_tokio(&self.0.message) {
            f.write_str(TOKIO_REMEDY)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Panic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Panic")
            .field("message", &self.0.message)
            .field("location", &self.0.location)
            .field("backtrace", &self.0.backtrace)
            .finish()
    }
}
