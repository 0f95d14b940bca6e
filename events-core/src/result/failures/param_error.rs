//! A parameter of a subscriber that could not be acquired for a call.

use std::{error::Error, fmt};

use super::error_text::error_text;

/// A parameter of a subscriber that could not be acquired, so that the subscriber was not called.
///
/// `Display` names the type of the parameter and the error with its sources; [`error`](Self::error) returns the error.
///
/// ```
/// use events_core::{
///     Event, Registry, failures::{BoxError, Cause}, subscriber, subscribers,
///     handlers::{CallContext, Param, Prepare, PrepareError},
/// };
///
/// /// A connection from a pool of which none is free.
/// struct Connection;
///
/// impl Param for Connection {
///     type Kept = ();
///     type Held<'c> = ();
///     type Item<'i> = Connection;
///
///     fn prepare(_: &Prepare<'_>) -> Result<(), PrepareError> {
///         Ok(())
///     }
///
///     fn acquire<'c>((): &'c (), _: &'c CallContext<'c>) -> Result<(), BoxError> {
///         Err("no connection is free".into())
///     }
///
///     fn item<'i, 'c: 'i>((): &'i mut ()) -> Connection {
///         Connection
///     }
/// }
///
/// #[derive(Event)]
/// struct OrderPlaced;
///
/// #[subscriber]
/// fn store(_: &OrderPlaced, _: Connection) {}
///
/// let registry = Registry::with(subscribers![store]);
/// let error = registry.try_emit(OrderPlaced).unwrap_err();
/// let Cause::Param(error) = error.failures()[0].cause() else { panic!("it is not called") };
/// assert!(error.type_name().ends_with("::Connection"));
/// assert!(error.to_string().ends_with("cannot be acquired: no connection is free"));
/// ```
#[derive(Debug)]
pub struct ParamError {
    type_name: &'static str,
    error: Box<dyn Error + Send + Sync>,
}

impl ParamError {
    pub(crate) fn new(type_name: &'static str, error: Box<dyn Error + Send + Sync>) -> Self {
        Self { type_name, error }
    }

    /// The type of the parameter, as [`type_name`](std::any::type_name) returns it.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        self.type_name
    }

    /// Why it could not be acquired; `downcast_ref` returns the error with its type.
    #[must_use]
    pub fn error(&self) -> &(dyn Error + Send + Sync + 'static) {
        self.error.as_ref()
    }
}

impl fmt::Display for ParamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { type_name, error } = self;
        let error = error_text(error.as_ref());
        write!(f, "its parameter `{type_name}` cannot be acquired: {error}")
    }
}

impl Error for ParamError {}
