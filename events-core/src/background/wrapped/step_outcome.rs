//! The outcome of a call through middleware, as the result of its future.

use std::{error::Error, fmt};

use crate::{background::policies::NextCall, result::SubscriberOutcome};

/// The outcome of a call through middleware, as the error of its step.
#[derive(Debug)]
pub(in crate::background) struct StepOutcome {
    pub(in crate::background) outcome: SubscriberOutcome,
    /// The call that is to be made later, if the handler has requested one.
    pub(in crate::background) next: Option<NextCall>,
}

impl fmt::Display for StepOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.outcome.fmt(f)
    }
}

impl Error for StepOutcome {}
