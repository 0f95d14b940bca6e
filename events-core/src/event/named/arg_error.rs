//! Why an argument or a field of an event cannot be read as a type.

use std::{error::Error, fmt};

/// Why [`AnyEvent::get`](trait@crate::AnyEvent#method.get) or [`Args::get`](crate::emitting::Args::get) returns no value.
///
/// ```
/// use events_core::{AnyEvent, Registry, args, emitting::ArgError};
///
/// /// The user of an event, if it has one. A user of another type is a mistake of the emitter.
/// fn user(event: &dyn AnyEvent) -> Result<Option<u64>, String> {
///     match event.get::<u64>("user") {
///         Ok(user) => Ok(Some(user)),
///         Err(ArgError::Missing) => Ok(None),
///         Err(ArgError::WrongType { found }) => Err(format!("`user` is a `{found}`")),
///     }
/// }
///
/// let registry = Registry::new();
/// registry.on_topic("user::.*", |event: &dyn AnyEvent| user(event).map(drop))?.detach();
/// assert!(registry.try_emit_topic("user::in", args! { user: 7_u8 }).is_ok());
/// assert!(registry.try_emit_topic("user::in", args! {}).is_ok());
/// let error = registry.try_emit_topic("user::in", args! { user: "ada" }).unwrap_err();
/// assert!(error.to_string().ends_with("returned an error: `user` is a `&str`"));
/// # Ok::<(), events_core::subscribing::PatternError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ArgError {
    /// The event has no argument or field of this name.
    Missing,
    /// The value has another type, to which it does not convert without a loss; or it is a field that borrows.
    WrongType {
        /// The type of the value: of an argument with its path, of a field as it is written in the source.
        found: &'static str,
    },
}

impl fmt::Display for ArgError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("the event has no argument or field of this name"),
            Self::WrongType { found } => write!(
                f,
                "the value is a `{found}`, which does not convert to the requested type without a loss"
            ),
        }
    }
}

impl Error for ArgError {}
