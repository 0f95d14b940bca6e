//! Middleware around emissions: every way of emitting is wrapped, once, and the emitter gets the event back.

use std::{
    ops::ControlFlow,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use events_core::{
    AnyEvent, Emission, EmitError, Emitted, Event, Registry, args,
    emitting::Args,
    middleware::{BoxFuture, EmitMiddleware, EmitOutcome, NextEmit, NextEmitAsync},
};

use super::yield_once;
use crate::{Journal, block_on};

#[derive(Event, Clone)]
#[event(topic = "wrapped::typed")]
pub(super) struct Typed(pub(super) &'static str);

#[derive(Event)]
#[event(topic = "wrapped::lent")]
pub(super) struct Lent<'a>(pub(super) &'a str);

/// What an emitter gets back.
#[derive(Debug, PartialEq)]
pub(super) enum Back {
    /// The content of the event.
    Event(&'static str),
    /// The same, and how many subscribers ran, or the text of the error.
    Result(&'static str, Result<usize, String>),
    /// The queue ran that many events, of which that many handlers failed.
    Flushed(usize, usize),
}

use Back::{Event as Ev, Flushed, Result as Res};

impl Back {
    fn of<E>(
        result: Result<Emitted<E>, EmitError<E>>,
        content: impl FnOnce(E) -> &'static str,
    ) -> Self {
        match result {
            Ok(emitted) => {
                let ran = emitted.ran();
                Res(content(emitted.into_event()), Ok(ran))
            }
            Err(error) => {
                let text = error.to_string();
                Res(content(error.into_event()), Err(text))
            }
        }
    }
}

fn flush(registry: &Registry) -> Back {
    let flushed = registry.queue().flush();
    Flushed(flushed.ran(), flushed.failures())
}

fn text(args: &Args) -> &'static str {
    args.arg::<&'static str>("text").copied().unwrap_or("lost")
}

pub(super) type Way = (&'static str, &'static str, fn(&Registry) -> Back);

const SYNC: &str = "sync";
const ASYNC: &str = "async";
const QUEUE: &str = "queue";

/// Every way of emitting, with the method of the middleware that is called.
pub(super) const WAYS: &[Way] = &[
    ("emit", SYNC, |r| Ev(r.emit(Typed("a")).0)),
    ("emit_from", SYNC, |r| Ev(r.emit_from(Typed("a"), "o").0)),
    ("emit_mut", SYNC, |r| {
        let mut event = Typed("a");
        r.emit_mut(&mut event);
        Ev(event.0)
    }),
    ("try_emit", SYNC, |r| {
        Back::of(r.try_emit(Typed("a")), |event| event.0)
    }),
    ("try_emit_from", SYNC, |r| {
        Back::of(r.try_emit_from(Typed("a"), "o"), |event| event.0)
    }),
    ("event.emit", SYNC, |r| {
        let _current = r.enter();
        Ev(Typed("a").emit().0)
    }),
    ("event.try_emit", SYNC, |r| {
        let _current = r.enter();
        Back::of(Typed("a").try_emit(), |event| event.0)
    }),
    ("borrowed emit", SYNC, |r| {
        let text = String::from("a");
        let back = r.emit(Lent(&text));
        assert_eq!(back.0, "a");
        Ev("a")
    }),
    ("borrowed emit_mut", SYNC, |r| {
        let text = String::from("a");
        let mut event = Lent(&text);
        r.emit_mut(&mut event);
        assert_eq!(event.0, "a");
        Ev("a")
    }),
    ("borrowed try_emit", SYNC, |r| {
        let text = String::from("a");
        Back::of(r.try_emit(Lent(&text)), |event| {
            assert_eq!(event.0, "a");
            "a"
        })
    }),
    ("emit_topic", SYNC, |r| {
        Ev(text(&r.emit_topic("wrapped::named", args! { text: "a" })))
    }),
    ("emit_topic_from", SYNC, |r| {
        Ev(text(&r.emit_topic_from(
            "wrapped::named",
            args! { text: "a" },
            "o",
        )))
    }),
    ("try_emit_topic", SYNC, |r| {
        let result = r.try_emit_topic("wrapped::named", args! { text: "a" });
        Back::of(result, |args| text(&args))
    }),
    ("try_emit_topic_from", SYNC, |r| {
        let result = r.try_emit_topic_from("wrapped::named", args! { text: "a" }, "o");
        Back::of(result, |args| text(&args))
    }),
    ("emit_async", ASYNC, |r| {
        Ev(block_on(r.emit_async(Typed("a"))).0)
    }),
    ("emit_async_from", ASYNC, |r| {
        Ev(block_on(r.emit_async_from(Typed("a"), "o")).0)
    }),
    ("try_emit_async", ASYNC, |r| {
        Back::of(block_on(r.try_emit_async(Typed("a"))), |event| event.0)
    }),
    ("try_emit_async_from", ASYNC, |r| {
        let result = block_on(r.try_emit_async_from(Typed("a"), "o"));
        Back::of(result, |event| event.0)
    }),
    ("borrowed emit_async", ASYNC, |r| {
        let text = String::from("a");
        assert_eq!(block_on(r.emit_async(Lent(&text))).0, "a");
        Ev("a")
    }),
    ("borrowed try_emit_async", ASYNC, |r| {
        let text = String::from("a");
        Back::of(block_on(r.try_emit_async(Lent(&text))), |event| {
            assert_eq!(event.0, "a");
            "a"
        })
    }),
    ("emit_topic_async", ASYNC, |r| {
        Ev(text(&block_on(
            r.emit_topic_async("wrapped::named", args! { text: "a" }),
        )))
    }),
    ("try_emit_topic_async", ASYNC, |r| {
        let result = block_on(r.try_emit_topic_async("wrapped::named", args! { text: "a" }));
        Back::of(result, |args| text(&args))
    }),
    #[cfg(feature = "tokio")]
    ("spawn_tokio", ASYNC, |r| {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        let spawned = async { r.emit_async(Typed("a")).spawn_tokio().await };
        Ev(runtime
            .expect("a runtime")
            .block_on(spawned)
            .expect("it ran")
            .0)
    }),
    ("enqueue", QUEUE, |r| {
        r.enqueue(Typed("a")).expect("there is room");
        flush(r)
    }),
    ("enqueue_from", QUEUE, |r| {
        r.enqueue_from(Typed("a"), "o").expect("there is room");
        flush(r)
    }),
    ("enqueue_topic", QUEUE, |r| {
        let args = args! { text: "a" };
        r.enqueue_topic("wrapped::named", args)
            .expect("there is room");
        flush(r)
    }),
    ("enqueue_after", QUEUE, |r| {
        let scheduled = r.enqueue_after(Typed("a"), Duration::ZERO);
        scheduled.expect("there is room");
        flush(r)
    }),
];

/// What a middleware does.
#[derive(Clone, Copy, PartialEq)]
enum Does {
    Run,
    Withhold,
    FailBefore,
    FailAfter,
    PanicBefore,
    PanicAfter,
}

use Does::{FailAfter, FailBefore, PanicAfter, PanicBefore, Run, Withhold};

struct Wrap(&'static str, Does, Journal);

impl Wrap {
    fn before(&self, kind: &str, emission: &Emission) -> String {
        let Self(name, does, journal) = self;
        let origin = emission.origin().map_or("", |origin| origin.as_str());
        journal.note(format!("{name} {kind} {} {origin}", emission.topic()));
        journal.note(format!("{:?}", emission.id()));
        assert!(*does != PanicBefore, "before");
        kind.to_owned()
    }

    fn after(&self, outcome: &EmitOutcome) {
        let Self(name, does, journal) = self;
        let stopped = outcome
            .stopped_by()
            .map_or("", |subscriber| &subscriber.name);
        let is_withheld = outcome.is_withheld();
        journal.note(format!(
            "{name} ran {} failed {} later {} retrying {} {stopped}{}",
            outcome.ran(),
            outcome.failed(),
            outcome.deferred(),
            outcome.retrying(),
            if is_withheld { "withheld" } else { "" },
        ));
        assert!(*does != PanicAfter, "after");
    }
}

impl EmitMiddleware for Wrap {
    fn call(&self, emission: &Emission, next: NextEmit<'_>) -> EmitOutcome {
        self.before(SYNC, emission);
        let call = next.call();
        assert!(!call.is_from_queue());
        match self.1 {
            Withhold => return EmitOutcome::withheld(),
            FailBefore => return call.fail("no"),
            _ => {}
        }
        let outcome = next.run();
        self.after(&outcome);
        match self.1 {
            FailAfter => call.fail("no"),
            _ => outcome,
        }
    }

    fn call_async<'a>(
        &'a self,
        emission: &'a Emission,
        next: NextEmitAsync<'a>,
    ) -> BoxFuture<'a, EmitOutcome> {
        Box::pin(async move {
            let call = next.call();
            self.before(if call.is_from_queue() { QUEUE } else { ASYNC }, emission);
            yield_once().await;
            match self.1 {
                Withhold => return EmitOutcome::withheld(),
                FailBefore => return call.fail("no"),
                _ => {}
            }
            let outcome = next.run().await;
            yield_once().await;
            self.after(&outcome);
            match self.1 {
                FailAfter => call.fail("no"),
                _ => outcome,
            }
        })
    }
}

/// What the subscriber does.
type Ends = Result<ControlFlow<()>, &'static str>;

/// A registry with a subscriber of all events, which notes the id of the emission, and a hook that counts failures.
fn registry(ends: Ends) -> (Registry, Journal, Arc<AtomicUsize>) {
    let (registry, journal) = (Registry::new(), Journal::default());
    let (noted, failures) = (journal.clone(), Arc::new(AtomicUsize::new(0)));
    registry
        .subscribe_topic(
            "wrapped::.*",
            move |_: &dyn AnyEvent, emission: &Emission| {
                noted.note(format!("{:?}", emission.id()));
                ends
            },
        )
        .expect("a pattern")
        .id("subscriber")
        .register()
        .expect("registered")
        .detach();
    let counted = Arc::clone(&failures);
    registry
        .on_failure(move |_| _ = counted.fetch_add(1, Ordering::Relaxed))
        .detach();
    (registry, journal, failures)
}

/// Checks, for every way of emitting: how often the subscriber ran, what the middleware saw after it, how many failures the
/// hook received, and how many handlers of an event from the queue failed.
fn check(does: Does, ends: Ends, runs: usize, after: Option<&str>, failures: usize) {
    for (way, kind, emit) in WAYS {
        let (registry, journal, counted) = registry(ends);
        registry
            .wrap_emit(Wrap("m", does, journal.clone()))
            .detach();
        let back = emit(&registry);
        let noted = journal.take();
        let is_from = way.ends_with("_from");
        let first = noted[0].strip_prefix(&format!("m {kind} wrapped::"));
        let (_, origin) = first
            .expect("it is called")
            .split_once(' ')
            .expect("a space");
        assert_eq!(origin, if is_from { "o" } else { "" }, "{way}");
        // The middleware and the subscriber are in the same emission.
        let ids = noted.iter().filter(|note| **note == noted[1]).count();
        assert_eq!(ids, 1 + runs, "{way}: {noted:?}");
        let seen = noted.get(2 + runs).map(|note| note.trim_end());
        assert_eq!(
            seen,
            after.map(|after| format!("m {after}")).as_deref(),
            "{way}"
        );
        assert_eq!(
            noted.len(),
            2 + runs + usize::from(after.is_some()),
            "{way}"
        );
        assert_eq!(counted.load(Ordering::Relaxed), failures, "{way}");
        match back {
            Ev(content) => assert_eq!(content, "a", "{way}"),
            Res(content, result) => {
                assert_eq!(content, "a", "{way}");
                match result {
                    Ok(ran) => assert_eq!((ran, failures), (runs, 0), "{way}"),
                    Err(text) => assert_eq!(text.lines().count(), 1 + failures, "{way}: {text}"),
                }
            }
            Flushed(ran, failed) => assert_eq!((ran, failed), (1, failures), "{way}"),
        }
    }
}

const CONTINUE: Ends = Ok(ControlFlow::Continue(()));

#[test]
fn it_is_called_once_around_every_way_of_emitting() {
    check(
        Run,
        CONTINUE,
        1,
        Some("ran 1 failed 0 later 0 retrying 0"),
        0,
    );
}

#[test]
fn it_sees_an_emission_that_is_stopped_or_fails() {
    let stop = Ok(ControlFlow::Break(()));
    check(
        Run,
        stop,
        1,
        Some("ran 1 failed 0 later 0 retrying 0 subscriber"),
        0,
    );
    check(
        Run,
        Err("refused"),
        1,
        Some("ran 1 failed 1 later 0 retrying 0"),
        1,
    );
}

#[test]
fn without_a_call_of_next_no_subscriber_runs_and_the_event_comes_back() {
    check(Withhold, CONTINUE, 0, None, 0);
    check(FailBefore, CONTINUE, 0, None, 1);
    check(PanicBefore, CONTINUE, 0, None, 1);
}

#[test]
fn a_failure_behind_the_subscribers_is_one_of_the_emission() {
    let ran = Some("ran 1 failed 0 later 0 retrying 0");
    check(FailAfter, CONTINUE, 1, ran, 1);
    check(PanicAfter, CONTINUE, 1, ran, 1);
    let failed = Some("ran 1 failed 1 later 0 retrying 0");
    check(PanicAfter, Err("refused"), 1, failed, 2);
}

#[test]
fn the_last_one_that_was_added_is_the_outermost_and_sees_the_failures_inside() {
    for (way, kind, emit) in WAYS {
        let (registry, journal, _) = registry(CONTINUE);
        let inner = registry.wrap_emit(Wrap("inner", FailAfter, journal.clone()));
        registry
            .wrap_emit(Wrap("outer", Run, journal.clone()))
            .detach();
        emit(&registry);
        let noted = journal.take();
        assert!(noted[0].starts_with(&format!("outer {kind}")), "{way}");
        assert!(noted[2].starts_with(&format!("inner {kind}")), "{way}");
        assert_eq!((&noted[1], &noted[1]), (&noted[3], &noted[4]), "{way}");
        let after = noted[5..].iter().map(|note| note.trim_end());
        let expected = ["inner ran 1 failed 0", "outer ran 1 failed 1"];
        let expected = expected.map(|text| format!("{text} later 0 retrying 0"));
        assert_eq!(after.collect::<Vec<_>>(), expected, "{way}");
        drop(inner);
        emit(&registry);
        let noted = journal.take();
        assert!(noted.iter().all(|note| !note.starts_with("inner")), "{way}");
        assert_eq!(noted.len(), 4, "{way}");
    }
}

#[test]
fn an_emission_without_subscribers_is_wrapped() {
    for (way, _, emit) in WAYS {
        let (registry, journal) = (Registry::new(), Journal::default());
        let wrap = registry.wrap_emit(Wrap("m", Run, journal.clone()));
        emit(&registry);
        let noted = journal.take();
        assert_eq!(noted.len(), 3, "{way}");
        assert_eq!(
            noted[2].trim_end(),
            "m ran 0 failed 0 later 0 retrying 0",
            "{way}"
        );
        drop(wrap);
        emit(&registry);
        assert_eq!(journal.take(), [""; 0], "{way}");
    }
}

#[test]
fn an_emission_that_no_subscriber_received_is_reported_unless_it_was_withheld() {
    for (way, _, emit) in WAYS {
        for does in [Run, Withhold, FailBefore] {
            let (registry, journal) = (Registry::new(), Journal::default());
            let noted = journal.clone();
            registry.set_unheard_hook(move |event| noted.note(event.topic()));
            registry
                .wrap_emit(Wrap("m", does, Journal::default()))
                .detach();
            emit(&registry);
            let expected = usize::from(does == Run);
            assert_eq!(journal.take().len(), expected, "{way}");
        }
    }
}
