//! What is logged when an emit goes wrong and nobody asked to be told. Nothing of the event is in it.

use tracing::error;

use crate::words::{Failure, TooDeep};

/// A subscriber failed.
#[cold]
pub(super) fn failure(failure: Failure) {
    let subscriber = failure.subscriber();
    error!(
        target: "events_core",
        topic = subscriber.topic,
        subscriber = %subscriber.name,
        location = %subscriber.location,
        cause = %failure.cause(),
        backtrace = failure.panic().and_then(|panic| panic.backtrace()).map(tracing::field::display),
        "a subscriber failed",
    );
    failure.discard();
}

/// An emit was nested too deep.
#[cold]
#[inline(never)]
pub(crate) fn refusal(refusal: &TooDeep) {
    error!(target: "events_core", topic = refusal.chain().last().copied(), "{refusal}");
}
