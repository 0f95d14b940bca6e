//! The queue on one thread: a thousand events are put there and then taken out and handled, again
//! and again.
//!
//! Beside it a bounded channel of boxes that may be anything: whoever takes one out looks what it is,
//! and calls the handler by its pointer.

use std::{any::Any, hint::black_box, sync::LazyLock};

use crossbeam_channel::bounded;
use events_core::{Registry, registry};

use crate::{
    case::{Case, Threads, time},
    events::{Large, Queued, Small, large, small},
};

/// How many wait at most, there and here.
pub(crate) const CAPACITY: usize = 1_024;

/// How many are put there before they are taken out.
const BATCH: u64 = 1_000;

/// A registry of its own, with subscriptions made at run time.
pub(crate) static OWN: LazyLock<Registry> = LazyLock::new(|| {
    let registry = Registry::new();
    registry.on(small).detach();
    registry.on(large).detach();
    registry
});

/// An event in a channel.
pub(crate) type Anything = Box<dyn Any + Send>;

pub(crate) fn cases() -> Vec<Case> {
    fn sized<E: Queued>() -> [Case; 3] {
        let case = |series, run| Case::queued(series, E::SIZE, Threads::One, run);
        [
            case("queue", |times| ours::<E>(&registry(), times)),
            case("queue, own registry", |times| ours::<E>(&OWN, times)),
            case("channel", channel::<E>),
        ]
    }
    [sized::<Small>(), sized::<Large>()].concat()
}

/// Numbers in batches.
fn batches(times: u64) -> impl Iterator<Item = std::ops::Range<u64>> {
    let starts = (0..times).step_by(BATCH as usize);
    starts.map(move |start| start..times.min(start + BATCH))
}

fn ours<E: Queued>(registry: &Registry, times: u64) -> std::time::Duration {
    let queue = registry.queue();
    queue.set_capacity(CAPACITY);
    time(|| {
        for batch in batches(times) {
            for a in batch {
                registry.enqueue(E::numbered(a)).expect("there is room");
            }
            queue.flush();
        }
    })
}

fn channel<E: Queued>(times: u64) -> std::time::Duration {
    let (sender, receiver) = bounded::<Anything>(CAPACITY);
    let handler = black_box(E::HANDLER);
    time(|| {
        for batch in batches(times) {
            for a in batch {
                let event = Box::new(E::numbered(a));
                sender.send(event).expect("somebody receives");
            }
            while let Ok(event) = receiver.try_recv() {
                handle(&event, handler);
            }
        }
    })
}

/// Looks what it is, and calls its handler.
#[inline]
pub(crate) fn handle<E: Queued>(event: &Anything, handler: fn(&E)) {
    if let Some(event) = event.downcast_ref() {
        handler(event);
    }
}
