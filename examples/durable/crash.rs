//! Where a process aborts itself.

use std::sync::atomic::{AtomicU32, Ordering};

use clap::ValueEnum;

/// A place in the code.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Place {
    InTheOrder,
    AfterItsCommit,
    InTheLedger,
    AfterTheMail,
}

impl Place {
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::InTheOrder => "in the transaction of an order, after its event was emitted",
            Self::AfterItsCommit => "after the commit of an order",
            Self::InTheLedger => "in a subscriber with a transaction, after its write",
            Self::AfterTheMail => "in a subscriber without one, after its mail",
        }
    }
}

/// Aborts the process when it reaches a place for the third time. `None`: never.
pub(crate) struct Crash {
    at: Option<Place>,
    left: AtomicU32,
}

impl Crash {
    pub(crate) fn new(at: Option<Place>) -> Self {
        let left = AtomicU32::new(2);
        Self { at, left }
    }

    pub(crate) fn here(&self, place: Place) {
        if self.at == Some(place) && self.left.fetch_sub(1, Ordering::Relaxed) == 0 {
            std::process::abort();
        }
    }
}
