//! Random scripts of emits, workers, flushes and settles, whose subscribers have retries, keys and limits, with middleware
//! around them. Each task is polled only when its waker was called; the pending futures of handlers and middleware are
//! woken late and in any order. Each subscriber receives each event once, and no task hangs.

use std::{
    collections::{BTreeMap, BTreeSet},
    future::{Future, poll_fn},
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    time::Duration,
};

use events_core::{
    __testing::TestTime,
    Emission, Event, Registry, Retry,
    info::SubscriberInfo,
    middleware::{BoxFuture, EmitMiddleware, EmitOutcome, Middleware, NextAsync, NextEmitAsync},
    outcomes::SubscriberOutcome,
};

use crate::{
    rng::Rng,
    runs::{Case, check},
};

const SECOND: Duration = Duration::from_secs(1);

/// In which each failed call is repeated, and each event that is scheduled is due.
const ROUNDS: usize = 40;

#[derive(Event, Clone)]
struct Numbered {
    number: u32,
    /// Counts the copies that exist.
    copies: Arc<()>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The wakers of the pending futures.
#[derive(Clone, Default)]
struct Waits(Arc<Mutex<Vec<Waker>>>);

impl Waits {
    /// Waits that many times until it is woken.
    async fn wait(&self, times: usize) {
        for _ in 0..times {
            let mut is_first = true;
            poll_fn(|context| {
                if !std::mem::take(&mut is_first) {
                    return Poll::Ready(());
                }
                lock(&self.0).push(context.waker().clone());
                Poll::Pending
            })
            .await;
        }
    }

    /// Wakes one; of some the waker is kept, and called again.
    fn wake_one(&self, rng: &mut Rng) {
        let waker = {
            let mut wakers = lock(&self.0);
            if wakers.is_empty() {
                return;
            }
            let index = rng.below(wakers.len());
            if rng.chance(1, 4) {
                wakers[index].clone()
            } else {
                wakers.swap_remove(index)
            }
        };
        waker.wake();
    }

    /// Whether there were some.
    fn wake_all(&self) -> bool {
        let wakers = std::mem::take(&mut *lock(&self.0));
        let has_some = !wakers.is_empty();
        wakers.into_iter().for_each(Waker::wake);
        has_some
    }
}

/// Waits before and after.
struct Late(Waits);

impl Middleware for Late {
    fn call_async<'a>(
        &'a self,
        _: &'a SubscriberInfo,
        next: NextAsync<'a>,
    ) -> BoxFuture<'a, SubscriberOutcome> {
        Box::pin(async move {
            self.0.wait(1).await;
            let outcome = next.run().await;
            self.0.wait(1).await;
            outcome
        })
    }
}

impl EmitMiddleware for Late {
    fn call_async<'a>(
        &'a self,
        _: &'a Emission,
        next: NextEmitAsync<'a>,
    ) -> BoxFuture<'a, EmitOutcome> {
        Box::pin(async move {
            self.0.wait(1).await;
            let outcome = next.run().await;
            self.0.wait(1).await;
            outcome
        })
    }
}

/// A subscriber, by its name, and the number of an event.
type Call = (&'static str, u32);

/// How often a subscriber received an event, in all and at the moment.
#[derive(Clone, Default)]
struct Received {
    ended: Arc<Mutex<BTreeMap<Call, u32>>>,
    in_progress: Arc<Mutex<BTreeSet<Call>>>,
}

impl Received {
    fn begin(&self, call: Call) -> InProgress {
        if !lock(&self.in_progress).insert(call) {
            *lock(&self.ended).entry(call).or_default() += 2; // beside the attempt before
        }
        InProgress(Arc::clone(&self.in_progress), call)
    }

    fn add(&self, call: Call) {
        *lock(&self.ended).entry(call).or_default() += 1;
    }
}

/// A call in progress, until it is dropped.
struct InProgress(Arc<Mutex<BTreeSet<Call>>>, Call);

impl Drop for InProgress {
    fn drop(&mut self) {
        lock(&self.0).remove(&self.1);
    }
}

/// The subscribers of a registry, and their names.
fn subscribe(
    registry: &Registry,
    rng: &mut Rng,
    received: &Received,
    waits: &Waits,
) -> Vec<&'static str> {
    let retry = Retry::exponential(SECOND, SECOND).max_retries(3);
    let fails = |number: u32, attempt: u32| attempt <= number % 3;
    let mut names = vec!["first"];
    names.extend(rng.chance(1, 2).then_some("second"));
    for &name in &names {
        let (received, waits, times) = (received.clone(), waits.clone(), rng.below(3));
        let handler = move |event: &Numbered, emission: &Emission| {
            let (received, waits) = (received.clone(), waits.clone());
            let (number, attempt) = (event.number, emission.attempt());
            async move {
                let _in_progress = received.begin((name, number));
                waits.wait(times).await;
                if fails(number, attempt) {
                    return Err("refused");
                }
                waits.wait(number as usize % 2).await;
                received.add((name, number));
                Ok(())
            }
        };
        let new = registry.subscribe_async(handler).retry(retry);
        let new = match rng.below(4) {
            0 => new.concurrency(1),
            1 => new.concurrency(2),
            2 => new.per_key(|event: &Numbered| event.number % 3),
            _ => new
                .per_key(|event: &Numbered| event.number % 2)
                .concurrency(2),
        };
        let new = if rng.chance(1, 3) {
            new.deferred()
        } else {
            new
        };
        new.register().expect("it is valid").detach();
    }
    if rng.chance(1, 3) {
        names.push("deferred");
        let received = received.clone();
        let handler = move |event: &Numbered, emission: &Emission| {
            let _in_progress = received.begin(("deferred", event.number));
            if fails(event.number, emission.attempt()) {
                return Err("refused");
            }
            received.add(("deferred", event.number));
            Ok(())
        };
        let new = registry.subscribe_deferred(handler).retry(retry);
        new.concurrency(1).register().expect("it is valid").detach();
    }
    names
}

/// A task, which is polled only when it was woken.
struct Task {
    future: Pin<Box<dyn Future<Output = ()>>>,
    is_woken: Arc<Woken>,
}

struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

#[derive(Default)]
struct Tasks(Vec<Task>);

impl Tasks {
    fn add<T>(&mut self, future: impl Future<Output = T> + 'static) {
        self.0.push(Task {
            future: Box::pin(async { drop(future.await) }),
            is_woken: Arc::new(Woken(AtomicBool::new(true))),
        });
    }

    /// Polls one of those that were woken. Returns whether there was one.
    fn poll_one(&mut self, rng: &mut Rng) -> bool {
        let indices = 0..self.0.len();
        let woken: Vec<_> = indices
            .filter(|&index| self.0[index].is_woken.0.load(Ordering::SeqCst))
            .collect();
        if woken.is_empty() {
            return false;
        }
        let index = *rng.pick(&woken);
        let Task { future, is_woken } = &mut self.0[index];
        is_woken.0.store(false, Ordering::SeqCst);
        let waker = Waker::from(Arc::clone(is_woken));
        let polled = future.as_mut().poll(&mut Context::from_waker(&waker));
        if polled.is_ready() {
            drop(self.0.swap_remove(index));
        }
        true
    }
}

/// A script, which is generated while it runs. With `drops`, tasks are dropped between two polls.
struct Script {
    seed: u64,
    drops: bool,
}

impl Script {
    fn run(&self) -> Result<(), String> {
        let mut rng = Rng::new(self.seed);
        let (registry, copies, waits) = (Registry::new(), Arc::new(()), Waits::default());
        let (received, mut tasks) = (Received::default(), Tasks::default());
        let names = subscribe(&registry, &mut rng, &received, &waits);
        if rng.chance(1, 3) {
            registry.wrap(Late(waits.clone())).detach();
        }
        if rng.chance(1, 3) {
            registry.wrap_emit(Late(waits.clone())).detach();
        }
        let queue = registry.queue();
        let time = TestTime::stop(&registry);
        (0..rng.below(3)).for_each(|_| tasks.add(queue.work(1 + rng.below(2))));
        let event = |number| Numbered {
            number,
            copies: Arc::clone(&copies),
        };
        let mut queued = Vec::new();
        let mut emitted = Vec::new();
        for number in 0..60 {
            match rng.below(12) {
                0 | 1 => {
                    emitted.push(number);
                    tasks.add(registry.emit_async(event(number)));
                }
                2 => {
                    queued.push(number);
                    drop(registry.enqueue(event(number)));
                }
                3 => {
                    queued.push(number);
                    drop(registry.enqueue_after(event(number), SECOND));
                }
                4 => tasks.add(queue.flush_async()),
                5 => {
                    time.jump(SECOND / 2);
                    tasks.add(queue.flush_async());
                }
                6 if self.drops && !tasks.0.is_empty() => {
                    let index = rng.below(tasks.0.len());
                    drop(tasks.0.swap_remove(index));
                }
                7 => waits.wake_one(&mut rng),
                8 => tasks.add(queue.settle_async()),
                _ => _ = tasks.poll_one(&mut rng),
            }
        }
        for _ in 0..ROUNDS {
            while tasks.poll_one(&mut rng) || waits.wake_all() {}
            time.jump(SECOND);
            tasks.add(queue.flush_async());
        }
        while tasks.poll_one(&mut rng) || waits.wake_all() {}
        let stats = queue.stats();
        let unfinished = queue.shutdown(Duration::ZERO);
        let returned: Vec<_> = unfinished
            .events
            .into_iter()
            .filter_map(|event| event.downcast::<Numbered>().ok())
            .map(|event| event.number)
            .collect();
        let is_idle = (
            stats.waiting + stats.parked,
            stats.scheduled,
            stats.under_way,
        ) == (0, 0, 0);
        let is_empty = is_idle && returned.is_empty();
        if !self.drops && !is_empty {
            return Err(format!("events are left: {stats:?}, {returned:?}"));
        }
        if !self.drops {
            queued.append(&mut emitted);
        }
        while tasks.poll_one(&mut rng) {}
        if !self.drops && !tasks.0.is_empty() {
            return Err(format!("{} tasks hang", tasks.0.len()));
        }
        let received = std::mem::take(&mut *lock(&received.ended));
        if let Some(twice) = received.iter().find(|(_, count)| **count > 1) {
            return Err(format!(
                "it was received twice, or by two attempts at once: {twice:?}"
            ));
        }
        let is_lost =
            |name, number| !received.contains_key(&(name, number)) && !returned.contains(&number);
        for (number, name) in queued
            .iter()
            .flat_map(|&number| names.iter().map(move |&name| (number, name)))
        {
            if is_lost(name, number) {
                return Err(format!("{name} has not received {number}"));
            }
        }
        drop((tasks, time, queue));
        waits.wake_all();
        let handle = registry.downgrade();
        drop(registry);
        waits.wake_all();
        let is_freed = handle.upgrade().is_none() && Arc::strong_count(&copies) == 1;
        is_freed
            .then_some(())
            .ok_or_else(|| String::from("something is not freed"))
    }
}

impl Case for Script {
    fn problem(&self) -> Option<String> {
        self.run().err()
    }

    fn smaller(&self) -> impl Iterator<Item = Self> {
        std::iter::empty()
    }

    fn listing(&self) -> String {
        format!("the script of seed {}", self.seed)
    }
}

#[test]
fn each_subscriber_receives_each_event_once_over_retries_and_through_middleware() {
    let script = |seed| Script { seed, drops: false };
    check("policies", 0, 300, script);
}

#[test]
fn what_dropped_tasks_have_not_run_is_returned() {
    let script = |seed| Script { seed, drops: true };
    check("policies with drops", 0, 300, script);
}
