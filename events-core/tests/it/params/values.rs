//! The values that an emitter gives with an emit: which subscribers receive them.

use std::{
    future::Future,
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use events_core::{
    AnyEvent, Event, EventCopy, Registry, State, args,
    failures::BoxError,
    handlers::{CallContext, Param, Prepare, PrepareError},
    registry, subscriber, subscribers, with_registry,
};

use crate::{Gate, Journal, awaited::suspend, block_on};

/// The tenant that the emitter gave; `-` if it gave none.
#[derive(Clone, Copy)]
struct Tenant(&'static str);

impl Param for Tenant {
    type Kept = ();
    type Held<'c> = Tenant;
    type Item<'i> = Tenant;

    fn prepare(_: &Prepare<'_>) -> Result<(), PrepareError> {
        Ok(())
    }

    fn acquire<'c>((): &'c (), call: &'c CallContext<'c>) -> Result<Tenant, BoxError> {
        Ok(call.get().copied().unwrap_or(Tenant("-")))
    }

    fn item<'i, 'c: 'i>(held: &'i mut Tenant) -> Tenant {
        *held
    }
}

#[derive(Event, Clone)]
#[event(topic = "values::outer")]
struct Outer;

#[derive(Event, Clone)]
#[event(topic = "values::inner")]
struct Inner;

#[subscriber]
fn sync(_: &Outer, tenant: Tenant, journal: State<'_, Journal>) {
    journal.note(format!("sync {}", tenant.0));
}

#[subscriber]
async fn awaited(_: &mut Outer, tenant: Tenant, journal: State<'_, Journal>) {
    suspend().await;
    journal.note(format!("awaited {}", tenant.0));
}

#[subscriber(after = awaited)]
fn behind(_: &Outer, tenant: Tenant, journal: State<'_, Journal>) {
    journal.note(format!("behind {}", tenant.0));
}

#[subscriber]
async fn concurrent(_: &Outer, tenant: Tenant, journal: State<'_, Journal>) {
    suspend().await;
    journal.note(format!("concurrent {}", tenant.0));
}

#[subscriber(after = concurrent)]
async fn after_concurrent(_: &Outer, tenant: Tenant, journal: State<'_, Journal>) {
    journal.note(format!("after {}", tenant.0));
}

#[subscriber(deferred)]
fn deferred(_: &Outer, tenant: Tenant, journal: State<'_, Journal>) {
    journal.note(format!("deferred {}", tenant.0));
}

#[subscriber(topic = "values::.*")]
fn pattern(_: &dyn AnyEvent, tenant: Tenant, journal: State<'_, Journal>) {
    journal.note(format!("pattern {}", tenant.0));
}

#[subscriber(topic = "values::.*")]
async fn pattern_async(_: &EventCopy, tenant: Tenant, journal: State<'_, Journal>) {
    suspend().await;
    journal.note(format!("copy {}", tenant.0));
}

/// A registry with these subscribers, and their journal.
fn registry_with(subscribers: events_core::scanning::Subscribers) -> (Registry, Journal) {
    let (registry, journal) = (Registry::new(), Journal::default());
    let scanner = registry.scanner().subscribers(subscribers);
    scanner.state(journal.clone()).run();
    (registry, journal)
}

#[test]
fn each_way_of_emitting_gives_them() {
    let (registry, journal) = registry_with(subscribers![sync, pattern]);
    let emitting = registry.emitting().with(1_u8).with(Tenant("a"));
    let check = |emit: &dyn Fn(), expected: &[&str]| {
        emit();
        assert_eq!(journal.take(), expected);
    };
    let both = ["sync a", "pattern a"];
    let one = ["pattern a"];
    check(&|| _ = emitting.emit(Outer), &both);
    check(&|| emitting.emit_mut(&mut Outer), &both);
    check(
        &|| drop(emitting.try_emit(Outer).expect("none fails")),
        &both,
    );
    check(&|| _ = block_on(emitting.emit_async(Outer)), &both);
    check(
        &|| drop(block_on(emitting.try_emit_async(Outer)).expect("none fails")),
        &both,
    );
    check(&|| drop(emitting.emit_topic("values::x", args! {})), &one);
    check(
        &|| {
            drop(
                emitting
                    .try_emit_topic("values::x", args! {})
                    .expect("none fails"),
            );
        },
        &one,
    );
    check(
        &|| drop(block_on(emitting.emit_topic_async("values::x", args! {}))),
        &one,
    );
    check(
        &|| {
            drop(
                block_on(emitting.try_emit_topic_async("values::x", args! {})).expect("none fails"),
            );
        },
        &one,
    );
    check(&|| _ = registry.emit(Outer), &["sync -", "pattern -"]);
}

#[test]
fn a_later_value_of_a_type_replaces_an_earlier_one_in_that_emit_only() {
    let (registry, journal) = registry_with(subscribers![sync]);
    let first = registry.emitting().with(Tenant("a"));
    let second = first.clone().with(Tenant("b"));
    second.emit(Outer);
    first.emit(Outer);
    assert_eq!(journal.take(), ["sync b", "sync a"]);
}

#[test]
fn the_origin_is_that_of_the_emit() {
    let registry = Registry::new();
    let note = |event: &dyn AnyEvent| assert!(event.origin().is_some_and(|o| o.as_str() == "shop"));
    registry.on_topic(".*", note).expect("a pattern").detach();
    let emitting = registry.emitting().origin("shop");
    assert_eq!(emitting.try_emit(Outer).expect("it holds").ran(), 1);
    assert_eq!(
        block_on(emitting.try_emit_async(Outer))
            .expect("it holds")
            .ran(),
        1
    );
    assert_eq!(
        emitting
            .try_emit_topic("x", args! {})
            .expect("it holds")
            .ran(),
        1
    );
    let of_topic = block_on(emitting.try_emit_topic_async("x", args! {}));
    assert_eq!(of_topic.expect("it holds").ran(), 1);
}

#[test]
fn an_async_emit_gives_them_to_all_that_run_on_its_task() {
    let (registry, journal) = registry_with(subscribers![
        sync,
        awaited,
        behind,
        concurrent,
        after_concurrent,
        pattern_async,
        deferred
    ]);
    block_on(registry.emitting().with(Tenant("a")).emit_async(Outer));
    let mut notes = journal.take();
    notes.sort_unstable();
    let expected = [
        "after a",
        "awaited a",
        "behind a",
        "concurrent a",
        "copy a",
        "sync a",
    ];
    assert_eq!(notes, expected);
    registry.queue().flush();
    assert_eq!(journal.take(), ["deferred -"]);
}

#[test]
fn what_runs_from_the_queue_does_not_receive_them() {
    let (registry, journal) = registry_with(subscribers![sync, concurrent, deferred]);
    registry.emitting().with(Tenant("a")).emit(Outer);
    assert_eq!(journal.take(), ["sync a"]);
    registry.queue().flush();
    let mut notes = journal.take();
    notes.sort_unstable();
    assert_eq!(notes, ["concurrent -", "deferred -"]);
}

#[test]
fn a_handler_that_emits_or_flushes_does_not_pass_them_on() {
    let (registry, journal) = registry_with(subscribers![sync, pattern]);
    let nested = registry.downgrade();
    registry
        .on(move |_: &Inner| {
            let registry = nested.upgrade().expect("it exists");
            registry.emit(Outer);
            registry.enqueue(Outer).expect("the queue has room");
            registry.queue().flush();
        })
        .detach();
    registry.emitting().with(Tenant("a")).emit(Inner);
    let none = ["sync -", "pattern -"];
    assert_eq!(
        journal.take(),
        [&["pattern a"], &none[..], &none[..]].concat()
    );
}

#[test]
fn a_nested_emit_gives_its_own() {
    let (registry, journal) = registry_with(subscribers![sync]);
    let nested = registry.downgrade();
    registry
        .on(move |_: &Inner| {
            let registry = nested.upgrade().expect("it exists");
            registry.emitting().with(Tenant("b")).emit(Outer);
        })
        .detach();
    registry.emitting().with(Tenant("a")).emit(Inner);
    assert_eq!(journal.take(), ["sync b"]);
}

#[test]
fn a_nested_emit_of_the_same_event_does_not_receive_them() {
    let (registry, journal) = registry_with(subscribers![sync]);
    let nested = registry.downgrade();
    registry
        .subscribe(move |_: &Outer| {
            nested.upgrade().expect("it exists").emit(Outer);
        })
        .once()
        .priority(1)
        .register()
        .expect("it has no conflict")
        .detach();
    registry.emitting().with(Tenant("a")).emit(Outer);
    assert_eq!(journal.take(), ["sync -", "sync a"]);
}

#[test]
fn the_hook_of_an_unheard_event_does_not_emit_with_them() {
    let (registry, journal) = registry_with(subscribers![sync]);
    let nested = registry.downgrade();
    let hook = move |_: &dyn AnyEvent| {
        nested.upgrade().expect("it exists").emit(Outer);
    };
    registry.set_unheard_hook(hook);
    registry.emitting().with(Tenant("a")).emit(Inner);
    assert_eq!(journal.take(), ["sync -"]);
}

#[test]
fn interleaved_futures_on_one_thread_have_their_own() {
    let (registry, journal) = registry_with(subscribers![awaited, behind]);
    let emit = |tenant| registry.emitting().with(Tenant(tenant)).emit_async(Outer);
    let (mut first, mut second) = (pin!(emit("a")), pin!(emit("b")));
    let mut context = Context::from_waker(Waker::noop());
    assert!(first.as_mut().poll(&mut context).is_pending());
    assert!(second.as_mut().poll(&mut context).is_pending());
    assert!(first.as_mut().poll(&mut context).is_ready());
    assert!(second.as_mut().poll(&mut context).is_ready());
    assert_eq!(
        journal.take(),
        ["awaited a", "behind a", "awaited b", "behind b"]
    );
}

#[test]
fn a_future_moves_between_threads_with_them() {
    fn is_send<T: Send>(future: T) -> T {
        future
    }
    let (registry, journal) = registry_with(subscribers![awaited, behind]);
    let emit = registry.emitting().with(Tenant("a")).emit_async(Outer);
    let mut emit = Box::pin(is_send(emit));
    let mut context = Context::from_waker(Waker::noop());
    assert!(emit.as_mut().poll(&mut context).is_pending());
    std::thread::spawn(move || _ = block_on(emit))
        .join()
        .expect("no panic");
    assert_eq!(journal.take(), ["awaited a", "behind a"]);
}

#[test]
fn they_are_gone_after_a_panic() {
    let (registry, journal) = registry_with(subscribers![sync]);
    registry.set_unheard_hook(|_: &dyn AnyEvent| panic!("in the hook"));
    let emitting = registry.emitting().with(Tenant("a"));
    emitting.emit(Inner);
    let polled = |mut future: std::pin::Pin<Box<dyn Future<Output = Inner>>>| {
        future
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
    };
    assert!(matches!(
        polled(Box::pin(emitting.emit_async(Inner))),
        Poll::Ready(Inner)
    ));
    registry.emit(Outer);
    assert_eq!(journal.take(), ["sync -"]);
}

#[test]
fn an_emit_to_the_current_registry_gives_them() {
    let (own, journal) = registry_with(subscribers![sync]);
    with_registry(&own, || registry().emitting().with(Tenant("a")).emit(Outer));
    assert_eq!(journal.take(), ["sync a"]);
}

#[test]
fn they_are_kept_until_the_emit_has_ended() {
    let (registry, _) = registry_with(subscribers![awaited]);
    let gate = Gate::default();
    let held = gate.clone();
    let wait = async |_: &mut Outer, gate: &Gate| gate.wait().await;
    registry.on_awaited_with(held, wait).detach();
    let value = Arc::new(());
    let emitting = registry.emitting().with(Arc::clone(&value));
    let mut emit = Box::pin(emitting.emit_async(Outer));
    drop(emitting);
    let mut context = Context::from_waker(Waker::noop());
    assert!(emit.as_mut().poll(&mut context).is_pending());
    assert_eq!(Arc::strong_count(&value), 2);
    gate.open();
    block_on(emit.as_mut());
    drop(emit);
    assert_eq!(Arc::strong_count(&value), 1);
}
