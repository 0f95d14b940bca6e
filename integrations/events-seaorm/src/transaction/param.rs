//! A transaction as a parameter of subscribers.

use events_core::{
    failures::BoxError,
    handlers::{CallContext, Param, Prepare, PrepareError},
};

use super::{lent::Lent, tx::Tx};

/// The transaction of the emitter, for the time of the call: for subscribers that run in the emit, which are sync and awaited ones.
/// A write of an observed record that subscribers check has one, also if its caller has none.
impl Param for &Tx {
    type Kept = ();
    type Held<'c> = Tx;
    type Item<'i> = &'i Tx;

    fn prepare(scan: &Prepare<'_>) -> Result<(), PrepareError> {
        scan.mark::<Tx>();
        scan.needs("in a transaction of events_seaorm");
        if scan.may_run_later() {
            return Err(PrepareError::new(
                "the transaction of the emitter has ended when the subscriber runs; use a subscriber that is `awaited`, and \
                 `at_once` if its event is `after_commit`",
            ));
        }
        Ok(())
    }

    fn acquire<'c>((): &'c (), call: &'c CallContext<'c>) -> Result<Tx, BoxError> {
        match call.get::<Lent>() {
            Some(lent) => Ok(Tx::of(lent.connection.clone(), lent.level)),
            None => Err(
                "the event was not emitted in a transaction of `events_seaorm`; emit it with `tx.emit(event).await`; of a durable subscriber, \
                 add the feature `seaorm` to `events-durable`"
                    .into(),
            ),
        }
    }

    fn item<'i, 'c: 'i>(held: &'i mut Tx) -> &'i Tx {
        held
    }
}
