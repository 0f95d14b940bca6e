//! A run: the dispatch of one event to the handlers of one chain. It has what handlers can request of their
//! emit, and it records their results: only those that differ from the common case, in which a handler
//! returns [`Step::Done`].
//!
//! `chain.rs` has `unsafe` code that depends on this file: after [`Run::new`] nothing here replaces
//! `delivery`, and only the links of its chain call [`Run::pause_at`] (invariants 2 and 4 there).

use std::{cell::Cell, sync::Arc, thread};

use super::{
    call::EmitOrigin,
    chain::{Delivery, LinkPos},
    outcome::Step,
};
use crate::{
    context::{
        Emission, EmissionSource, OwnSubscription, current_emission, failed_emission, log,
        panic_hook,
    },
    event::Family,
    metadata::{Origin, SubscriberInfo},
    result::{BoxError, Cause, EmitStats, Failure, FailureList, Panic},
};

/// A handler of the events of a family.
pub(crate) trait CallHandler<F: Family>: Send + Sync + 'static {
    /// Calls the handler.
    fn handle(&self, event: &mut F::Of<'_>, run: &Run<'_>) -> Step;
}

impl<F, H> CallHandler<F> for H
where
    F: Family,
    H: Fn(&mut F::Of<'_>, &Run<'_>) -> Step + Send + Sync + 'static,
{
    #[inline]
    fn handle(&self, event: &mut F::Of<'_>, run: &Run<'_>) -> Step {
        self(event, run)
    }
}

/// The dispatch of one event to the handlers of one chain.
///
/// Every emit constructs one, so it is small: it has no copy of what the chain has, and the emission's
/// id is read from the stack of emits when a handler requests it.
pub struct Run<'r> {
    pub(super) delivery: Delivery<'r>,
    pub(super) origin: Option<&'r Origin>,
    /// Collects the failures; without a list they are logged.
    failures: Option<&'r FailureList<'r>>,
    /// The link from which the chain returned before its end: a pause, or a handler that panicked.
    pub(super) paused_at: Cell<LinkPos>,
    /// How many handlers did not run: filtered out, stopped by another, or not reached; and the bit [`UNREACHED`].
    pub(super) skipped: Cell<usize>,
    /// The subscriber whose handler stopped those after it.
    pub(super) stopped_by: Cell<Option<&'r Arc<SubscriberInfo>>>,
}

impl<'r> Run<'r> {
    #[inline]
    pub(crate) fn new(
        delivery: Delivery<'r>,
        origin: Option<&'r Origin>,
        failures: Option<&'r FailureList<'r>>,
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
                if self.failures.is_some_and(FailureList::records) {
                    self.record_skip(pos);
                }
                true
            }
            Step::Stop => {
                self.stop(pos);
                false
            }
            Step::Failed(error) => {
                self.fail_with(pos, error);
                true
            }
        }
    }

    #[cold]
    #[inline(never)]
    fn record_skip(&self, pos: LinkPos) {
        let chain = self.delivery.chain();
        if let Some(failures) = self.failures {
            failures.skip(&chain.subscribers()[chain.index_of(pos)], self.origin);
        }
    }

    #[cold]
    #[inline(never)]
    fn stop(&self, pos: LinkPos) {
        self.stop_at(self.delivery.chain().index_of(pos));
        if self.captures() {
            self.skipped.set(self.skipped.get() + 1);
        }
    }

    /// Whether middleware decides what becomes of a handler. Then each result that is recorded changes the number of
    /// skipped handlers, which is restored.
    fn captures(&self) -> bool {
        self.skipped.get() & CAPTURES > 0
    }

    pub(super) fn stop_at(&self, index: usize) {
        let not_run = self.delivery.chain().len() - 1 - index;
        self.skipped.set(self.skipped.get() + not_run);
        self.stopped_by
            .set(self.delivery.chain().subscribers().get(index));
    }

    #[cold]
    #[inline(never)]
    fn fail_with(&self, pos: LinkPos, error: BoxError) {
        let cause = Cause::of(error);
        if !cause.is_from_call() {
            self.skipped.set((self.skipped.get() + 1) | UNREACHED);
        }
        self.fail(pos, cause);
    }

    /// Records that the handler at which the run is paused has panicked.
    #[cold]
    fn panicked(&self, panic: Panic) {
        self.fail(self.paused_at.get(), Cause::Panic(panic));
    }

    #[cold]
    #[inline(never)]
    fn fail(&self, pos: LinkPos, cause: Cause) {
        let index = self.delivery.chain().index_of(pos);
        let failure = self.failure(index, cause);
        if self.captures() {
            self.skipped.set(self.skipped.get() + 1);
        } else {
            self.delivery.chain().of().policy.report(&failure);
        }
        let Some(failures) = self.failures else {
            return log::failure(failure);
        };
        failures.push(failure);
    }

    /// The failure of the handler with this index, which is not reported yet.
    // Inlined, as what it calls: each call copied the cause and the emission once more.
    #[inline(always)]
    pub(super) fn failure(&self, index: usize, cause: Cause) -> Failure {
        let chain = self.delivery.chain();
        let emission = failed_emission(chain.of().topic.clone(), self.origin);
        Failure::new(Arc::clone(&chain.subscribers()[index]), cause, emission)
    }

    /// What the handlers did.
    #[inline]
    pub(crate) fn stats(&self) -> ChainStats<'r> {
        let skipped = self.skipped.get();
        let ran = self.delivery.chain().len() - (skipped & !(UNREACHED | CAPTURES));
        ChainStats::new(ran | (skipped & UNREACHED), self.stopped_by.get())
    }

    pub(crate) fn is_stopped(&self) -> bool {
        let stopped_by = self.stopped_by.take();
        self.stopped_by.set(stopped_by);
        stopped_by.is_some()
    }

    /// Runs all handlers of the chain, and resumes behind one that panics. `is_traced`: the chain pauses between all
    /// handlers, and each runs in a span of its own.
    #[inline(always)]
    pub(crate) fn run_to_end(&mut self, is_traced: bool) {
        if is_traced {
            return self.run_traced();
        }
        match self.start() {
            Ok(()) if !self.is_paused() => {}
            result => self.resume_to_end(result),
        }
    }

    /// Resumes the chain until its end, after a first result. Outlined so that the hot caller needs no
    /// further callee-saved registers.
    #[cold]
    #[inline(never)]
    pub(crate) fn resume_to_end(&mut self, mut result: thread::Result<()>) {
        loop {
            if let Err(payload) = result {
                self.panicked(panic_hook::into_panic(payload));
            }
            if !self.is_paused() {
                return;
            }
            result = self.resume();
        }
    }

    /// Runs the handlers of a chain that pauses between all of them, each in a span of its own.
    #[cold]
    #[inline(never)]
    fn run_traced(&mut self) {
        for (index, subscriber) in self.delivery.chain().subscribers().iter().enumerate() {
            let span = log::handler_span(subscriber);
            let _entered = span.enter();
            let result = if index == 0 {
                self.start()
            } else {
                self.resume()
            };
            if let Err(payload) = result {
                self.panicked(panic_hook::into_panic(payload));
                // Advances to the pause behind this handler, at which a handler that returns leaves the chain.
                let _ = self.resume();
            }
            if !self.is_paused() {
                return;
            }
        }
    }
}

/// What the handlers of a chain did. It is two words, which are returned in registers.
#[derive(Clone, Copy, Default)]
pub(crate) struct ChainStats<'p> {
    /// How many ran, and the bit [`UNREACHED`](Self::UNREACHED).
    ran: usize,
    stopped_by: Option<&'p Arc<SubscriberInfo>>,
}

impl<'p> ChainStats<'p> {
    /// The bit of the number that says whether the event did not reach a handler, which is a failure.
    pub(crate) const UNREACHED: usize = 1 << (usize::BITS - 1);

    #[inline]
    pub(crate) fn new(ran: usize, stopped_by: Option<&'p Arc<SubscriberInfo>>) -> Self {
        Self { ran, stopped_by }
    }

    /// Whether none ran, and none failed to be reached.
    pub(crate) fn is_unheard(self) -> bool {
        self.ran == 0
    }

    /// The same; the subscriber that stopped those after it is one of these.
    pub(crate) fn of_subscribers(self, subscribers: &[Arc<SubscriberInfo>]) -> ChainStats<'_> {
        let stopped_by = self
            .stopped_by
            .and_then(|by| subscribers.iter().find(|one| Arc::ptr_eq(one, by)));
        ChainStats::new(self.ran, stopped_by)
    }

    #[inline]
    pub(crate) fn into_stats(self) -> EmitStats {
        EmitStats {
            ran: self.ran & !Self::UNREACHED,
            deferred: 0,
            stopped_by: self.stopped_by.cloned(),
            rare: u32::from(self.ran & Self::UNREACHED != 0),
        }
    }

    /// Stores it as the result of an emit that has none yet. Returns whether a subscriber stopped those after it.
    // One field: to store all of them is to drop those that were there.
    #[inline(always)]
    pub(crate) fn store_in(self, stats: &mut EmitStats) -> bool {
        if self.ran & Self::UNREACHED != 0 || self.stopped_by.is_some() {
            return self.store_all_in(stats);
        }
        stats.ran = self.ran;
        false
    }

    #[cold]
    #[inline(never)]
    fn store_all_in(self, stats: &mut EmitStats) -> bool {
        *stats = self.into_stats();
        stats.stopped_by.is_some()
    }
}

/// The bit of the number of skipped handlers that says that failures are captured: middleware decides what becomes of them.
pub(super) const CAPTURES: usize = 1 << (usize::BITS - 2);

/// The bit of the number of skipped handlers that says whether the event did not reach one of them, which is a failure. A
/// field of its own would cost each emit an instruction.
pub(super) const UNREACHED: usize = ChainStats::UNREACHED;

/// While a handler runs, the emission that it belongs to is the innermost one of this thread.
impl EmissionSource for Run<'_> {
    fn emission(&self, own: OwnSubscription) -> Emission {
        current_emission(
            self.delivery.chain().of().topic.clone(),
            self.origin.cloned(),
            1,
            own,
        )
    }
}
