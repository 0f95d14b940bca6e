//! The suspended jobs of one driver: each in a slot of its own, with a waker that reports which job is
//! to be resumed.
//!
//! A *driver* is the poll loop that runs the jobs of a queue. A job is suspended when one of its
//! handlers is pending.
//!
//! The slots are shared, so that a shutdown whose deadline has passed can take the suspended jobs of a
//! driver that does not return. A job is not in its slot while it is polled: if a shutdown stops the
//! driver meanwhile, putting the job back fails.
//!
//! Invariant: from the time that a driver takes a job out of the queue until the job has ended or was taken by
//! [`stop`](InFlight::stop), it is in its slot, or `polling` is set; also while a job that could not be put back
//! is stored elsewhere. `drivers` adds to this what happens to a job afterwards.
//!
//! Of this crate the file imports only `primitives`, so that `tests/model` can compile it with the
//! primitives of a model checker and test the interleavings of a driver, wakers and a shutdown.

use std::{
    mem,
    sync::Arc,
    task::{Wake, Waker},
};

use crate::primitives::{
    drop_catching,
    sync::{AtomicBool, Mutex, MutexGuard, Ordering, lock},
    wake_catching,
};

/// The suspended jobs of one driver.
pub(crate) struct InFlight<J> {
    table: Mutex<JobTable<J>>,
    wake_list: Arc<WakeList>,
    /// The driver is to start no further job.
    stop_requested: AtomicBool,
    /// The driver is polling a job, or storing one that it could not put back.
    polling: AtomicBool,
    /// The driver has taken woken jobs from the wake list, and has not polled all of them since.
    resuming: AtomicBool,
}

struct JobTable<J> {
    /// By slot index.
    jobs: Vec<Option<J>>,
    free: Vec<usize>,
    stopped: bool,
}

/// The jobs that were woken, and the waker of the driver.
struct WakeList(Mutex<Woken>);

struct Woken {
    slots: Vec<usize>,
    /// Until it is woken: then the driver is polled again, and sets it.
    driver: Option<Waker>,
}

/// The waker of one job: it adds the job's slot to the wake list, and wakes the driver.
struct JobWaker {
    index: usize,
    /// Whether the slot is in the list already.
    listed: AtomicBool,
    wake_list: Arc<WakeList>,
}

/// A slot for a job, with the job's waker.
pub(crate) struct JobSlot {
    index: usize,
    job_waker: Arc<JobWaker>,
    waker: Waker,
}

impl<J> InFlight<J> {
    pub(crate) fn new() -> Self {
        Self {
            table: Mutex::new(JobTable {
                jobs: Vec::new(),
                free: Vec::new(),
                stopped: false,
            }),
            wake_list: Arc::new(WakeList(Mutex::new(Woken {
                slots: Vec::new(),
                driver: None,
            }))),
            stop_requested: AtomicBool::new(false),
            polling: AtomicBool::new(false),
            resuming: AtomicBool::new(false),
        }
    }

    fn table(&self) -> MutexGuard<'_, JobTable<J>> {
        lock(&self.table)
    }

    /// Reserves an empty slot.
    #[inline(always)]
    pub(crate) fn reserve_slot(&self) -> JobSlot {
        let mut table = self.table();
        let index = table.free.pop().unwrap_or_else(|| {
            table.jobs.push(None);
            table.jobs.len() - 1
        });
        drop(table);
        let job_waker = Arc::new(JobWaker {
            index,
            listed: AtomicBool::new(false),
            wake_list: Arc::clone(&self.wake_list),
        });
        let waker = Waker::from(Arc::clone(&job_waker));
        JobSlot {
            index,
            job_waker,
            waker,
        }
    }

    /// Sets the waker of the driver, and takes the slot indices of the jobs that were woken. If there are some, the driver
    /// calls [`end_resume`](Self::end_resume) when it has polled them.
    pub(crate) fn take_woken(&self, driver: &Waker) -> Vec<usize> {
        self.replace_waker(driver, |slots| {
            if !slots.is_empty() {
                // Under the lock: a thread that finds the list empty sees that they are being resumed.
                self.resuming.store(true, Ordering::Relaxed);
            }
            mem::take(slots)
        })
    }

    /// The jobs that were woken have been polled.
    pub(crate) fn end_resume(&self) {
        self.resuming.store(false, Ordering::Release);
    }

    /// Sets the waker of the driver, which cannot resume a job where it is polled, and returns whether a job was woken; it
    /// stays in the wake list.
    pub(crate) fn has_woken(&self, driver: &Waker) -> bool {
        self.replace_waker(driver, |slots| !slots.is_empty())
    }

    fn replace_waker<T>(&self, driver: &Waker, read: impl FnOnce(&mut Vec<usize>) -> T) -> T {
        let new = driver.clone();
        let (result, old) = {
            let mut woken = self.wake_list.lock();
            (read(&mut woken.slots), woken.driver.replace(new))
        };
        drop_catching(old);
        result
    }

    /// Discards a wake of a slot that has no job: it came after the job had ended. Without this the slot would
    /// stay listed, and its next job could never be woken.
    pub(crate) fn discard_wake(&self, slot: &JobSlot) {
        slot.job_waker.unlist();
    }

    /// A job is being polled until it is [put back](Self::put_back) or [`end_poll`](Self::end_poll) is called. Called
    /// under the lock of the container that the job is taken from: a thread that finds the job missing
    /// there, under that lock, sees that it is being polled.
    #[inline]
    pub(crate) fn begin_poll(&self) {
        self.polling.store(true, Ordering::Relaxed);
    }

    /// The job that was being polled is finished, or is stored where a shutdown finds it.
    #[inline]
    pub(crate) fn end_poll(&self) {
        self.polling.store(false, Ordering::Relaxed);
    }

    /// Takes the job out of a slot, to poll it.
    pub(crate) fn take(&self, slot: &JobSlot) -> Option<J> {
        slot.job_waker.unlist();
        let mut table = self.table();
        let job = table.jobs[slot.index].take();
        if job.is_some() {
            self.begin_poll();
        }
        job
    }

    /// Puts a job that was polled and is suspended into its slot. The job is returned if a shutdown,
    /// which would have taken it, has stopped the driver; it then counts as being polled until
    /// [`end_poll`](Self::end_poll).
    pub(crate) fn put_back(&self, slot: &JobSlot, job: J) -> Result<(), J> {
        let mut table = self.table();
        if table.stopped {
            return Err(job);
        }
        table.jobs[slot.index] = Some(job);
        // Under the lock: a shutdown finds the job in its slot, or sees that it is being polled.
        self.end_poll();
        Ok(())
    }

    /// Whether a job is being polled, or stored since it could not be put back.
    pub(super) fn is_polling(&self) -> bool {
        self.polling.load(Ordering::Relaxed)
    }

    /// Whether no job is suspended or being polled.
    pub(super) fn is_idle(&self) -> bool {
        let table = self.table();
        table.jobs.iter().all(Option::is_none) && !self.is_polling()
    }

    /// How many jobs are suspended or being polled.
    pub(super) fn under_way(&self) -> usize {
        let table = self.table();
        let suspended = table.jobs.iter().flatten().count();
        suspended + usize::from(self.is_polling())
    }

    /// Whether no job is being polled, or was woken and is to be polled.
    pub(super) fn is_stalled(&self) -> bool {
        let has_woken = !self.wake_list.lock().slots.is_empty();
        !has_woken && !self.resuming.load(Ordering::Acquire) && !self.is_polling()
    }

    /// Whether a shutdown has stopped the driver, and no job is being polled: it runs nothing any more.
    pub(super) fn is_over(&self) -> bool {
        self.table().stopped && !self.is_polling()
    }

    /// Makes an empty slot available again.
    pub(crate) fn free_slot(&self, slot: &JobSlot) {
        self.table().free.push(slot.index);
    }

    /// Requests that the driver starts no further job, and wakes it.
    pub(crate) fn request_stop(&self) {
        self.stop_requested.store(true, Ordering::SeqCst);
        self.wake_list.wake_driver();
    }

    pub(crate) fn is_stop_requested(&self) -> bool {
        self.stop_requested.load(Ordering::SeqCst)
    }

    /// Whether a shutdown has taken the suspended jobs.
    pub(crate) fn is_stopped(&self) -> bool {
        self.is_stop_requested() && self.table().stopped
    }

    /// Takes the suspended jobs; from now on no job is started or put back. The driver is to be
    /// [woken](Self::wake_driver) afterwards, unless it has ended.
    pub(super) fn stop(&self) -> Vec<J> {
        self.stop_requested.store(true, Ordering::SeqCst);
        let mut table = self.table();
        table.stopped = true;
        table.jobs.iter_mut().filter_map(Option::take).collect()
    }

    /// Wakes the driver, so that it finds that it was stopped.
    pub(super) fn wake_driver(&self) {
        self.wake_list.wake_driver();
    }

    /// Drops the waker of the driver, which has ended.
    pub(crate) fn discard_waker(&self) {
        let driver = self.wake_list.lock().driver.take();
        drop_catching(driver);
    }
}

impl JobWaker {
    /// The slot is taken from the wake list. What a thread has done before it woke the slot is visible after
    /// this, also if the slot was in the list already: hence a swap, which reads what that thread wrote.
    fn unlist(&self) {
        self.listed.swap(false, Ordering::SeqCst);
    }
}

impl JobSlot {
    pub(crate) fn waker(&self) -> &Waker {
        &self.waker
    }

    pub(crate) fn index(&self) -> usize {
        self.index
    }
}

impl WakeList {
    fn lock(&self) -> MutexGuard<'_, Woken> {
        lock(&self.0)
    }

    fn wake_driver(&self) {
        let driver = self.lock().driver.take();
        if let Some(driver) = driver {
            wake_catching(driver);
        }
    }
}

impl Wake for JobWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if !self.listed.swap(true, Ordering::SeqCst) {
            self.wake_list.lock().slots.push(self.index);
            self.wake_list.wake_driver();
        }
    }
}
