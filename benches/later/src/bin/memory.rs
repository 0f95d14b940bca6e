//! Memory: the allocations of each case, and the bytes that a full queue holds.
//!
//! This is a separate program, because the counting allocator would distort the times. It prints a line
//! for each figure: its name, a tab, and the number.

use std::{alloc::System, hint::black_box};

use events_core::{Event, Registry, bounds::OwnedEvent};
use later_benches::{case::Threads, ready};
use stats_alloc::{INSTRUMENTED_SYSTEM, Stats, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const FEW: u64 = 1_000;
const MANY: u64 = 11_000;

/// An event of 16 bytes.
#[derive(Event)]
struct Small(#[allow(dead_code, reason = "only its size counts")] [u64; 2]);

/// An event of 256 bytes.
#[derive(Event)]
struct Large(#[allow(dead_code, reason = "only its size counts")] [u64; 32]);

fn main() {
    for case in ready() {
        if case.threads == Threads::One {
            let [more, fewer] = [MANY, FEW].map(|times| allocations(|| (case.run)(times)));
            let each = (more as f64 - fewer as f64) / (MANY - FEW) as f64;
            println!("allocations {}\t{each}", case.name());
        }
    }
    for capacity in [1_024, 65_536] {
        full("16", capacity, || Small([0; 2]));
        full("256", capacity, || Large([0; 32]));
    }
}

/// The number of allocations of a call.
fn allocations<T>(call: impl FnOnce() -> T) -> usize {
    let before = ALLOCATOR.stats();
    black_box(call());
    let change = ALLOCATOR.stats() - before;
    change.allocations + change.reallocations
}

/// The number of bytes allocated and not freed.
fn allocated() -> i64 {
    let Stats {
        bytes_allocated,
        bytes_deallocated,
        ..
    } = ALLOCATOR.stats();
    bytes_allocated as i64 - bytes_deallocated as i64
}

/// Fills a new queue to its capacity and flushes it, twice: both its buffers, for producers and for
/// consumers, have then held that many events.
fn full<E: OwnedEvent + Send>(size: &str, capacity: usize, event: fn() -> E) {
    let registry = Registry::new();
    let queue = registry.queue();
    queue.set_capacity(capacity);
    let before = allocated();
    let per_event = |bytes: i64| bytes as f64 / capacity as f64;
    for fills in ["once", "twice"] {
        while registry.enqueue(event()).is_ok() {}
        assert_eq!(queue.len(), capacity);
        let bytes = per_event(allocated() - before);
        println!("full {fills} {size}/{capacity}\t{bytes}");
        queue.flush();
    }
}
