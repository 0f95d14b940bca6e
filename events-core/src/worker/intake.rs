//! Which job of its queue a driver starts next, and when it is finished.

use std::task::{Context, Poll, Waker};

use crate::{context::EventChain, primitives::Waiter, queue::PoppedJob, registry::Core};

/// How many jobs a driver starts in one poll, before other tasks of the same thread can run.
const STARTS_PER_POLL: usize = 64;

/// How many events of a chain, each of which enqueues the next one, a flush runs before it is cut off.
const MAX_CHAIN: usize = 1000;

/// When a driver is finished.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Until {
    /// That of a flush: when the queue is empty, or the next job is in a chain that is too long.
    Empty,
    /// That of a worker: when the queue is shut down and empty, and no other driver has a job in progress, which could
    /// push one.
    Drained,
    /// That of a shutdown: as a worker, or when it may not start a job where it is polled. It starts one job in each poll,
    /// so that a deadline can be checked in between.
    ShutDown,
}

/// Why a driver starts no further job in a poll.
pub(super) enum Rest {
    /// It has started as many as it may in one poll.
    Yield,
    /// As many as its concurrency allows are suspended.
    Full,
    /// The queue is empty; it is registered as a waiter.
    Waiting,
    /// No job is left for it.
    Ended,
    /// It is to start no further job.
    Stopping,
    /// No further emit may be nested where it is polled.
    TooDeep,
}

/// The side of a driver that pops jobs.
pub(super) struct Intake {
    until: Until,
    waiter: Waiter,
    /// The number of the flush, from its first pop on.
    flush: Option<u32>,
    /// Whether a chain of events is too long for the flush.
    is_cut_off: bool,
}

impl Intake {
    pub(super) fn new(until: Until) -> Self {
        Self {
            until,
            waiter: Waiter::new(),
            flush: None,
            is_cut_off: false,
        }
    }

    pub(super) fn is_of_flush(&self) -> bool {
        self.until == Until::Empty
    }

    pub(super) fn is_cut_off(&self) -> bool {
        self.is_cut_off
    }

    #[inline]
    pub(super) fn starts_per_poll(&self) -> usize {
        match self.until {
            Until::Empty | Until::Drained => STARTS_PER_POLL,
            Until::ShutDown => 1,
        }
    }

    /// Pops the next job, and returns its chain as this driver counts it. `may_start`: whether an emit may be nested where
    /// the driver is polled. `may_wait`: whether it waits for the jobs of other drivers.
    #[inline(always)]
    pub(super) fn pop<'c>(
        &mut self,
        core: &'c Core,
        waker: &Waker,
        may_start: bool,
        may_wait: bool,
    ) -> Result<(PoppedJob<'c, Core>, EventChain), Rest> {
        if !may_start && core.queue().len() > 0 {
            return Err(Rest::TooDeep);
        }
        if self.until == Until::Empty {
            let flush = *self.flush.get_or_insert_with(|| core.queue().begin_flush());
            let popped = core.queue().pop().ok_or(Rest::Ended)?;
            let chain = popped.chain().in_flush(flush);
            self.is_cut_off = chain.length() >= MAX_CHAIN;
            return if self.is_cut_off {
                Err(Rest::Ended)
            } else {
                Ok((popped, chain))
            };
        }
        let context = &Context::from_waker(waker);
        let is_idle = || !may_wait || core.drivers().is_idle();
        match core.queue().poll_pop(&mut self.waiter, context, is_idle) {
            Poll::Ready(Some(popped)) => {
                let chain = popped.chain();
                Ok((popped, chain))
            }
            Poll::Ready(None) => Err(Rest::Ended),
            Poll::Pending => Err(Rest::Waiting),
        }
    }

    /// Leaves the queued jobs, which it may not start where it is polled, to other drivers. `has_none`: it has no job in
    /// progress. Returns whether it is finished.
    pub(super) fn leave(&mut self, core: &Core, waker: &Waker, has_none: bool) -> bool {
        if self.until == Until::Drained || (self.until == Until::ShutDown && !has_none) {
            core.queue().add_late_waiter(&mut self.waiter, waker);
            return false;
        }
        self.remove_waiter(core);
        has_none
    }

    /// It does not wait for a job any more, or does something else first.
    #[inline]
    pub(super) fn remove_waiter(&mut self, core: &Core) {
        core.queue().remove_waiter(&mut self.waiter);
    }
}
