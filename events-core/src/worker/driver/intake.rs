//! Which job of its queue a driver starts next, and when it is finished.

use std::{
    mem,
    task::{Poll, Waker},
    time::Instant,
};

use crate::{
    context::EventChain,
    primitives::{OptionBox, Waiter, drop_catching},
    queue::{JobVtable, PoppedJob},
    registry::Core,
    time::Sleep,
};

/// How many jobs a driver starts in one poll, before other tasks of the same thread can run.
const STARTS_PER_POLL: usize = 64;

/// How many events of a chain, each of which enqueues the next one, a flush runs before it is cut off.
const MAX_CHAIN: usize = 1000;

/// When a driver is finished.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::worker) enum Until {
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
    /// It has started as many as it may in one poll, or counts the chains of events anew.
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

/// The job that a driver starts next.
pub(super) struct Next<'c> {
    pub(super) popped: PoppedJob<'c, Core>,
    pub(super) vtable: &'static JobVtable<Core>,
    /// The job's chain, as the driver counts it.
    pub(super) chain: EventChain,
}

/// The side of a driver that pops jobs.
pub(super) struct Intake {
    until: Until,
    waiter: Waiter,
    /// Wakers of this poll that are not registered. Their code runs outside of any job of the queue.
    wakers: Vec<Waker>,
    /// The number of the flush, from its first pop on.
    flush: Option<u32>,
    /// Whether the flush has begun to count again, with a second number.
    has_second_number: bool,
    /// Whether a chain of events is too long for the flush.
    is_cut_off: bool,
    /// Wakes the task when the next scheduled job is due. Boxed: a flush moves its driver.
    sleep: OptionBox<Sleep>,
}

impl Intake {
    pub(super) fn new(until: Until) -> Self {
        Self {
            until,
            waiter: Waiter::new(),
            wakers: Vec::new(),
            flush: None,
            has_second_number: false,
            is_cut_off: false,
            sleep: OptionBox::NONE,
        }
    }

    pub(super) fn is_of_flush(&self) -> bool {
        self.until == Until::Empty
    }

    pub(super) fn is_cut_off(&self) -> bool {
        self.is_cut_off
    }

    /// Clones the waker of the task, before a poll that may register it.
    pub(super) fn prepare_waker(&mut self, waker: &Waker) {
        if !self.is_of_flush() {
            self.wakers.push(waker.clone());
        }
    }

    /// Drops the wakers that a poll has not registered, or has replaced.
    pub(super) fn drop_wakers(&mut self) {
        self.wakers.drain(..).for_each(drop_catching);
    }

    #[inline]
    pub(super) fn starts_per_poll(&self) -> usize {
        match self.until {
            Until::Empty | Until::Drained => STARTS_PER_POLL,
            Until::ShutDown => 1,
        }
    }

    /// The number of the flush, assigned at the first call; `None` for other drivers. Resets `is_cut_off`, which describes
    /// the last poll.
    #[inline]
    pub(super) fn flush_number(&mut self, core: &Core) -> Option<u32> {
        if self.until != Until::Empty {
            return None;
        }
        self.is_cut_off = false;
        Some(*self.flush.get_or_insert_with(|| core.queue().begin_flush()))
    }

    /// Pops the next job of the flush with that number.
    #[inline(always)]
    pub(super) fn pop_in_flush<'c>(
        &mut self,
        core: &'c Core,
        flush: u32,
    ) -> Result<Next<'c>, Rest> {
        let popped = core.queue().pop().ok_or(Rest::Ended)?;
        let (vtable, has_chain) = popped.front();
        let mut chain = EventChain::of_flush(flush);
        if has_chain {
            chain = popped.chain().in_flush(flush);
            if chain.length() >= MAX_CHAIN {
                return Err(self.rest_at_long_chain(core, chain.is_of_flush(flush)));
            }
        }
        Ok(Next {
            popped,
            vtable,
            chain,
        })
    }

    /// The next job is in a chain that is too long. If a later flush has counted it, which may have left the job behind,
    /// this flush counts from here, as one that begins now: once, so that two flushes do not run an endless chain by turns.
    #[cold]
    fn rest_at_long_chain(&mut self, core: &Core, is_counted_by_this: bool) -> Rest {
        if is_counted_by_this || mem::replace(&mut self.has_second_number, true) {
            self.is_cut_off = true;
            return Rest::Ended;
        }
        self.flush = Some(core.queue().begin_flush());
        Rest::Yield
    }

    /// Pops the next job of a worker or a shutdown. `may_wait`: whether it waits for the jobs of other drivers.
    #[inline(always)]
    pub(super) fn pop<'c>(
        &mut self,
        core: &'c Core,
        may_wait: impl FnOnce() -> bool,
    ) -> Result<Next<'c>, Rest> {
        let is_idle = || !may_wait() || core.is_queue_idle();
        let Self { waiter, wakers, .. } = self;
        match core.queue().poll_pop(waiter, wakers, is_idle) {
            Poll::Ready(Some(popped)) => {
                let (vtable, has_chain) = popped.front();
                let chain = if has_chain {
                    popped.chain()
                } else {
                    EventChain::NONE
                };
                Ok(Next {
                    popped,
                    vtable,
                    chain,
                })
            }
            Poll::Ready(None) => Err(Rest::Ended),
            Poll::Pending => Err(Rest::Waiting),
        }
    }

    /// Why a driver starts no job where no further emit may be nested. `may_wait` as in [`pop`](Self::pop).
    #[cold]
    pub(super) fn rest_without_start(
        &mut self,
        core: &Core,
        may_wait: impl FnOnce() -> bool,
    ) -> Rest {
        if core.queue().len() > 0 {
            return Rest::TooDeep;
        }
        let next = match self.flush_number(core) {
            Some(flush) => self.pop_in_flush(core, flush),
            None => self.pop(core, may_wait),
        };
        // A job that was pushed meanwhile stays in the queue.
        next.map_or_else(|rest| rest, |_| Rest::TooDeep)
    }

    /// Leaves the queued jobs, which it may not start where it is polled, to other drivers. `has_no_job`: it has no job in
    /// progress. Returns whether it is finished.
    pub(super) fn leave(&mut self, core: &Core, waker: &Waker, has_no_job: bool) -> bool {
        if self.until == Until::Drained || (self.until == Until::ShutDown && !has_no_job) {
            core.queue().add_late_waiter(&mut self.waiter, waker);
            self.sleep_until_due(core, waker);
            return false;
        }
        self.remove_waiter(core);
        has_no_job
    }

    /// Called after it has registered as a waiter: wakes the task when the next scheduled job is due, unless it is
    /// woken before.
    #[inline]
    pub(super) fn sleep_until_due(&mut self, core: &Core, waker: &Waker) {
        match core.queue().next_due() {
            None => self.sleep = OptionBox::NONE,
            Some(due) => self.sleep_until(due, core, waker),
        }
    }

    #[cold]
    #[inline(never)]
    fn sleep_until(&mut self, due: Instant, core: &Core, waker: &Waker) {
        if self.sleep.get().is_none_or(|sleep| sleep.deadline() != due) {
            self.sleep = Sleep::of_driver(core.clock(), due).into();
        }
        if let Some(sleep) = self.sleep.get_mut()
            && sleep.poll(waker).is_ready()
        {
            self.sleep = OptionBox::NONE;
            waker.wake_by_ref();
        }
    }

    /// It does not wait for a job any more, or does something else first.
    #[inline]
    pub(super) fn remove_waiter(&mut self, core: &Core) {
        core.queue().remove_waiter(&mut self.waiter);
    }
}
