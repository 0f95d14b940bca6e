//! Middleware around emissions that are pending: what is cut off, and what becomes of the event.

use std::{
    future::{Future, pending, poll_fn},
    pin::{Pin, pin},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};

use events_core::{
    Emission, Event, Registry,
    middleware::{BoxFuture, EmitMiddleware, EmitOutcome, NextEmitAsync},
    record::Creating,
};

use super::{wrap_emit::Typed, yield_once};
use crate::{Gate, Journal, block_on, poll_once};

pub(super) type Call = fn(NextEmitAsync<'_>) -> BoxFuture<'_, EmitOutcome>;

/// A middleware that is a function.
pub(super) struct Around(pub(super) Call);

impl EmitMiddleware for Around {
    fn call_async<'a>(
        &'a self,
        _: &'a Emission,
        next: NextEmitAsync<'a>,
    ) -> BoxFuture<'a, EmitOutcome> {
        (self.0)(next)
    }
}

/// Notes its drop.
struct Noted(&'static str, Journal);

impl Drop for Noted {
    fn drop(&mut self) {
        self.1.note(self.0);
    }
}

/// Suspends once before the subscribers and once behind them, and notes how far it gets.
struct Steps(Journal);

impl EmitMiddleware for Steps {
    fn call_async<'a>(
        &'a self,
        _: &'a Emission,
        next: NextEmitAsync<'a>,
    ) -> BoxFuture<'a, EmitOutcome> {
        Box::pin(async move {
            let _noted = Noted("middleware dropped", self.0.clone());
            yield_once().await;
            let outcome = next.run().await;
            self.0.note("behind");
            yield_once().await;
            outcome
        })
    }
}

#[derive(Event, Clone)]
struct Slow(Journal);

fn slow(registry: &Registry) {
    registry
        .subscribe_async(async |event: &Slow| {
            let _noted = Noted("subscriber dropped", event.0.clone());
            event.0.note("subscriber");
            yield_once().await;
        })
        .id("slow")
        .register()
        .expect("registered")
        .detach();
}

#[test]
fn a_drop_at_each_await_drops_the_subscribers_and_the_middleware() {
    let all = [
        "subscriber",
        "subscriber dropped",
        "behind",
        "middleware dropped",
    ];
    let expected: &[&[&str]] = &[
        &[],
        &["middleware dropped"],
        &["subscriber", "subscriber dropped", "middleware dropped"],
        &all,
    ];
    for (polls, expected) in expected.iter().enumerate() {
        let (registry, journal) = (Registry::new(), Journal::default());
        slow(&registry);
        registry.wrap_emit(Steps(journal.clone())).detach();
        let mut emit = Box::pin(registry.try_emit_async(Slow(journal.clone())));
        for _ in 0..polls {
            assert!(poll_once(emit.as_mut()).is_pending());
        }
        drop(emit);
        assert_eq!(journal.take(), *expected, "{polls} polls");
    }
    let (registry, journal) = (Registry::new(), Journal::default());
    slow(&registry);
    registry.wrap_emit(Steps(journal.clone())).detach();
    block_on(registry.emit_async(Slow(journal.clone())));
    assert_eq!(journal.take(), all);
}

/// Polls the subscribers once, and cuts them off.
fn cut_off(next: NextEmitAsync<'_>) -> BoxFuture<'_, EmitOutcome> {
    let call = next.call();
    Box::pin(async move {
        let mut rest = next.run();
        poll_fn(|context| {
            assert!(rest.as_mut().poll(context).is_pending());
            Poll::Ready(())
        })
        .await;
        yield_once().await;
        drop(rest);
        yield_once().await;
        call.fail("too slow")
    })
}

type Subscribe = fn(&Registry, Journal);

/// A subscriber that never ends, by its kind, and the subscriber behind it.
const PENDING: &[(&str, Subscribe)] = &[
    ("async", |registry, journal| {
        let new = registry.subscribe_async(async |_: &Typed| pending::<()>().await);
        new.id("pending").register().expect("registered").detach();
        let late = registry.subscribe_async(move |_: &Typed| {
            journal.note("late");
            async {}
        });
        let late = late.id("late").after("pending");
        late.register().expect("registered").detach();
    }),
    ("awaited", |registry, journal| {
        let new = registry.subscribe_awaited(async |_: &mut Typed| pending::<()>().await);
        new.id("pending").register().expect("registered").detach();
        let late = registry.subscribe(move |_: &Typed| journal.note("late"));
        let late = late.id("late").after("pending");
        late.register().expect("registered").detach();
    }),
];

#[test]
fn subscribers_that_are_cut_off_are_named_and_the_event_comes_back() {
    for (kind, subscribe) in PENDING {
        let (registry, journal) = (Registry::new(), Journal::default());
        let noted = journal.clone();
        let first = registry.subscribe(move |_: &Typed| noted.note("first"));
        let first = first.id("first").before("pending").before("late");
        subscribe(&registry, journal.clone());
        first.register().expect("registered").detach();
        registry.wrap_emit(Around(cut_off)).detach();

        let error = block_on(registry.try_emit_async(Typed("a"))).expect_err("it fails");
        assert_eq!((error.event().0, error.ran()), ("a", 1), "{kind}");
        let outcomes: Vec<_> = error
            .outcomes()
            .map(|(subscriber, outcome)| format!("{} {outcome}", subscriber.name))
            .collect();
        let cut = "was not reached: the emit was dropped before its end";
        let expected = [
            "first ran".into(),
            format!("pending {cut}"),
            format!("late {cut}"),
        ];
        assert_eq!(outcomes, expected, "{kind}");
        assert_eq!(block_on(registry.emit_async(Typed("b"))).0, "b", "{kind}");
        registry.enqueue(Typed("c")).expect("there is room");
        let flushed = registry.queue().flush();
        assert_eq!((flushed.ran(), flushed.failures()), (1, 1), "{kind}");
        assert_eq!(journal.take(), ["first"; 3], "{kind}");
    }
}

#[test]
fn a_deferred_subscriber_of_a_cut_off_emission_runs_unless_it_depends_on_an_async_one() {
    let (registry, journal) = (Registry::new(), Journal::default());
    let new = registry.subscribe_async(async |_: &Typed| pending::<()>().await);
    new.id("pending").register().expect("registered").detach();
    for (id, is_behind) in [("free", false), ("behind", true)] {
        let noted = journal.clone();
        let new = registry
            .subscribe_deferred(move |_: &Typed| noted.note(id))
            .id(id);
        let new = if is_behind { new.after("pending") } else { new };
        new.register().expect("registered").detach();
    }
    registry.wrap_emit(Around(cut_off)).detach();
    block_on(registry.emit_async(Typed("a")));
    registry.queue().flush();
    assert_eq!(journal.take(), ["free"]);
}

#[test]
fn an_event_that_fails_closed_is_refused_if_the_middleware_fails_or_cuts_a_check_off() {
    #[derive(Clone)]
    struct User;
    let only_cuts_off: Call = |next| {
        Box::pin(async move {
            let mut rest = next.run();
            poll_fn(|context| {
                assert!(rest.as_mut().poll(context).is_pending());
                Poll::Ready(())
            })
            .await;
            yield_once().await;
            drop(rest);
            EmitOutcome::withheld()
        })
    };
    let cases: &[(Call, bool)] = &[
        (only_cuts_off, true),
        (cut_off, true),
        (
            |next| Box::pin(std::future::ready(next.call().fail("no"))),
            true,
        ),
        (|_| panic!("no"), true),
        (
            |_| Box::pin(std::future::ready(EmitOutcome::withheld())),
            false,
        ),
        (|next| next.run(), false),
    ];
    for (index, (call, is_refused)) in cases.iter().enumerate() {
        let registry = Registry::new();
        let is_endless = index < 2;
        registry
            .on_awaited_with((), async |_: &mut Creating<User>, (): &()| ())
            .detach();
        if is_endless {
            let endless =
                registry.subscribe_async(async |_: &Creating<User>| pending::<()>().await);
            endless.register().expect("registered").detach();
        }
        registry.wrap_emit(Around(*call)).detach();
        let creating = block_on(registry.emit_async(Creating::new(User)));
        assert_eq!(creating.is_vetoed(), *is_refused, "case {index}");
    }
}

/// Polls its future only if that has called its waker, as a set of futures does.
struct OnlyWhenWoken<F> {
    future: Pin<Box<F>>,
    flag: Arc<Flag>,
}

struct Flag {
    is_woken: AtomicBool,
    task: Mutex<Option<Waker>>,
}

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.is_woken.store(true, Ordering::SeqCst);
        let task = self.task.lock().expect("not poisoned").take();
        task.into_iter().for_each(Waker::wake);
    }
}

impl<F: Future> Future for OnlyWhenWoken<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let flag = Arc::clone(&self.flag);
        *flag.task.lock().expect("not poisoned") = Some(context.waker().clone());
        if !flag.is_woken.swap(false, Ordering::SeqCst) {
            return Poll::Pending;
        }
        let waker = Waker::from(flag);
        self.future.as_mut().poll(&mut Context::from_waker(&waker))
    }
}

#[test]
fn a_middleware_that_polls_the_subscribers_only_when_they_wake_it_completes() {
    let only_when_woken: Call = |next| {
        Box::pin(OnlyWhenWoken {
            future: Box::pin(next.run()),
            flag: Arc::new(Flag {
                is_woken: AtomicBool::new(true),
                task: Mutex::new(None),
            }),
        })
    };
    let (registry, gate) = (Registry::new(), Gate::default());
    let waiting = gate.clone();
    registry
        .on_async(move |_: &Typed| {
            let waiting = waiting.clone();
            async move { waiting.wait().await }
        })
        .detach();
    registry.wrap_emit(Around(only_when_woken)).detach();
    let mut emit = pin!(registry.try_emit_async(Typed("a")));
    assert!(poll_once(emit.as_mut()).is_pending());
    gate.open();
    assert_eq!(block_on(emit).expect("it runs").ran(), 1);
    // Without a suspension in between.
    assert_eq!(
        block_on(registry.try_emit_async(Typed("a")))
            .expect("it runs")
            .ran(),
        1
    );
}

#[test]
fn a_shutdown_returns_an_event_whose_middleware_is_pending() {
    let before: Call = |next| {
        Box::pin(async move {
            pending::<()>().await;
            next.run().await
        })
    };
    let inside: Call = |next| next.run();
    for (call, is_started) in [(before, false), (inside, true)] {
        let registry = Registry::new();
        let new = registry.subscribe_async(async |_: &Typed| pending::<()>().await);
        new.id("pending").register().expect("registered").detach();
        registry.wrap_emit(Around(call)).detach();
        registry
            .enqueue_from(Typed("a"), "o")
            .expect("there is room");
        let mut flush = Box::pin(registry.queue().flush_async());
        assert!(poll_once(flush.as_mut()).is_pending());
        let unfinished = block_on(registry.queue().shutdown_async(std::future::ready(())));
        let event = unfinished
            .events
            .into_iter()
            .next()
            .expect("it is handed back");
        let names = event.unfinished().map(|subscribers| {
            let names = subscribers.map(|subscriber| subscriber.name.to_string());
            names.collect::<Vec<_>>()
        });
        assert_eq!(names, is_started.then(|| vec!["pending".to_owned()]));
        assert_eq!(event.origin().map(events_core::Origin::as_str), Some("o"));
        assert_eq!(event.downcast::<Typed>().expect("its type").0, "a");
    }
}

#[test]
fn a_panic_in_a_drop_of_the_middleware_is_contained() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("in a drop");
        }
    }
    let ends: Call = |next| {
        let mut rest = Some((Bomb, next.run()));
        Box::pin(poll_fn(move |context| {
            let (_, future) = rest.as_mut().expect("it is pending");
            future.as_mut().poll(context)
        }))
    };
    let registry = Registry::new();
    registry
        .on_async(async |_: &Typed| yield_once().await)
        .detach();
    registry.wrap_emit(Around(ends)).detach();
    let emitted = block_on(registry.try_emit_async(Typed("a"))).expect("it runs");
    assert_eq!((emitted.event().0, emitted.ran()), ("a", 1));
    assert!(poll_once(registry.emit_async(Typed("a"))).is_pending());
    registry.enqueue(Typed("a")).expect("there is room");
    assert_eq!(registry.queue().flush().failures(), 0);
}
