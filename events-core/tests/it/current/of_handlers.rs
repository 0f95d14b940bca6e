//! Section 13: an emit makes its registry the current one while its handlers run.

use std::{
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::{Pin, pin},
    sync::Mutex,
    task::{Context, Poll, Waker},
    thread,
};

use events_core::{
    AnyEvent, EmitError, Emitted, Event, EventCopy, Failure, Registry, UnitOfWork, args,
    emit_topic,
    emitting::EmitAsync,
    info::SubscriberInfo,
    middleware::{Middleware, Next},
    outcomes::SubscriberOutcome,
    registry,
    scopes::{Entered, WithRegistry},
    with_registry,
};

use crate::{Gate, Journal, awaited::suspend, block_on, poll_once};

#[derive(Event, Clone)]
#[event(topic = "current::outer")]
struct Outer;

/// Its subscriber notes the name of its registry.
#[derive(Event, Clone)]
#[event(topic = "inner")]
struct Inner;

/// A registry whose handlers of all kinds emit an `Inner` without naming a registry.
fn named(name: &'static str, journal: &Journal) -> Registry {
    let registry = Registry::new();
    let journal = journal.clone();
    registry.on(move |_: &Inner| journal.note(name)).detach();
    registry
}

fn emit_inner() {
    Inner.emit();
}

fn with_sync(name: &'static str, journal: &Journal) -> Registry {
    let registry = named(name, journal);
    registry.on(|_: &Outer| emit_inner()).detach();
    let named = |event: &dyn AnyEvent| {
        if event.topic() == "current::named" {
            emit_inner();
        }
    };
    registry
        .on_topic("current::.*", named)
        .expect("a pattern")
        .detach();
    registry
}

/// Its async handlers emit before and after they are pending.
fn with_async(name: &'static str, journal: &Journal) -> Registry {
    async fn awaited(_: &mut Outer) {
        emit_inner();
        suspend().await;
        emit_inner();
    }
    async fn concurrent(_: &Outer) {
        emit_inner();
        suspend().await;
        Inner.emit_async().await;
    }
    async fn copied(event: &EventCopy) {
        if event.topic() == "current::named" {
            emit_inner();
            suspend().await;
            emit_inner();
        }
    }
    let registry = named(name, journal);
    registry.on_awaited(awaited).detach();
    registry.on_async(concurrent).detach();
    registry
        .on_topic_async("current::.*", copied)
        .expect("a pattern")
        .detach();
    registry
}

#[test]
fn each_sync_way_of_emitting_enters_its_registry() {
    let journal = Journal::default();
    let own = with_sync("own", &journal);
    let unit = UnitOfWork::begin();
    let handle = unit.handle();
    let check = |emit: &dyn Fn()| {
        emit();
        assert_eq!(journal.take(), ["own"]);
        with_registry(&with_sync("other", &journal), emit);
        assert_eq!(journal.take(), ["own"]);
        with_registry(&own, emit);
        assert_eq!(journal.take(), ["own"]);
        emit_inner();
        assert!(journal.take().is_empty());
    };
    check(&|| _ = own.emit(Outer));
    check(&|| _ = own.emit_from(Outer, "here"));
    check(&|| own.emit_mut(&mut Outer));
    check(&|| drop(own.try_emit(Outer)));
    check(&|| drop(own.try_emit_from(Outer, "here")));
    check(&|| drop(own.emit_topic("current::named", args! {})));
    check(&|| drop(own.emit_topic_from("current::named", args! {}, "here")));
    check(&|| drop(own.try_emit_topic("current::named", args! {})));
    check(&|| drop(own.try_emit_topic_from("current::named", args! {}, "here")));
    check(&|| _ = own.emitting().emit(Outer));
    check(&|| own.emitting().emit_mut(&mut Outer));
    check(&|| drop(own.emitting().try_emit(Outer)));
    check(&|| drop(own.emitting().emit_topic("current::named", args! {})));
    check(&|| drop(own.emitting().try_emit_topic("current::named", args! {})));
    check(&|| own.emit_in(&handle, Outer));
    check(&|| own.emit_in_from(&handle, Outer, "here"));
    check(&|| drop(own.try_emit_in(&handle, Outer)));
    check(&|| drop(own.try_emit_in_from(&handle, Outer, "here")));
}

#[test]
fn each_async_way_of_emitting_enters_its_registry_at_each_poll() {
    fn check<F: Future>(own: &Registry, journal: &Journal, emit: impl Fn(&Registry) -> F) {
        let other = named("other", journal);
        let mut future = pin!(emit(own));
        let mut context = Context::from_waker(Waker::noop());
        let mut polls = 0;
        while future.as_mut().poll(&mut context).is_pending() {
            emit_inner();
            polls += 1;
            // Another registry is the current one at the next poll.
            let _scope = other.enter();
            if future.as_mut().poll(&mut context).is_ready() {
                break;
            }
        }
        assert!(polls > 0, "it is pending");
        let notes = journal.take();
        assert!(
            notes.len() > 1 && notes.iter().all(|name| name == "own"),
            "{notes:?}"
        );
        emit_inner();
        assert!(journal.take().is_empty());
    }
    let journal = Journal::default();
    let own = with_async("own", &journal);
    let unit = UnitOfWork::begin();
    let handle = unit.handle();
    check(&own, &journal, |own| own.emit_async(Outer));
    check(&own, &journal, |own| own.emit_async_from(Outer, "here"));
    check(&own, &journal, |own| own.try_emit_async(Outer));
    check(&own, &journal, |own| own.try_emit_async_from(Outer, "here"));
    check(&own, &journal, |own| {
        own.emit_topic_async("current::named", args! {})
    });
    check(&own, &journal, |own| {
        own.emit_topic_async_from("current::named", args! {}, "here")
    });
    check(&own, &journal, |own| {
        own.try_emit_topic_async("current::named", args! {})
    });
    check(&own, &journal, |own| {
        own.try_emit_topic_async_from("current::named", args! {}, "x")
    });
    check(&own, &journal, |own| own.emitting().emit_async(Outer));
    check(&own, &journal, |own| own.emitting().try_emit_async(Outer));
    check(&own, &journal, |own| {
        own.emitting().emit_topic_async("current::named", args! {})
    });
    check(&own, &journal, |own| {
        own.emitting()
            .try_emit_topic_async("current::named", args! {})
    });
    check(&own, &journal, |own| own.emit_in_async(&handle, Outer));
    check(&own, &journal, |own| own.try_emit_in_async(&handle, Outer));
    // As that of `event.emit_async()`, of the registry that was current at the call.
    check(&own, &journal, |own| {
        with_registry(own, || Outer.emit_async())
    });
    let elsewhere = named("elsewhere", &journal);
    check(&own, &journal, |own| {
        own.emit_async(Outer).with_registry(elsewhere.clone())
    });
}

#[test]
fn emits_nest() {
    let journal = Journal::default();
    let (inner, outer) = (with_sync("inner", &journal), named("outer", &journal));
    outer
        .on(move |_: &Outer| {
            emit_inner();
            inner.emit(Outer);
            emit_inner();
        })
        .detach();
    outer.emit(Outer);
    assert_eq!(journal.take(), ["outer", "inner", "outer"]);
    emit_inner();
    assert!(journal.take().is_empty());
}

#[test]
fn deep_chains_of_two_registries_alternate() {
    #[derive(Event)]
    struct Count(u32);
    let journal = Journal::default();
    let names = [named("a", &journal), named("b", &journal)];
    for (registry, next) in [(0, 1), (1, 0)] {
        let next = names[next].downgrade();
        names[registry]
            .on(move |count: &Count| {
                emit_inner();
                if count.0 > 0 {
                    next.upgrade().expect("it exists").emit(Count(count.0 - 1));
                }
                emit_inner();
            })
            .detach();
    }
    names[0].emit(Count(3));
    assert_eq!(journal.take(), ["a", "b", "a", "b", "b", "a", "b", "a"]);
}

#[test]
fn the_default_registry_is_entered_as_well() {
    #[derive(Event)]
    struct OfDefault;
    let default = registry();
    let journal = Journal::default();
    let other = named("other", &journal);
    let expected = default.clone();
    let subscription = default.on(move |_: &OfDefault| assert_eq!(registry(), expected));
    with_registry(&other, || {
        let default = thread::spawn(registry).join().expect("no panic");
        let emitted = default
            .try_emit(OfDefault)
            .expect("the default one is the current one");
        assert_eq!(emitted.ran(), 1);
        assert_eq!(registry(), other);
    });
    drop(subscription);
}

#[test]
fn a_handler_that_panics_leaves_the_registry() {
    let journal = Journal::default();
    let own = with_sync("own", &journal);
    own.subscribe(|_: &Outer| panic!("in a handler"))
        .priority(1)
        .register()
        .expect("it has no conflict")
        .detach();
    assert!(own.try_emit(Outer).is_err());
    assert_eq!(journal.take(), ["own"]);
    assert_ne!(registry(), own);
}

#[test]
fn a_panic_that_leaves_the_emit_leaves_the_registry() {
    let own = Registry::new();
    let mut emit = Box::pin(own.emit_async(Outer));
    assert!(poll_once(emit.as_mut()).is_ready());
    let polled_again = catch_unwind(AssertUnwindSafe(|| poll_once(emit.as_mut())));
    assert!(polled_again.is_err(), "it was ready");
    assert_ne!(registry(), own);
}

#[test]
fn futures_that_are_polled_in_turn_keep_their_registries() {
    let journal = Journal::default();
    let registries = [with_async("a", &journal), with_async("b", &journal)];
    let mut emits = registries
        .each_ref()
        .map(|own| Box::pin(own.emit_async(Outer)));
    let mut poll = |index: usize| {
        let emit: Pin<&mut EmitAsync<Outer>> = emits[index].as_mut();
        let polled = emit.poll(&mut Context::from_waker(Waker::noop()));
        (polled.is_ready(), journal.take())
    };
    let none = || (false, vec![]);
    assert_eq!(poll(0), (false, vec!["a".to_owned()]));
    assert_eq!(poll(1), (false, vec!["b".to_owned()]));
    for index in [1, 0] {
        let name = registries_name(index);
        assert_eq!(poll(index), (false, vec![name.clone(), name]));
        assert_ne!(poll(index), none());
    }
}

fn registries_name(index: usize) -> String {
    ["a", "b"][index].to_owned()
}

#[test]
fn what_a_dropped_emit_drops_emits_to_its_registry() {
    struct EmitsWhenDropped;
    impl Drop for EmitsWhenDropped {
        fn drop(&mut self) {
            emit_inner();
        }
    }
    let journal = Journal::default();
    let own = named("own", &journal);
    own.on_awaited(async |_: &mut Outer| {
        let _emits = EmitsWhenDropped;
        std::future::pending::<()>().await;
    })
    .detach();
    assert_eq!(poll_once(own.emit_async(Outer)).map(drop), Poll::Pending);
    assert_eq!(journal.take(), ["own"]);
}

#[test]
fn hooks_and_middleware_of_the_emit_are_inside() {
    struct Emits;
    impl Middleware for Emits {
        fn call(&self, _: &SubscriberInfo, next: Next<'_>) -> SubscriberOutcome {
            with_mark("wrap");
            next.run()
        }
    }
    static MARKS: Mutex<Vec<(&str, Registry)>> = Mutex::new(Vec::new());
    fn with_mark(mark: &'static str) {
        MARKS
            .lock()
            .expect("it is not poisoned")
            .push((mark, registry()));
    }
    let own = Registry::new();
    let _wrapped = own.wrap(Emits);
    let _hook = own.on_failure(|_: &Failure| with_mark("failure"));
    own.set_unheard_hook(|_: &dyn AnyEvent| with_mark("unheard"));
    own.on(|_: &Outer| Err::<(), _>("it fails")).detach();
    own.emit(Outer);
    own.emit(Inner);
    let marks = std::mem::take(&mut *MARKS.lock().expect("it is not poisoned"));
    let expected = ["wrap", "failure", "unheard"].map(|mark| (mark, own.clone()));
    assert_eq!(marks, expected);
}

#[test]
fn a_scope_that_a_handler_enters_is_inside_and_may_outlive_the_emit() {
    thread_local! {
        static KEPT: Mutex<Option<Entered>> = const { Mutex::new(None) };
    }
    let journal = Journal::default();
    let (own, other) = (named("own", &journal), named("other", &journal));
    let entered = other.clone();
    own.on(move |_: &Outer| {
        let scope = entered.enter();
        emit_inner();
        KEPT.with(|kept| *kept.lock().expect("it is not poisoned") = Some(scope));
        emit_inner();
    })
    .detach();
    own.emit(Outer);
    emit_inner();
    assert_eq!(journal.take(), ["other"; 3]);
    own.emit(Inner);
    assert_eq!(journal.take(), ["own"]);
    KEPT.with(|kept| drop(kept.lock().expect("it is not poisoned").take()));
    emit_inner();
    assert!(journal.take().is_empty());
}

#[test]
fn a_scope_around_an_emit_may_end_inside() {
    let journal = Journal::default();
    let (own, other) = (named("own", &journal), named("other", &journal));
    thread_local! {
        static KEPT: Mutex<Option<Entered>> = const { Mutex::new(None) };
    }
    KEPT.with(|kept| *kept.lock().expect("it is not poisoned") = Some(other.enter()));
    own.on(|_: &Outer| {
        KEPT.with(|kept| drop(kept.lock().expect("it is not poisoned").take()));
        emit_inner();
    })
    .detach();
    own.emit(Outer);
    assert_eq!(journal.take(), ["own"]);
    emit_inner();
    assert!(journal.take().is_empty());
}

#[test]
fn what_a_handler_does_without_a_registry_uses_that_of_the_emit() {
    let journal = Journal::default();
    let own = named("own", &journal);
    let named_topic = journal.clone();
    let note = move |_: &dyn AnyEvent| named_topic.note("topic");
    own.on_topic("by::topic", note).expect("a pattern").detach();
    own.on(|_: &Outer| {
        Inner.enqueue().expect("the queue has room");
        emit_topic("by::topic", args! {});
        assert!(Inner::has_subscribers());
    })
    .detach();
    let result: Result<Emitted<Outer>, EmitError<Outer>> = own.try_emit(Outer);
    assert_eq!(result.expect("none fails").ran(), 1);
    assert_eq!(journal.take(), ["topic"]);
    assert_eq!(own.queue().flush().ran(), 1);
    assert_eq!(journal.take(), ["own"]);
}

#[test]
fn an_emit_keeps_no_registry_alive() {
    let weak: Vec<_> = (0..100)
        .map(|_| {
            let own = Registry::new();
            own.on(|_: &Outer| assert!(registry() != Registry::new()))
                .detach();
            own.emit(Outer);
            own.downgrade()
        })
        .collect();
    assert!(weak.iter().all(|weak| weak.upgrade().is_none()));
}

#[test]
fn a_pending_emit_does_not_enter_its_registry_between_its_polls() {
    let journal = Journal::default();
    let own = named("own", &journal);
    let gate = Gate::default();
    let wait = async |_: &mut Outer, gate: &Gate| {
        gate.wait().await;
        emit_inner();
    };
    own.on_awaited_with(gate.clone(), wait).detach();
    let mut emit = Box::pin(own.emit_async(Outer));
    assert!(poll_once(emit.as_mut()).is_pending());
    emit_inner();
    assert!(journal.take().is_empty());
    gate.open();
    block_on(emit.as_mut());
    assert_eq!(journal.take(), ["own"]);
}

#[test]
fn of_many_registries_on_one_thread_each_is_the_current_one_of_its_handlers() {
    const COUNT: usize = 200;
    let journal = Journal::default();
    let own = || with_sync_numbered(&journal);
    let mut registries: Vec<_> = (0..COUNT).map(|_| own()).collect();
    for round in 1..8 {
        // In another order each time, while some are dropped and others come.
        for step in 0..COUNT {
            let index = step * (2 * round + 1) % COUNT;
            registries[index].0.emit(Outer);
            assert_eq!(journal.take(), [registries[index].1.clone()]);
            if step % 5 == 0 {
                registries[index] = own();
            }
        }
    }
}

/// A registry with a name of its own.
fn with_sync_numbered(journal: &Journal) -> (Registry, String) {
    static NEXT: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
    let number = NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let name = number.to_string();
    let registry = Registry::new();
    let (notes, own) = (journal.clone(), name.clone());
    registry.on(move |_: &Inner| notes.note(&*own)).detach();
    registry.on(|_: &Outer| emit_inner()).detach();
    (registry, name)
}
