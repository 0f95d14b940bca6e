//! Items that become due, with consumers that sleep until then.

use std::{
    sync::Arc,
    task::Poll,
    time::{Duration, Instant},
};

use shuttle::{
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
};

use super::{
    check_schedules,
    consumer::{Item, Queue, TestWaker, due_push, poll, pop},
};
use crate::{
    bounded_queue::BoundedQueue,
    primitives::Waiter,
    schedule::due_items::{DueItems, NotAdded},
};

/// A queue with items that become due, a clock, and what sleeps by it.
struct Timed {
    queue: Queue,
    items: DueItems<Item>,
    start: Instant,
    /// How many seconds have passed.
    now: AtomicUsize,
    sleepers: Mutex<Vec<(Instant, Arc<TestWaker>)>>,
    /// Where consumers report each item.
    consumed: mpsc::Sender<()>,
}

impl Timed {
    fn new() -> (Arc<Self>, mpsc::Receiver<()>) {
        let (consumed, reported) = mpsc::channel();
        let timed = Arc::new(Self {
            queue: Arc::new(BoundedQueue::new()),
            items: DueItems::new(),
            start: Instant::now(),
            now: AtomicUsize::new(0),
            sleepers: Mutex::new(Vec::new()),
            consumed,
        });
        (timed, reported)
    }

    fn at(&self, seconds: usize) -> Instant {
        self.start + Duration::from_secs(seconds as u64)
    }

    fn now(&self) -> Instant {
        self.at(self.now.load(Ordering::SeqCst))
    }

    fn schedule(&self, seconds: usize, item: Item) -> Result<(), NotAdded> {
        let added = self.items.add(&self.queue, self.at(seconds), item, None);
        added.map(|_| ()).map_err(|(_, why)| why)
    }

    fn move_due(&self) -> bool {
        let queue = &self.queue;
        self.items.move_due(self.now(), |item, woken| {
            woken.extend(due_push(queue, item))
        })
    }

    /// Time passes until then, and the consumers that sleep until then or shorter are woken.
    fn pass(&self, seconds: usize) {
        self.now.store(seconds, Ordering::SeqCst);
        let now = self.now();
        let mut sleepers = self.sleepers.lock().expect("no step panics");
        let (woken, asleep) = sleepers.drain(..).partition(|(until, _)| *until <= now);
        *sleepers = asleep;
        drop(sleepers);
        let woken: Vec<(Instant, Arc<TestWaker>)> = woken;
        woken
            .into_iter()
            .for_each(|(_, waker)| std::task::Wake::wake(waker));
    }

    /// As a driver: polls when it was woken, and ends when it has consumed so many, or the queue is closed and empty.
    fn consume(&self, at_most: usize) {
        let mut waiter = Waiter::new();
        let mut consumed = 0;
        while consumed < at_most {
            let test_waker = TestWaker::new_silent(&self.queue);
            self.move_due();
            match poll(&self.queue, &mut waiter, &test_waker) {
                Poll::Ready(Some(_)) => {
                    consumed += 1;
                    self.consumed.send(()).expect("the test receives it");
                }
                Poll::Ready(None) => return,
                Poll::Pending => {
                    if self.move_due() {
                        continue;
                    }
                    if let Some(due) = self.items.next_due() {
                        let mut sleepers = self.sleepers.lock().expect("no step panics");
                        sleepers.push((due, Arc::clone(&test_waker)));
                        drop(sleepers);
                        // A sleep is registered first, and checks the clock then.
                        if self.now() >= due {
                            continue;
                        }
                    }
                    test_waker.wait();
                }
            }
        }
        self.queue.remove_waiter(&mut waiter);
    }
}

/// Two consumers, of which one stops after `stops` items; the other one consumes the rest, whenever the items are added
/// relative to the time. A lost wake-up is a deadlock, which the checker reports.
fn check_no_wakeup_is_lost(stops: usize, dues: [usize; 3]) {
    check_schedules(move || {
        let (timed, reported) = Timed::new();
        let consumers: Vec<_> = [stops, 3]
            .into_iter()
            .map(|at_most| {
                let timed = Arc::clone(&timed);
                thread::spawn(move || timed.consume(at_most))
            })
            .collect();
        let producer = {
            let timed = Arc::clone(&timed);
            thread::spawn(move || {
                for (number, due) in dues.into_iter().enumerate() {
                    timed.schedule(due, Item(0, number)).expect("it is open");
                }
            })
        };
        for second in 1..=3 {
            timed.pass(second);
        }
        producer.join().expect("no step panics");
        (0..3).for_each(|_| reported.recv().expect("a consumer reports it"));
        timed.queue.close();
        for consumer in consumers {
            consumer.join().expect("no step panics");
        }
    });
}

#[test]
fn no_wakeup_is_lost() {
    check_no_wakeup_is_lost(3, [3, 2, 1]);
    check_no_wakeup_is_lost(1, [3, 1, 2]);
    check_no_wakeup_is_lost(1, [1, 1, 0]);
    check_no_wakeup_is_lost(0, [2, 3, 1]);
}

#[test]
fn a_shutdown_has_each_item_once() {
    check_schedules(|| {
        let (timed, _reported) = Timed::new();
        let scheduling = {
            let timed = Arc::clone(&timed);
            thread::spawn(move || {
                (0..3)
                    .filter(|&number| timed.schedule(number, Item(0, number)).is_ok())
                    .count()
            })
        };
        let moving = {
            let timed = Arc::clone(&timed);
            thread::spawn(move || {
                timed.pass(1);
                timed.move_due();
                usize::from(pop(&timed.queue).is_some())
            })
        };
        timed.queue.close();
        let mut returned = timed.items.take_all(true).count();
        returned += std::iter::from_fn(|| pop(&timed.queue)).count();
        let scheduled = scheduling.join().expect("no step panics");
        let popped = moving.join().expect("no step panics");
        // What was moved before the shutdown and not popped is found by it.
        assert_eq!(returned + popped, scheduled);
        assert_eq!(timed.items.len(), 0);
    });
}
