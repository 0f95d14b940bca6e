//! The events that wait for one subscriber have a limit of their own: they keep no event of another subscriber out.

use std::{
    future::{pending, ready},
    sync::mpsc,
    task::Poll,
    time::Duration,
};

use events_core::{
    Emission, Event, Queue, Registry, Retry, UnitOfWork,
    failures::{Cause, Undelivered},
    outcomes::SubscriberOutcome,
    queues::UnfinishedEvent,
};

use crate::{
    Journal,
    later_calls::{LATER, RETRY, Time, Work},
    poll_once,
};

/// The capacity of the queue in these tests.
const CAPACITY: usize = 4;
/// How many events of each type are emitted: more than the queue and a backlog hold together.
const STREAM: u32 = 20;

#[derive(Event, Clone)]
struct Other(u32);

/// How a subscriber of `Work` gets stuck.
#[derive(Clone, Copy, Debug)]
enum Stuck {
    /// Its first event fails, and is repeated much later.
    Concurrency,
    PerKey,
    Deferred,
    /// Its first call does not end before its timeout.
    Timeout,
}

const EACH: [Stuck; 4] = [
    Stuck::Concurrency,
    Stuck::PerKey,
    Stuck::Deferred,
    Stuck::Timeout,
];

/// A registry with a subscriber that is stuck, and one that receives what it receives.
fn registry(stuck: Stuck) -> Registry {
    let registry = Registry::new();
    registry.queue().set_capacity(CAPACITY);
    let handler = async |work: &Work, emission: &Emission| work.run(emission.attempt());
    let registered = match stuck {
        Stuck::Concurrency => {
            let new = registry.subscribe_async(handler).id("stuck");
            new.concurrency(1).retry(RETRY).register()
        }
        Stuck::PerKey => {
            let new = registry.subscribe_async(handler).id("stuck");
            new.per_key(|_| "one").retry(RETRY).register()
        }
        Stuck::Deferred => {
            let handler = |work: &Work, emission: &Emission| work.run(emission.attempt());
            let new = registry.subscribe_deferred(handler).id("stuck");
            new.concurrency(1).retry(RETRY).register()
        }
        Stuck::Timeout => {
            let handler = async |work: &Work| {
                if work.run(1).is_err() {
                    pending::<()>().await;
                }
            };
            let new = registry.subscribe_async(handler).id("stuck");
            new.concurrency(1).timeout(LATER).register()
        }
    };
    registered.expect("it is valid").detach();
    registry
}

/// The event that gets the subscriber stuck is the first one.
fn work(number: u32, journal: &Journal) -> Work {
    Work::new(number, u32::from(number == 1), journal)
}

fn is_backlog(cause: &Cause) -> bool {
    let full = Undelivered::BacklogFull { capacity: CAPACITY };
    matches!(cause, Cause::Undelivered(why) if *why == full)
}

/// Whether the event was delivered. If not, its backlog is full.
fn try_emit(registry: &Registry, event: Work) -> bool {
    let Err(error) = registry.try_emit(event) else {
        return true;
    };
    assert_eq!(error.failures().len(), 1);
    assert!(is_backlog(error.failures()[0].cause()));
    false
}

/// The numbers and attempts of events that were handed back.
fn handed_back(events: Vec<UnfinishedEvent>) -> Vec<(u32, u32)> {
    let numbers = events.into_iter().map(|event| {
        let attempt = event.attempt();
        let work = event.downcast::<Work>();
        (work.expect("the others have run").number, attempt)
    });
    let mut numbers: Vec<_> = numbers.collect();
    numbers.sort_unstable();
    numbers
}

/// Emits events for a subscriber that is stuck, and as many for another one. Returns the numbers of those that were
/// delivered.
fn stream(registry: &Registry, journal: &Journal, mut run: impl FnMut()) -> Vec<u32> {
    let others = Journal::default();
    let seen = others.clone();
    let other = move |other: &Other| {
        let (seen, number) = (seen.clone(), other.0);
        async move { seen.note(number.to_string()) }
    };
    let _other = registry.on_async(other);
    let mut delivered = Vec::new();
    for number in 1..=STREAM {
        if try_emit(registry, work(number, journal)) {
            delivered.push(number);
        }
        let emitted = registry.try_emit(Other(number));
        assert!(emitted.is_ok(), "another subscriber is not kept out");
        run();
        assert_eq!(others.take(), [number.to_string()]);
        let stats = registry.queue().stats();
        assert_eq!(stats.waiting, 0);
        assert!(stats.parked <= CAPACITY, "{stats:?}");
    }
    // The first one, and those that wait for it.
    assert_eq!(registry.queue().stats().parked, CAPACITY);
    assert!(delivered.iter().copied().eq(1..=1 + CAPACITY as u32));
    assert_eq!(journal.take(), ["1.1"]);
    delivered
}

#[test]
fn a_subscriber_that_is_stuck_keeps_no_event_of_another_one_out() {
    for stuck in EACH {
        let registry = registry(stuck);
        let journal = Journal::default();
        let time = Time::of(&registry);
        let mut worker = Box::pin(registry.queue().work(2));
        stream(&registry, &journal, || {
            assert!(poll_once(&mut worker).is_pending());
        });
        // What was delivered runs in order, each event once.
        time.0.jump(2 * LATER);
        for _ in 0..10 {
            assert!(poll_once(&mut worker).is_pending());
        }
        let first = match stuck {
            Stuck::Timeout => vec![],
            _ => vec!["1.2"],
        };
        let rest = ["2.1", "3.1", "4.1", "5.1"];
        assert_eq!(journal.take(), [&first[..], &rest].concat(), "{stuck:?}");
        let stats = registry.queue().stats();
        assert_eq!((stats.waiting, stats.parked, stats.scheduled), (0, 0, 0));
        // It is delivered to again.
        assert!(try_emit(&registry, work(30, &journal)));
        assert!(poll_once(&mut worker).is_pending());
        assert_eq!(journal.take(), ["30.1"]);
    }
}

#[test]
fn a_shutdown_hands_back_what_waits_for_a_subscriber_that_is_stuck() {
    for stuck in EACH {
        let registry = registry(stuck);
        let journal = Journal::default();
        let _time = Time::of(&registry);
        let mut worker = Box::pin(registry.queue().work(2));
        let delivered = stream(&registry, &journal, || {
            assert!(poll_once(&mut worker).is_pending());
        });
        let mut shutdown = Box::pin(registry.queue().shutdown_async(ready(())));
        let Poll::Ready(unfinished) = poll_once(&mut shutdown) else {
            panic!("its deadline has passed");
        };
        let first = match stuck {
            Stuck::Timeout => 1,
            _ => 2,
        };
        let expected = delivered.into_iter().map(|number| match number {
            1 => (1, first),
            number => (number, 1),
        });
        assert!(
            handed_back(unfinished.events).into_iter().eq(expected),
            "{stuck:?}"
        );
        assert_eq!(registry.queue().stats().parked, 0);
    }
}

#[test]
fn a_worker_thread_and_a_task_keep_the_others_going() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .build();
    let runtime = runtime.expect("there are threads");
    let _entered = runtime.enter();
    let workers = [
        |queue: Queue| queue.spawn_thread(),
        |queue: Queue| queue.spawn_tokio(2),
    ];
    for spawn in workers {
        for stuck in [Stuck::Concurrency, Stuck::PerKey, Stuck::Deferred] {
            let registry = registry(stuck);
            let journal = Journal::default();
            let _time = Time::of(&registry);
            let (sender, ran) = mpsc::channel();
            let done = move |other: &Other| sender.send(other.0).expect("the test waits");
            registry.on_deferred(done).detach();
            let worker = spawn(registry.queue());
            let queue = registry.queue();
            stream(&registry, &journal, || {
                ran.recv().expect("the worker runs it");
                assert!(queue.settle(Duration::from_secs(60)));
            });
            let unfinished = registry.queue().shutdown(Duration::ZERO);
            let handed_back = handed_back(unfinished.events);
            assert_eq!(handed_back, [(1, 2), (2, 1), (3, 1), (4, 1), (5, 1)]);
            drop(worker);
        }
    }
}

/// Has `registry` a subscriber that is stuck, with a full backlog.
fn stuck(stuck: Stuck, journal: &Journal) -> Registry {
    let registry = registry(stuck);
    for number in 1..=1 + CAPACITY as u32 {
        assert!(try_emit(&registry, work(number, journal)));
        registry.queue().flush();
    }
    assert_eq!(journal.take(), ["1.1"]);
    registry
}

/// The failures that a hook of the registry receives.
fn failures(registry: &Registry) -> Journal {
    let failures = Journal::default();
    let noted = failures.clone();
    let hook = registry.on_failure(move |failure| {
        assert!(is_backlog(failure.cause()));
        noted.note(failure.subscriber().name.as_ref());
    });
    hook.detach();
    failures
}

/// A second subscriber of `Work`, which receives each event.
fn sees_all(registry: &Registry) -> Journal {
    let seen = Journal::default();
    let noted = seen.clone();
    let handler = move |work: &Work| noted.note(work.number.to_string());
    let new = registry.subscribe_deferred(handler).id("sees");
    new.register().expect("it is valid").detach();
    seen
}

#[test]
fn a_full_backlog_is_a_failure_that_names_the_remedy() {
    let journal = Journal::default();
    let registry = stuck(Stuck::Concurrency, &journal);
    let (seen, failures) = (sees_all(&registry), failures(&registry));
    let error = registry
        .try_emit(work(9, &journal))
        .expect_err("it is stuck");
    assert_eq!(
        error.failures()[0].cause().to_string(),
        "was not reached: its backlog is full, with 4 events that wait for its concurrency, its per_key or a retry; let \
         its calls end sooner, give it fewer retries or more concurrency, or raise the capacity with set_capacity",
    );
    let outcomes = error.outcomes().map(|(subscriber, outcome)| {
        let outcome = match outcome {
            SubscriberOutcome::Failed(failure) => is_backlog(failure.cause()),
            outcome => !matches!(outcome, SubscriberOutcome::Deferred),
        };
        (subscriber.name.to_string(), outcome)
    });
    assert_eq!(
        outcomes.collect::<Vec<_>>(),
        [("stuck".to_owned(), true), ("sees".to_owned(), false)]
    );
    assert_eq!(failures.take(), ["stuck"]);
    registry.queue().flush();
    assert_eq!(seen.take(), ["9"]);
    // A greater capacity is the limit at once.
    registry.queue().set_capacity(CAPACITY + 1);
    assert!(registry.try_emit(work(10, &journal)).is_ok());
}

#[test]
fn an_enqueued_event_is_delivered_to_the_others_when_it_runs() {
    let journal = Journal::default();
    let registry = stuck(Stuck::PerKey, &journal);
    let (seen, failures) = (sees_all(&registry), failures(&registry));
    for number in 6..=9 {
        registry
            .enqueue(work(number, &journal))
            .expect("the queue has room");
    }
    let flushed = registry.queue().flush();
    assert_eq!((flushed.ran(), flushed.failures()), (4, 4));
    assert_eq!(seen.take(), ["6", "7", "8", "9"]);
    assert_eq!(failures.take(), ["stuck"; 4]);
    assert_eq!(registry.queue().stats().parked, CAPACITY);
}

/// It does not wait for the permit, and so not for those that do.
#[test]
fn an_enqueued_event_of_a_key_that_is_free_runs() {
    let registry = Registry::new();
    let handler = async |work: &Work, emission: &Emission| work.run(emission.attempt());
    let new = registry.subscribe_async(handler).retry(RETRY);
    let new = new.per_key(|work: &Work| work.number % 2);
    new.register().expect("it is valid").detach();
    registry.queue().set_capacity(1);
    let journal = Journal::default();
    for number in [1, 3, 2] {
        registry
            .enqueue(work(number, &journal))
            .expect("the queue has room");
        assert_eq!(registry.queue().flush().failures(), 0);
    }
    assert_eq!(journal.take(), ["1.1", "2.1"]);
}

#[test]
fn an_emit_that_waits_itself_is_no_part_of_the_backlog() {
    let journal = Journal::default();
    let registry = stuck(Stuck::Concurrency, &journal);
    let mut time = Time::of(&registry);
    let mut emit = Box::pin(registry.try_emit_async(work(9, &journal)));
    assert!(poll_once(&mut emit).is_pending());
    assert_eq!(registry.queue().stats().parked, CAPACITY);
    time.advance(2 * LATER);
    let Poll::Ready(emitted) = poll_once(&mut emit) else {
        panic!("its turn has come");
    };
    assert!(emitted.is_ok());
    assert_eq!(journal.take(), ["1.2", "2.1", "3.1", "4.1", "5.1", "9.1"]);
    // Emits that wait leave the queue its limit.
    let registry = self::registry(Stuck::Concurrency);
    registry.emit(work(1, &journal));
    registry.queue().flush();
    let emit = || Box::pin(registry.emit_async(work(9, &journal)));
    let mut emits: Vec<_> = (0..2 * CAPACITY).map(|_| emit()).collect();
    assert!(emits.iter_mut().all(|emit| poll_once(emit).is_pending()));
    assert!(try_emit(&registry, work(2, &journal)));
}

#[test]
fn an_event_of_a_unit_is_delivered_to_the_others_when_it_ends() {
    let journal = Journal::default();
    let registry = stuck(Stuck::Deferred, &journal);
    let (seen, failures) = (sees_all(&registry), failures(&registry));
    let unit = UnitOfWork::begin();
    for number in 6..=8 {
        registry.emit_in(&unit.handle(), work(number, &journal));
    }
    assert!(failures.take().is_empty());
    unit.commit().expect("it is open");
    registry.queue().flush();
    assert_eq!(seen.take(), ["6", "7", "8"]);
    assert_eq!(failures.take(), ["stuck"; 3]);
    assert_eq!(registry.queue().stats().parked, CAPACITY);
}

/// What is queued, or scheduled, before the backlog is full is delivered.
#[test]
fn what_was_accepted_before_is_not_lost() {
    let registry = Registry::new();
    registry.queue().set_capacity(CAPACITY);
    let handler = |work: &Work, emission: &Emission| work.run(emission.attempt());
    let new = registry.subscribe_deferred(handler).concurrency(1);
    let new = new.retry(Retry::exponential(5 * LATER, 5 * LATER));
    new.delay(LATER).register().expect("it is valid").detach();
    let journal = Journal::default();
    let mut time = Time::of(&registry);
    for number in 1..=10 {
        assert!(try_emit(&registry, work(number, &journal)));
    }
    time.advance(LATER);
    assert_eq!(journal.take(), ["1.1"]);
    assert_eq!(registry.queue().stats().parked, 9);
    assert!(!try_emit(&registry, work(11, &journal)));
    time.advance(5 * LATER);
    let expected = (2..=10).map(|number| format!("{number}.1"));
    let expected: Vec<_> = ["1.2".to_owned()].into_iter().chain(expected).collect();
    assert_eq!(journal.take(), expected);
}
