//! What middleware decides about a subscriber is its outcome, of whatever kind the subscriber is and however it is emitted.

use std::sync::{Arc, Mutex};

use events_core::{
    AnyEvent, Event, EventCopy, Failure, Registry,
    info::SubscriberInfo,
    listener,
    middleware::{BoxFuture, Call, Middleware, Next, NextAsync},
    outcomes::{NotReached, SkipReason, SubscriberOutcome},
    subscriber, subscribers,
};

use super::outcomes::{PLACED, Placed, lines};
use crate::{block_on, policy::yield_once};

/// What a middleware does with the call of the subscriber `one`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Decision {
    Pass,
    Skip(SkipReason),
    NotReached(NotReached),
    /// It does not call the subscriber, and states this.
    Ran,
    Deferred,
    Fail,
    /// It states that a further attempt follows, which none does.
    Retrying,
    /// It calls the subscriber, and states that this ran.
    Swallow,
    /// The same, and that this stopped the event.
    Stop,
    /// It calls the subscriber, and states that this was skipped.
    Hide,
    Panic,
    /// It returns the failure of another subscriber.
    FailureOfAnother,
}

impl Decision {
    const ALL: [Self; 13] = [
        Self::Pass,
        Self::Skip(SkipReason::Middleware),
        Self::Skip(SkipReason::Origin),
        Self::NotReached(NotReached::Withheld),
        Self::Ran,
        Self::Deferred,
        Self::Fail,
        Self::Retrying,
        Self::Swallow,
        Self::Stop,
        Self::Hide,
        Self::Panic,
        Self::FailureOfAnother,
    ];

    /// The outcome of a subscriber that returns an error. `stops` is whether it can stop the event.
    fn expected(self, stops: bool) -> &'static str {
        match self {
            Self::Pass => "returned an error: own",
            Self::Skip(SkipReason::Origin) => "was skipped: it is limited to another origin",
            Self::Skip(_) | Self::Hide => "was skipped: a middleware did not call it",
            Self::NotReached(_) => "was not reached: the event was withheld from all subscribers",
            Self::Stop if stops => "ran and stopped the event",
            Self::Ran | Self::Swallow | Self::Stop => "ran",
            Self::Deferred => "runs later, from the queue",
            Self::Fail | Self::Retrying => "returned an error: refused",
            Self::Panic => "failed: the middleware",
            Self::FailureOfAnother => "returned an error: another",
        }
    }
}

struct Decide {
    decision: Decision,
    /// The failure of the subscriber `another`.
    failure: Arc<Mutex<Option<Failure>>>,
}

impl Decide {
    /// What it decides without calling the subscriber.
    fn before(&self, call: Call<'_>) -> Option<SubscriberOutcome> {
        let refused = || call.fail("refused").failure().cloned().expect("it is one");
        if !call.subscriber().name.contains("one") {
            return None;
        }
        Some(match self.decision {
            Decision::Skip(reason) => SubscriberOutcome::Skipped(reason),
            Decision::NotReached(reason) => SubscriberOutcome::NotReached(reason),
            Decision::Ran => SubscriberOutcome::Ran,
            Decision::Deferred => SubscriberOutcome::Deferred,
            Decision::Fail => call.fail("refused"),
            Decision::Retrying => SubscriberOutcome::Retrying(refused()),
            Decision::Panic => panic!("it is broken"),
            Decision::FailureOfAnother => {
                let failure = self.failure.lock().expect("it is not poisoned").clone();
                SubscriberOutcome::Failed(failure.expect("the other one is called first"))
            }
            Decision::Pass | Decision::Swallow | Decision::Stop | Decision::Hide => return None,
        })
    }

    fn after(&self, call: Call<'_>, outcome: SubscriberOutcome) -> SubscriberOutcome {
        if call.subscriber().name == "another" {
            let mut failure = self.failure.lock().expect("it is not poisoned");
            *failure = outcome.failure().cloned();
            return SubscriberOutcome::Ran;
        }
        match self.decision {
            _ if !call.subscriber().name.contains("one") => outcome,
            Decision::Swallow => SubscriberOutcome::Ran,
            Decision::Stop => SubscriberOutcome::Stopped,
            Decision::Hide => SubscriberOutcome::Skipped(SkipReason::Middleware),
            _ => outcome,
        }
    }
}

impl Middleware for Decide {
    fn call(&self, _: &SubscriberInfo, next: Next<'_>) -> SubscriberOutcome {
        let call = next.call();
        self.before(call)
            .unwrap_or_else(|| self.after(call, next.run()))
    }

    fn call_async<'a>(
        &'a self,
        _: &'a SubscriberInfo,
        next: NextAsync<'a>,
    ) -> BoxFuture<'a, SubscriberOutcome> {
        let call = next.call();
        Box::pin(async move {
            match self.before(call) {
                Some(outcome) => outcome,
                None => self.after(call, next.run().await),
            }
        })
    }
}

type Own = Result<(), &'static str>;
const OWN: Own = Err("own");

#[subscriber]
fn one_declared(_: &Placed) -> Own {
    OWN
}

#[subscriber]
async fn one_awaited(_: &mut Placed) -> Own {
    OWN
}

#[subscriber]
async fn one_awaited_pending(_: &mut Placed) -> Own {
    yield_once().await;
    OWN
}

#[subscriber]
async fn one_async(_: &Placed) -> Own {
    OWN
}

#[subscriber]
async fn one_async_pending(_: &Placed) -> Own {
    yield_once().await;
    OWN
}

#[subscriber(deferred)]
fn one_deferred(_: &Placed) -> Own {
    OWN
}

#[subscriber(topic = r"outcome\.placed")]
fn one_by_topic(_: &dyn AnyEvent) -> Own {
    OWN
}

#[subscriber(topic = r"outcome\.placed")]
async fn one_by_topic_async(_: &EventCopy) -> Own {
    OWN
}

#[derive(Event, Clone)]
struct Other;

#[subscriber(Other, Placed)]
fn one_listed(_: &dyn AnyEvent) -> Own {
    OWN
}

#[subscriber(Other, Placed, deferred)]
fn one_listed_deferred(_: &EventCopy) -> Own {
    OWN
}

struct Methods;

#[listener]
impl Methods {
    #[on]
    fn one_method(&self, _: &Placed) -> Own {
        OWN
    }
}

/// How a subscriber is registered, whether it is called by a sync emit, and whether it can stop the event. The queue is full,
/// so that an emit calls deferred ones.
type Row = (&'static str, fn(&Registry), bool, bool);

const ROWS: [Row; 12] = [
    (
        "run time",
        |to| {
            to.subscribe(|_: &Placed| OWN)
                .id("one")
                .register()
                .expect("new")
                .detach();
        },
        true,
        true,
    ),
    (
        "declared",
        |to| scan(to, subscribers![one_declared]),
        true,
        true,
    ),
    (
        "awaited",
        |to| scan(to, subscribers![one_awaited]),
        true,
        true,
    ),
    (
        "awaited, pending",
        |to| scan(to, subscribers![one_awaited_pending]),
        true,
        true,
    ),
    (
        "async",
        |to| scan(to, subscribers![one_async]),
        false,
        false,
    ),
    (
        "async, pending",
        |to| scan(to, subscribers![one_async_pending]),
        false,
        false,
    ),
    (
        "deferred",
        |to| scan(to, subscribers![one_deferred]),
        true,
        false,
    ),
    (
        "topic",
        |to| scan(to, subscribers![one_by_topic]),
        true,
        true,
    ),
    (
        "topic, async",
        |to| scan(to, subscribers![one_by_topic_async]),
        false,
        false,
    ),
    (
        "listed",
        |to| scan(to, subscribers![one_listed]),
        true,
        true,
    ),
    (
        "listed, deferred",
        |to| scan(to, subscribers![one_listed_deferred]),
        true,
        false,
    ),
    ("method", |to| to.add(Methods).detach(), true, true),
];

fn scan(registry: &Registry, subscribers: events_core::scanning::Subscribers) {
    registry.scanner().subscribers(subscribers).run();
}

/// The subscriber of a row between two others.
fn registry((_, register, ..): &Row, decision: Decision) -> Registry {
    let registry = Registry::new();
    registry.queue().set_capacity(1);
    registry.enqueue(Other).expect("there is room");
    registry
        .subscribe(|_: &Placed| Err::<(), _>("another"))
        .id("another")
        .priority(9)
        .register()
        .expect("new")
        .detach();
    register(&registry);
    registry
        .subscribe(|_: &Placed| {})
        .id("last")
        .priority(-9)
        .register()
        .expect("new")
        .detach();
    let failure = Arc::default();
    registry.wrap(Decide { decision, failure }).detach();
    registry
}

#[test]
fn what_middleware_decides_is_the_outcome() {
    let after_stop = "last was not reached: a subscriber before it stopped the event";
    for row in &ROWS {
        let (kind, _, in_sync, stops) = *row;
        for decision in Decision::ALL {
            let registry = registry(row, decision);
            let mut results = vec![lines(&block_on(registry.try_emit_async(PLACED)))];
            if in_sync {
                results.push(lines(&registry.try_emit(PLACED)));
            }
            for (emit, mut lines) in ["async", "sync"].into_iter().zip(results) {
                let case = format!("{kind}, {decision:?}, {emit}: {lines:?}");
                assert_eq!(lines.len(), 3, "{case}");
                assert_eq!(lines.remove(0), "another ran", "{case}");
                let last = lines.iter().position(|line| line.starts_with("last"));
                let last = lines.remove(last.expect("it is there"));
                let expected = match decision {
                    Decision::Stop if stops => after_stop,
                    _ => "last ran",
                };
                assert_eq!(last, expected, "{case}");
                let (_, outcome) = lines[0].split_once(' ').expect("a name and an outcome");
                let expected = decision.expected(stops);
                let is_not_awaited = kind.starts_with("awaited") && emit == "sync";
                if is_not_awaited && decision == Decision::Pass {
                    assert!(
                        outcome.starts_with("was not reached: it is awaited"),
                        "{case}"
                    );
                } else if decision == Decision::Panic {
                    assert!(outcome.starts_with(expected), "{case}");
                } else {
                    assert_eq!(outcome, expected, "{case}");
                }
            }
        }
    }
}

/// The failures of the emit, and those that hooks receive, name the subscriber that was called, and are final.
#[test]
fn a_failure_that_middleware_returns_is_one_of_the_subscriber_that_was_called() {
    for row in &ROWS {
        for decision in [
            Decision::Fail,
            Decision::Retrying,
            Decision::FailureOfAnother,
        ] {
            let registry = registry(row, decision);
            let failures: Arc<Mutex<Vec<Failure>>> = Arc::default();
            let hook = Arc::clone(&failures);
            let note = move |one: &Failure| hook.lock().expect("not poisoned").push(one.clone());
            registry.on_failure(note).detach();
            let result = block_on(registry.try_emit_async(PLACED));
            let error = result.expect_err("it fails");
            let reported = failures.lock().expect("not poisoned").clone();
            for failures in [error.failures(), &reported] {
                let [failure] = failures else {
                    panic!("{}, {decision:?}: {failures:?}", row.0);
                };
                assert!(failure.subscriber().name.contains("one"), "{failure}");
                assert!(failure.is_final(), "{failure}");
            }
        }
    }
}
