//! The error of an emit that was refused because too many emits are nested.

use std::{error::Error, fmt};

use super::topic_chain::fmt_chain;

/// A refused emit: it exceeded the limit of nested emits.
///
/// A nested emit is an emit inside a handler of another one. `Display` shows the chain of their
/// topics, outermost first.
#[derive(Clone, Debug)]
pub struct TooDeep {
    pub(crate) limit: usize,
    pub(crate) chain: Vec<&'static str>,
}

impl TooDeep {
    /// The maximum number of nested emits.
    #[must_use]
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// The topics of the nested emits, outermost first; the refused one is last.
    #[must_use]
    pub fn chain(&self) -> &[&'static str] {
        &self.chain
    }
}

impl fmt::Display for TooDeep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "emit refused: {} emits are nested, which is the limit (Registry::set_depth_limit \
             changes it); the chain is ",
            self.limit
        )?;
        fmt_chain(f, &self.chain)
    }
}

impl Error for TooDeep {}
