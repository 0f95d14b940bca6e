//! How a call with policies has ended: in a failure, or so that it is to be made later.

use std::{error::Error, fmt, time::Duration};

use super::call_state::CallSlot;
use crate::{handler::Carried, result::Cause};

/// The end of a call, as the error that the run receives in place of the handler's. It is private, so that no handler
/// returns one.
#[derive(Debug)]
pub(crate) enum CallEnd {
    Failed(Cause),
    /// It failed, and is to be repeated.
    Repeat(Cause, NextCall),
    /// It is made with this event, if no further one comes.
    Debounce(NextCall),
    /// It is not made: a further event has come.
    Replaced,
}

/// A call that is to be made later, with the same event.
pub(crate) struct NextCall {
    pub(crate) delay: Duration,
    /// The number of the attempt.
    pub(crate) attempt: u32,
    pub(crate) slot: CallSlot,
    pub(crate) carried: Carried,
}

impl fmt::Debug for NextCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NextCall")
            .field("delay", &self.delay)
            .field("attempt", &self.attempt)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for CallEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(cause) | Self::Repeat(cause, _) => cause.fmt(f),
            Self::Debounce(_) => f.write_str("the call is made later"),
            Self::Replaced => f.write_str("the call is made with a later event"),
        }
    }
}

impl Error for CallEnd {}
