//! Retries while several threads run the queue.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
        mpsc,
    },
    time::Duration,
};

use events_core::{Emission, Event, Registry, Retry, Subscription};

const WORKERS: usize = 3;
const EVENTS: usize = 200;
const RETRIES: u32 = 3;

/// Hardly a delay, so that attempts meet if they can.
fn retry() -> Retry {
    let shortest = Duration::from_nanos(1);
    Retry::exponential(shortest, Duration::from_micros(50)).max_retries(RETRIES)
}

/// What is known of the calls with one event.
#[derive(Debug, Default)]
struct Calls {
    is_called: AtomicBool,
    attempts: AtomicU32,
    wrong: AtomicBool,
}

#[derive(Event, Clone)]
struct Shared {
    calls: Arc<Calls>,
    done: mpsc::Sender<()>,
}

/// Marks the event as in a call until it is dropped.
struct InCall(Arc<Calls>);

impl InCall {
    fn of(event: &Shared, emission: &Emission) -> Self {
        let calls = &event.calls;
        let is_beside = calls.is_called.swap(true, Ordering::SeqCst);
        let before = calls.attempts.fetch_add(1, Ordering::SeqCst);
        if is_beside || before + 1 != emission.attempt() {
            calls.wrong.store(true, Ordering::SeqCst);
        }
        Self(Arc::clone(calls))
    }
}

impl Drop for InCall {
    fn drop(&mut self) {
        std::thread::yield_now();
        self.0.is_called.store(false, Ordering::SeqCst);
    }
}

fn end(event: &Shared, emission: &Emission) -> Result<(), &'static str> {
    if emission.attempt() <= RETRIES {
        return Err("refused");
    }
    event.done.send(()).expect("the test receives it");
    Ok(())
}

/// Each attempt of an event begins when the one before has ended, and is the next one.
fn check(subscribe: fn(&Registry) -> Subscription) {
    let registry = Registry::new();
    subscribe(&registry).detach();
    let queue = registry.queue();
    let workers: Vec<_> = (0..WORKERS).map(|_| queue.spawn_thread()).collect();
    let (done, all) = mpsc::channel();
    let events: Vec<_> = (0..EVENTS).map(|_| Arc::new(Calls::default())).collect();
    for calls in &events {
        let (calls, done) = (Arc::clone(calls), done.clone());
        registry.emit(Shared { calls, done });
    }
    for _ in 0..EVENTS {
        all.recv().expect("each event comes to its last attempt");
    }
    drop(workers);
    let is_wrong = |calls: &&Arc<Calls>| {
        calls.wrong.load(Ordering::SeqCst) || calls.attempts.load(Ordering::SeqCst) != RETRIES + 1
    };
    let wrong: Vec<_> = events.iter().filter(is_wrong).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn a_retry_never_runs_beside_its_earlier_attempt() {
    check(|registry| {
        let handler = |event: &Shared, emission: &Emission| {
            let _call = InCall::of(event, emission);
            end(event, emission)
        };
        let new = registry.subscribe_deferred(handler).retry(retry());
        new.register().expect("it is valid")
    });
    check(|registry| {
        let handler = async |event: &Shared, emission: &Emission| {
            let _call = InCall::of(event, emission);
            smol::future::yield_now().await;
            end(event, emission)
        };
        let new = registry.subscribe_async(handler).retry(retry());
        new.register().expect("it is valid")
    });
    check(|registry| {
        // Each attempt but the last is dropped by its timeout.
        let handler = async |event: &Shared, emission: &Emission| {
            let _call = InCall::of(event, emission);
            if emission.attempt() <= RETRIES {
                std::future::pending::<()>().await;
            }
            end(event, emission)
        };
        let new = registry.subscribe_async(handler).retry(retry());
        let new = new.timeout(Duration::from_millis(1));
        new.register().expect("it is valid")
    });
}

/// The subscription is stopped while its retries are on other threads.
#[test]
fn no_retry_begins_once_its_subscriber_is_stopped() {
    let registry = Registry::new();
    let queue = registry.queue();
    let workers: Vec<_> = (0..WORKERS).map(|_| queue.spawn_thread()).collect();
    for _ in 0..100 {
        let is_stopped = Arc::new(AtomicBool::new(false));
        let is_late = Arc::new(AtomicBool::new(false));
        let (begun, begins) = mpsc::channel();
        let (stopped, late) = (Arc::clone(&is_stopped), Arc::clone(&is_late));
        let handler = move |_: &Shared| {
            late.fetch_or(stopped.load(Ordering::SeqCst), Ordering::SeqCst);
            let _ = begun.send(());
            Err::<(), _>("refused")
        };
        let new = registry.subscribe_deferred(handler);
        let new = new.retry(retry().max_retries(u32::MAX));
        let subscription = new.register().expect("it is valid");
        let (done, _all) = mpsc::channel();
        for _ in 0..WORKERS {
            let calls = Arc::default();
            registry.emit(Shared {
                calls,
                done: done.clone(),
            });
        }
        (0..2 * WORKERS).for_each(|_| begins.recv().expect("it is repeated"));
        subscription.stop();
        is_stopped.store(true, Ordering::SeqCst);
        // Waits for what the workers still do with these events.
        assert!(queue.settle(Duration::from_secs(600)));
        assert_eq!(queue.scheduled(), 0);
        assert!(!is_late.load(Ordering::SeqCst));
    }
    drop(workers);
}
