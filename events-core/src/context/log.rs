//! Log records of failures that no caller receives as a result. They contain nothing of the event.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tracing::{Level as Verbosity, error, level_enabled};

use crate::{
    primitives::{OptionBox, drop_catching},
    result::{Failure, TooDeep},
};

/// Records failures, if there are any.
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

/// Records the failure of a subscriber. A panic of the code that records it, such as a tracing layer,
/// is caught.
#[cold]
pub(crate) fn failure(failure: Failure) {
    let recorded = catch_unwind(AssertUnwindSafe(|| record(failure)));
    if let Err(payload) = recorded {
        drop_catching(payload);
    }
}

fn record(failure: Failure) {
    let message = failure.cause().message();
    let subscriber = failure.subscriber();
    error!(
        target: "events_core",
        topic = &*subscriber.topic,
        subscriber = %subscriber.name,
        location = %subscriber.location,
        cause = %failure.cause(),
        backtrace = failure.panic().and_then(|panic| panic.backtrace()).map(tracing::field::display),
        "{message}",
    );
    failure.discard();
}

/// Records an emit that was refused because too many emits are nested.
#[cold]
#[inline(never)]
pub(crate) fn refusal(refusal: &TooDeep) {
    error!(target: "events_core", topic = refusal.chain().last().copied(), "{refusal}");
}

/// Whether the level `DEBUG` is enabled, at which tracing records single emits.
#[inline]
pub(crate) fn is_observed() -> bool {
    level_enabled!(Verbosity::DEBUG)
}

/// Whether tracing is enabled at all; if not, no span is entered.
#[inline]
pub(crate) fn is_traced() -> bool {
    level_enabled!(Verbosity::ERROR)
}
