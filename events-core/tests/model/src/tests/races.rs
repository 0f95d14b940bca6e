//! Producers and consumers of one queue on several threads.

use std::{sync::Arc, task::Poll};

use shuttle::{
    sync::{
        Condvar, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use super::{
    check_schedules,
    consumer::{Item, Queue, TestWaker, counts, poll, pop, push, wait},
};
use crate::{bounded_queue::BoundedQueue, primitives::Waiter, sides::PushErrorKind};

/// A count that threads wait for.
struct Count {
    count: Mutex<usize>,
    changed: Condvar,
}

impl Count {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            count: Mutex::new(0),
            changed: Condvar::new(),
        })
    }

    fn increment(&self) {
        *self.count.lock().expect("no step panics") += 1;
        self.changed.notify_all();
    }

    fn wait(&self, until: usize) {
        let mut count = self.count.lock().expect("no step panics");
        while *count < until {
            count = self.changed.wait(count).expect("no step panics");
        }
    }
}

fn spawn<T: Send + 'static>(
    queue: &Queue,
    run: impl FnOnce(&Queue) -> T + Send + 'static,
) -> thread::JoinHandle<T> {
    let queue = Arc::clone(queue);
    thread::spawn(move || run(&queue))
}

fn join<T>(threads: Vec<thread::JoinHandle<T>>) -> Vec<T> {
    let joined = threads.into_iter().map(thread::JoinHandle::join);
    joined.map(|end| end.expect("no thread panics")).collect()
}

/// Each pushed item is taken once, and each consumer takes the items of one producer in order. The queue
/// drains only when all items were taken, so a lost wake-up is not hidden by the one of the drain.
fn check_delivery(producers: usize, each: usize, consumers: usize) {
    check_schedules(move || {
        let queue: Queue = Arc::new(BoundedQueue::new());
        let taken = Count::new();
        let consumers: Vec<_> = (0..consumers)
            .map(|_| {
                let taken = Arc::clone(&taken);
                spawn(&queue, move |queue| {
                    let mut waiter = Waiter::new();
                    let mut items = Vec::new();
                    while let Some(item) = wait(queue, &mut waiter) {
                        items.push(item);
                        taken.increment();
                    }
                    queue.remove_waiter(&mut waiter);
                    items
                })
            })
            .collect();
        let pushing = (0..producers).map(|producer| {
            spawn(&queue, move |queue| {
                for number in 0..each {
                    push(queue, Item(producer, number), false).expect("there is room");
                }
            })
        });
        join(pushing.collect());
        taken.wait(producers * each);
        queue.drain();
        let taken = join(consumers);
        for items in &taken {
            for producer in 0..producers {
                let of_one = items.iter().filter(|item| item.0 == producer);
                assert!(of_one.is_sorted(), "{items:?}");
            }
        }
        let mut all = taken.concat();
        all.sort();
        let pushed = (0..producers).flat_map(|producer| (0..each).map(move |n| Item(producer, n)));
        assert_eq!(all, pushed.collect::<Vec<_>>());
    });
}

#[test]
fn one_consumer_takes_the_items_of_two_producers() {
    check_delivery(2, 3, 1);
}

#[test]
fn two_consumers_share_the_items_of_one_producer() {
    check_delivery(1, 3, 2);
}

#[test]
fn two_consumers_share_the_items_of_two_producers() {
    check_delivery(2, 2, 2);
}

/// The pushes and takes, counted before each one and after it; those that fail are subtracted again.
struct Counts {
    begun_pushes: AtomicUsize,
    pushed: AtomicUsize,
    begun_takes: AtomicUsize,
    taken: AtomicUsize,
}

/// Producers and consumers push and pop a few times each. At no time are more items queued than the
/// capacity allows, and a push is rejected only if as many items were queued.
fn check_capacity(capacity: usize, producers: usize, consumers: usize) {
    check_schedules(move || {
        let queue: Queue = Arc::new(BoundedQueue::new());
        queue.set_capacity(capacity);
        let counts = Arc::new(Counts {
            begun_pushes: AtomicUsize::new(0),
            pushed: AtomicUsize::new(0),
            begun_takes: AtomicUsize::new(0),
            taken: AtomicUsize::new(0),
        });
        let pushing = (0..producers).map(|producer| {
            let counts = Arc::clone(&counts);
            spawn(&queue, move |queue| {
                for number in 0..2 * capacity + 2 {
                    try_push(queue, &counts, Item(producer, number), capacity);
                }
            })
        });
        let taking = (0..consumers).map(|_| {
            let counts = Arc::clone(&counts);
            spawn(&queue, move |queue| {
                for _ in 0..capacity + 2 {
                    counts.begun_takes.fetch_add(1, Ordering::SeqCst);
                    match pop(queue) {
                        Some(_) => counts.taken.fetch_add(1, Ordering::SeqCst),
                        None => counts.begun_takes.fetch_sub(1, Ordering::SeqCst),
                    };
                }
            })
        });
        let threads: Vec<_> = pushing.chain(taking).collect();
        join(threads);
    });
}

fn try_push(queue: &Queue, counts: &Counts, item: Item, capacity: usize) {
    let taken = counts.taken.load(Ordering::SeqCst);
    counts.begun_pushes.fetch_add(1, Ordering::SeqCst);
    match push(queue, item, false) {
        Ok(()) => {
            let pushed = counts.pushed.fetch_add(1, Ordering::SeqCst) + 1;
            let begun_takes = counts.begun_takes.load(Ordering::SeqCst);
            assert!(
                pushed <= capacity + begun_takes,
                "{pushed} pushed, {begun_takes} takes"
            );
            assert!(queue.len() <= capacity);
        }
        Err((kind, _)) => {
            assert_eq!(kind, PushErrorKind::Full { capacity });
            let begun_pushes = counts.begun_pushes.fetch_sub(1, Ordering::SeqCst) - 1;
            assert!(begun_pushes >= capacity + taken, "there was room");
        }
    }
}

#[test]
fn one_producer_fills_the_queue_while_one_consumer_empties_it() {
    check_capacity(1, 1, 1);
    check_capacity(2, 1, 1);
}

#[test]
fn two_producers_fill_the_queue_while_two_consumers_empty_it() {
    check_capacity(2, 2, 2);
}

/// While two producers push, the second from a job, the queue drains and then closes, or closes at once:
/// accepted items are taken, and rejected ones are not. The consumer ends when it finds the queue empty
/// and draining or closed, so only items that are pushed from a job after that are left.
fn check_end(drains: bool) {
    check_schedules(move || {
        let queue: Queue = Arc::new(BoundedQueue::new());
        let pushing = (0..2).map(|producer| {
            spawn(&queue, move |queue| {
                let items = (0..3).map(|number| Item(producer, number));
                let is_accepted = |item: &Item| match push(queue, *item, producer == 1) {
                    Ok(()) => true,
                    Err((kind, _)) => {
                        assert_eq!(kind, PushErrorKind::ShutDown);
                        false
                    }
                };
                items.filter(is_accepted).collect::<Vec<_>>()
            })
        });
        let pushing: Vec<_> = pushing.collect();
        let taking = spawn(&queue, |queue| {
            let mut waiter = Waiter::new();
            let items = std::iter::from_fn(|| wait(queue, &mut waiter)).collect::<Vec<_>>();
            queue.remove_waiter(&mut waiter);
            items
        });
        if drains {
            queue.drain();
            let late = push(&queue, Item(0, 9), false);
            assert_eq!(late, Err((PushErrorKind::ShutDown, false)));
        }
        queue.close();
        let late = push(&queue, Item(1, 9), true);
        assert_eq!(late, Err((PushErrorKind::ShutDown, false)));
        let mut taken = join(vec![taking]).concat();
        let mut pushed = join(pushing).concat();
        let mut remaining: Vec<_> = std::iter::from_fn(|| pop(&queue)).collect();
        assert!(
            remaining.iter().all(|item| drains && item.0 == 1),
            "{remaining:?}"
        );
        taken.append(&mut remaining);
        taken.sort();
        pushed.sort();
        assert_eq!(taken, pushed);
        assert_eq!(queue.len(), 0);
    });
}

#[test]
fn accepted_items_are_taken_before_the_end() {
    check_end(true);
    check_end(false);
}

/// One consumer polls once and ends, whether or not it was woken meanwhile. Another one takes an item:
/// there is one for it, whether or not the first took one.
#[test]
fn a_consumer_that_ends_passes_its_wake_up_on() {
    check_schedules(|| {
        let queue: Queue = Arc::new(BoundedQueue::new());
        let pushing = spawn(&queue, |queue| {
            push(queue, Item(0, 0), false).expect("there is room");
        });
        let ending = spawn(&queue, |queue| {
            let waker = TestWaker::new(queue);
            let mut waiter = Waiter::new();
            let took = poll(queue, &mut waiter, &waker).is_ready();
            queue.remove_waiter(&mut waiter);
            took
        });
        let waiting = spawn(&queue, |queue| wait(queue, &mut Waiter::new()));
        join(vec![pushing]);
        if join(vec![ending])[0] {
            push(&queue, Item(0, 1), false).expect("there is room");
        }
        assert!(join(vec![waiting])[0].is_some());
    });
}

/// A consumer that sleeps is polled again without a wake-up, and takes the item for which a second one
/// was woken. It is busy until a third has taken the next item, for which the third must be woken: not
/// the first, and not the second, which ends.
#[test]
fn a_busy_consumer_is_not_woken_instead_of_a_sleeping_one() {
    check_schedules(|| {
        let queue: Queue = Arc::new(BoundedQueue::new());
        let (polled, pushed, taken) = (Count::new(), Count::new(), Count::new());
        let start = |again: bool| {
            let polled = Arc::clone(&polled);
            let (pushed, taken) = (Arc::clone(&pushed), Arc::clone(&taken));
            spawn(&queue, move |queue| {
                let mut waiter = Waiter::new();
                let waker = TestWaker::new(queue);
                assert_eq!(poll(queue, &mut waiter, &waker), Poll::Pending);
                polled.increment();
                pushed.wait(1);
                if again {
                    let took = poll(queue, &mut waiter, &waker).is_ready();
                    polled.increment();
                    taken.wait(usize::from(took));
                } else {
                    polled.wait(3);
                }
                queue.remove_waiter(&mut waiter);
            })
        };
        let (busy, ending) = (start(true), start(false));
        let waiting = {
            let taken = Arc::clone(&taken);
            spawn(&queue, move |queue| {
                assert!(wait(queue, &mut Waiter::new()).is_some());
                taken.increment();
            })
        };
        polled.wait(2);
        push(&queue, Item(0, 0), false).expect("there is room");
        pushed.increment();
        polled.wait(3);
        push(&queue, Item(0, 1), false).expect("there is room");
        join(vec![busy, ending, waiting]);
    });
}

#[test]
fn items_are_counted_while_others_are_pushed_and_popped() {
    check_schedules(|| {
        let queue: Queue = Arc::new(BoundedQueue::new());
        push(&queue, Item(0, 0), false).expect("there is room");
        let (pushes, pops) = (Arc::clone(&queue), Arc::clone(&queue));
        let pushes = thread::spawn(move || {
            push(&pushes, Item(1, 0), false).expect("there is room");
            push(&pushes, Item(0, 1), false).expect("there is room");
        });
        let pops = thread::spawn(move || pop(&pops));
        let [first, second] = counts(&queue);
        assert!(first <= 2 && second <= 1 && (first, second) != (2, 0));
        pushes.join().expect("no step panics");
        assert_eq!(pops.join().expect("no step panics"), Some(Item(0, 0)));
        assert_eq!(counts(&queue), [1, 1]);
    });
}
