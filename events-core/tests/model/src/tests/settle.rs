//! Workers that run items, and a task that waits until the queue is empty and the workers are idle. Workers of a queue
//! that drains end by themselves.

use std::{
    future::poll_fn,
    task::{Context, Poll, Waker},
};

use shuttle::{
    future::{JoinHandle, block_on, spawn},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use super::check_schedules;
use crate::{
    bounded_queue::BoundedQueue, context::EventChain, idle::IdleNotifier, in_flight::InFlight,
    primitives::Waiter,
};

/// A queue with workers, and how many items they have run.
struct SharedQueue {
    queue: BoundedQueue<()>,
    idle: IdleNotifier,
    in_flight: Vec<InFlight<()>>,
    done: AtomicUsize,
}

/// An item whose job pushes the next one, until so many have followed.
struct Item(usize);

impl SharedQueue {
    fn push(&self, followers: usize) {
        let pushed = self.queue.push((), Item(followers), Some(EventChain::NONE));
        assert!(pushed.is_ok(), "there is room");
    }

    /// One poll of a worker.
    fn poll(&self, worker: usize, waiter: &mut Waiter, context: &Context<'_>) -> Poll<()> {
        let in_flight = &self.in_flight[worker];
        let mut wakers = vec![context.waker().clone()];
        loop {
            match self.queue.poll_pop(waiter, &mut wakers, || self.is_idle()) {
                Poll::Ready(Some(popped)) => {
                    in_flight.begin_poll();
                    let Item(followers) = popped.take().expect("it has this type");
                    thread::yield_now();
                    if followers > 0 {
                        self.push(followers - 1);
                    }
                    self.done.fetch_add(1, Ordering::SeqCst);
                    in_flight.end_poll();
                }
                Poll::Ready(None) => {
                    assert!(self.is_idle(), "a worker may push an item");
                    self.queue.wake_if_draining();
                    return Poll::Ready(());
                }
                Poll::Pending => {
                    self.idle.notify();
                    return Poll::Pending;
                }
            }
        }
    }

    fn is_idle(&self) -> bool {
        self.in_flight.iter().all(InFlight::is_idle)
    }

    fn poll_settled(&self, waiter: &mut Waiter, waker: &Waker) -> Poll<()> {
        self.idle.register(waiter, waker);
        if self.queue.is_settled(|| self.is_idle()) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }
}

/// A queue with so many workers, which have started.
fn start(workers: usize) -> (Arc<SharedQueue>, Vec<JoinHandle<()>>) {
    let shared = Arc::new(SharedQueue {
        queue: BoundedQueue::new(),
        idle: IdleNotifier::new(),
        in_flight: (0..workers).map(|_| InFlight::new()).collect(),
        done: AtomicUsize::new(0),
    });
    let workers = (0..workers).map(|worker| {
        let shared = Arc::clone(&shared);
        let mut waiter = Waiter::new();
        spawn(poll_fn(move |context| {
            shared.poll(worker, &mut waiter, context)
        }))
    });
    let workers = workers.collect();
    (shared, workers)
}

fn check(workers: usize, followers: usize) {
    let (shared, workers) = start(workers);
    shared.push(followers);
    let mut waiter = Waiter::new();
    block_on(poll_fn(|context| {
        shared.poll_settled(&mut waiter, context.waker())
    }));
    shared.idle.remove(&mut waiter);
    assert_eq!(shared.done.load(Ordering::SeqCst), followers + 1);
    shared.queue.close();
    for worker in workers {
        block_on(worker).expect("the worker ends");
    }
}

#[test]
fn the_waiting_task_is_woken() {
    check_schedules(|| check(1, 0));
}

#[test]
fn the_waiting_task_finds_all_items_done() {
    check_schedules(|| check(2, 3));
}

/// A worker that ends too early leaves items, and one that is not woken does not end, which the checker reports.
fn check_drain(workers: usize, followers: usize) {
    let (shared, workers) = start(workers);
    shared.push(followers);
    shared.queue.drain();
    for worker in workers {
        block_on(worker).expect("the worker ends");
    }
    assert_eq!(shared.done.load(Ordering::SeqCst), followers + 1);
    assert_eq!(shared.queue.len(), 0);
}

#[test]
fn the_workers_of_a_queue_that_drains_end_when_all_items_are_done() {
    check_schedules(|| check_drain(2, 2));
    check_schedules(|| check_drain(3, 2));
}
