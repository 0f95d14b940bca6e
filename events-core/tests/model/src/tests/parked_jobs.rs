//! Jobs that are parked while others wake them, take them, and close the queue.

use shuttle::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
};

use super::check_schedules;
use crate::parked_jobs::{ParkedJob, ParkedJobs};

/// The jobs are numbers.
#[derive(Default)]
struct Places {
    /// Put back into the queue by a wake-up.
    pushed: Vec<usize>,
    /// Kept by the driver, which polls it.
    kept: Vec<usize>,
    taken: Vec<usize>,
}

struct Shared {
    parked: ParkedJobs<usize>,
    /// Whether the driver of each job polls it.
    is_polled: Vec<AtomicBool>,
    places: Mutex<Places>,
}

impl Shared {
    fn new(jobs: usize) -> Arc<Self> {
        Arc::new(Self {
            parked: ParkedJobs::new(),
            is_polled: (0..jobs).map(|_| AtomicBool::new(true)).collect(),
            places: Mutex::new(Places::default()),
        })
    }

    fn with<T>(&self, f: impl FnOnce(&mut Places) -> T) -> T {
        f(&mut self.places.lock().expect("no step panics"))
    }

    fn wake(&self, place: ParkedJob) {
        self.parked
            .wake(place, |job| self.with(|places| places.pushed.push(job)));
    }

    /// As a driver: parks a job, whose waker it has passed on.
    fn drive(&self, job: usize, wakes: &mpsc::Sender<(usize, ParkedJob)>) {
        let place = self.parked.reserve();
        let parked = match place {
            Some(place) => {
                wakes.send((job, place)).expect("the other side is there");
                let end_poll = || self.is_polled[job].store(false, Ordering::SeqCst);
                self.parked.park(place, job, end_poll)
            }
            None => Err(job),
        };
        if let Err(job) = parked {
            if let Some(place) = place {
                self.parked.free(place);
            }
            self.with(|places| places.kept.push(job));
        }
    }
}

/// What another thread does with the parked jobs.
#[derive(Clone, Copy)]
enum Other {
    Nothing,
    /// Takes them, or takes them and closes.
    Takes {
        closes: bool,
    },
    /// Looks for a job whose driver does not poll it.
    Looks,
}

/// Each job is parked, and woken once. Afterwards each is at exactly one place, and none is parked.
fn check(jobs: usize, other: Other) {
    check_schedules(move || {
        let shared = Shared::new(jobs);
        let (sender, receiver) = mpsc::channel();
        let drivers = (0..jobs).map(|job| {
            let (shared, sender) = (Arc::clone(&shared), sender.clone());
            thread::spawn(move || shared.drive(job, &sender))
        });
        let mut threads: Vec<_> = drivers.collect();
        drop(sender);
        let waking = Arc::clone(&shared);
        threads.push(thread::spawn(move || {
            while let Ok((job, place)) = receiver.recv() {
                if let Other::Looks = other
                    && !waking.is_polled[job].load(Ordering::SeqCst)
                {
                    assert!(
                        waking.parked.get(place, |_| ()).is_some(),
                        "it is not woken yet"
                    );
                }
                waking.wake(place);
                // A second wake-up does nothing, whatever the first one did.
                waking.wake(place);
            }
        }));
        if let Other::Takes { closes } = other {
            let taking = Arc::clone(&shared);
            threads.push(thread::spawn(move || {
                let taken = taking.parked.take_all(closes);
                taking.with(|places| places.taken.extend(taken));
            }));
        }
        threads
            .into_iter()
            .for_each(|thread| thread.join().expect("it does not panic"));
        assert_eq!(shared.parked.len(), 0);
        if let Other::Takes { closes: true } = other {
            assert!(shared.parked.reserve().is_none());
        }
        shared.with(|places| {
            let Places {
                pushed,
                kept,
                taken,
            } = places;
            let mut all = [pushed.as_slice(), kept, taken].concat();
            all.sort_unstable();
            assert!(all.into_iter().eq(0..jobs));
        });
    });
}

#[test]
fn no_wake_up_is_lost_and_each_job_is_resumed_once() {
    check(1, Other::Nothing);
    check(3, Other::Nothing);
}

#[test]
fn a_job_whose_driver_is_idle_is_parked_until_it_is_woken() {
    check(2, Other::Looks);
}

#[test]
fn a_job_that_is_taken_is_not_resumed_and_after_the_close_none_is_parked() {
    check(2, Other::Takes { closes: false });
    check(2, Other::Takes { closes: true });
}
