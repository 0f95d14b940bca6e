//! The queue between two threads: one enqueues, a worker calls the handlers.
//!
//! It is compared with a bounded channel of the same capacity and a thread that receives from it. A
//! producer that finds the queue or the channel full yields its processor and tries again. The time ends
//! when the last event is handled.

use std::{any::Any, hint::black_box, thread, time::Duration};

use crossbeam_channel::{TrySendError, bounded};
use events_core::{Registry, registry};

use crate::{
    case::{B, Case, Threads, time},
    events::{Large, QueueEvent, Small},
    queue_one_thread::{BoxedEvent, CAPACITY, OWN_REGISTRY, handle},
    sum,
};

pub(crate) fn cases() -> Vec<Case> {
    fn sized<E: QueueEvent>() -> [Case; 3] {
        let case = |series, run| Case::queued(series, E::SIZE, Threads::Two, run);
        [
            case("worker", |times| ours::<E>(&registry(), times)),
            case("worker, own registry", |times| {
                ours::<E>(&OWN_REGISTRY, times)
            }),
            case("receiver", channel::<E>),
        ]
    }
    [sized::<Small>(), sized::<Large>()].concat()
}

fn ours<E: QueueEvent>(registry: &Registry, times: u64) -> Duration {
    let queue = registry.queue();
    queue.set_capacity(CAPACITY);
    let worker = queue.spawn_thread();
    let time = time(|| {
        let handled = sum::get() + times * B;
        for a in 0..times {
            let mut event = E::numbered(a);
            while let Err(full) = registry.enqueue(event) {
                event = full.into_event();
                thread::yield_now();
            }
        }
        wait_for(handled);
    });
    worker.stop();
    time
}

fn channel<E: QueueEvent>(times: u64) -> Duration {
    let (sender, receiver) = bounded::<BoxedEvent>(CAPACITY);
    let handler = black_box(E::HANDLER);
    let worker = thread::spawn(move || {
        for event in receiver {
            handle(&event, handler);
        }
    });
    let time = time(|| {
        let handled = sum::get() + times * B;
        for a in 0..times {
            let mut event: Box<dyn Any + Send> = Box::new(E::numbered(a));
            while let Err(TrySendError::Full(full)) = sender.try_send(event) {
                event = full;
                thread::yield_now();
            }
        }
        wait_for(handled);
    });
    drop(sender);
    worker.join().expect("no handler panics");
    time
}

/// Waits until the handlers have added up to this sum.
fn wait_for(sum: u64) {
    while sum::get() < sum {
        thread::yield_now();
    }
}
