//! One emit under way, as its handlers see it: what they may ask, and where they leave how they
//! ended. Only what went differently from the plain case is written down.

use std::{cell::Cell, sync::Arc};

use super::{
    call::EmitOrigin,
    chain::{Delivery, LinkPos},
    outcome::Step,
};
use crate::{
    context::{Emission, EmissionSource, current_job, emit_stack, log},
    metadata::{Origin, SubscriberInfo},
    result::{Cause, Failure, FailureList, Panic},
};

/// One emit under way.
///
/// Making one is part of every emit, so it is as small as it can be: what can be found out later
/// from the plan or the level is not kept twice.
pub struct Run<'r> {
    pub(crate) delivery: Delivery<'r>,
    origin: Option<&'r Origin>,
    /// Where failures are collected; without it they are logged.
    failures: Option<&'r FailureList>,
    /// Where the chain was left before its end: by a panic, or at a stop.
    pub(crate) paused_at: Cell<LinkPos>,
    skipped: Cell<usize>,
    /// Who stopped those after it.
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

    /// Where the event was emitted from.
    pub(crate) fn source(&self) -> EmitOrigin<'_> {
        EmitOrigin::new(self.origin)
    }

    /// Whether the event was emitted from there.
    #[inline]
    #[must_use]
    pub fn is_from(&self, origin: &Origin) -> bool {
        self.origin == Some(origin)
    }

    /// The chain is left there, and may be gone on with. Called by the links of this run's chain
    /// alone: [`resume`](Self::go_on) relies on it.
    #[inline]
    pub(crate) fn pause_at(&self, place: LinkPos) {
        self.paused_at.set(place);
    }

    /// Whether the handlers are not through: one panicked, or there was a stop.
    #[inline]
    pub(crate) fn is_paused(&self) -> bool {
        self.paused_at.get() != LinkPos::NOWHERE
    }

    /// The handler there did something else than just run; says whether the next one shall.
    #[inline]
    pub(crate) fn record_step(&self, step: Step, place: LinkPos) -> bool {
        match step {
            Step::Done => true,
            Step::Skipped => {
                self.skipped.set(self.skipped.get() + 1);
                true
            }
            Step::Stop => {
                self.stop(place);
                false
            }
            Step::Failed(error) => {
                self.fail(place, Cause::Error(error));
                true
            }
        }
    }

    #[cold]
    #[inline(never)]
    fn stop(&self, place: LinkPos) {
        let index = self.delivery.chain().index_of(place);
        let left = self.delivery.chain().len() - 1 - index;
        self.skipped.set(self.skipped.get() + left);
        self.stopped_by
            .set(self.delivery.chain().subscribers().get(index));
    }

    /// The handler at which the chain was left has panicked.
    #[cold]
    pub(crate) fn panicked(&self, panic: Panic) {
        self.fail(self.paused_at.get(), Cause::Panic(panic));
    }

    #[cold]
    #[inline(never)]
    fn fail(&self, place: LinkPos, cause: Cause) {
        let index = self.delivery.chain().index_of(place);
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

/// The emission is the innermost of this thread, as long as the subscriber that asks runs.
impl EmissionSource for Run<'_> {
    fn emission(&self) -> Emission {
        Emission::new(
            self.delivery.chain().topic().clone(),
            self.origin.cloned(),
            emit_stack::emission_id(),
            current_job::parent_id(),
        )
    }
}
