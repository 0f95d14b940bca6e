//! A million scheduled events, and a million keys that are in use at once: what they take, their order, and that memory
//! returns to its base.
//!
//! In `cargo test` there are fewer of them. With a million each, in a release build, as in CI:
//!
//! ```text
//! EVENTS_MILLION=1000000 cargo test --release -p events-core --test million
//! ```

use std::{
    env,
    sync::{
        Arc,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
    time::Duration,
};

use allocation_counter::measure;
use events_core::{__testing::TestTime, Event, Registry, Retry, queues::Scheduled};

const FEW: u32 = 20_000;
const SECOND: Duration = Duration::from_secs(1);

fn number_of_events() -> u32 {
    let number = env::var("EVENTS_MILLION").map(|number| number.parse().expect("a number"));
    number.unwrap_or(FEW)
}

/// The numbers below `count`, each once, in an order that has nothing of the sorted one.
fn shuffled(count: u32) -> impl Iterator<Item = u32> {
    const PRIME: u64 = 2_147_483_647; // so all are different
    (0..count).map(move |number| (u64::from(number) * PRIME % u64::from(count)) as u32)
}

fn run_until(time: &mut TestTime, registry: &Registry, by: Duration) {
    let target = time.after(by);
    let settled = time.block_until(target, Duration::from_secs(600), || false);
    assert_eq!(settled, Some(true));
    assert_eq!(registry.queue().scheduled(), 0);
}

#[derive(Event)]
struct Due(u64);

#[test]
fn of_a_million_scheduled_events_every_second_one_is_cancelled_and_the_others_run_in_order() {
    let count = number_of_events();
    let registry = Registry::new();
    let (ran, last) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU64::new(0)));
    let (counted, before) = (Arc::clone(&ran), Arc::clone(&last));
    let in_order = move |due: &Due| {
        assert!(due.0 > before.swap(due.0, Ordering::Relaxed), "{}", due.0);
        counted.fetch_add(1, Ordering::Relaxed);
    };
    registry.on(in_order).detach();
    registry.queue().set_schedule_capacity(count as usize);
    let mut time = TestTime::stop(&registry);

    let mut handles: Vec<Scheduled<Due>> = Vec::with_capacity(count as usize);
    let schedule = || {
        for number in shuffled(count) {
            let after = u64::from(number) + 1;
            let delay = Duration::from_micros(after);
            handles.push(
                registry
                    .enqueue_after(Due(after), delay)
                    .expect("it has room"),
            );
        }
    };
    let bytes = measure(schedule).bytes_current / i64::from(count);
    let event = i64::try_from(size_of::<Due>()).expect("it is small");
    assert!(bytes <= 200 + event, "{bytes} bytes");
    assert_eq!(registry.queue().scheduled(), count as usize);

    let mut cancelled = 0;
    for (index, handle) in handles.into_iter().enumerate() {
        if index % 2 == 0 {
            handle.cancel().expect("it is not due");
            cancelled += 1;
        }
    }
    assert_eq!(registry.queue().scheduled(), (count - cancelled) as usize);
    run_until(
        &mut time,
        &registry,
        Duration::from_micros(u64::from(count)),
    );
    assert_eq!(ran.load(Ordering::Relaxed), count - cancelled);
}

/// An event whose first call fails.
#[derive(Event, Clone)]
struct Keyed {
    key: u32,
    is_first: bool,
}

/// Two events of each key: the call of the first one fails, and keeps its key until it is repeated; the second one waits
/// for that.
fn use_keys(registry: &Registry, time: &mut TestTime, keys: u32) {
    for key in shuffled(keys) {
        for is_first in [true, false] {
            registry.emit(Keyed { key, is_first });
        }
        registry.queue().flush();
    }
    assert_eq!(registry.queue().scheduled(), keys as usize);
    run_until(time, registry, SECOND);
}

#[test]
fn the_memory_of_a_million_keys_is_freed_when_they_are_done() {
    let keys = number_of_events();
    let registry = Registry::new();
    let (calls, counted) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let (called, done) = (Arc::clone(&calls), Arc::clone(&counted));
    let handler = move |keyed: &Keyed, emission: &events_core::Emission| {
        called.fetch_add(1, Ordering::Relaxed);
        if keyed.is_first && emission.attempt() == 1 {
            return Err("refused");
        }
        done.fetch_add(1, Ordering::Relaxed);
        Ok(())
    };
    let new = registry.subscribe_deferred(handler);
    let new = new.retry(Retry::exponential(SECOND, SECOND).max_retries(1));
    new.per_key(|keyed| keyed.key)
        .register()
        .expect("it is valid")
        .detach();
    registry.queue().set_capacity(2 * keys as usize + 10);
    registry.queue().set_schedule_capacity(keys as usize + 10);
    let mut time = TestTime::stop(&registry);
    use_keys(&registry, &mut time, 10);
    let left = measure(|| use_keys(&registry, &mut time, keys)).bytes_current;
    assert_eq!(calls.load(Ordering::Relaxed), 3 * (keys + 10));
    assert_eq!(counted.load(Ordering::Relaxed), 2 * (keys + 10));
    assert!(left <= 256 * 1024, "{left} bytes are left");
}
