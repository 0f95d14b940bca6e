//! `outcomes` of subscribers whose calls are made later: retries and debounce; in the emit and at a full queue, and with
//! middleware, which may decide otherwise.

use std::{cell::RefCell, time::Duration};

use events_core::{
    AnyEvent, Event, EventCopy, Failure, Registry, Subscription,
    info::SubscriberInfo,
    listener,
    middleware::{BoxFuture, Middleware, NextAsync},
    outcomes::{SkipReason, SubscriberOutcome},
    scanning::Subscribers,
    subscriber, subscribers,
};

use super::outcomes::{PLACED, Placed, lines};
use crate::{block_on, policy::yield_once};

/// Fills the queue.
#[derive(Event, Clone)]
struct Other;

type Own = Result<(), &'static str>;
const OWN: Own = Err("own");
const QUIET: Duration = Duration::from_secs(1);

#[subscriber(retry = 1)]
async fn concurrent(_: &Placed) -> Own {
    OWN
}

#[subscriber(retry = 1)]
async fn pending(_: &Placed) -> Own {
    yield_once().await;
    OWN
}

#[subscriber(retry = 1)]
async fn panics(_: &Placed) {
    panic!("own");
}

#[subscriber(retry = 1, timeout = Duration::from_nanos(1))]
async fn takes_too_long(_: &Placed) {
    std::future::pending::<()>().await;
}

#[subscriber(topic = r"outcome\.placed", retry = 1)]
async fn by_topic(_: &EventCopy) -> Own {
    OWN
}

#[subscriber(Other, Placed, retry = 1)]
async fn listed(_: &EventCopy) -> Own {
    OWN
}

#[subscriber(deferred, retry = 1)]
fn deferred(_: &Placed) -> Own {
    OWN
}

#[subscriber(topic = r"outcome\.placed", deferred, retry = 1)]
fn deferred_by_topic(_: &EventCopy) -> Own {
    OWN
}

#[subscriber(deferred, debounce = QUIET)]
fn quiet(_: &Placed) {}

#[subscriber(retry = 1)]
async fn succeeds(_: &Placed) {}

#[subscriber(retry = 1)]
async fn not_retried(_: &Placed) -> Own {
    OWN
}

struct Methods;

#[listener]
impl Methods {
    #[on(retry = 1)]
    async fn method(&self, _: &Placed) -> Own {
        OWN
    }
}

fn scan(registry: &Registry, subscribers: Subscribers) {
    registry.scanner().subscribers(subscribers).run();
}

/// A middleware that changes what an async call has returned.
struct After(fn(SubscriberOutcome) -> SubscriberOutcome);

impl Middleware for After {
    fn call_async<'a>(
        &'a self,
        _: &'a SubscriberInfo,
        next: NextAsync<'a>,
    ) -> BoxFuture<'a, SubscriberOutcome> {
        Box::pin(async move { (self.0)(next.run().await) })
    }
}

/// Whether the queue is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Queue {
    Empty,
    Full,
}

fn registry(queue: Queue, register: fn(&Registry)) -> Registry {
    let registry = Registry::new();
    if queue == Queue::Full {
        registry.queue().set_capacity(1);
        registry.enqueue(Other).expect("there is room");
    }
    register(&registry);
    registry
}

/// The outcome of the only subscriber in an async emit, and with `in_sync` in a sync one, with middleware and without it;
/// and how many subscribers ran, are tried again, and run later.
#[track_caller]
fn check(
    queue: Queue,
    in_sync: bool,
    register: fn(&Registry),
    expected: &str,
    counts: (usize, usize, usize),
) {
    for is_wrapped in [false, true] {
        for is_sync in [false, true] {
            if is_sync && !in_sync {
                continue;
            }
            let registry = registry(queue, register);
            if is_wrapped {
                registry.wrap(After(|outcome| outcome)).detach();
            }
            let result = if is_sync {
                registry.try_emit(PLACED)
            } else {
                block_on(registry.try_emit_async(PLACED))
            };
            let lines = lines(&result);
            let emitted = result.expect("no failure is final");
            let case = format!("wrapped: {is_wrapped}, sync: {is_sync}: {lines:?}");
            let [line] = &lines[..] else {
                panic!("{case}");
            };
            assert!(line.contains(expected), "{case}");
            let found = (emitted.ran(), emitted.retrying(), emitted.deferred());
            assert_eq!(found, counts, "{case}");
            // A subscriber that runs later at a full queue is scheduled.
            let scheduled = counts.1 + if queue == Queue::Full { counts.2 } else { 0 };
            assert_eq!(registry.queue().scheduled(), scheduled, "{case}");
        }
    }
}

/// Adds a subscriber, and how its outcome begins.
type Row = (fn(&Registry), &'static str);

const AGAIN: &str = "is tried again, since it returned an error: own";
const LATER: &str = "runs later, from the queue";

#[test]
fn one_that_failed_and_is_tried_again_is_retrying() {
    let rows: [Row; 9] = [
        (|to| scan(to, subscribers![concurrent]), AGAIN),
        (|to| scan(to, subscribers![pending]), AGAIN),
        (
            |to| scan(to, subscribers![panics]),
            "is tried again, since it panicked",
        ),
        (
            |to| scan(to, subscribers![takes_too_long]),
            "is tried again, since it was dropped before its end",
        ),
        (|to| scan(to, subscribers![by_topic]), AGAIN),
        (|to| scan(to, subscribers![listed]), AGAIN),
        (|to| to.add(Methods).detach(), AGAIN),
        (
            |to| {
                to.subscribe_async(async |_: &Placed| OWN)
                    .retry(1)
                    .register()
                    .expect("new")
                    .detach();
            },
            AGAIN,
        ),
        (
            |to| {
                let new = to.subscribe_topic_async(r"outcome\.placed", async |_: &EventCopy| OWN);
                new.expect("a pattern")
                    .retry(1)
                    .register()
                    .expect("new")
                    .detach();
            },
            AGAIN,
        ),
    ];
    for (register, expected) in rows {
        check(Queue::Empty, false, register, expected, (0, 1, 0));
        check(Queue::Full, false, register, expected, (0, 1, 0));
    }
}

#[test]
fn one_that_runs_from_the_queue_is_deferred_and_at_a_full_queue_it_is_tried_at_once() {
    let rows: [fn(&Registry); 3] = [
        |to| scan(to, subscribers![deferred]),
        |to| scan(to, subscribers![deferred_by_topic]),
        |to| {
            to.subscribe_deferred(|_: &Placed| OWN)
                .retry(1)
                .register()
                .expect("new")
                .detach();
        },
    ];
    for register in rows {
        check(Queue::Empty, true, register, LATER, (0, 0, 1));
        check(Queue::Full, true, register, AGAIN, (0, 1, 0));
    }
}

#[test]
fn one_that_waits_for_a_quiet_time_is_deferred_also_at_a_full_queue() {
    let register: fn(&Registry) = |to| scan(to, subscribers![quiet]);
    check(Queue::Empty, true, register, LATER, (0, 0, 1));
    check(Queue::Full, true, register, LATER, (0, 0, 1));
}

#[test]
fn one_that_succeeds_ran() {
    let register: fn(&Registry) = |to| scan(to, subscribers![succeeds]);
    check(Queue::Empty, false, register, "ran", (1, 0, 0));
}

#[test]
fn one_whose_next_attempt_cannot_be_scheduled_failed() {
    for is_wrapped in [false, true] {
        let registry = Registry::with(subscribers![not_retried]);
        registry.queue().set_schedule_capacity(0);
        if is_wrapped {
            registry.wrap(After(|outcome| outcome)).detach();
        }
        let result = block_on(registry.try_emit_async(PLACED));
        assert_eq!(lines(&result), ["not_retried returned an error: own"]);
        assert!(result.expect_err("it fails").failures()[0].is_final());
        assert_eq!(registry.queue().stats().retried, 0);
    }
}

/// What middleware makes of an attempt after which another would follow: the outcome, how many attempts follow, and whether
/// the failure is final.
#[test]
fn middleware_decides_whether_another_attempt_follows() {
    let failed: fn(SubscriberOutcome) -> SubscriberOutcome = |outcome| match outcome {
        SubscriberOutcome::Retrying(failure) => SubscriberOutcome::Failed(failure),
        other => other,
    };
    type Rows = [(
        fn(SubscriberOutcome) -> SubscriberOutcome,
        &'static str,
        usize,
        Option<bool>,
    ); 5];
    let rows: Rows = [
        (|outcome| outcome, AGAIN, 1, Some(false)),
        (|_| SubscriberOutcome::Ran, "ran", 0, None),
        (
            |_| SubscriberOutcome::Skipped(SkipReason::Middleware),
            "was skipped: a middleware did not call it",
            0,
            None,
        ),
        (failed, "returned an error: own", 0, Some(true)),
        (|_| SubscriberOutcome::Deferred, LATER, 1, None),
    ];
    for (after, expected, scheduled, is_final) in rows {
        for (queue, subscriber) in [
            (Queue::Empty, subscribers![concurrent]),
            (Queue::Empty, subscribers![pending]),
            (Queue::Full, subscribers![deferred]),
        ] {
            let registry = registry(queue, |_| {});
            scan(&registry, subscriber);
            registry.wrap(After(after)).detach();
            let result = block_on(registry.try_emit_async(PLACED));
            let lines = lines(&result);
            assert!(lines[0].ends_with(expected), "{lines:?}");
            assert_eq!(registry.queue().scheduled(), scheduled, "{lines:?}");
            let outcomes: Vec<_> = match &result {
                Ok(emitted) => emitted.outcomes().collect(),
                Err(error) => error.outcomes().collect(),
            };
            let failure = outcomes[0].1.failure();
            assert_eq!(failure.map(Failure::is_final), is_final, "{lines:?}");
        }
    }
}

thread_local!(static HELD: RefCell<Option<Subscription>> = const { RefCell::new(None) });

/// It is unsubscribed when it was started, and before it is called.
#[test]
fn one_that_its_key_unsubscribes_is_skipped() {
    for is_wrapped in [false, true] {
        let registry = Registry::new();
        if is_wrapped {
            registry.wrap(After(|outcome| outcome)).detach();
        }
        let new = registry
            .subscribe_async(async |_: &Placed| {})
            .id("unsubscribed");
        let new = new.per_key(|_| drop(HELD.take()));
        HELD.set(Some(new.register().expect("new")));
        let result = block_on(registry.try_emit_async(PLACED));
        let skipped = ["unsubscribed was skipped: its subscription was dropped"];
        assert_eq!(lines(&result), skipped);
        assert_eq!(result.expect("it is skipped").ran(), 0);
    }
}

/// An event that borrows is not copied for those that take a copy: that is a failure, unless a filter excludes the event.
#[test]
fn one_that_takes_a_copy_of_an_event_that_borrows_failed_unless_it_is_skipped() {
    #[derive(Event)]
    #[event(topic = "outcome.borrowed")]
    struct Borrowed<'a>(#[expect(dead_code, reason = "it shows the lifetime")] &'a str);

    #[subscriber(topic = r"outcome\.borrowed")]
    async fn copies(_: &EventCopy) {}

    #[subscriber(topic = r"outcome\.borrowed", when = |_: &dyn AnyEvent| false)]
    async fn never(_: &EventCopy) {}

    let registry = Registry::with(subscribers![copies, never]);
    let text = String::from("text");
    for lines in [
        lines(&registry.try_emit(Borrowed(&text))),
        lines(&block_on(registry.try_emit_async(Borrowed(&text)))),
    ] {
        assert!(lines[0].starts_with("copies was not reached"), "{lines:?}");
        assert_eq!(
            lines[1],
            "never was skipped: its condition rejected the event"
        );
    }
}
