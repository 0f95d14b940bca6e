//! The queue between two threads: one enqueues, a worker handles.
//!
//! The other side is a thread that receives from a bounded channel. Both sides hold as many events at
//! most, whoever finds no room lets others have the processor and tries again, and both are done when
//! the last event is handled.

use std::{any::Any, hint::black_box, thread, time::Duration};

use crossbeam_channel::{TrySendError, bounded};
use events_core::{Registry, registry};

use crate::{
    case::{B, Case, Threads, time},
    events::{Large, Queued, Small},
    queued::{Anything, CAPACITY, OWN, handle},
    sum,
};

pub(crate) fn cases() -> Vec<Case> {
    fn sized<E: Queued>() -> [Case; 3] {
        let case = |series, run| Case::queued(series, E::SIZE, Threads::Two, run);
        [
            case("worker", |times| ours::<E>(&registry(), times)),
            case("worker, own registry", |times| ours::<E>(&OWN, times)),
            case("receiver", channel::<E>),
        ]
    }
    [sized::<Small>(), sized::<Large>()].concat()
}

fn ours<E: Queued>(registry: &Registry, times: u64) -> Duration {
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

fn channel<E: Queued>(times: u64) -> Duration {
    let (sender, receiver) = bounded::<Anything>(CAPACITY);
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

/// Waits until this much has been added.
fn wait_for(sum: u64) {
    while sum::get() < sum {
        thread::yield_now();
    }
}
