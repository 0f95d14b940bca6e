//! The suspended jobs of a driver: they are stored until they are woken, or parked; and what becomes of one when a shutdown
//! has stopped the driver.

use std::task::Poll;

use super::{
    job_driver::Driver,
    parking::{Parking, park, stop_and_log},
};
use crate::{
    context::{EventChain, enter_job, set_chain},
    queue::{ParkedJob, QueueOwner, RunningJob},
    registry::Core,
};

impl Driver {
    /// Parks or stores a started job that is pending.
    #[cold]
    pub(super) fn park_or_suspend(&mut self, job: Box<RunningJob>, chain: EventChain) {
        let Some(slot) = &self.spare_slot else {
            return;
        };
        match park(&self.registry, &self.in_flight, slot.waker(), job, chain) {
            Parking::Parked(place) => self.add_parked(place),
            Parking::Done(result) => {
                self.count(result);
                self.in_flight.end_poll();
            }
            Parking::Pending(job) => self.suspend(*job, chain),
        }
    }

    /// Resumes a job that was parked, though this driver can start no further one. Returns whether there was one.
    #[cold]
    pub(super) fn resume_parked(&mut self, core: &Core) -> bool {
        if self.in_flight.is_stop_requested() {
            return false;
        }
        let in_flight = &self.in_flight;
        let claimed = core.queue().claim_resumed(|| in_flight.begin_poll());
        let Some((mut job, chain)) = claimed else {
            return false;
        };
        let reserve = || in_flight.reserve_slot();
        let slot = self.spare_slot.get_or_insert_with(reserve);
        set_chain(chain);
        match job.poll(core, slot.waker()) {
            Poll::Pending => self.park_or_suspend(job, chain),
            Poll::Ready(result) => {
                self.count(result);
                self.in_flight.end_poll();
            }
        }
        true
    }

    /// Stores a started job that is pending in the spare slot.
    fn suspend(&mut self, job: RunningJob, chain: EventChain) {
        let Some(slot) = self.spare_slot.take() else {
            return;
        };
        if let Err(job) = self.in_flight.put_back(&slot, job) {
            return self.abandon(job);
        }
        let index = slot.index();
        if self.slots.len() <= index {
            self.slots.resize_with(index + 1, || None);
        }
        self.slots[index] = Some((slot, chain));
        self.suspended += 1;
    }

    /// Polls a suspended job that was woken.
    pub(super) fn resume(&mut self, index: usize) {
        let Some((slot, chain)) = self.slots.get(index).and_then(Option::as_ref) else {
            if let Some(spare) = self
                .spare_slot
                .as_ref()
                .filter(|slot| slot.index() == index)
            {
                self.in_flight.discard_wake(spare);
            }
            return;
        };
        let Some(mut job) = self.in_flight.take(slot) else {
            // A shutdown has taken it.
            return;
        };
        let core = self.registry.core();
        let parking = {
            let _job = enter_job(core.queue_id(), None);
            set_chain(*chain);
            match job.poll(core, slot.waker()) {
                Poll::Ready(result) => Parking::Done(result),
                Poll::Pending if !job.is_waiting() => Parking::Pending(Box::new(job)),
                Poll::Pending => {
                    let job = Box::new(job);
                    park(&self.registry, &self.in_flight, slot.waker(), job, *chain)
                }
            }
        };
        match parking {
            Parking::Parked(place) => self.add_parked(place),
            Parking::Done(result) => {
                self.in_flight.end_poll();
                self.count(result);
            }
            Parking::Pending(job) => match self.in_flight.put_back(slot, *job) {
                Ok(()) => return,
                Err(job) => self.abandon(job),
            },
        }
        self.suspended -= 1;
        let Some((slot, _)) = self.slots[index].take() else {
            return;
        };
        if self.spare_slot.is_none() {
            self.spare_slot = Some(slot);
        } else {
            self.in_flight.free_slot(&slot);
        }
    }

    fn add_parked(&mut self, place: ParkedJob) {
        if self.intake.is_of_flush() {
            self.parked.add(place);
        }
    }

    /// Stores a job that could not be put back for the next shutdown, and logs it.
    fn abandon(&self, job: RunningJob) {
        let core = self.registry.core();
        // The destructors of handlers run inside the queue, as the handlers do.
        let _job = enter_job(core.queue_id(), None);
        let unfinished = stop_and_log(job, None);
        core.drivers().end_unfinished(&self.in_flight, unfinished);
    }
}
