//! Section 4: emits inside handlers.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use events_core::{AnyEvent, Event, Registry, args};

use crate::Journal;

#[derive(Event)]
struct Ping(usize);

#[derive(Event)]
struct Pong(usize);

#[test]
fn nested_emits_run_at_once_and_depth_first() {
    let registry = Registry::new();
    let journal = Journal::default();
    let note = |text: &'static str| {
        let journal = journal.clone();
        move || journal.note(text)
    };
    let (one, two, pong) = (note("ping 1"), note("ping 2"), note("pong"));
    let inside = registry.clone();
    let _all = [
        registry.on(move |_: &Ping| {
            one();
            inside.emit(Pong(0));
        }),
        registry.on(move |_: &Ping| two()),
        registry.on(move |_: &Pong| pong()),
    ];
    registry.emit(Ping(0));
    assert_eq!(journal.take(), ["ping 1", "pong", "ping 2"]);
}

/// A registry in which `Ping(n)` emits `Pong(n)`, which emits `Ping(n - 1)`.
fn ping_pong() -> (Registry, Arc<AtomicUsize>) {
    let registry = Registry::new();
    let deepest = Arc::new(AtomicUsize::new(0));
    let (one, other, seen) = (registry.clone(), registry.clone(), Arc::clone(&deepest));
    registry
        .on(move |event: &Ping| {
            seen.fetch_add(1, Ordering::Relaxed);
            one.try_emit(Pong(event.0))
                .map(|_| ())
                .map_err(|error| error.to_string())
        })
        .detach();
    registry
        .on(move |event: &Pong| match event.0 {
            0 => Ok(()),
            left => other
                .try_emit(Ping(left - 1))
                .map(|_| ())
                .map_err(|error| error.to_string()),
        })
        .detach();
    (registry, deepest)
}

#[test]
fn a_chain_of_128_nested_emits_runs_and_a_deeper_one_is_refused() {
    let (registry, deepest) = ping_pong();
    assert!(registry.try_emit(Ping(63)).is_ok(), "64 pings and 64 pongs");
    assert_eq!(deepest.swap(0, Ordering::Relaxed), 64);

    let error = registry.try_emit(Ping(64)).expect_err("one ping too many");
    assert_eq!(deepest.load(Ordering::Relaxed), 64);
    let text = error.to_string();
    assert!(
        text.contains("emit refused: 128 emits are nested"),
        "{text}"
    );
    let chain = "it::emit::nested::nesting::Ping -> it::emit::nested::nesting::Pong -> it::emit::nested::nesting::Ping";
    assert!(text.contains(chain), "{text}");
    assert_eq!(
        text.matches("it::emit::nested::nesting::Pong -> ").count(),
        64
    );
}

#[test]
fn the_depth_limit_can_be_set_and_the_error_contains_the_chain() {
    let registry = Registry::new();
    registry.set_depth_limit(3);
    let inside = registry.clone();
    let refusal = Arc::new(std::sync::Mutex::new(None));
    let noted = Arc::clone(&refusal);
    let _endless = registry.on(move |event: &Ping| {
        if let Err(error) = inside.try_emit(Ping(event.0 + 1)) {
            assert!(error.failures().is_empty());
            assert_eq!(error.ran(), 0);
            *noted.lock().expect("the lock is not poisoned") = error.too_deep().cloned();
            assert_eq!(error.into_event().0, 3, "the event comes back");
        }
    });
    assert!(registry.try_emit(Ping(0)).is_ok());
    let refusal = refusal
        .lock()
        .expect("the lock is not poisoned")
        .take()
        .expect("the fourth is refused");
    assert_eq!(refusal.limit(), 3);
    assert_eq!(refusal.chain(), ["it::emit::nested::nesting::Ping"; 4]);
    assert_eq!(
        refusal.to_string(),
        "emit refused: 3 emits are nested, which is the limit (Registry::set_depth_limit changes \
         it); the chain is it::emit::nested::nesting::Ping (x4)",
    );
}

#[test]
fn the_chain_of_a_refused_emit_has_the_topics_of_named_events() {
    let registry = Registry::new();
    registry.set_depth_limit(3);
    let weak = registry.downgrade();
    let refusal = Arc::new(std::sync::Mutex::new(None));
    let noted = Arc::clone(&refusal);
    registry
        .on_topic("disk::.*", move |event: &dyn AnyEvent| {
            let registry = weak.upgrade().expect("the test holds it");
            let result = match event.topic() {
                "disk::full" => registry.try_emit(Ping(0)).map(drop).map_err(drop),
                topic => {
                    assert_eq!(topic, "disk::mounted");
                    registry.emit_topic("disk::full", args! {});
                    Ok(())
                }
            };
            assert_eq!(result, Ok(()));
        })
        .expect("the pattern is valid")
        .detach();
    let weak = registry.downgrade();
    registry
        .on(move |_: &Ping| {
            let registry = weak.upgrade().expect("the test holds it");
            let error = registry.try_emit_topic("disk::mounted", args! {});
            let error = error.expect_err("it is the fourth one");
            *noted.lock().expect("the lock is not poisoned") = error.too_deep().cloned();
        })
        .detach();
    let ping = "it::emit::nested::nesting::Ping";
    for _ in 0..2 {
        registry.emit_topic("disk::mounted", args! {});
        let mut refusal = refusal.lock().expect("the lock is not poisoned");
        let refusal = refusal.take().expect("the fourth is refused");
        let chain = ["disk::mounted", "disk::full", ping, "disk::mounted"];
        assert_eq!(refusal.chain(), chain);
        assert!(refusal.to_string().ends_with(&chain.join(" -> ")));
    }
}

#[test]
fn an_endless_chain_of_nested_emits_ends_at_the_depth_limit() {
    let registry = Registry::new();
    let inside = registry.clone();
    let runs = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&runs);
    let _endless = registry.on(move |_: &Ping| {
        counted.fetch_add(1, Ordering::Relaxed);
        inside.emit(Ping(0));
    });
    registry.emit(Ping(0));
    assert_eq!(runs.swap(0, Ordering::Relaxed), 128);
    registry.emit(Ping(0));
    assert_eq!(
        runs.load(Ordering::Relaxed),
        128,
        "the depth is reset after the emit"
    );
}

#[test]
fn the_depth_limit_counts_across_registries_and_panics() {
    let (outer, inner) = (Registry::new(), Registry::new());
    let (to_inner, to_outer) = (inner.clone(), outer.clone());
    let runs = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&runs);
    let _out = outer.on(move |_: &Ping| -> () {
        counted.fetch_add(1, Ordering::Relaxed);
        to_inner.emit(Pong(0));
        panic!("after the inner emit");
    });
    let _in = inner.on(move |_: &Pong| {
        to_outer.emit(Ping(0));
    });
    for _ in 0..2 {
        outer.emit(Ping(0));
        assert_eq!(runs.swap(0, Ordering::Relaxed), 64);
    }
}
