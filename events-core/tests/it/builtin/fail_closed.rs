//! Section 6: the events before a write fail closed, that is, a failure is a veto.

use std::ops::ControlFlow;

use events_core::{
    AnyEvent, EmitError, Emitted, Event, Registry,
    bounds::{Family, Snapshot},
    record::{Creating, Deleting, Diff, Updating},
    subscribing::NewSubscription,
};

use crate::{Gate, Journal, block_on, poll_once};

#[derive(Clone)]
struct User;

/// Fills the queue.
#[derive(Event)]
struct Filler;

/// An event before a write.
trait Check: Snapshot {
    fn new() -> Self;
    fn vetoes(&self) -> &[String];
    fn failed(&self) -> Vec<String>;
    fn checks(&self) -> Vec<String>;
}

macro_rules! checks {
    ($($event:ident($($argument:expr),*))*) => {
        $(
            impl Check for $event<User> {
                fn new() -> Self {
                    $event::new($($argument),*)
                }

                fn vetoes(&self) -> &[String] {
                    assert_eq!(self.is_vetoed(), !$event::vetoes(self).is_empty());
                    assert_eq!(self.veto_reason(), $event::vetoes(self).first().map(|it| &**it));
                    $event::vetoes(self)
                }

                fn failed(&self) -> Vec<String> {
                    self.failed_subscribers().map(|info| info.name.to_string()).collect()
                }

                fn checks(&self) -> Vec<String> {
                    let checks = self.failed_checks().iter();
                    let texts = checks.map(|failed| {
                        if let Some(name) = failed.name() {
                            assert_eq!(failed.to_string(), format!("the subscriber `{name}` {}", failed.cause()));
                        } else {
                            assert_eq!(failed.to_string(), failed.cause());
                        }
                        failed.to_string()
                    });
                    texts.collect()
                }
            }
        )*
    };
}

checks! { Creating(User) Updating(User, Diff::new()) Deleting(User) }

/// A subscriber, and how it fails.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Error,
    Panic,
    Condition,
    Pattern,
    Awaited,
    AwaitedError,
    AwaitedPanic,
    Async,
    AsyncPanic,
    AsyncFull,
    Deferred,
    DeferredFull,
    Filtered,
    Stopped,
}

fn subscribe<E: Check>(registry: &Registry, kind: Kind, is_optional: bool) {
    fn with<F: Family, T>(new: NewSubscription<F, T>, is_optional: bool) {
        let new = new.id("check");
        let new = if is_optional { new.optional() } else { new };
        new.register().expect("the id is free").detach();
    }
    let fails = |_: &E| Err::<(), _>("secret");
    let panics = |_: &E| panic!("secret");
    match kind {
        Kind::Error => with(registry.subscribe(fails), is_optional),
        Kind::Panic => with(registry.subscribe(panics), is_optional),
        Kind::Condition => with(
            registry.subscribe(|_: &E| ()).when(|_| panic!("secret")),
            is_optional,
        ),
        Kind::Pattern => {
            let new = registry.subscribe_topic(".*", |_: &dyn AnyEvent| Err::<(), _>("secret"));
            with(new.expect("it is a pattern"), is_optional);
        }
        Kind::Awaited => with(
            registry.subscribe_awaited(async |_: &mut E| ()),
            is_optional,
        ),
        Kind::AwaitedError => {
            let fails = async |_: &mut E| {
                smol::future::yield_now().await;
                Err::<(), _>("secret")
            };
            with(registry.subscribe_awaited(fails), is_optional);
        }
        Kind::AwaitedPanic => {
            let panics = async |_: &mut E| {
                smol::future::yield_now().await;
                panic!("secret");
            };
            with(registry.subscribe_awaited(panics), is_optional);
        }
        Kind::Async | Kind::AsyncFull => with(
            registry.subscribe_async(async |_: &E| Err::<(), _>("secret")),
            is_optional,
        ),
        Kind::AsyncPanic => with(
            registry.subscribe_async(async |_: &E| panic!("secret")),
            is_optional,
        ),
        Kind::Deferred | Kind::DeferredFull => {
            with(registry.subscribe_deferred(fails), is_optional);
        }
        Kind::Filtered => with(registry.subscribe(fails).when(|_| false), is_optional),
        Kind::Stopped => {
            let stops = registry.subscribe(|_: &E| ControlFlow::Break(()));
            let stops = stops.priority(1).register();
            stops.expect("there is no id").detach();
            with(registry.subscribe(fails), is_optional);
        }
    }
    if matches!(kind, Kind::AsyncFull | Kind::DeferredFull) {
        registry.queue().set_capacity(1);
        registry.enqueue(Filler).expect("there is room for one");
    }
}

/// The texts after the name of the subscriber.
const ERROR: Option<&str> = Some("returned an error");
const PANIC: Option<&str> = Some("panicked");
const NOT_AWAITED: Option<&str> = Some(
    "was not reached: it is awaited, and a sync emit cannot wait for it; use `emit_async`, or `enqueue`",
);
const FULL: Option<&str> = Some(
    "was not reached: the queue is full, with 1 event; flush it more often, run a worker, or raise its capacity with \
     set_capacity",
);

/// Each kind, with the veto after a sync emit, and after an async one.
type Row = (Kind, [Option<&'static str>; 2]);

const ROWS: &[Row] = &[
    (Kind::Error, [ERROR, ERROR]),
    (Kind::Panic, [PANIC, PANIC]),
    (Kind::Condition, [PANIC, PANIC]),
    (Kind::Pattern, [ERROR, ERROR]),
    (Kind::Awaited, [NOT_AWAITED, None]),
    (Kind::AwaitedError, [NOT_AWAITED, ERROR]),
    (Kind::AwaitedPanic, [NOT_AWAITED, PANIC]),
    (Kind::Async, [None, ERROR]),
    (Kind::AsyncPanic, [None, PANIC]),
    (Kind::AsyncFull, [FULL, ERROR]),
    (Kind::Deferred, [None, None]),
    (Kind::DeferredFull, [ERROR, ERROR]),
    (Kind::Filtered, [None, None]),
    (Kind::Stopped, [None, None]),
];

type Emit<E> = fn(&Registry, E) -> E;

/// The verbs that return the event; whether each is async.
fn verbs<E: Check>() -> [(&'static str, bool, Emit<E>); 8] {
    [
        ("emit", false, |registry, event| registry.emit(event)),
        ("emit_mut", false, |registry, mut event| {
            registry.emit_mut(&mut event);
            event
        }),
        ("emit_from", false, |registry, event| {
            registry.emit_from(event, "import")
        }),
        ("the current emit", false, |registry, event| {
            let _scope = registry.enter();
            event.emit()
        }),
        ("try_emit", false, |registry, event| {
            let result = registry.try_emit(event);
            result.map_or_else(EmitError::into_event, Emitted::into_event)
        }),
        ("emit_async", true, |registry, event| {
            block_on(registry.emit_async(event))
        }),
        ("the current emit_async", true, |registry, event| {
            let _scope = registry.enter();
            block_on(event.emit_async())
        }),
        ("try_emit_async", true, |registry, event| {
            let result = block_on(registry.try_emit_async(event));
            result.map_or_else(EmitError::into_event, Emitted::into_event)
        }),
    ]
}

fn check<E: Check>(&(kind, [sync, asynchronous]): &Row, is_optional: bool) {
    let context = format!("{kind:?} of {}, optional: {is_optional}", E::topic());
    let expected = |veto: Option<&str>| {
        let veto = veto.filter(|_| !is_optional);
        let veto = veto.map(|text| format!("the subscriber `check` {text}"));
        veto.into_iter().collect::<Vec<_>>()
    };
    for (verb, is_async, emit) in verbs::<E>() {
        let registry = Registry::new();
        subscribe::<E>(&registry, kind, is_optional);
        let event = emit(&registry, E::new());
        let vetoes = expected(if is_async { asynchronous } else { sync });
        assert_eq!(event.vetoes(), vetoes, "{verb}, {context}");
        let failed: Vec<_> = vetoes.iter().map(|_| "check").collect();
        assert_eq!(event.failed(), failed, "{verb}, {context}");
        assert_eq!(event.checks(), vetoes, "{verb}, {context}");
    }
    if matches!(kind, Kind::AsyncFull | Kind::DeferredFull | Kind::Stopped) {
        return;
    }
    // The clone that a background subscriber receives.
    let registry = Registry::new();
    subscribe::<E>(&registry, kind, is_optional);
    let journal = Journal::default();
    let notes = journal.clone();
    let reads = registry.subscribe_deferred(move |event: &E| {
        event.vetoes().iter().for_each(|veto| notes.note(veto));
    });
    reads.optional().register().expect("no id").detach();
    registry.emit(E::new());
    registry.queue().flush();
    assert_eq!(journal.take(), expected(sync), "{context}");
}

#[test]
fn a_failure_is_a_veto_unless_its_subscriber_is_optional() {
    for row in ROWS {
        for is_optional in [false, true] {
            check::<Creating<User>>(row, is_optional);
            check::<Updating<User>>(row, is_optional);
            check::<Deleting<User>>(row, is_optional);
        }
    }
}

/// The failures of two subscribers with an awaited one between them, which is suspended.
#[test]
fn all_failures_of_a_suspended_chain_are_vetoes() {
    let registry = Registry::new();
    let gate = Gate::default();
    let fails = |id: &str| {
        let new = registry.subscribe(|event: &mut Creating<User>| {
            event.veto("explicit");
            Err::<(), _>("secret")
        });
        new.id(id).register().expect("the id is free").detach();
    };
    fails("first");
    let waits = async |_: &mut Creating<User>, gate: &Gate| gate.wait().await;
    registry.on_awaited_with(gate.clone(), waits).detach();
    fails("second");
    let asynchronous = registry.subscribe_async(async |event: &Creating<User>| {
        assert_eq!(event.vetoes().len(), 4, "it is refused before this starts");
        Err::<(), _>("secret")
    });
    asynchronous
        .id("third")
        .register()
        .expect("the id is free")
        .detach();
    let mut emit = Box::pin(registry.emit_async(Creating::new(User)));
    assert!(poll_once(emit.as_mut()).is_pending());
    gate.open();
    let event = block_on(emit);
    let failed = ["first", "second", "third"];
    assert_eq!(event.failed(), failed);
    let reasons = failed.map(|name| format!("the subscriber `{name}` returned an error"));
    assert_eq!(
        event.vetoes(),
        [&["explicit".into(), "explicit".into()], &reasons[..]].concat()
    );
    assert_eq!(event.checks(), reasons);
    // Of the emitter, after the failures: with the vetoes of handlers, before them.
    let mut event = event;
    event.veto("late");
    assert_eq!(event.vetoes()[2], "late");
    assert_eq!(event.checks(), reasons);
}

#[test]
fn an_emit_that_is_nested_too_deep_is_vetoed() {
    for (verb, _, emit) in verbs::<Deleting<User>>() {
        let registry = Registry::new();
        registry.set_depth_limit(1);
        let (inner, journal) = (registry.clone(), Journal::default());
        let notes = journal.clone();
        let emits = move |_: &Creating<User>| {
            let deleting = emit(&inner, Deleting::new(User));
            deleting.vetoes().iter().for_each(|veto| notes.note(veto));
            assert_eq!(deleting.failed(), [""; 0]);
        };
        registry.on(emits).detach();
        registry.on(|_: &Deleting<User>| ()).detach();
        assert!(!registry.emit(Creating::new(User)).is_vetoed());
        let vetoes = journal.take();
        let [veto] = &vetoes[..] else {
            panic!("{verb}: {vetoes:?}")
        };
        assert!(
            veto.starts_with("emit refused: 1 emit is in progress"),
            "{verb}: {veto}"
        );
    }
}

/// The call would wait for itself, so it is refused.
#[test]
fn a_call_that_would_wait_for_itself_is_a_veto() {
    let registry = Registry::new();
    let (inner, journal) = (registry.clone(), Journal::default());
    let notes = journal.clone();
    let handler = move |_: &Creating<User>| {
        let (inner, notes) = (inner.clone(), notes.clone());
        async move {
            let nested = Box::pin(inner.emit_async(Creating::new(User))).await;
            nested.vetoes().iter().for_each(|veto| notes.note(veto));
        }
    };
    let new = registry.subscribe_async(handler).id("check").concurrency(1);
    new.register().expect("the id is free").detach();
    assert!(!block_on(registry.emit_async(Creating::new(User))).is_vetoed());
    let vetoes = journal.take();
    assert!(
        vetoes[0].starts_with("the subscriber `check` was not reached: "),
        "{vetoes:?}"
    );
}

#[test]
fn other_events_are_not_vetoed_and_optional_has_no_effect_on_them() {
    #[derive(Event)]
    struct Placed;

    let registry = Registry::new();
    let new = registry.subscribe(|_: &Placed| Err::<(), _>("failed"));
    new.optional().register().expect("there is no id").detach();
    assert_eq!(
        registry
            .try_emit(Placed)
            .map(|_| ())
            .expect_err("it fails")
            .failures()
            .len(),
        1
    );
}

/// How many emits are nested further.
#[derive(Clone)]
struct Depth(usize);

fn on_thread<T: Send + 'static>(kib: usize, f: impl FnOnce() -> T + Send + 'static) -> T {
    let builder = std::thread::Builder::new().stack_size(kib << 10);
    let thread = builder.spawn(f).expect("a thread starts");
    thread.join().expect("nothing panics")
}

/// Emits that are nested through awaited subscribers begin on a large stack, and are resumed on a small one: the first emit
/// that has no room there is cut off, and those around it end.
#[test]
fn a_chain_that_cannot_be_resumed_is_vetoed() {
    const NESTED: usize = 120;
    let registry = Registry::new();
    let journal = Journal::default();
    let nests = async |event: &mut Creating<Depth>, (registry, journal): &(Registry, Journal)| {
        let Some(depth) = event.record.0.checked_sub(1) else {
            return std::future::pending().await;
        };
        let nested: std::pin::Pin<Box<dyn Future<Output = _> + Send>> =
            Box::pin(registry.emit_async(Creating::new(Depth(depth))));
        let nested = nested.await;
        nested.vetoes().iter().for_each(|veto| journal.note(veto));
    };
    let new = registry.subscribe_awaited_with((registry.clone(), journal.clone()), nests);
    new.id("nests").register().expect("the id is free").detach();
    let check = registry.subscribe(|_: &Creating<Depth>| ()).id("last");
    check.register().expect("the id is free").detach();
    let mut emit = on_thread(64 << 10, move || {
        let mut emit = Box::pin(registry.emit_async(Creating::new(Depth(NESTED))));
        assert!(poll_once(emit.as_mut()).is_pending());
        emit
    });
    let event = on_thread(256, move || poll_once(emit.as_mut()));
    assert!(matches!(event, std::task::Poll::Ready(event) if !event.is_vetoed()));
    let vetoes = journal.take();
    let [first, second] = &vetoes[..] else {
        panic!("{vetoes:?}")
    };
    assert!(
        first.starts_with("the subscriber `nests` was dropped before its end: "),
        "{first}"
    );
    assert!(
        second.starts_with("the subscriber `last` was dropped before its end: "),
        "{second}"
    );
}
