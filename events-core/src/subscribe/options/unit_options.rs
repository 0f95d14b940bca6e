//! The options that decide when a handler is called, if its event is emitted in a unit of work.

use crate::{
    event::Family,
    metadata::UnitPhase,
    subscribe::{
        builder::NewSubscription,
        kinds::{HeldKind, InOrderKind},
    },
};

/// The remedy for two of the options.
const ONE_PHASE: &str = "remove one of them";

impl<F: Family, T> NewSubscription<F, T> {
    #[track_caller]
    fn set_unit_phase(mut self, phase: UnitPhase) -> Self {
        self.set("the phase in a unit of work", ONE_PHASE);
        self.subscriber.unit_phase = Some(phase);
        self
    }
}

impl<F: Family, T> NewSubscription<F, T> {
    /// Runs the handler after the commit, when the event is emitted in a [unit of work](crate::UnitOfWork). Without one it
    /// runs in the emit. Async and deferred handlers always wait for the commit.
    ///
    /// The event can be copied, since `emit` and the like in a unit that is entered keep a copy. Of a pattern subscriber, an
    /// event that cannot be copied is a failure there.
    ///
    #[doc = include_str!("../../../docs/after_commit.md")]
    ///
    /// # Panics
    ///
    /// When this, `at_once` or `after_rollback` is set already.
    #[track_caller]
    pub fn after_commit(self) -> Self
    where
        T: HeldKind<F>,
    {
        T::register_copy();
        self.set_unit_phase(UnitPhase::AfterCommit)
    }

    /// Runs the handler only with events that were emitted in a [unit of work](crate::UnitOfWork) which is rolled back, or in
    /// a savepoint of it: events that did not happen. They can be copied, as for [`after_commit`](Self::after_commit).
    ///
    #[doc = include_str!("../../../docs/after_rollback.md")]
    ///
    /// # Panics
    ///
    /// When this, `at_once` or `after_commit` is set already.
    #[track_caller]
    pub fn after_rollback(self) -> Self
    where
        T: HeldKind<F>,
    {
        T::register_copy();
        self.set_unit_phase(UnitPhase::AfterRollback)
    }

    /// Runs the handler in the emit, also when the event is emitted in a [unit of work](crate::UnitOfWork) and others of its
    /// type wait for the commit, as those of [`Created`](crate::record::Created) do.
    ///
    /// # Panics
    ///
    /// When this, `after_commit` or `after_rollback` is set already.
    #[track_caller]
    pub fn at_once(self) -> Self
    where
        T: InOrderKind,
    {
        self.set_unit_phase(UnitPhase::AtOnce)
    }
}
