//! Units of work in tests.

use events_core::{
    __testing::{count_held, holds_in_savepoints, run_held},
    Event,
    units::UnitHandle,
};

use crate::events::Events;

impl Events {
    /// How many events of this type a unit of work holds for the subscribers that run later, with those of its open
    /// savepoints. An assertion such as [`assert_emitted`](Self::assert_emitted) counts events when they are emitted; this
    /// shows whether they still wait for the commit: after it, and after a rollback, there are none. An event whose
    /// subscribers all run at once is held with [`Registry::emit_in`](events_core::Registry::emit_in) as well; one that is
    /// expected or faked is never held.
    ///
    /// ```
    /// use events_core::{Event, UnitOfWork, registry};
    /// use events_testing::EventMock;
    ///
    /// #[derive(Event)]
    /// struct OrderPlaced {
    ///     number: u32,
    /// }
    ///
    /// let events = EventMock::install();
    /// let work = UnitOfWork::begin();
    /// let unit = work.handle();
    ///
    /// let point = work.savepoint();
    /// registry().emit_in(&unit, OrderPlaced { number: 7 });
    /// assert_eq!(events.held::<OrderPlaced>(&unit), 1);
    /// point.rollback();
    /// assert_eq!(events.held::<OrderPlaced>(&unit), 0);
    /// events.assert_emitted::<OrderPlaced>().times(1);
    /// ```
    #[must_use]
    pub fn held<E: Event>(&self, unit: &UnitHandle) -> usize {
        count_held(unit, E::topic())
    }

    /// Runs what a unit of work holds, as its commit does, and leaves the unit open: for tests that wrap everything in a
    /// transaction, which is rolled back at their end. Then no unit is ever committed, and the subscribers that run after a
    /// commit would not be tested.
    ///
    /// Queued subscribers run with the next [`settle`](Self::settle).
    ///
    /// # Panics
    ///
    /// When a savepoint that is open holds something: it may still be rolled back. Release it before, as the code in it does
    /// when it commits.
    ///
    /// ```
    /// use events_core::{Event, UnitOfWork, registry};
    /// use events_testing::EventMock;
    ///
    /// #[derive(Event, Clone)]
    /// struct OrderPlaced {
    ///     number: u32,
    /// }
    ///
    /// let events = EventMock::install();
    /// let (mails, sent) = std::sync::mpsc::channel();
    /// let mail = registry().subscribe(move |order: &OrderPlaced| mails.send(order.number)).after_commit();
    /// let _mail = mail.register()?;
    ///
    /// let around_the_test = UnitOfWork::begin(); // that of the transaction which is rolled back
    /// let unit = around_the_test.handle();
    /// let of_the_code = unit.savepoint()?; // its transaction
    /// registry().emit_in(&unit, OrderPlaced { number: 7 });
    /// of_the_code.release()?;
    ///
    /// assert!(sent.try_recv().is_err());
    /// events.run_held(&unit);
    /// assert_eq!(sent.try_recv(), Ok(7));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[track_caller]
    pub fn run_held(&self, unit: &UnitHandle) {
        assert!(
            !holds_in_savepoints(unit),
            "a savepoint of the unit of work is open and holds events, which `run_held` does not run; release it, or roll it \
             back, before `run_held`"
        );
        let _entered = self.registry.enter();
        run_held(unit);
    }
}
