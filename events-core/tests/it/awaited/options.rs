//! The options of awaited subscribers.

use events_core::subscribing::{AwaitedKind, SubscribeError};
use events_core::{Emission, Registry, Subscription, subscribing::NewSubscription};

use super::{Trail, summary, suspend};
use crate::{Gate, block_on, poll_once};

/// An awaited subscriber that adds a text, before and after it is suspended.
fn adding(registry: &Registry, text: &'static str) -> NewSubscription<Trail, AwaitedKind> {
    let handler = async |event: &mut Trail, text: &&str| {
        event.add(text);
        suspend().await;
        event.add(text);
    };
    registry.subscribe_awaited_with(text, handler).id(text)
}

type Options = fn(&Registry) -> Result<Vec<Subscription>, SubscribeError>;

/// What subscribers with these options add to an event that is emitted twice, from the origin `shop`.
#[track_caller]
fn check(options: Options, first: &str, second: &str) {
    let registry = Registry::new();
    let _subscriptions = options(&registry).expect("the options are in order");
    for expected in [first, second] {
        let event = block_on(registry.emit_async_from(Trail::default(), "shop"));
        assert_eq!(event.numbers, expected);
    }
}

#[test]
fn the_priority_places_them_among_sync_subscribers() {
    check(
        |registry| {
            Ok(vec![
                adding(registry, "a").register()?,
                registry
                    .subscribe(|event: &mut Trail| event.add("b"))
                    .priority(1)
                    .register()?,
                adding(registry, "c").priority(2).register()?,
            ])
        },
        "ccbaa",
        "ccbaa",
    );
}

#[test]
fn before_and_after_hold_across_both_kinds() {
    check(
        |registry| {
            Ok(vec![
                adding(registry, "a").register()?,
                registry
                    .subscribe(|event: &mut Trail| event.add("b"))
                    .id("b")
                    .before("a")
                    .register()?,
                adding(registry, "c").before("b").register()?,
                registry
                    .subscribe(|event: &mut Trail| event.add("d"))
                    .after("c")
                    .before("b")
                    .register()?,
            ])
        },
        "ccdbaa",
        "ccdbaa",
    );
}

#[test]
fn filters_are_evaluated_when_the_order_reaches_them() {
    check(
        |registry| {
            Ok(vec![
                adding(registry, "a")
                    .when(|event| event.numbers.is_empty())
                    .register()?,
                adding(registry, "b")
                    .when(|event| event.numbers.is_empty())
                    .register()?,
                adding(registry, "c")
                    .when(|event| event.numbers == "aa")
                    .register()?,
            ])
        },
        "aacc",
        "aacc",
    );
}

#[test]
fn the_origin_limits_them() {
    check(
        |registry| {
            Ok(vec![
                adding(registry, "a").origin("shop").register()?,
                adding(registry, "b").origin("bank").register()?,
            ])
        },
        "aa",
        "aa",
    );
}

#[test]
fn once_runs_once() {
    check(
        |registry| {
            Ok(vec![
                adding(registry, "a").once().register()?,
                adding(registry, "b").register()?,
            ])
        },
        "aabb",
        "bb",
    );
}

#[test]
fn a_sync_emit_does_not_use_up_once() {
    let registry = Registry::new();
    let _once = adding(&registry, "a").once().register();
    let _other = adding(&registry, "b").origin("bank").register();
    assert_eq!(
        summary(&registry.try_emit(Trail::default())),
        ", 0 ran, a failed"
    );
    assert_eq!(
        block_on(registry.emit_async(Trail::default())).numbers,
        "aa"
    );
    assert_eq!(summary(&registry.try_emit(Trail::default())), ", 0 ran");
}

#[test]
fn once_that_is_cut_off_half_way_is_used_up() {
    let registry = Registry::new();
    let _once = adding(&registry, "a").once().register();
    assert!(poll_once(registry.emit_async(Trail::default())).is_pending());
    assert_eq!(block_on(registry.emit_async(Trail::default())).numbers, "");
}

#[test]
fn an_awaited_subscriber_cannot_run_after_a_background_one() {
    let registry = Registry::new();
    registry
        .subscribe_async(async |_: &Trail| {})
        .id("async")
        .register()
        .expect("the id is free")
        .detach();
    registry
        .subscribe_deferred(|_: &Trail| {})
        .id("deferred")
        .register()
        .expect("the id is free")
        .detach();
    for target in ["async", "deferred"] {
        let error = adding(&registry, "a")
            .after(target)
            .register()
            .expect_err("it fails");
        assert!(matches!(error, SubscribeError::Unawaited { .. }));
        let text = error.to_string();
        assert!(text.contains("make the first sync or awaited"), "{text}");
    }
}

#[test]
fn a_panic_in_a_condition_is_a_failure() {
    let registry = Registry::new();
    let _panics = adding(&registry, "a").when(|_| panic!("broken")).register();
    let _next = adding(&registry, "b").register();
    let expected = "bb, 2 ran, a failed";
    assert_eq!(
        summary(&block_on(registry.try_emit_async(Trail::default()))),
        expected
    );
    assert_eq!(
        summary(&registry.try_emit(Trail::default())),
        ", 1 ran, a b failed"
    );
}

#[test]
fn an_unsubscribed_one_ends_and_is_not_started_again() {
    let registry = Registry::new();
    let gate = Gate::default();
    let state = gate.clone();
    let subscription = registry.on_awaited_with(state, async |event: &mut Trail, gate: &Gate| {
        gate.wait().await;
        event.add("a");
    });
    let mut waits = Box::pin(registry.emit_async(Trail::default()));
    assert!(poll_once(waits.as_mut()).is_pending());
    drop(subscription);
    assert_eq!(block_on(registry.emit_async(Trail::default())).numbers, "");
    gate.open();
    assert_eq!(block_on(waits).numbers, "a");
}

#[test]
fn one_that_is_unsubscribed_by_an_earlier_one_is_not_started() {
    let registry = Registry::new();
    let second = std::sync::Arc::new(std::sync::Mutex::new(None));
    let drops = std::sync::Arc::clone(&second);
    let _first = registry.on_awaited_with(
        drops,
        async |event: &mut Trail,
               second: &std::sync::Arc<std::sync::Mutex<Option<Subscription>>>| {
            suspend().await;
            event.add("a");
            drop(second.lock().expect("the lock is not poisoned").take());
        },
    );
    *second.lock().expect("the lock is not poisoned") = adding(&registry, "b").register().ok();
    assert_eq!(block_on(registry.emit_async(Trail::default())).numbers, "a");
}

#[test]
fn it_may_take_the_emission() {
    async fn note(event: &mut Trail, emission: &Emission) {
        suspend().await;
        event.add(emission.origin().map_or("none", |origin| origin.as_str()));
    }
    let registry = Registry::new();
    registry.on_awaited(note).detach();
    assert_eq!(
        block_on(registry.emit_async_from(Trail::default(), "shop")).numbers,
        "shop"
    );
    assert_eq!(
        block_on(registry.emit_async(Trail::default())).numbers,
        "none"
    );
}
