//! Middleware around sync calls: its order, what it receives, and what its outcome decides.

use std::{
    ops::ControlFlow,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use events_core::{
    AnyEvent, Event, Origin, Registry, Subscription, args,
    failures::Cause,
    info::SubscriberInfo,
    middleware::{Middleware, Next},
    outcomes::{SkipReason, SubscriberOutcome},
};

use crate::Journal;

#[derive(Event, Clone)]
#[event(topic = "policy::step")]
struct Step(Vec<&'static str>);

/// A middleware that notes each call with its outcome.
struct Note(&'static str, Journal);

impl Middleware for Note {
    fn call(&self, subscriber: &SubscriberInfo, next: Next<'_>) -> SubscriberOutcome {
        let Self(name, journal) = self;
        journal.note(format!("{name} > {}", subscriber.name));
        let outcome = next.run();
        journal.note(format!("{name} < {outcome}"));
        outcome
    }
}

/// A middleware that is a closure.
struct Around<F>(F);

impl<F> Middleware for Around<F>
where
    F: Fn(Next<'_>) -> SubscriberOutcome + Send + Sync + 'static,
{
    fn call(&self, _: &SubscriberInfo, next: Next<'_>) -> SubscriberOutcome {
        (self.0)(next)
    }
}

fn around(
    registry: &Registry,
    call: impl Fn(Next<'_>) -> SubscriberOutcome + Send + Sync + 'static,
) -> Subscription {
    registry.wrap(Around(call))
}

fn add(registry: &Registry, id: &'static str) {
    registry
        .subscribe(move |step: &mut Step| step.0.push(id))
        .id(id)
        .register()
        .expect("registered")
        .detach();
}

/// A registry with the subscribers `a`, `b` and `c`.
fn registry() -> Registry {
    let registry = Registry::new();
    ["a", "b", "c"]
        .into_iter()
        .for_each(|id| add(&registry, id));
    registry
}

#[test]
fn the_last_one_is_the_outermost() {
    let (registry, journal) = (Registry::new(), Journal::default());
    add(&registry, "a");
    registry.wrap(Note("inner", journal.clone())).detach();
    registry.wrap(Note("outer", journal.clone())).detach();
    assert_eq!(registry.emit(Step(vec![])).0, ["a"]);
    assert_eq!(
        journal.take(),
        ["outer > a", "inner > a", "inner < ran", "outer < ran"]
    );
}

#[test]
fn it_stands_around_each_call_in_order() {
    let (registry, journal) = (registry(), Journal::default());
    registry.wrap(Note("m", journal.clone())).detach();
    assert_eq!(registry.emit(Step(vec![])).0, ["a", "b", "c"]);
    assert_eq!(
        journal.take(),
        ["m > a", "m < ran", "m > b", "m < ran", "m > c", "m < ran"]
    );
}

#[test]
fn it_stands_around_every_kind_of_emit() {
    let (registry, journal) = (Registry::new(), Journal::default());
    add(&registry, "a");
    registry
        .subscribe_topic("policy::.*", |_: &dyn AnyEvent| ())
        .expect("a pattern")
        .id("p")
        .register()
        .expect("registered")
        .detach();
    registry.wrap(Note("m", journal.clone())).detach();
    let both = ["m > a", "m < ran", "m > p", "m < ran"];
    registry.emit_mut(&mut Step(vec![]));
    assert_eq!(journal.take(), both);
    assert_eq!(
        registry
            .try_emit(Step(vec![]))
            .ok()
            .map(|emitted| emitted.ran()),
        Some(2)
    );
    assert_eq!(journal.take(), both);
    crate::block_on(registry.emit_async(Step(vec![])));
    assert_eq!(journal.take(), both);
    registry.enqueue(Step(vec![])).expect("there is room");
    registry.queue().flush();
    assert_eq!(journal.take(), both);
    registry.emit_topic("policy::named", args! {});
    assert_eq!(journal.take(), both[2..]);
}

#[test]
fn a_failure_a_panic_a_stop_and_a_filter_arrive_as_outcomes() {
    let (registry, journal) = (Registry::new(), Journal::default());
    let on = |id: &'static str| {
        registry
            .subscribe(move |_: &Step| match id {
                "error" => Err("refused"),
                "panic" => panic!("lost"),
                "stop" => Ok(ControlFlow::Break(())),
                _ => Ok(ControlFlow::Continue(())),
            })
            .id(id)
    };
    on("filtered")
        .when(|_| false)
        .register()
        .expect("registered")
        .detach();
    for id in ["error", "panic", "stop", "never"] {
        on(id).register().expect("registered").detach();
    }
    let seen = journal.clone();
    around(&registry, move |next| {
        let name = next.call().subscriber().name.clone();
        let outcome = next.run();
        let text = match &outcome {
            SubscriberOutcome::Failed(failure) => match failure.cause() {
                Cause::Panic(panic) => panic.message().to_owned(),
                cause => cause.to_string(),
            },
            other => format!("{other:?}"),
        };
        seen.note(format!("{name}: {text}"));
        outcome
    })
    .detach();
    let error = registry.try_emit(Step(vec![])).expect_err("two fail");
    assert_eq!(
        journal.take(),
        [
            "filtered: Skipped(Condition)",
            "error: returned an error: refused",
            "panic: lost",
            "stop: Stopped",
        ]
    );
    assert_eq!((error.ran(), error.failures().len()), (3, 2));
    assert_eq!(error.stopped_by().map(|info| &*info.name), Some("stop"));
}

#[test]
fn it_receives_the_emission() {
    let (registry, journal) = (Registry::new(), Journal::default());
    let seen = journal.clone();
    registry
        .on(move |_: &Step, emission: &events_core::Emission| {
            seen.note(format!("{:?}", emission.id()));
        })
        .detach();
    let seen = journal.clone();
    around(&registry, move |next| {
        let emission = next.call().emission();
        let origin = emission.origin().map_or("", Origin::as_str).to_owned();
        seen.note(format!("{} from {origin}", emission.topic()));
        seen.note(format!("{:?}", emission.id()));
        next.run()
    })
    .detach();
    registry.emit_from(Step(vec![]), "shop");
    let noted = journal.take();
    assert_eq!(noted[0], "policy::step from shop");
    assert_eq!(noted[1], noted[2]);
}

/// What an emit reports if the middleware replaces the outcome of `b`: which subscribers ran, and the failures.
#[track_caller]
fn check_replaced(
    replace: fn(Next<'_>) -> SubscriberOutcome,
    (events, ran, failures): (&[&str], usize, &[&str]),
) {
    let (registry, journal) = (registry(), Journal::default());
    let seen = journal.clone();
    registry
        .on_failure(move |failure| seen.note(failure.to_string()))
        .detach();
    around(&registry, move |next| {
        if next.call().subscriber().name == "b" {
            replace(next)
        } else {
            next.run()
        }
    })
    .detach();
    let result = registry.try_emit(Step(vec![]));
    let (event, counted, texts): (Vec<_>, _, Vec<String>) = match result {
        Ok(emitted) => (emitted.0.clone(), emitted.ran(), vec![]),
        Err(error) => {
            let texts = error.failures().iter().map(ToString::to_string);
            (error.event().0.clone(), error.ran(), texts.collect())
        }
    };
    assert_eq!(event, events);
    assert_eq!(counted, ran);
    assert_eq!(
        journal.take(),
        texts,
        "the hook receives what the emit returns"
    );
    assert_eq!(texts.len(), failures.len(), "{texts:?}");
    for (text, part) in texts.iter().zip(failures) {
        assert!(text.contains(part), "{text}");
    }
}

#[test]
fn one_that_does_not_call_skips_the_subscriber_only() {
    let skip = |_: Next<'_>| SubscriberOutcome::Skipped(SkipReason::Middleware);
    check_replaced(skip, (&["a", "c"], 2, &[]));
}

#[test]
fn what_it_returns_counts_also_if_it_has_not_called() {
    check_replaced(|_| SubscriberOutcome::Ran, (&["a", "c"], 3, &[]));
}

#[test]
fn it_may_fail_a_call_before_or_after_it() {
    check_replaced(
        |next| next.call().fail("forbidden"),
        (&["a", "c"], 3, &["returned an error: forbidden"]),
    );
    check_replaced(
        |next| {
            let call = next.call();
            let _ = next.run();
            call.fail("too late")
        },
        (&["a", "b", "c"], 3, &["returned an error: too late"]),
    );
}

#[test]
fn it_may_stop_the_event() {
    check_replaced(
        |next| {
            let _ = next.run();
            SubscriberOutcome::Stopped
        },
        (&["a", "b"], 2, &[]),
    );
    check_replaced(|_| SubscriberOutcome::Stopped, (&["a"], 2, &[]));
}

#[test]
fn its_panic_is_a_failure_that_names_it() {
    check_replaced(|_| panic!("no rule"), (&["a", "c"], 3, &["Around<"]));
    check_replaced(
        |next| {
            let _ = next.run();
            panic!("no rule")
        },
        (&["a", "b", "c"], 3, &["no rule"]),
    );
}

#[test]
fn a_panic_of_an_inner_one_arrives_at_the_outer_one_as_a_failure() {
    let (registry, journal) = (Registry::new(), Journal::default());
    add(&registry, "a");
    around(&registry, |_| panic!("no rule")).detach();
    let seen = journal.clone();
    around(&registry, move |next| {
        let outcome = next.run();
        let is_middleware =
            |failure: &events_core::Failure| matches!(failure.cause(), Cause::Middleware(_));
        seen.note(format!("{:?}", outcome.failure().map(is_middleware)));
        SubscriberOutcome::Skipped(SkipReason::Middleware)
    })
    .detach();
    assert_eq!(
        registry
            .try_emit(Step(vec![]))
            .ok()
            .map(|emitted| emitted.ran()),
        Some(0)
    );
    assert_eq!(journal.take(), ["Some(true)"]);
}

#[test]
fn it_swallows_a_failure() {
    let (registry, journal) = (Registry::new(), Journal::default());
    registry.on(|_: &Step| Err::<(), _>("refused")).detach();
    let seen = journal.clone();
    registry
        .on_failure(move |failure| seen.note(failure.to_string()))
        .detach();
    around(&registry, |next| {
        let _ = next.run();
        SubscriberOutcome::Ran
    })
    .detach();
    assert!(registry.try_emit(Step(vec![])).is_ok());
    assert_eq!(journal.take(), [""; 0]);
}

#[test]
fn it_lets_the_others_run_after_a_stop() {
    let registry = Registry::new();
    add(&registry, "a");
    registry.on(|_: &Step| ControlFlow::Break(())).detach();
    add(&registry, "c");
    around(&registry, |next| match next.run() {
        SubscriberOutcome::Stopped => SubscriberOutcome::Ran,
        outcome => outcome,
    })
    .detach();
    let emitted = registry.try_emit(Step(vec![])).expect("none fails");
    assert_eq!(emitted.0, ["a", "c"]);
    assert_eq!((emitted.ran(), emitted.stopped_by().is_none()), (3, true));
}

#[test]
fn an_emit_inside_of_it_passes_through_it_too() {
    #[derive(Event)]
    struct Inner;
    let (registry, journal) = (Registry::new(), Journal::default());
    add(&registry, "a");
    registry
        .subscribe(|_: &Inner| ())
        .id("inner")
        .register()
        .expect("registered")
        .detach();
    registry.wrap(Note("m", journal.clone())).detach();
    let own = registry.clone();
    around(&registry, move |next| {
        if next.call().emission().topic() == "policy::step" {
            own.emit(Inner);
        }
        next.run()
    })
    .detach();
    registry.emit(Step(vec![]));
    assert_eq!(journal.take(), ["m > inner", "m < ran", "m > a", "m < ran"]);
}

#[test]
fn one_that_emits_what_it_stands_around_ends_at_the_depth_limit() {
    let (registry, calls) = (Registry::new(), Arc::new(AtomicUsize::new(0)));
    registry.set_depth_limit(5);
    add(&registry, "a");
    let (own, counted) = (registry.clone(), Arc::clone(&calls));
    around(&registry, move |next| {
        counted.fetch_add(1, Ordering::Relaxed);
        own.emit(Step(vec![]));
        next.run()
    })
    .detach();
    assert_eq!(registry.emit(Step(vec![])).0, ["a"]);
    assert_eq!(calls.load(Ordering::Relaxed), 5);
}

#[test]
fn dropping_its_subscription_removes_and_frees_it() {
    let (registry, alive) = (registry(), Arc::new(AtomicUsize::new(0)));
    let counted = Arc::clone(&alive);
    let wrapped = around(&registry, move |next| {
        counted.fetch_add(1, Ordering::Relaxed);
        next.run()
    });
    registry.emit(Step(vec![]));
    drop(wrapped);
    assert_eq!(Arc::strong_count(&alive), 1);
    assert_eq!(registry.emit(Step(vec![])).0, ["a", "b", "c"]);
    assert_eq!(alive.load(Ordering::Relaxed), 3);
}

#[test]
fn one_that_drops_its_own_subscription_is_not_called_for_the_next_subscriber() {
    let (registry, calls) = (registry(), Arc::new(AtomicUsize::new(0)));
    let own = Arc::new(Mutex::new(None::<Subscription>));
    let (subscription, counted) = (Arc::clone(&own), Arc::clone(&calls));
    *own.lock().expect("not poisoned") = Some(around(&registry, move |next| {
        counted.fetch_add(1, Ordering::Relaxed);
        drop(subscription.lock().expect("not poisoned").take());
        next.run()
    }));
    assert_eq!(registry.emit(Step(vec![])).0, ["a", "b", "c"]);
    assert_eq!(calls.load(Ordering::Relaxed), 1);
}

#[test]
fn a_long_chain_is_called_to_its_end() {
    let registry = Registry::new();
    for _ in 0..50 {
        registry.on(|step: &mut Step| step.0.push("x")).detach();
    }
    registry.on_async(async |_: &Step| ()).detach();
    around(&registry, |next: Next<'_>| next.run()).detach();
    let emitted = registry.try_emit(Step(vec![])).expect("none fails");
    assert_eq!(emitted.0.len(), 50);
    assert_eq!((emitted.ran(), emitted.deferred()), (50, 1));
}

#[test]
fn the_default_middleware_changes_nothing() {
    struct Plain;
    impl Middleware for Plain {}
    let registry = registry();
    registry.wrap(Plain).detach();
    registry.on_async(async |_: &Step| ()).detach();
    let emitted = crate::block_on(registry.try_emit_async(Step(vec![])));
    let emitted = emitted.expect("none fails");
    assert_eq!(emitted.0, ["a", "b", "c"]);
    assert_eq!(emitted.ran(), 4);
}
