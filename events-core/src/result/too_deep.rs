//! The refusal of an emit that is nested too deep.

use std::{error::Error, fmt};

/// A chain of emits, each inside a handler of the one before, that became too deep.
///
/// `Display` prints the chain of topics, outermost first.
#[derive(Clone, Debug)]
pub struct TooDeep {
    pub(crate) limit: usize,
    pub(crate) chain: Vec<&'static str>,
}

impl TooDeep {
    /// How many emits may be under way inside one another.
    #[must_use]
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// The topics of the emits under way, outermost first; the refused one is last.
    #[must_use]
    pub fn chain(&self) -> &[&'static str] {
        &self.chain
    }
}

impl fmt::Display for TooDeep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "emit refused: {} emits are under way inside one another, which is the limit \
             (Registry::set_depth_limit changes it); the chain is ",
            self.limit
        )?;
        let mut runs = self.chain.chunk_by(|one, next| one == next).peekable();
        while let Some(run) = runs.next() {
            f.write_str(run[0])?;
            if run.len() > 1 {
                write!(f, " (x{})", run.len())?;
            }
            if runs.peek().is_some() {
                f.write_str(" -> ")?;
            }
        }
        Ok(())
    }
}

impl Error for TooDeep {}
