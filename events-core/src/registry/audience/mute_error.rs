//! Why no subscriber is muted.

use std::fmt;

use crate::primitives::one_line;

/// No subscriber of the registry has the name that [`Registry::try_mute`](crate::Registry::try_mute) was called with.
///
/// ```
/// use events_core::Registry;
///
/// let error = Registry::new().try_mute("backup").unwrap_err();
/// assert_eq!(error.name(), "backup");
/// assert!(error.to_string().contains("register it first"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MuteError {
    pub(super) name: String,
    /// `did you mean ..?`
    pub(super) similar: Option<String>,
}

impl MuteError {
    /// The id, or the path of the function.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for MuteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "no subscriber of this registry has the name `{}`, so none can be muted; register it first, or correct its \
             name",
            one_line(&self.name)
        )?;
        match &self.similar {
            Some(similar) => write!(f, ": {similar}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for MuteError {}
