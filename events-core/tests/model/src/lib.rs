//! Tests of the concurrent parts of events-core under a model checker: the publication of plans, the
//! bounded queue, scheduled items, the suspended jobs of a driver, the parked jobs of a queue, the notification of idle
//! drivers, the semaphore that limits the calls of a handler, and the calls that wait for `debounce`.
//!
//! The files of `events-core/src` are compiled here with the primitives of the model checker instead of
//! those of the standard library and of `arc-swap`.
//!
//! `cargo test` here tries some hundred thousand schedules. The checker runs one thread at a time and
//! switches threads at each use of a primitive, so it finds errors in the order of steps; it treats
//! every access as sequentially consistent, so it finds no error in a memory order.

#![cfg(test)]

#[allow(dead_code, reason = "the tests need a part of it")]
#[path = "../../../src/queue/bounded/bounded_queue.rs"]
mod bounded_queue;
#[allow(dead_code, reason = "the tests need a part of it")]
#[path = "../../../src/background/policies/limit/fair_semaphore.rs"]
mod fair_semaphore;
#[path = "../../../src/queue/idle.rs"]
mod idle;
#[allow(dead_code, reason = "the tests need a part of it")]
#[path = "../../../src/queue/in_flight.rs"]
mod in_flight;
#[allow(dead_code, reason = "the tests need a part of it")]
#[path = "../../../src/queue/parked/parked_jobs.rs"]
mod parked_jobs;
#[path = "../../../src/plan/plan_cell.rs"]
mod plan_cell;
#[path = "../../../src/queue/bounded/popped.rs"]
mod popped;
#[allow(dead_code, reason = "the tests need a part of it")]
#[path = "../../../src/background/policies/scheduled_calls.rs"]
mod scheduled_calls;
#[allow(dead_code, reason = "the tests need a part of it")]
#[path = "../../../src/queue/bounded/sides.rs"]
mod sides;
#[path = "../../../src/queue/bounded/typed_fifo.rs"]
mod typed_fifo;
#[path = "../../../src/background/policies/limit/waits_for_itself.rs"]
mod waits_for_itself;

#[path = "../../../src/queue/schedule"]
mod schedule {
    #[allow(dead_code, reason = "the tests need a part of it")]
    #[path = "due_items.rs"]
    pub(crate) mod due_items;
}

/// The bounded queue, where `due_items` imports it.
mod bounded {
    pub(crate) use crate::bounded_queue::BoundedQueue;
}

/// What the files above import of `events-core/src/time`.
#[path = "."]
mod time {
    #[allow(dead_code, reason = "the tests need a part of it")]
    #[path = "../../../src/time/timetable.rs"]
    mod timetable;
    pub(crate) use timetable::{TimeKey, Timetable};
}

/// What the files above import of `events-core/src/context`.
#[path = "."]
mod context {
    #[path = "../../../src/context/event_chain.rs"]
    mod event_chain;
    pub(crate) use event_chain::EventChain;
}

/// What the files above import of `events-core/src/primitives`.
#[path = "."]
mod primitives {
    /// The checker ends an execution by panics, so none is caught here.
    mod catch {
        use std::task::Waker;

        pub(crate) fn drop_catching<T>(value: T) {
            drop(value);
        }

        pub(crate) fn wake_catching(waker: Waker) -> bool {
            waker.wake();
            true
        }

        pub(crate) fn wake_each(wakers: impl IntoIterator<Item = Waker>) {
            wakers.into_iter().for_each(Waker::wake);
        }
    }

    pub(crate) mod sync;
    #[path = "../../../src/primitives/type_id_hasher.rs"]
    mod type_id_hasher;
    #[path = "../../../src/primitives/waker_list.rs"]
    mod waker_list;
    pub(crate) use catch::{drop_catching, wake_catching, wake_each};
    pub(crate) use type_id_hasher::TypeIdHasher;
    pub(crate) use waker_list::{Waiter, WakerList};
}

mod tests;
