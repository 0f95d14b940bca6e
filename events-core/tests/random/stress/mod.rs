//! All verbs at once, on several threads: each event is received once or handed back, each closure is freed
//! once, and no thread hangs.
//!
//! A round is bounded by the number of operations, not by a clock. What the scheduler does is not
//! repeatable: a seed repeats the operations of each thread, not the order among the threads.

mod completions;
mod roles;
mod shared;

use std::{iter, thread};

use events_core::Registry;

use self::shared::Shared;
use crate::{
    rng::Rng,
    runs::{Case, check},
};

/// How many events each of the sending threads sends in a round.
const EVENTS: usize = 150;

/// How many threads send.
const SENDERS: usize = 4;

/// One round, with its seed.
struct Round(u64);

impl Case for Round {
    fn problem(&self) -> Option<String> {
        let problems = round(self.0);
        (!problems.is_empty()).then(|| problems.join("\n  "))
    }

    /// None: a round with fewer threads or events is a poor test of the same problem.
    fn smaller(&self) -> impl Iterator<Item = Self> {
        iter::empty()
    }

    fn listing(&self) -> String {
        format!("{SENDERS} threads that send {EVENTS} events each")
    }
}

/// Runs a round; in half of them the queue is shut down while the other threads run.
fn round(seed: u64) -> Vec<String> {
    let rng = &mut Rng::new(seed);
    let shuts_down = rng.chance(1, 2);
    let registry = Registry::new();
    let shared = Shared::new(SENDERS * EVENTS);
    if rng.chance(1, 2) {
        registry.queue().set_capacity(1 + rng.below(20));
    }
    roles::recorders(&registry, &shared);
    let numbers = |sender: usize| sender * EVENTS..(sender + 1) * EVENTS;
    let completions = shared.completions.clone();
    let completing = thread::spawn(move || completions.run());
    thread::scope(|scope| {
        let (registry, shared) = (&registry, &shared);
        let mut seeds = (0..).map(|role| Rng::new(seed ^ (role << 32)));
        let mut rng = || seeds.next().expect("there is no end to the seeds");
        for _ in 0..2 {
            let mut rng = rng();
            scope.spawn(move || roles::subscribes(registry, shared, &mut rng, EVENTS));
        }
        scope.spawn(move || roles::emits(registry, shared, numbers(0)));
        scope.spawn(move || roles::pushes(registry, shared, numbers(1)));
        scope.spawn(move || roles::pushes(registry, shared, numbers(2)));
        scope.spawn(move || roles::emits_async(registry, numbers(3)));
        scope.spawn(move || roles::scans(registry, shared, EVENTS / 10));
        let mut own = rng();
        scope.spawn(move || roles::works(registry, &mut own, EVENTS / 5));
        scope.spawn(move || roles::flushes(registry, EVENTS / 2));
        scope.spawn(move || roles::settles(registry, EVENTS / 5));
        if shuts_down {
            scope.spawn(move || {
                roles::flushes(registry, EVENTS / 10);
                roles::take_back(shared, registry.queue().shutdown(roles::LONG));
            });
        }
    });
    // What workers have begun and left is handed back; everything else runs.
    registry.queue().flush();
    roles::take_back(&shared, registry.queue().shutdown(roles::LONG));
    drop(registry);
    shared.completions.end();
    completing.join().expect("it does not panic");
    shared.problems()
}

#[test]
fn threads_lose_no_event_and_no_closure() {
    check("rounds of threads", 0, 12, Round);
}
