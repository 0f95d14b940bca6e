//! The queue on one thread, in batches: a thousand events are enqueued, then the queue is flushed.
//!
//! It is compared with a bounded channel of `Box<dyn Any + Send>`, whose receiver downcasts the event and
//! calls the handler through a function pointer.

use std::{any::Any, hint::black_box, ops::Range, sync::LazyLock, time::Duration};

use crossbeam_channel::bounded;
use events_core::{Registry, registry};

use crate::{
    case::{Case, Threads, time},
    events::{Large, QueueEvent, Small, large, small},
};

/// The capacity of the queue and of the channel.
pub(crate) const CAPACITY: usize = 1_024;

/// The number of events enqueued before a flush.
const BATCH: u64 = 1_000;

/// A registry other than the default one, with run-time subscriptions.
pub(crate) static OWN_REGISTRY: LazyLock<Registry> = LazyLock::new(|| {
    let registry = Registry::new();
    registry.on(small).detach();
    registry.on(large).detach();
    registry
});

/// An event in the channel.
pub(crate) type BoxedEvent = Box<dyn Any + Send>;

pub(crate) fn cases() -> Vec<Case> {
    fn sized<E: QueueEvent>() -> [Case; 3] {
        let case = |series, run| Case::queued(series, E::SIZE, Threads::One, run);
        [
            case("queue", |times| ours::<E>(&registry(), times)),
            case("queue, own registry", |times| {
                ours::<E>(&OWN_REGISTRY, times)
            }),
            case("channel", channel::<E>),
        ]
    }
    [sized::<Small>(), sized::<Large>()].concat()
}

/// The numbers below `times`, in batches.
fn batches(times: u64) -> impl Iterator<Item = Range<u64>> {
    let starts = (0..times).step_by(BATCH as usize);
    starts.map(move |start| start..times.min(start + BATCH))
}

fn ours<E: QueueEvent>(registry: &Registry, times: u64) -> Duration {
    let queue = registry.queue();
    queue.set_capacity(CAPACITY);
    time(|| {
        for batch in batches(times) {
            for a in batch {
                registry
                    .enqueue(E::numbered(a))
                    .expect("the queue has space for a batch");
            }
            queue.flush();
        }
    })
}

fn channel<E: QueueEvent>(times: u64) -> Duration {
    let (sender, receiver) = bounded::<BoxedEvent>(CAPACITY);
    let handler = black_box(E::HANDLER);
    time(|| {
        for batch in batches(times) {
            for a in batch {
                let event = Box::new(E::numbered(a));
                sender.send(event).expect("the receiver exists");
            }
            while let Ok(event) = receiver.try_recv() {
                handle(&event, handler);
            }
        }
    })
}

/// Downcasts the event, and calls its handler.
#[inline]
pub(crate) fn handle<E: QueueEvent>(event: &BoxedEvent, handler: fn(&E)) {
    if let Some(event) = event.downcast_ref() {
        handler(event);
    }
}
