//! Threads that schedule, cancel, flush and shut down at once: exactly one of them has each event.

use std::{
    sync::{
        Arc, Barrier,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use events_core::{Event, Registry};

/// Which events ran.
#[derive(Event)]
struct Shot(usize);

const EVENTS: usize = 2000;

#[test]
fn each_event_is_cancelled_or_runs_or_is_returned_and_exactly_one_of_these() {
    for round in 0..20_u64 {
        let registry = Registry::new();
        let seen: Arc<Vec<AtomicUsize>> =
            Arc::new((0..EVENTS).map(|_| AtomicUsize::new(0)).collect());
        let count = Arc::clone(&seen);
        registry
            .on(move |shot: &Shot| _ = count[shot.0].fetch_add(1, Ordering::Relaxed))
            .detach();
        let workers: Vec<_> = (0..2).map(|_| registry.queue().spawn_thread()).collect();
        let scheduled: Vec<_> = (0..EVENTS)
            .map(|number| {
                let after = Duration::from_micros((number as u64 * 7919 + round) % 4000);
                registry
                    .enqueue_after(Shot(number), after)
                    .expect("there is room")
            })
            .collect();
        let start = Arc::new(Barrier::new(3));
        let (cancel_start, cancelled) = (Arc::clone(&start), Arc::clone(&seen));
        let cancelling = thread::spawn(move || {
            cancel_start.wait();
            for one in scheduled.into_iter().rev() {
                if let Some(shot) = one.cancel() {
                    cancelled[shot.0].fetch_add(1, Ordering::Relaxed);
                }
            }
        });
        let (flush_start, queue) = (Arc::clone(&start), registry.queue());
        let flushing = thread::spawn(move || {
            flush_start.wait();
            (0..200).for_each(|_| _ = queue.flush());
        });
        start.wait();
        if round % 2 == 0 {
            cancelling.join().expect("the thread ends");
            flushing.join().expect("the thread ends");
            for event in registry.queue().shutdown(Duration::from_secs(60)).events {
                let shot: Shot = event.downcast().expect("the type of the event");
                seen[shot.0].fetch_add(1, Ordering::Relaxed);
            }
        } else {
            for event in registry.queue().shutdown(Duration::from_secs(60)).events {
                let shot: Shot = event.downcast().expect("the type of the event");
                seen[shot.0].fetch_add(1, Ordering::Relaxed);
            }
            cancelling.join().expect("the thread ends");
            flushing.join().expect("the thread ends");
        }
        workers.into_iter().for_each(|worker| worker.stop());
        let wrong: Vec<_> = (0..EVENTS)
            .filter(|&number| seen[number].load(Ordering::Relaxed) != 1)
            .collect();
        assert!(wrong.is_empty(), "round {round}: {wrong:?}");
    }
}
