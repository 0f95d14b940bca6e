//! A thousand events at a time that are scheduled in no order, and then run or cancelled; and a thousand that a deferred
//! subscriber receives from the queue, without and with a limit, and with keys.

use std::{sync::LazyLock, time::Duration};

use events_core::{Event, Registry, queues::Scheduled};

use crate::{
    case::{B, Case, Threads, time},
    sum,
};

/// The number of events that are scheduled or queued at once.
const BATCH: u64 = 1_000;

/// The number of keys, of which a batch has some events each.
const KEYS: u64 = 64;

#[derive(Event, Clone)]
struct Pair {
    a: u64,
    b: u64,
}

fn handle(event: &Pair) {
    sum::add(event.b);
}

pub(crate) fn cases() -> Vec<Case> {
    let size = size_of::<Pair>() as u64;
    let case = |series, run| Case::queued(series, size, Threads::One, run);
    vec![
        case("schedule, fire", fire),
        case("schedule, cancel", cancel),
        case("deferred", |times| queued(&DEFERRED, times)),
        case("deferred, concurrency = 1", |times| queued(&LIMITED, times)),
        case("deferred, per_key", |times| queued(&PER_KEY, times)),
    ]
}

macro_rules! deferred {
    ($($registry:ident: |$new:ident| $options:expr;)*) => {
        $(static $registry: LazyLock<Registry> = LazyLock::new(|| {
            let registry = Registry::new();
            let $new = registry.subscribe_deferred(handle);
            $options.register().expect("the options are valid").detach();
            registry
        });)*
    };
}

deferred! {
    DEFERRED: |new| new;
    LIMITED: |new| new.concurrency(1);
    PER_KEY: |new| new.per_key(|event| event.a % KEYS);
}

static SYNC: LazyLock<Registry> = LazyLock::new(|| {
    let registry = Registry::new();
    registry.on(handle).detach();
    registry
});

/// The sizes of the batches.
fn batches(times: u64) -> impl Iterator<Item = u64> {
    let starts = (0..times).step_by(BATCH as usize);
    starts.map(move |start| BATCH.min(times - start))
}

/// Schedules a batch, each so many nanoseconds after the delay.
fn schedule(count: u64, delay: Duration) -> impl Iterator<Item = Scheduled<Pair>> {
    const PRIME: u64 = 2_147_483_647;
    (0..count).map(move |number| {
        let after = Duration::from_nanos(number * PRIME % BATCH);
        let scheduled = SYNC.enqueue_after(Pair { a: number, b: B }, delay + after);
        scheduled.expect("the schedule has room")
    })
}

fn fire(times: u64) -> Duration {
    let queue = SYNC.queue();
    time(|| {
        for count in batches(times) {
            schedule(count, Duration::ZERO).for_each(drop);
            while queue.scheduled() > 0 {
                queue.flush();
            }
            queue.flush();
        }
    })
}

fn cancel(times: u64) -> Duration {
    let mut handles = Vec::with_capacity(BATCH as usize);
    time(|| {
        for count in batches(times) {
            handles.extend(schedule(count, Duration::from_secs(3_600)));
            for handle in handles.drain(..) {
                let event = handle.cancel().expect("it is not due");
                self::handle(&event);
            }
        }
    })
}

fn queued(registry: &Registry, times: u64) -> Duration {
    let queue = registry.queue();
    time(|| {
        for count in batches(times) {
            for a in 0..count {
                registry.emit(Pair { a, b: B });
            }
            queue.flush();
        }
    })
}
