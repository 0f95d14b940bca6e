//! A worker that runs what comes, and somebody who waits until nothing waits and nothing is under way.

use std::{
    future::poll_fn,
    task::{Context, Poll, Waker},
};

use shuttle::{
    future::{block_on, spawn},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use super::check_schedules;
use crate::{
    bounded_queue::BoundedQueue, idle::IdleNotifier, in_flight::InFlight, waiters::Waiter,
};

struct Queue {
    store: BoundedQueue<()>,
    rests: IdleNotifier,
    flights: Vec<InFlight<()>>,
    done: AtomicUsize,
}

/// A thing is followed by so many others, one after the other.
struct Thing(usize);

impl Queue {
    fn push(&self, followers: usize) {
        let pushed = self.store.push((), Thing(followers), true);
        assert!(pushed.is_ok(), "there is room");
    }

    /// What a worker does in one poll.
    fn poll(&self, worker: usize, waiter: &mut Waiter, context: &Context<'_>) -> Poll<()> {
        let flights = &self.flights[worker];
        loop {
            match self.store.poll_pop(waiter, context) {
                Poll::Ready(Some(popped)) => {
                    flights.poll();
                    let Thing(followers) = popped.take().expect("it is there");
                    thread::yield_now();
                    if followers > 0 {
                        self.push(followers - 1);
                    }
                    self.done.fetch_add(1, Ordering::SeqCst);
                    flights.end_poll();
                }
                Poll::Ready(None) => return Poll::Ready(()),
                Poll::Pending => {
                    self.rests.notify();
                    return Poll::Pending;
                }
            }
        }
    }

    fn poll_settled(&self, waker: &Waker) -> Poll<()> {
        self.rests.register(waker);
        let idle = || self.flights.iter().all(InFlight::is_idle);
        if self.store.is_settled(idle) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }
}

fn check(workers: usize, followers: usize) {
    let queue = Arc::new(Queue {
        store: BoundedQueue::new(),
        rests: IdleNotifier::new(),
        flights: (0..workers).map(|_| InFlight::new()).collect(),
        done: AtomicUsize::new(0),
    });
    let workers = (0..workers).map(|worker| {
        let queue = Arc::clone(&queue);
        let mut waiter = Waiter::new();
        spawn(poll_fn(move |context| {
            queue.poll(worker, &mut waiter, context)
        }))
    });
    let workers: Vec<_> = workers.collect();
    queue.push(followers);
    block_on(poll_fn(|context| queue.poll_settled(context.waker())));
    assert_eq!(queue.done.load(Ordering::SeqCst), followers + 1);
    queue.store.close();
    for worker in workers {
        block_on(worker).expect("it ends");
    }
}

#[test]
fn who_waits_is_woken() {
    check_schedules(|| check(1, 0));
}

#[test]
fn who_waits_finds_everything_done() {
    check_schedules(|| check(2, 3));
}
