//! Workers: they sleep until the next event is due, and no wake-up is lost.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    task::{Context, Poll, Wake, Waker},
    time::Duration,
};

use events_core::{__testing::TestTime, Registry, queues::Work};

use super::{Stopped, Tick, seconds};

/// A worker that is polled by hand, only when it was woken.
struct HandPolled {
    work: Pin<Box<Work>>,
    woken: Arc<Woken>,
}

struct Woken(AtomicUsize);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

impl HandPolled {
    fn new(registry: &Registry) -> Self {
        Self {
            work: Box::pin(registry.queue().work(1)),
            woken: Arc::new(Woken(AtomicUsize::new(1))),
        }
    }

    /// Polls it as long as it was woken. Returns whether it was.
    fn run(&mut self) -> bool {
        let mut was_woken = false;
        let waker = Waker::from(Arc::clone(&self.woken));
        while self.woken.0.swap(0, Ordering::SeqCst) > 0 {
            was_woken = true;
            let polled = self.work.as_mut().poll(&mut Context::from_waker(&waker));
            assert_eq!(polled, Poll::Pending);
        }
        was_woken
    }
}

/// Real time: the events are due at once or after a delay that never ends here.
fn real(workers: usize) -> (Registry, crate::Journal, Vec<HandPolled>) {
    let registry = Registry::new();
    let journal = crate::Journal::default();
    let notes = journal.clone();
    registry
        .on(move |tick: &Tick| notes.note(tick.0.to_string()))
        .detach();
    let mut workers: Vec<_> = (0..workers).map(|_| HandPolled::new(&registry)).collect();
    workers.iter_mut().for_each(|worker| assert!(worker.run()));
    (registry, journal, workers)
}

#[test]
fn an_event_that_becomes_the_next_one_wakes_all_idle_workers_and_others_wake_none() {
    let (registry, journal, mut workers) = real(3);
    let mut schedule = |number, after, wakes| {
        registry
            .enqueue_after(Tick(number), seconds(after))
            .expect("there is room");
        for worker in &mut workers {
            assert_eq!(worker.run(), wakes, "event {number}");
        }
    };
    schedule(1, 3000, true);
    schedule(2, 4000, false);
    schedule(3, 2000, true);
    schedule(4, 2500, false);
    assert!(journal.take().is_empty());
}

/// A worker does not wait for a clock that stands still: what moves that runs what is due.
#[test]
fn workers_that_found_the_clock_stopped_are_woken_when_time_passes_by_itself_again() {
    let (registry, journal, mut workers) = real(2);
    for _ in 0..2 {
        let time = TestTime::stop(&registry);
        registry
            .enqueue_after(Tick(1), seconds(3000))
            .expect("there is room");
        workers.iter_mut().for_each(|worker| _ = worker.run());
        time.resume();
        for worker in &mut workers {
            assert!(worker.run(), "it sleeps until then in real time");
        }
    }
    assert!(journal.take().is_empty());
}

#[test]
fn an_event_that_is_due_at_once_is_run_by_an_idle_worker() {
    let (registry, journal, mut workers) = real(2);
    registry
        .enqueue_after(Tick(1), Duration::ZERO)
        .expect("there is room");
    workers.iter_mut().for_each(|worker| _ = worker.run());
    assert_eq!(journal.take(), ["1"]);
}

#[test]
fn the_other_workers_run_it_when_one_is_dropped_or_stays_busy() {
    let (registry, journal, mut workers) = real(2);
    registry
        .enqueue_after(Tick(1), seconds(3000))
        .expect("there is room");
    // Only the first one is polled after the wake-up, and then dropped.
    let mut first = workers.swap_remove(0);
    assert!(first.run());
    drop(first);
    registry
        .enqueue_after(Tick(2), Duration::ZERO)
        .expect("there is room");
    assert!(workers[0].run());
    assert_eq!(journal.take(), ["2"]);
}

/// A worker on a thread, and the events that it runs.
fn on_a_thread() -> (Registry, mpsc::Receiver<u32>) {
    let registry = Registry::new();
    let (sender, receiver) = mpsc::channel();
    registry
        .on(move |tick: &Tick| sender.send(tick.0).expect("the other side is there"))
        .detach();
    registry.queue().spawn_thread().detach();
    (registry, receiver)
}

#[test]
fn a_worker_on_a_thread_runs_events_in_the_order_of_their_times() {
    let (registry, receiver) = on_a_thread();
    let time = TestTime::stop(&registry);
    for number in [3, 2, 1] {
        registry
            .enqueue_after(Tick(number), seconds(u64::from(number)))
            .expect("there is room");
    }
    // They are not due: the worker runs another one.
    registry.enqueue(Tick(0)).expect("there is room");
    assert_eq!(receiver.recv(), Ok(0));
    time.jump(seconds(3));
    // It wakes the worker, and comes before or after those that are due.
    registry.enqueue(Tick(9)).expect("there is room");
    let ran: Vec<_> = receiver.iter().take(4).collect();
    let due: Vec<_> = ran.into_iter().filter(|number| *number != 9).collect();
    assert_eq!(due, [1, 2, 3]);
}

/// In real time, however long the shortest sleep takes.
#[test]
fn a_worker_on_a_thread_that_sleeps_is_woken_by_the_timer() {
    let (registry, receiver) = on_a_thread();
    registry
        .enqueue_after(Tick(1), Duration::from_nanos(1_000_000))
        .expect("there is room");
    assert_eq!(receiver.recv(), Ok(1));
}

#[test]
fn a_worker_runs_what_is_due_between_other_events() {
    let mut stopped = Stopped::new();
    let registry = stopped.registry.clone();
    let handle = registry.clone();
    let due = Tick(1000);
    registry
        .enqueue_after(due, seconds(1))
        .expect("there is room");
    // Each event enqueues the next one, so the queue is never empty.
    registry
        .on(move |tick: &Tick| {
            if tick.0 < 500 {
                handle.enqueue(Tick(tick.0 + 1)).expect("there is room");
            }
        })
        .detach();
    stopped.time.jump(seconds(1));
    registry.enqueue(Tick(0)).expect("there is room");
    let ran = stopped.pass(Duration::ZERO);
    let ran: Vec<_> = ran.split(' ').collect();
    let place = ran.iter().position(|number| *number == "1000");
    assert!(place.is_some_and(|place| place < 200), "{place:?}");
    assert_eq!(ran.len(), 502);
}
