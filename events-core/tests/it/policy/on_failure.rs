//! A failure hook receives every failure of its registry once, and nothing that fails because of a hook.

use std::sync::{
    Arc, Mutex, OnceLock,
    atomic::{AtomicUsize, Ordering},
};

use events_core::{AnyEvent, Event, EventCopy, Registry, Subscription, args, failures::Cause};

use super::yield_once;
use crate::{Journal, block_on};

#[derive(Event, Clone)]
#[event(topic = "policy::paid")]
struct Paid;

#[derive(Event, Clone)]
#[event(topic = "policy::reported")]
struct Reported;

/// A registry with a hook that notes the subscriber and the topic of each failure.
fn registry() -> (Registry, Journal) {
    let (registry, journal) = (Registry::new(), Journal::default());
    hook(&registry, &journal).detach();
    (registry, journal)
}

fn hook(registry: &Registry, journal: &Journal) -> Subscription {
    let journal = journal.clone();
    registry.on_failure(move |failure| {
        let name = &failure.subscriber().name;
        journal.note(format!("{name} of {}", failure.topic()));
    })
}

fn fail(registry: &Registry, id: &'static str) {
    registry
        .subscribe(|_: &Paid| Err::<(), _>("refused"))
        .id(id)
        .register()
        .expect("registered")
        .detach();
}

fn fail_async(registry: &Registry, id: &'static str, is_later: bool) {
    registry
        .subscribe_async(move |_: &Paid| async move {
            if is_later {
                yield_once().await;
            }
            Err::<(), _>("refused")
        })
        .id(id)
        .register()
        .expect("registered")
        .detach();
}

#[test]
fn it_receives_the_failures_of_sync_emits_logged_or_returned() {
    let (registry, journal) = registry();
    fail(&registry, "error");
    registry
        .subscribe(|_: &Paid| panic!("lost"))
        .id("panic")
        .register()
        .expect("registered")
        .detach();
    let both = ["error of policy::paid", "panic of policy::paid"];
    registry.emit(Paid);
    assert_eq!(journal.take(), both);
    registry.emit_mut(&mut Paid);
    assert_eq!(journal.take(), both);
    assert!(registry.try_emit(Paid).is_err());
    assert_eq!(journal.take(), both);
    registry.enqueue(Paid).expect("there is room");
    assert_eq!(journal.take(), [""; 0]);
    registry.queue().flush();
    assert_eq!(journal.take(), both);
}

#[test]
fn it_receives_the_failures_of_async_emits() {
    let (registry, journal) = registry();
    fail(&registry, "sync");
    fail_async(&registry, "at once", false);
    fail_async(&registry, "later", true);
    registry
        .subscribe_awaited(async |_: &mut Paid| {
            yield_once().await;
            Err::<(), _>("refused")
        })
        .id("awaited")
        .register()
        .expect("registered")
        .detach();
    let all = ["sync", "awaited", "at once", "later"].map(|id| format!("{id} of policy::paid"));
    block_on(registry.emit_async(Paid));
    assert_eq!(journal.take(), all);
    assert!(block_on(registry.try_emit_async(Paid)).is_err());
    assert_eq!(journal.take(), all);
    registry.enqueue(Paid).expect("there is room");
    registry.queue().flush();
    assert_eq!(journal.take(), all);
}

#[test]
fn it_receives_the_failures_of_deferred_runs_when_they_run() {
    let (registry, journal) = registry();
    fail_async(&registry, "async", true);
    registry
        .subscribe_deferred(|_: &Paid| Err::<(), _>("refused"))
        .id("deferred")
        .register()
        .expect("registered")
        .detach();
    registry.emit(Paid);
    assert_eq!(journal.take(), [""; 0]);
    registry.queue().flush();
    let mut noted = journal.take();
    noted.sort();
    assert_eq!(noted, ["async of policy::paid", "deferred of policy::paid"]);
}

#[test]
fn it_receives_the_failures_of_named_events() {
    let (registry, journal) = registry();
    registry
        .subscribe_topic("a::.*", |_: &dyn AnyEvent| Err::<(), _>("refused"))
        .expect("a pattern")
        .id("audit")
        .register()
        .expect("registered")
        .detach();
    registry
        .subscribe_topic_deferred("a::.*", |_: &EventCopy| Err::<(), _>("refused"))
        .expect("a pattern")
        .id("copy")
        .register()
        .expect("registered")
        .detach();
    registry.emit_topic("a::b", args! {});
    registry.queue().flush();
    assert_eq!(journal.take(), ["audit of a::b", "copy of a::b"]);
    block_on(registry.emit_topic_async("a::c", args! {}));
    registry.queue().flush();
    assert_eq!(journal.take(), ["audit of a::c", "copy of a::c"]);
    registry
        .enqueue_topic("a::d", args! {})
        .expect("there is room");
    registry.queue().flush();
    assert_eq!(journal.take(), ["audit of a::d", "copy of a::d"]);
}

#[test]
fn it_receives_what_does_not_reach_a_subscriber() {
    let (registry, journal) = registry();
    registry
        .subscribe_async(async |_: &Paid| ())
        .id("async")
        .register()
        .expect("registered")
        .detach();
    registry
        .subscribe_awaited(async |_: &mut Paid| ())
        .id("awaited")
        .register()
        .expect("registered")
        .detach();
    registry.queue().set_capacity(1);
    registry.enqueue(Reported).expect("there is room");
    registry.emit(Paid);
    assert_eq!(
        journal.take(),
        ["awaited of policy::paid", "async of policy::paid"]
    );
}

#[test]
fn it_receives_nothing_of_other_registries() {
    let (inner, of_inner) = registry();
    let (outer, of_outer) = registry();
    fail(&inner, "inner");
    outer.on(move |_: &Reported| _ = inner.emit(Paid)).detach();
    outer.emit(Reported);
    assert_eq!(of_inner.take(), ["inner of policy::paid"]);
    assert_eq!(of_outer.take(), [""; 0]);
}

#[test]
fn each_hook_receives_each_failure_in_the_order_of_the_hooks() {
    let (registry, journal) = (Registry::new(), Journal::default());
    for name in ["first", "second"] {
        let journal = journal.clone();
        registry.on_failure(move |_| journal.note(name)).detach();
    }
    fail(&registry, "charge");
    registry.emit(Paid);
    assert_eq!(journal.take(), ["first", "second"]);
}

#[test]
fn a_dropped_subscription_frees_the_hook() {
    let (registry, alive) = (Registry::new(), Arc::new(()));
    let held = Arc::clone(&alive);
    let subscription = registry.on_failure(move |_| _ = &held);
    fail(&registry, "charge");
    registry.emit(Paid);
    assert_eq!(Arc::strong_count(&alive), 2);
    drop(subscription);
    assert_eq!(Arc::strong_count(&alive), 1);
    registry.emit(Paid);
}

#[test]
fn a_dropped_registry_frees_its_hooks() {
    let (registry, alive) = (Registry::new(), Arc::new(()));
    let held = Arc::clone(&alive);
    let subscription = registry.on_failure(move |_| _ = &held);
    drop(registry);
    assert_eq!(Arc::strong_count(&alive), 1);
    drop(subscription);
}

#[test]
fn stop_waits_for_no_hook_that_is_not_running() {
    let (registry, journal) = (Registry::new(), Journal::default());
    fail(&registry, "charge");
    let subscription = hook(&registry, &journal);
    subscription.stop();
    registry.emit(Paid);
    assert_eq!(journal.take(), [""; 0]);
}

#[test]
fn a_hook_may_drop_its_own_subscription() {
    let (registry, alive) = (Registry::new(), Arc::new(()));
    let (own, held) = (
        Arc::new(Mutex::new(None::<Subscription>)),
        Arc::clone(&alive),
    );
    let subscription = Arc::clone(&own);
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    *own.lock().expect("not poisoned") = Some(registry.on_failure(move |_| {
        let _ = &held;
        counted.fetch_add(1, Ordering::Relaxed);
        drop(subscription.lock().expect("not poisoned").take());
    }));
    fail(&registry, "charge");
    registry.emit(Paid);
    registry.emit(Paid);
    assert_eq!(calls.load(Ordering::Relaxed), 1);
    assert_eq!(Arc::strong_count(&alive), 1);
}

#[test]
fn a_hook_that_a_hook_before_it_closes_is_not_called() {
    let (registry, journal) = (Registry::new(), Journal::default());
    let second = Arc::new(Mutex::new(None::<Subscription>));
    let closed = Arc::clone(&second);
    registry
        .on_failure(move |_| drop(closed.lock().expect("not poisoned").take()))
        .detach();
    *second.lock().expect("not poisoned") = Some(hook(&registry, &journal));
    fail(&registry, "charge");
    registry.emit(Paid);
    assert_eq!(journal.take(), [""; 0]);
}

#[test]
fn a_panicking_hook_does_not_affect_the_emit_nor_other_hooks() {
    let (registry, journal) = (Registry::new(), Journal::default());
    registry.on_failure(|_| panic!("no network")).detach();
    hook(&registry, &journal).detach();
    fail(&registry, "charge");
    let error = registry.try_emit(Paid).expect_err("the subscriber fails");
    assert_eq!(error.failures().len(), 1);
    assert_eq!(journal.take(), ["charge of policy::paid"]);
}

/// A registry whose hook calls the function, and the number of its calls.
fn counting(react: impl Fn(&Registry) + Send + Sync + 'static) -> (Registry, Arc<AtomicUsize>) {
    let registry = Registry::new();
    let calls = Arc::new(AtomicUsize::new(0));
    let (counted, own) = (Arc::clone(&calls), Arc::new(OnceLock::new()));
    let inside = Arc::clone(&own);
    registry
        .on_failure(move |_| {
            counted.fetch_add(1, Ordering::Relaxed);
            react(inside.get().expect("it is set"));
        })
        .detach();
    own.set(registry.clone()).expect("it is set once");
    fail(&registry, "charge");
    registry
        .on(|_: &Reported| Err::<(), _>("no report"))
        .detach();
    registry
        .on_deferred(|_: &Reported| Err::<(), _>("no report"))
        .detach();
    registry
        .on_async(async |_: &Reported| Err::<(), _>("no report"))
        .detach();
    (registry, calls)
}

#[test]
fn what_a_hook_emits_is_not_reported_to_it() {
    let (registry, calls) = counting(|registry| {
        registry.emit(Reported);
        let error = registry.try_emit(Reported).expect_err("it fails");
        assert_eq!(error.failures().len(), 1);
        block_on(registry.emit_async(Reported));
    });
    registry.emit(Paid);
    registry.queue().flush();
    assert_eq!(calls.load(Ordering::Relaxed), 1);
}

#[test]
fn what_a_hook_enqueues_is_not_reported_when_it_runs() {
    let (registry, calls) = counting(|registry| _ = registry.enqueue(Reported));
    registry.emit(Paid);
    let flushed = registry.queue().flush();
    assert_eq!((flushed.ran(), flushed.failures()), (1, 3));
    assert_eq!(calls.load(Ordering::Relaxed), 1);
    registry.emit(Paid);
    assert_eq!(calls.load(Ordering::Relaxed), 2);
}

#[test]
fn a_hook_may_flush_and_subscribe() {
    let (registry, calls) = counting(|registry| {
        registry.on(|_: &Paid| ()).detach();
        registry.queue().flush();
    });
    registry.enqueue(Reported).expect("there is room");
    registry.emit(Paid);
    assert_eq!(registry.queue().flush().ran(), 0);
    // The flush is inside of the hook: what fails in it is logged only.
    assert_eq!(calls.load(Ordering::Relaxed), 1);
}

#[test]
fn a_condition_of_a_stream_that_panics_is_reported() {
    let (registry, journal) = registry();
    let stream = registry.stream::<Paid>();
    registry.emit(Paid);
    let _stream = stream.when(|_| panic!("no condition"));
    let noted = journal.take();
    assert_eq!(noted.len(), 1);
    assert!(noted[0].ends_with("of policy::paid"));
}

#[test]
fn a_condition_that_panics_is_reported_once() {
    let (registry, journal) = registry();
    registry
        .subscribe_deferred(|_: &Paid| ())
        .id("deferred")
        .when(|_| panic!("no condition"))
        .register()
        .expect("registered")
        .detach();
    registry
        .subscribe(|_: &Paid| ())
        .id("sync")
        .when(|_| panic!("no condition"))
        .register()
        .expect("registered")
        .detach();
    assert!(registry.try_emit(Paid).is_err());
    assert_eq!(
        journal.take(),
        ["sync of policy::paid", "deferred of policy::paid"]
    );
}

#[test]
fn the_hook_is_called_inside_of_the_emission() {
    let registry = Registry::new();
    let (ids, journal) = (Arc::new(Mutex::new(Vec::new())), Journal::default());
    let seen = Arc::clone(&ids);
    let own = registry.clone();
    registry
        .on(move |_: &Reported, emission: &events_core::Emission| {
            seen.lock().expect("not poisoned").push(emission.parent());
        })
        .detach();
    let noted = journal.clone();
    registry
        .on_failure(move |failure| {
            own.emit(Reported);
            noted.note(format!("{:?}", failure.emission_id()));
        })
        .detach();
    fail(&registry, "charge");
    registry.emit(Paid);
    let parent = format!("{:?}", ids.lock().expect("not poisoned")[0]);
    assert_eq!(journal.take(), [parent]);
}

#[test]
fn a_panic_is_reported_as_one() {
    let registry = Registry::new();
    let (journal, noted) = (Journal::default(), Journal::default());
    let seen = noted.clone();
    registry
        .on_failure(move |failure| match failure.cause() {
            Cause::Panic(panic) => seen.note(panic.message()),
            cause => panic!("another cause: {cause}"),
        })
        .detach();
    hook(&registry, &journal).detach();
    registry.on(|_: &Paid| panic!("lost")).detach();
    registry.emit(Paid);
    assert_eq!(noted.take(), ["lost"]);
    assert_eq!(journal.take().len(), 1);
}

#[test]
fn what_a_hook_enqueues_outside_of_an_emission_is_not_reported() {
    let (registry, calls) = counting(|registry| _ = registry.enqueue(Reported));
    // A condition that panics in the buffer of a stream, outside of all emissions.
    let stream = registry.stream::<Paid>();
    registry.emit(Paid);
    assert_eq!(registry.queue().flush().ran(), 1);
    let before = calls.load(Ordering::Relaxed);
    let _stream = stream.when(|_| panic!("no condition"));
    assert_eq!(calls.load(Ordering::Relaxed), before + 1);
    let flushed = registry.queue().flush();
    assert_eq!((flushed.ran(), flushed.failures()), (1, 3));
    assert_eq!(calls.load(Ordering::Relaxed), before + 1);
}

#[cfg(feature = "tokio")]
#[test]
fn what_a_hook_spawns_is_not_reported_when_it_runs() {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let spawned = Arc::new(Mutex::new(Vec::new()));
    let handles = Arc::clone(&spawned);
    let (registry, calls) = counting(move |registry| {
        let typed = registry.try_emit_async(Reported).spawn_tokio();
        handles.lock().expect("not poisoned").push(typed);
    });
    runtime.expect("a runtime").block_on(async {
        registry.emit(Paid);
        let emits = std::mem::take(&mut *spawned.lock().expect("not poisoned"));
        assert_eq!(emits.len(), 1);
        for emit in emits {
            // The background handlers of the emit, and what it puts into the queue.
            let error = emit.await.expect("the runtime runs").expect_err("it fails");
            assert_eq!(error.failures().len(), 2);
        }
        registry.queue().flush_async().await;
    });
    assert_eq!(calls.load(Ordering::Relaxed), 1);
}
