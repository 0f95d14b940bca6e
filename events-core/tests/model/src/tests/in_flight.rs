//! A driver with suspended jobs, threads that wake the jobs, and a shutdown that takes them.

use std::{sync::Arc, task::Wake};

use shuttle::{
    sync::{
        Condvar, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use super::check_schedules;
use crate::in_flight::{InFlight, JobSlot};

/// The number of jobs of the driver.
const JOBS: usize = 2;

/// The waker of the driver.
#[derive(Default)]
struct DriverWaker {
    woken: Mutex<bool>,
    changed: Condvar,
}

impl DriverWaker {
    fn wait(&self) {
        let mut woken = self.woken.lock().expect("no step panics");
        while !*woken {
            woken = self.changed.wait(woken).expect("no step panics");
        }
        *woken = false;
    }
}

impl Wake for DriverWaker {
    fn wake(self: Arc<Self>) {
        *self.woken.lock().expect("no step panics") = true;
        self.changed.notify_one();
    }
}

/// A job is finished when it is polled after it was woken twice.
struct Job(Arc<AtomicUsize>);

impl Job {
    fn is_finished(&self) -> bool {
        self.0.load(Ordering::SeqCst) == 2
    }
}

/// How many jobs were finished, and how many the driver could not put back.
#[derive(Default)]
struct Counts {
    finished: AtomicUsize,
    abandoned: AtomicUsize,
}

impl Counts {
    /// Polls a job; returns whether it is suspended.
    fn poll(&self, in_flight: &InFlight<Job>, slot: &JobSlot, job: Job) -> bool {
        if job.is_finished() {
            in_flight.end_poll();
            self.finished.fetch_add(1, Ordering::SeqCst);
            return false;
        }
        let put_back = in_flight.put_back(slot, job);
        if put_back.is_err() {
            self.abandoned.fetch_add(1, Ordering::SeqCst);
            in_flight.end_poll();
        }
        put_back.is_ok()
    }
}

/// Runs a driver and a thread for each job that wakes it; with `stop` a shutdown, too. Returns how many
/// jobs were finished, abandoned by the driver and taken by the shutdown.
fn run(stop: bool) -> [usize; 3] {
    let in_flight = Arc::new(InFlight::new());
    let counts = Arc::new(Counts::default());
    let driver_waker = Arc::new(DriverWaker::default());
    let waker = Arc::clone(&driver_waker).into();
    let jobs: Vec<_> = (0..JOBS).map(|_| Arc::new(AtomicUsize::new(0))).collect();
    let slots: Vec<_> = jobs.iter().map(|_| in_flight.reserve_slot()).collect();
    let wakers = jobs.iter().zip(&slots).map(|(job, slot)| {
        let (job, waker) = (Arc::clone(job), slot.waker().clone());
        thread::spawn(move || {
            for times in 1..=2 {
                job.store(times, Ordering::SeqCst);
                waker.wake_by_ref();
            }
        })
    });
    let wakers: Vec<_> = wakers.collect();
    let driver = {
        let (in_flight, counts) = (Arc::clone(&in_flight), Arc::clone(&counts));
        thread::spawn(move || {
            let mut suspended = 0;
            let woken = in_flight.take_woken(&waker);
            assert!(woken.len() <= JOBS);
            for (job, slot) in jobs.iter().zip(&slots) {
                in_flight.begin_poll();
                suspended += usize::from(counts.poll(&in_flight, slot, Job(Arc::clone(job))));
            }
            let mut woken = woken;
            while suspended > 0 {
                for index in woken {
                    let slot = slots.iter().find(|slot| slot.index() == index);
                    let slot = slot.expect("woken jobs have a slot");
                    if let Some(job) = in_flight.take(slot) {
                        suspended -= usize::from(!counts.poll(&in_flight, slot, job));
                    }
                }
                if suspended == 0 || in_flight.is_stopped() {
                    return;
                }
                driver_waker.wait();
                woken = in_flight.take_woken(&waker);
            }
        })
    };
    let stopped = stop.then(|| {
        let stopped = in_flight.stop();
        in_flight.wake_driver();
        stopped
    });
    driver.join().expect("the driver ends");
    for waker in wakers {
        waker.join().expect("no step panics");
    }
    assert!(!in_flight.is_polling());
    let taken = stopped.map_or(0, |stopped| stopped.len());
    let count = |count: &AtomicUsize| count.load(Ordering::SeqCst);
    [count(&counts.finished), count(&counts.abandoned), taken]
}

#[test]
fn a_job_that_is_woken_is_polled() {
    check_schedules(|| assert_eq!(run(false), [JOBS, 0, 0]));
}

#[test]
fn each_job_is_finished_abandoned_or_taken_by_the_shutdown() {
    check_schedules(|| {
        let counts = run(true);
        assert_eq!(counts.iter().sum::<usize>(), JOBS, "{counts:?}");
    });
}

/// It is taken from its slot, or is seen as being polled until it is stored elsewhere: `stored` is the list of
/// unfinished jobs, whose lock is held while it is checked.
#[test]
fn a_job_that_a_shutdown_does_not_find_in_its_slot_is_being_polled_or_stored() {
    check_schedules(|| {
        let in_flight = Arc::new(InFlight::new());
        let stored = Arc::new(Mutex::new(0));
        let slot = in_flight.reserve_slot();
        in_flight.begin_poll();
        assert!(!in_flight.is_over());
        let driver = {
            let (in_flight, stored) = (Arc::clone(&in_flight), Arc::clone(&stored));
            thread::spawn(move || {
                let put_back = in_flight.put_back(&slot, ());
                assert!(put_back.is_ok() || in_flight.is_stopped());
                let is_returned = match put_back {
                    Ok(()) => {
                        let taken_again = in_flight.take(&slot);
                        taken_again.is_some_and(|()| in_flight.put_back(&slot, ()).is_err())
                    }
                    Err(()) => true,
                };
                if is_returned {
                    thread::yield_now();
                    let mut stored = stored.lock().expect("no step panics");
                    *stored += 1;
                    in_flight.end_poll();
                }
            })
        };
        let taken = in_flight.stop().len();
        {
            let stored = stored.lock().expect("no step panics");
            let is_polling = in_flight.is_polling();
            assert_eq!(taken + *stored + usize::from(is_polling), 1);
            assert_ne!(in_flight.is_over(), is_polling);
        }
        driver.join().expect("the driver ends");
        assert!(in_flight.is_over());
        let stored = *stored.lock().expect("no step panics");
        assert_eq!(taken + stored, 1);
    });
}

#[test]
fn a_driver_that_is_requested_to_stop_is_woken() {
    check_schedules(|| {
        let in_flight = Arc::new(InFlight::<()>::new());
        let driver_waker = Arc::new(DriverWaker::default());
        let driver = {
            let (in_flight, driver_waker) = (Arc::clone(&in_flight), Arc::clone(&driver_waker));
            thread::spawn(move || {
                let waker = Arc::clone(&driver_waker).into();
                loop {
                    assert!(in_flight.take_woken(&waker).is_empty());
                    if in_flight.is_stop_requested() {
                        return;
                    }
                    driver_waker.wait();
                }
            })
        };
        in_flight.request_stop();
        driver.join().expect("the driver ends");
        assert!(!in_flight.is_stopped());
        // The waker is discarded without a wake, and a later request finds none.
        in_flight.discard_waker();
        in_flight.request_stop();
    });
}

#[test]
fn a_free_slot_is_reserved_again() {
    shuttle::check_random(
        || {
            let in_flight = InFlight::<()>::new();
            let (one, other) = (in_flight.reserve_slot(), in_flight.reserve_slot());
            assert_eq!((one.index(), other.index()), (0, 1));
            in_flight.free_slot(&one);
            assert_eq!(in_flight.reserve_slot().index(), 0);
        },
        1,
    );
}

/// A job ends, and its waker is called at any time after that; then another job is started in the slot.
fn run_after_stale_wake() {
    let in_flight = Arc::new(InFlight::new());
    let driver_waker = Arc::new(DriverWaker::default());
    let waker = Arc::clone(&driver_waker).into();
    let slot = in_flight.reserve_slot();
    let stale_waker = slot.waker().clone();
    let stale = thread::spawn(move || stale_waker.wake_by_ref());
    for _ in in_flight.take_woken(&waker) {
        in_flight.discard_wake(&slot);
    }
    let ready = Arc::new(AtomicUsize::new(0));
    let job_waker = slot.waker().clone();
    let wakes = {
        let ready = Arc::clone(&ready);
        thread::spawn(move || {
            ready.store(1, Ordering::SeqCst);
            job_waker.wake_by_ref();
        })
    };
    in_flight.begin_poll();
    assert!(in_flight.put_back(&slot, ()).is_ok());
    // A lost wake is a deadlock here, which the model checker reports.
    loop {
        if !in_flight.take_woken(&waker).is_empty() && in_flight.take(&slot).is_some() {
            if ready.load(Ordering::SeqCst) == 1 {
                in_flight.end_poll();
                break;
            }
            assert!(in_flight.put_back(&slot, ()).is_ok());
            continue;
        }
        driver_waker.wait();
    }
    stale.join().expect("it does not panic");
    wakes.join().expect("it does not panic");
}

#[test]
fn a_stale_wake_hides_no_wake_of_the_next_job() {
    check_schedules(run_after_stale_wake);
}

/// A driver that cannot resume its job at first, and then can.
fn run_held_back() {
    let in_flight = Arc::new(InFlight::new());
    let driver_waker = Arc::new(DriverWaker::default());
    let waker = Arc::clone(&driver_waker).into();
    let slot = in_flight.reserve_slot();
    in_flight.begin_poll();
    assert!(in_flight.put_back(&slot, ()).is_ok());
    let job_waker = slot.waker().clone();
    let wakes = thread::spawn(move || job_waker.wake_by_ref());
    // A lost wake is a deadlock here, which the model checker reports.
    if !in_flight.has_woken(&waker) {
        driver_waker.wait();
    }
    assert!(in_flight.has_woken(&waker), "it is still woken");
    assert_eq!(in_flight.take_woken(&waker), [slot.index()]);
    assert!(!in_flight.has_woken(&waker));
    wakes.join().expect("it does not panic");
}

#[test]
fn a_wake_of_a_job_that_is_not_resumed_stays() {
    check_schedules(run_held_back);
}
