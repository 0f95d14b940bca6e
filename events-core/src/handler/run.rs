//! One emit under way, as its handlers see it: what they may ask, and where they leave how they
//! ended. Only what went differently from the plain case is written down.

use std::{
    cell::{Cell, RefCell},
    ops::ControlFlow,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use super::{Depth, Emission, Level, Step, record};
use crate::words::{Cause, EventInfo, Failure, Origin, SubscriberInfo, drop_contained};

/// One emit under way.
///
/// Making one is part of every emit, so it is as small as it can be: what can be found out later
/// from the roster or the level is not kept twice.
pub struct Run<'r> {
    roster: &'r Roster,
    origin: Option<&'r Origin>,
    depth: Depth,
    /// Where failures are collected; without it they are logged.
    failures: Option<&'r RefCell<Vec<Failure>>>,
    /// How many handlers come after the chain that is running.
    ahead: Cell<usize>,
    /// How many came after the one that panicked.
    left: Cell<usize>,
    skipped: Cell<usize>,
    /// Who stopped those after it.
    stopped_by: Cell<Option<&'r Arc<SubscriberInfo>>>,
}

/// Who the handlers of a plan are, in running order.
pub(crate) struct Roster {
    pub(crate) info: &'static EventInfo,
    pub(crate) subscribers: Box<[Arc<SubscriberInfo>]>,
}

impl<'r> Run<'r> {
    #[inline]
    pub(crate) fn new(
        roster: &'r Roster,
        origin: Option<&'r Origin>,
        level: &Level,
        failures: Option<&'r RefCell<Vec<Failure>>>,
    ) -> Self {
        Self {
            roster,
            origin,
            depth: level.depth(),
            failures,
            ahead: Cell::new(0),
            left: Cell::new(0),
            skipped: Cell::new(0),
            stopped_by: Cell::new(None),
        }
    }

    /// Whether the event was emitted from there.
    #[inline]
    #[must_use]
    pub fn is_from(&self, origin: &Origin) -> bool {
        self.origin == Some(origin)
    }

    /// The emission, for a subscriber that asks for it.
    #[must_use]
    pub fn emission(&self) -> Emission {
        Emission::new(
            self.roster.info.topic(),
            self.origin.cloned(),
            self.depth.id(),
            self.depth.parent(),
        )
    }

    /// A chain of handlers starts, and so many come after it.
    #[inline]
    pub(crate) fn begin_chain(&self, ahead: usize) {
        self.ahead.set(ahead);
    }

    /// A handler with so many after it in its chain is unwinding.
    #[cold]
    pub(super) fn unwinding(&self, rest: usize) {
        self.left.set(rest + self.ahead.get());
    }

    /// A handler did something else than just run.
    #[inline]
    pub(super) fn settle(&self, step: Step, rest: usize) -> ControlFlow<()> {
        match step {
            Step::Done => ControlFlow::Continue(()),
            Step::Skipped => {
                self.skipped.set(self.skipped.get() + 1);
                ControlFlow::Continue(())
            }
            Step::Stop => self.stop(rest),
            Step::Failed(error) => self.fail(rest + self.ahead.get(), Cause::Error(error)),
        }
    }

    #[cold]
    #[inline(never)]
    fn stop(&self, rest: usize) -> ControlFlow<()> {
        let left = rest + self.ahead.get();
        self.skipped.set(self.skipped.get() + left);
        self.stopped_by.set(Some(self.subscriber(left)));
        ControlFlow::Break(())
    }

    #[cold]
    #[inline(never)]
    fn fail(&self, left: usize, cause: Cause) -> ControlFlow<()> {
        let failure = Failure::new(Arc::clone(self.subscriber(left)), cause);
        let Some(failures) = self.failures else {
            // Whoever records it may panic as well: a layer of tracing, for one.
            let logged = catch_unwind(AssertUnwindSafe(|| record::failure(failure)));
            if let Err(payload) = logged {
                drop_contained(payload);
            }
            return ControlFlow::Continue(());
        };
        failures.borrow_mut().push(failure);
        ControlFlow::Continue(())
    }

    /// The handler that [`unwinding`](Self::unwinding) named has failed; says how many are left.
    #[cold]
    pub(crate) fn panicked(&self, cause: Cause) -> usize {
        let left = self.left.get();
        let _ = self.fail(left, cause);
        left
    }

    #[inline]
    pub(crate) fn is_stopped(&self) -> bool {
        self.stopped_by.get().is_some()
    }

    pub(crate) fn ran(&self) -> usize {
        self.roster.subscribers.len() - self.skipped.get()
    }

    pub(crate) fn stopped_by(&self) -> Option<Arc<SubscriberInfo>> {
        self.stopped_by.get().cloned()
    }

    pub(crate) fn subscriber(&self, left: usize) -> &'r Arc<SubscriberInfo> {
        let subscribers = &self.roster.subscribers;
        &subscribers[subscribers.len() - 1 - left]
    }
}
