//! Policies, middleware and cancellation together: whatever is dropped at whatever await, nothing is lost, kept or stuck.

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Waker},
    time::Duration,
};

use events_core::{
    __testing::TestTime,
    Emission, Event, Registry, Retry, Subscription,
    info::SubscriberInfo,
    middleware::{
        BoxFuture, EmitMiddleware, EmitOutcome, Middleware, Next, NextAsync, NextEmit,
        NextEmitAsync,
    },
    outcomes::SubscriberOutcome,
};

use super::yield_once;
use crate::{Journal, block_on, poll_once};

const SECOND: Duration = Duration::from_secs(1);

/// An event whose first call fails, if its number is odd.
#[derive(Event, Clone)]
struct Job {
    number: u32,
    journal: Journal,
    /// Counts the copies that exist.
    copies: Arc<()>,
}

impl Job {
    fn run(&self, attempt: u32) -> Result<(), String> {
        self.journal.note(format!("{}.{attempt}", self.number));
        let fails = self.number % 2 == 1 && attempt == 1;
        if fails { Err("refused".into()) } else { Ok(()) }
    }
}

fn job(number: u32, journal: &Journal, copies: &Arc<()>) -> Job {
    Job {
        number,
        journal: journal.clone(),
        copies: Arc::clone(copies),
    }
}

/// Suspends before and after.
struct Suspends;

impl Middleware for Suspends {
    fn call_async<'a>(
        &'a self,
        _: &'a SubscriberInfo,
        next: NextAsync<'a>,
    ) -> BoxFuture<'a, SubscriberOutcome> {
        Box::pin(async move {
            yield_once().await;
            let outcome = next.run().await;
            yield_once().await;
            outcome
        })
    }
}

impl EmitMiddleware for Suspends {
    fn call_async<'a>(
        &'a self,
        _: &'a Emission,
        next: NextEmitAsync<'a>,
    ) -> BoxFuture<'a, EmitOutcome> {
        Box::pin(async move {
            yield_once().await;
            let outcome = next.run().await;
            yield_once().await;
            outcome
        })
    }
}

/// Each set of bits is another combination: a key, a limit, both middlewares, an awaited subscriber, a deferred one.
const COMBINATIONS: u32 = 64;

fn registry(bits: u32) -> Registry {
    let registry = Registry::new();
    let handler = |job: &Job, emission: &Emission| {
        let (job, attempt) = (job.clone(), emission.attempt());
        async move {
            yield_once().await;
            let result = job.run(attempt);
            yield_once().await;
            result
        }
    };
    let retry = Retry::exponential(SECOND, SECOND).max_retries(2);
    let mut new = registry.subscribe_async(handler).retry(retry);
    new = new.timeout(100 * SECOND);
    if bits & 1 != 0 {
        new = new.per_key(|job: &Job| job.number % 2);
    }
    if bits & 2 != 0 {
        new = new.concurrency(1);
    }
    new.register().expect("it is valid").detach();
    if bits & 4 != 0 {
        registry.wrap(Suspends).detach();
    }
    if bits & 8 != 0 {
        registry.wrap_emit(Suspends).detach();
    }
    if bits & 16 != 0 {
        let new = registry.subscribe_awaited_with((), async |_: &mut Job, (): &()| {
            yield_once().await;
        });
        let new = new.timeout(100 * SECOND);
        new.register().expect("it is valid").detach();
    }
    if bits & 32 != 0 {
        let deferred = |job: &Job, emission: &Emission| job.run(emission.attempt());
        let new = registry.subscribe_deferred(deferred).retry(retry);
        let new = new.concurrency(1);
        new.register().expect("it is valid").detach();
    }
    registry
}

/// Lets a minute pass, in which everything runs that can.
fn pass(time: &mut TestTime, case: &str) {
    let target = time.after(60 * SECOND);
    let settled = time.block_until(target, 60 * SECOND, || false);
    assert_eq!(settled, Some(true), "{case}");
}

/// Polls a future that many times, or until it is ready. Returns whether it is.
fn polled<F: Future + ?Sized>(future: &mut Pin<Box<F>>, times: usize) -> bool {
    (0..times).any(|_| poll_once(future.as_mut()).is_ready())
}

#[test]
fn an_emit_that_is_dropped_at_any_await_gives_up_what_it_holds() {
    for bits in 0..COMBINATIONS {
        for polls in 0..14 {
            let case = format!("combination {bits}, {polls} polls");
            let (registry, journal, copies) = (registry(bits), Journal::default(), Arc::new(()));
            let mut time = TestTime::stop(&registry);
            let emit = |number| Box::pin(registry.emit_async(job(number, &journal, &copies)));
            let mut emits = [1, 2, 3].map(emit);
            let mut is_ready = [false; 3];
            for _ in 0..polls {
                for (emit, is_ready) in emits.iter_mut().zip(&mut is_ready) {
                    *is_ready = *is_ready || polled(emit, 1);
                }
            }
            drop(emits);
            pass(&mut time, &case);
            let mut next = emit(1);
            assert!(polled(&mut next, 40), "{case}: the permits are free");
            drop(next);
            pass(&mut time, &case);
            let stats = registry.queue().stats();
            let waiting = (stats.waiting, stats.scheduled, stats.under_way);
            assert_eq!(waiting, (0, 0, 0), "{case}");
            journal.take();
            assert_eq!(Arc::strong_count(&copies), 1, "{case}");
        }
    }
}

#[test]
fn of_a_worker_that_is_dropped_at_any_await_each_event_has_run_or_is_returned() {
    for bits in (0..COMBINATIONS).filter(|bits| bits & 32 == 0) {
        for (polls, concurrency) in (0..14).flat_map(|polls| [(polls, 1), (polls, 3)]) {
            let case = format!("combination {bits}, {polls} polls, {concurrency} at once");
            let (registry, journal, copies) = (registry(bits), Journal::default(), Arc::new(()));
            let _time = TestTime::stop(&registry);
            for number in 1..=4 {
                let queued = registry.enqueue(job(number, &journal, &copies));
                queued.expect("there is room");
            }
            let mut work = Box::pin(registry.queue().work(concurrency));
            polled(&mut work, polls);
            drop(work);
            let queue = registry.queue();
            let unfinished = block_on(queue.shutdown_async(std::future::ready(())));
            // The attempts that wait for their time belong to events that have run.
            let (repeated, events): (Vec<_>, Vec<_>) = unfinished
                .events
                .into_iter()
                .partition(|event| event.due().is_some());
            let stats = queue.stats();
            assert_eq!(stats.ran + events.len() as u64, 4, "{case}");
            assert!(repeated.iter().all(|event| event.attempt() == 2), "{case}");
            drop((repeated, events));
            journal.take();
            assert_eq!(Arc::strong_count(&copies), 1, "{case}");
        }
    }
}

#[test]
fn wakers_that_are_kept_wake_nothing_once_their_call_has_ended() {
    for bits in 0..16 {
        let (registry, journal, copies) = (registry(bits), Journal::default(), Arc::new(()));
        let wakers: Arc<Mutex<Vec<Waker>>> = Arc::default();
        let kept = Arc::clone(&wakers);
        let handler = move |_: &Job| {
            let kept = Arc::clone(&kept);
            poll_fn(move |context: &mut Context<'_>| {
                let mut kept = kept.lock().expect("not poisoned");
                kept.push(context.waker().clone());
                Poll::Ready(())
            })
        };
        registry.on_async(handler).detach();
        let wake = || {
            let wakers = wakers.lock().expect("not poisoned").clone();
            wakers.into_iter().for_each(Waker::wake);
        };
        let mut time = TestTime::stop(&registry);
        for number in 1..=3 {
            registry.emit(job(number, &journal, &copies));
            let queued = registry.enqueue(job(number, &journal, &copies));
            queued.expect("there is room");
            let mut emit = Box::pin(registry.emit_async(job(number, &journal, &copies)));
            polled(&mut emit, 3);
            wake();
            drop(emit);
            wake();
            pass(&mut time, &format!("combination {bits}"));
            wake();
        }
        let ran = registry.queue().stats().ran;
        registry.queue().flush();
        assert_eq!(registry.queue().stats().ran, ran);
        drop((time, registry));
        wake();
        journal.take();
        assert_eq!(Arc::strong_count(&copies), 1, "combination {bits}");
    }
}

/// Calls a function before the subscribers.
struct Before<F>(F);

impl<F: Fn() + Send + Sync + 'static> Middleware for Before<F> {
    fn call(&self, _: &SubscriberInfo, next: Next<'_>) -> SubscriberOutcome {
        (self.0)();
        next.run()
    }

    fn call_async<'a>(
        &'a self,
        _: &'a SubscriberInfo,
        next: NextAsync<'a>,
    ) -> BoxFuture<'a, SubscriberOutcome> {
        Box::pin(async move {
            yield_once().await;
            (self.0)();
            next.run().await
        })
    }
}

impl<F: Fn() + Send + Sync + 'static> EmitMiddleware for Before<F> {
    fn call(&self, _: &Emission, next: NextEmit<'_>) -> EmitOutcome {
        (self.0)();
        next.run()
    }

    fn call_async<'a>(
        &'a self,
        _: &'a Emission,
        next: NextEmitAsync<'a>,
    ) -> BoxFuture<'a, EmitOutcome> {
        Box::pin(async move {
            yield_once().await;
            (self.0)();
            next.run().await
        })
    }
}

/// The registry, as the only handle on it that the test has.
type Last = Arc<Mutex<Option<Registry>>>;

type Subscribe = fn(&Registry, Last) -> Subscription;

/// Where user code drops the last handle.
const PLACES: &[(&str, Subscribe)] = &[
    ("a hook", |registry, last| {
        registry.on_failure(move |_| drop_last(&last))
    }),
    ("a middleware", |registry, last| {
        registry.wrap(Before(move || drop_last(&last)))
    }),
    ("a middleware of the emission", |registry, last| {
        registry.wrap_emit(Before(move || drop_last(&last)))
    }),
    ("a key", |registry, last| {
        let new = registry.subscribe_deferred(|_: &Job| ());
        let new = new.per_key(move |job: &Job| {
            drop_last(&last);
            job.number
        });
        new.debounce(SECOND).register().expect("it is valid")
    }),
    ("a condition", |registry, last| {
        let new = registry.subscribe(|_: &Job| ());
        let new = new.when(move |_: &Job| {
            drop_last(&last);
            true
        });
        new.register().expect("it is valid")
    }),
];

fn drop_last(last: &Last) {
    let registry = last.lock().expect("not poisoned").take();
    drop(registry);
}

#[test]
fn user_code_may_drop_the_last_handle_on_its_registry() {
    for (place, subscribe) in PLACES {
        for (bits, verb) in (0..COMBINATIONS).flat_map(|bits| [0, 1, 2, 3].map(|verb| (bits, verb)))
        {
            let case = format!("{place}, combination {bits}, verb {verb}");
            let (registry, journal, copies) = (registry(bits), Journal::default(), Arc::new(()));
            let last = Last::default();
            let subscription = subscribe(&registry, Arc::clone(&last));
            let handle = registry.downgrade();
            let job = job(1, &journal, &copies);
            let give = |registry| *last.lock().expect("not poisoned") = Some(registry);
            match verb {
                0 => {
                    give(registry.clone());
                    drop(registry.try_emit(job));
                    drop(registry);
                }
                1 => {
                    let mut emit = Box::pin(registry.try_emit_async(job));
                    give(registry);
                    polled(&mut emit, 8);
                }
                2 => {
                    registry.enqueue(job).expect("there is room");
                    let mut flush = Box::pin(registry.queue().flush_async());
                    give(registry);
                    polled(&mut flush, 8);
                }
                _ => {
                    registry.emit(job);
                    let mut work = Box::pin(registry.queue().work(2));
                    give(registry);
                    polled(&mut work, 8);
                }
            }
            drop_last(&last);
            drop(subscription);
            assert!(handle.upgrade().is_none(), "{case}");
            journal.take();
            assert_eq!(Arc::strong_count(&copies), 1, "{case}");
        }
    }
}

/// Threads add and remove middleware, hooks and mutes while others emit: each event is delivered once.
#[test]
fn policies_that_come_and_go_lose_no_event() {
    let (registry, journal, copies) = (registry(1 | 32), Journal::default(), Arc::new(()));
    let new = registry.subscribe(|_: &Job| ()).id("muted");
    new.register().expect("it is valid").detach();
    registry.queue().set_capacity(1 << 12);
    let is_over = AtomicBool::new(false);
    let events = 100;
    std::thread::scope(|scope| {
        let changes: &[fn(&Registry)] = &[
            |registry| drop(registry.wrap(Suspends)),
            |registry| drop(registry.wrap_emit(Suspends)),
            |registry| drop(registry.on_failure(|_| ())),
            |registry| drop(registry.mute("muted")),
        ];
        for change in changes {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    change(&registry);
                    std::thread::yield_now();
                }
            });
        }
        let emits: &[fn(&Registry, Job)] = &[
            |registry, job| drop(registry.emit(job)),
            |registry, job| drop(block_on(registry.emit_async(job))),
            |registry, job| registry.enqueue(job).expect("there is room"),
        ];
        let emitters: Vec<_> = emits
            .iter()
            .map(|emit| {
                scope.spawn(|| {
                    let numbers = 0..events;
                    numbers.for_each(|number| emit(&registry, job(2 * number, &journal, &copies)));
                    registry.queue().flush();
                })
            })
            .collect();
        let mut have_ended = true;
        for emitter in emitters {
            have_ended &= emitter.join().is_ok();
        }
        assert!(have_ended);
        is_over.store(true, Ordering::Relaxed);
    });
    assert!(registry.queue().settle(60 * SECOND));
    // By an async subscriber and a deferred one.
    assert_eq!(journal.take().len(), 3 * 2 * events as usize);
    assert_eq!(Arc::strong_count(&copies), 1);
}
