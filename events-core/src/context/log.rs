//! What is logged when an emit goes wrong and nobody asked to be told. Nothing of the event is in it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tracing::{Level as Verbosity, error, level_enabled};

use crate::{
    primitives::{OptionBox, drop_catching},
    result::{Cause, Failure, TooDeep},
};

/// What failed, if anything did.
#[inline]
pub(crate) fn failures(failures: &mut OptionBox<Vec<Failure>>) {
    #[cold]
    #[inline(never)]
    fn record(failures: Vec<Failure>) {
        failures.into_iter().for_each(failure);
    }
    if let Some(failures) = failures.take() {
        record(failures);
    }
}

/// A subscriber failed. Whoever records it may panic as well: a layer of tracing, for one.
#[cold]
pub(crate) fn failure(failure: Failure) {
    let recorded = catch_unwind(AssertUnwindSafe(|| record(failure)));
    if let Err(payload) = recorded {
        drop_catching(payload);
    }
}

fn record(failure: Failure) {
    let what = match failure.cause() {
        Cause::Undelivered(_) => "a subscriber was not reached",
        _ => "a subscriber failed",
    };
    let subscriber = failure.subscriber();
    error!(
        target: "events_core",
        topic = &*subscriber.topic,
        subscriber = %subscriber.name,
        location = %subscriber.location,
        cause = %failure.cause(),
        backtrace = failure.panic().and_then(|panic| panic.backtrace()).map(tracing::field::display),
        "{what}",
    );
    failure.discard();
}

/// An emit was nested too deep.
#[cold]
#[inline(never)]
pub(crate) fn refusal(refusal: &TooDeep) {
    error!(target: "events_core", topic = refusal.chain().last().copied(), "{refusal}");
}

/// Whether somebody looks at each emit.
#[inline]
pub(crate) fn is_observed() -> bool {
    level_enabled!(Verbosity::DEBUG)
}

/// Whether anybody looks at spans.
#[inline]
pub(crate) fn is_traced() -> bool {
    level_enabled!(Verbosity::ERROR)
}
