//! A transaction as a parameter of subscribers.

use events_core::{
    failures::BoxError,
    handlers::{CallContext, Param, Prepare, PrepareError},
};

use crate::{
    backend::Backend,
    lender::{Lender, SessionGuard},
    tx::Tx,
};

/// The transaction of the emitter, for the time of the call: for subscribers that run in the emit, which are sync and awaited
/// ones.
impl<DB: Backend> Param for Tx<'_, DB> {
    type Kept = ();
    type Held<'c> = SessionGuard<DB>;
    type Item<'i> = Tx<'i, DB>;

    fn prepare(scan: &Prepare<'_>) -> Result<(), PrepareError> {
        scan.mark::<Tx<'static, DB>>();
        scan.needs(DB::NEED);
        if scan.may_run_later() {
            return Err(PrepareError::new(
                "the transaction of the emitter has ended when the subscriber runs; use a subscriber that is `awaited`, and \
                 `at_once` if its event is `after_commit`",
            ));
        }
        Ok(())
    }

    fn acquire<'c>((): &'c (), call: &'c CallContext<'c>) -> Result<SessionGuard<DB>, BoxError> {
        match call.get::<Lender<DB>>() {
            Some(lender) => lender.borrow(),
            None => Err(
                "the event was not emitted with a transaction of this database; emit it with `tx.emit(event).await`"
                    .into(),
            ),
        }
    }

    fn item<'i, 'c: 'i>(held: &'i mut SessionGuard<DB>) -> Tx<'i, DB> {
        let (slot, lender) = held.parts();
        Tx::borrowed(slot, lender)
    }
}
