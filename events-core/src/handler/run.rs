//! A run: the dispatch of one event to the handlers of one chain. It has what handlers can request of their
//! emit, and it records their results: only those that differ from the common case, in which a handler
//! returns [`Step::Done`].
//!
//! `chain.rs` has `unsafe` code that depends on this file: after [`Run::new`] nothing here replaces
//! `delivery`, and only the links of its chain call [`Run::pause_at`] (invariants 2 and 4 there).

use std::{cell::Cell, sync::Arc};

use super::{
    call::EmitOrigin,
    chain::{Delivery, LinkPos},
    outcome::Step,
};
use crate::{
    context::{Emission, EmissionSource, current_emission, log},
    metadata::{Origin, SubscriberInfo},
    result::{Cause, Failure, FailureList, Panic},
};

/// The dispatch of one event to the handlers of one chain.
///
/// Every emit constructs one, so it is small: it has no copy of what the chain has, and the emission's
/// id is read from the stack of emits when a handler requests it.
pub struct Run<'r> {
    pub(super) delivery: Delivery<'r>,
    origin: Option<&'r Origin>,
    /// Collects the failures; without a list they are logged.
    failures: Option<&'r FailureList>,
    /// The link from which the chain returned before its end: a pause, or a handler that panicked.
    pub(super) paused_at: Cell<LinkPos>,
    /// How many handlers did not run: filtered out, or stopped by another.
    skipped: Cell<usize>,
    /// The subscriber whose handler stopped those after it.
    stopped_by: Cell<Option<&'r Arc<SubscriberInfo>>>,
}

impl<'r> Run<'r> {
    #[inline]
    pub(crate) fn new(
        delivery: Delivery<'r>,
        origin: Option<&'r Origin>,
        failures: Option<&'r FailureList>,
    ) -> Self {
        Self {
            delivery,
            origin,
            failures,
            paused_at: Cell::new(LinkPos::NOWHERE),
            skipped: Cell::new(0),
            stopped_by: Cell::new(None),
        }
    }

    pub(crate) fn origin(&self) -> Option<&'r Origin> {
        self.origin
    }

    /// The origin, for the filters of a handler.
    pub(crate) fn emit_origin(&self) -> EmitOrigin<'_> {
        EmitOrigin::new(self.origin)
    }

    /// Whether the event was emitted with this origin.
    #[inline]
    #[must_use]
    pub fn is_from(&self, origin: &Origin) -> bool {
        self.origin == Some(origin)
    }

    /// Records that the chain returns from this link; [`resume`](Self::resume) continues behind it. Only
    /// the links of this run's chain may call this.
    #[inline]
    pub(super) fn pause_at(&self, pos: LinkPos) {
        self.paused_at.set(pos);
    }

    /// Whether the chain returned before its end, at a pause or because of a panic.
    #[inline]
    pub(crate) fn is_paused(&self) -> bool {
        self.paused_at.get() != LinkPos::NOWHERE
    }

    /// Records the result of the handler at this position; returns whether the next one is to run.
    #[inline]
    pub(super) fn record_step(&self, step: Step, pos: LinkPos) -> bool {
        match step {
            Step::Done => true,
            Step::Skipped => {
                self.skipped.set(self.skipped.get() + 1);
                true
            }
            Step::Stop => {
                self.stop(pos);
                false
            }
            Step::Failed(error) => {
                self.fail(pos, Cause::Error(error));
                true
            }
        }
    }

    #[cold]
    #[inline(never)]
    fn stop(&self, pos: LinkPos) {
        let index = self.delivery.chain().index_of(pos);
        let not_run = self.delivery.chain().len() - 1 - index;
        self.skipped.set(self.skipped.get() + not_run);
        self.stopped_by
            .set(self.delivery.chain().subscribers().get(index));
    }

    /// Records that the handler at which the run is paused has panicked.
    #[cold]
    pub(crate) fn panicked(&self, panic: Panic) {
        self.fail(self.paused_at.get(), Cause::Panic(panic));
    }

    #[cold]
    #[inline(never)]
    fn fail(&self, pos: LinkPos, cause: Cause) {
        let index = self.delivery.chain().index_of(pos);
        let failure = Failure::new(
            Arc::clone(&self.delivery.chain().subscribers()[index]),
            cause,
        );
        let Some(failures) = self.failures else {
            return log::failure(failure);
        };
        failures.push(failure);
    }

    pub(crate) fn ran(&self) -> usize {
        self.delivery.chain().len() - self.skipped.get()
    }

    pub(crate) fn is_stopped(&self) -> bool {
        let stopped_by = self.stopped_by.take();
        self.stopped_by.set(stopped_by);
        stopped_by.is_some()
    }

    pub(crate) fn stopped_by(&self) -> Option<Arc<SubscriberInfo>> {
        self.stopped_by.get().cloned()
    }
}

/// While a handler runs, the emission that it belongs to is the innermost one of this thread.
impl EmissionSource for Run<'_> {
    fn emission(&self) -> Emission {
        current_emission(self.delivery.chain().topic().clone(), self.origin.cloned())
    }
}
