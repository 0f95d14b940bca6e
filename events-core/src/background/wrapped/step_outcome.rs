//! The outcome of a call through middleware, as the result of its future.

use std::{error::Error, fmt};

use crate::result::SubscriberOutcome;

/// The outcome of a call through middleware, as the error of its step.
#[derive(Debug)]
pub(in crate::background) struct StepOutcome(pub(in crate::background) SubscriberOutcome);

impl fmt::Display for StepOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Error for StepOutcome {}
