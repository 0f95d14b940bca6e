//! Where a process aborts itself.

use std::sync::{
    OnceLock,
    atomic::{AtomicU32, Ordering},
};

use clap::ValueEnum;

/// A place in the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
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

static PLACE: OnceLock<Place> = OnceLock::new();
static REACHED: AtomicU32 = AtomicU32::new(0);

/// From now on the process aborts when it reaches this place for the tenth time.
pub(crate) fn at(place: Place) {
    PLACE.get_or_init(|| place);
}

/// The process has reached this place.
pub(crate) fn here(place: Place) {
    if PLACE.get() == Some(&place) && REACHED.fetch_add(1, Ordering::Relaxed) == 9 {
        std::process::abort();
    }
}
