//! The session of a transaction while the subscribers of an emit, or the functions before the commit, may take it.
//!
//! A `Tx` has its session, and puts it here for the time of an emit. A subscriber with a `Tx` takes it out for its call, and puts
//! it back when it ends: only one at a time has it.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use events_core::{failures::BoxError, units::UnitHandle};

use crate::{backend::Backend, session::Session};

/// Where the session of a transaction is while it is lent.
pub(crate) struct Lender<DB: Backend>(Arc<Shared<DB>>);

/// What the clones of a lender share.
struct Shared<DB: Backend> {
    session: Mutex<Option<Session<DB>>>,
    unit: UnitHandle,
}

/// A lender that is not kept.
pub(crate) struct WeakLender<DB: Backend>(Weak<Shared<DB>>);

impl<DB: Backend> WeakLender<DB> {
    pub(crate) fn upgrade(&self) -> Option<Lender<DB>> {
        self.0.upgrade().map(Lender)
    }
}

impl<DB: Backend> Clone for Lender<DB> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<DB: Backend> Lender<DB> {
    pub(crate) fn new(unit: UnitHandle) -> Self {
        let session = Mutex::new(None);
        Self(Arc::new(Shared { session, unit }))
    }

    pub(crate) fn unit(&self) -> &UnitHandle {
        &self.0.unit
    }

    fn exchange(&self, session: Option<Session<DB>>) -> Option<Session<DB>> {
        let lent = &self.0.session;
        let mut lent = lent.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *lent, session)
    }

    /// Attaches it to its unit, which must not own what has its handle.
    pub(crate) fn attach(&self) {
        let weak = WeakLender(Arc::downgrade(&self.0));
        self.unit().attach(Arc::new(weak));
    }

    /// Takes the session out, if it is here.
    pub(crate) fn take(&self) -> Option<Session<DB>> {
        self.exchange(None)
    }

    /// Lends a session until the guard is dropped.
    pub(crate) fn lend<'s>(&self, slot: &'s mut Option<Session<DB>>) -> Loan<'s, DB> {
        drop(self.exchange(slot.take()));
        let lender = self.clone();
        Loan { slot, lender }
    }

    /// Takes the session out for a call.
    pub(crate) fn borrow(&self) -> Result<SessionGuard<DB>, BoxError> {
        let session = self.take();
        if session.is_none() {
            return Err(
                "the transaction is in use: a subscriber takes it once, and one is awaited before the other"
                    .into(),
            );
        }
        let lender = self.clone();
        Ok(SessionGuard { session, lender })
    }
}

/// The guard of a session that is lent: dropped, the session is back in its place.
pub(crate) struct Loan<'s, DB: Backend> {
    slot: &'s mut Option<Session<DB>>,
    lender: Lender<DB>,
}

impl<DB: Backend> Drop for Loan<'_, DB> {
    fn drop(&mut self) {
        *self.slot = self.lender.take();
    }
}

/// A session that was taken out for a call: dropped, it is put back.
pub struct SessionGuard<DB: Backend> {
    session: Option<Session<DB>>,
    lender: Lender<DB>,
}

impl<DB: Backend> SessionGuard<DB> {
    pub(crate) fn parts(&mut self) -> (&mut Option<Session<DB>>, &Lender<DB>) {
        (&mut self.session, &self.lender)
    }
}

impl<DB: Backend> Drop for SessionGuard<DB> {
    fn drop(&mut self) {
        if let Some(session) = self.session.take() {
            drop(self.lender.exchange(Some(session)));
        }
    }
}
