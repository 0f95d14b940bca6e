//! A taker whose jobs wait, those who wake them, and a shutdown that takes them away.

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

/// How many jobs the taker has.
const JOBS: usize = 2;

/// Wakes the taker.
#[derive(Default)]
struct Bell {
    rung: Mutex<bool>,
    rings: Condvar,
}

impl Bell {
    fn wait(&self) {
        let mut rung = self.rung.lock().expect("nobody panics");
        while !*rung {
            rung = self.rings.wait(rung).expect("nobody panics");
        }
        *rung = false;
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        *self.rung.lock().expect("nobody panics") = true;
        self.rings.notify_one();
    }
}

/// A job is through when it is polled after it was woken twice.
struct Job(Arc<AtomicUsize>);

impl Job {
    fn is_through(&self) -> bool {
        self.0.load(Ordering::SeqCst) == 2
    }
}

/// What became of the jobs.
#[derive(Default)]
struct Ends {
    through: AtomicUsize,
    given_up: AtomicUsize,
}

impl Ends {
    /// Polls a job; says whether it waits.
    fn poll(&self, flights: &InFlight<Job>, place: &JobSlot, job: Job) -> bool {
        if job.is_through() {
            flights.end_poll();
            self.through.fetch_add(1, Ordering::SeqCst);
            return false;
        }
        let put_back = flights.put_back(place, job);
        if put_back.is_err() {
            self.given_up.fetch_add(1, Ordering::SeqCst);
        }
        put_back.is_ok()
    }
}

/// The taker and one who wakes each job are there; when `stops`, a shutdown, too. It gives back how
/// many jobs each end had: through, given up by the taker, taken by the shutdown, and whether the
/// shutdown saw one being polled.
fn run(stops: bool) -> ([usize; 3], bool) {
    let flights = Arc::new(InFlight::new());
    let ends = Arc::new(Ends::default());
    let bell = Arc::new(Bell::default());
    let taker_waker = Arc::clone(&bell).into();
    let jobs: Vec<_> = (0..JOBS).map(|_| Arc::new(AtomicUsize::new(0))).collect();
    let places: Vec<_> = jobs.iter().map(|_| flights.place()).collect();
    let wakers = jobs.iter().zip(&places).map(|(job, place)| {
        let (job, waker) = (Arc::clone(job), place.waker().clone());
        thread::spawn(move || {
            for times in 1..=2 {
                job.store(times, Ordering::SeqCst);
                waker.wake_by_ref();
            }
        })
    });
    let wakers: Vec<_> = wakers.collect();
    let taker = {
        let (flights, ends) = (Arc::clone(&flights), Arc::clone(&ends));
        thread::spawn(move || {
            let mut waiting = 0;
            let woken = flights.woken(&taker_waker);
            assert!(woken.len() <= JOBS);
            for (job, place) in jobs.iter().zip(&places) {
                flights.poll();
                waiting += usize::from(ends.poll(&flights, place, Job(Arc::clone(job))));
            }
            let mut woken = woken;
            while waiting > 0 {
                for index in woken {
                    let place = places.iter().find(|place| place.index() == index);
                    let place = place.expect("woken jobs have a place");
                    if let Some(job) = flights.take(place) {
                        waiting -= usize::from(!ends.poll(&flights, place, job));
                    }
                }
                if waiting == 0 || flights.is_stopped() {
                    return;
                }
                bell.wait();
                woken = flights.woken(&taker_waker);
            }
        })
    };
    let stopped = stops.then(|| flights.stop());
    taker.join().expect("the taker ends");
    for waker in wakers {
        waker.join().expect("nobody panics");
    }
    let polling = stopped.as_ref().is_some_and(|stopped| stopped.polling);
    let taken = stopped.map_or(0, |stopped| stopped.waiting.len());
    let count = |end: &AtomicUsize| end.load(Ordering::SeqCst);
    (
        [count(&ends.through), count(&ends.given_up), taken],
        polling,
    )
}

#[test]
fn a_job_that_is_woken_is_polled() {
    check_schedules(|| assert_eq!(run(false).0, [JOBS, 0, 0]));
}

#[test]
fn a_shutdown_leaves_no_job_to_nobody() {
    check_schedules(|| {
        let (ends, _) = run(true);
        assert_eq!(ends.iter().sum::<usize>(), JOBS, "{ends:?}");
    });
}

#[test]
fn a_job_that_no_shutdown_finds_in_its_place_is_being_polled() {
    check_schedules(|| {
        let flights = Arc::new(InFlight::new());
        let place = flights.place();
        flights.poll();
        let taker = {
            let flights = Arc::clone(&flights);
            thread::spawn(move || {
                let put_back = flights.put_back(&place, ());
                assert!(put_back.is_ok() || flights.is_stopped());
                let lifted = flights.take(&place);
                if lifted.is_some() {
                    flights.put_back(&place, ()).is_err()
                } else {
                    put_back.is_err()
                }
            })
        };
        let stopped = flights.stop();
        let given_back = taker.join().expect("the taker ends");
        // In its place, or with the taker, who then hears of it.
        assert_eq!(stopped.waiting.len() + usize::from(given_back), 1);
        assert_eq!(stopped.waiting.len() + usize::from(stopped.polling), 1);
    });
}

#[test]
fn a_taker_that_is_told_to_leave_is_woken() {
    check_schedules(|| {
        let flights = Arc::new(InFlight::<()>::new());
        let bell = Arc::new(Bell::default());
        let taker = {
            let (flights, bell) = (Arc::clone(&flights), Arc::clone(&bell));
            thread::spawn(move || {
                let waker = Arc::clone(&bell).into();
                loop {
                    assert!(flights.woken(&waker).is_empty());
                    if flights.is_stop_requested() {
                        return;
                    }
                    bell.wait();
                }
            })
        };
        flights.leave();
        taker.join().expect("the taker leaves");
        assert!(!flights.is_stopped());
    });
}

#[test]
fn a_place_that_is_not_needed_any_more_is_given_to_another() {
    shuttle::check_random(
        || {
            let flights = InFlight::<()>::new();
            let (one, other) = (flights.place(), flights.place());
            assert_eq!((one.index(), other.index()), (0, 1));
            flights.free(&one);
            assert_eq!(flights.place().index(), 0);
        },
        1,
    );
}
