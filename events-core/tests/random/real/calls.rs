//! The bodies of the handlers.

use std::{
    fmt,
    future::{Future, pending},
    ops::ControlFlow,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
    time::Duration,
};

use events_core::{AnyEvent, Emission, Event as _, EventCopy, Origin, Registry, Retry};
use smol::future::yield_now;

use super::{
    Shared,
    events::{A, B, D, Owned},
    report, shared,
};
use crate::{
    program::{Act, End, Kind, ORIGINS, Report},
    trace::Place,
};

/// A failed call is repeated at once, as often as its handler says.
pub(super) const RETRY: Retry =
    Retry::exponential(Duration::from_nanos(1), Duration::from_nanos(1));

/// The error of a handler that fails.
#[derive(Debug)]
pub(super) struct Scripted;

impl fmt::Display for Scripted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("scripted")
    }
}

impl std::error::Error for Scripted {}

/// What a sync handler returns.
pub(super) type Outcome = Result<ControlFlow<()>, Scripted>;

fn number_of(origin: Option<&Origin>) -> Option<usize> {
    let origin = origin?.as_str();
    ORIGINS.iter().position(|one| *one == origin)
}

impl Shared {
    /// Notes the call. Returns whether the handler has acts to perform.
    fn begin(&self, handler: usize, value: Option<i64>, emission: Option<&Emission>) -> bool {
        let topic = emission.map_or(D::topic(), Emission::topic);
        let origin = number_of(emission.and_then(Emission::origin));
        self.note(|trace| trace.called(handler, topic, value, origin));
        let fuel = self.fuel.get();
        self.fuel.set(fuel.saturating_sub(1));
        fuel > 0
    }

    fn end(&self, handler: usize) -> End {
        let end = self.program.handlers[handler].end;
        self.note(|trace| trace.ended(handler, end));
        end
    }
}

/// A sync handler of one event, whose value it changes.
pub(super) fn sync(handler: usize, value: &mut i64, emission: &Emission) -> Outcome {
    let seen = Some(*value);
    run_sync(handler, seen, Some(value), Some(emission))
}

/// A sync handler of an event that borrows; it is not passed the emission.
pub(super) fn borrowed(handler: usize, value: &mut i64) {
    let outcome = run_sync(handler, Some(*value), Some(value), None);
    assert!(outcome.is_ok(), "such a handler cannot fail but by a panic");
}

/// A sync handler of any event.
pub(super) fn any(handler: usize, event: &dyn AnyEvent, emission: &Emission) -> Outcome {
    assert_eq!(event.topic(), emission.topic(), "both name one topic");
    let seen = event.arg::<i64>("value").copied();
    run_sync(handler, seen, None, Some(emission))
}

fn run_sync(
    handler: usize,
    seen: Option<i64>,
    mut value: Option<&mut i64>,
    emission: Option<&Emission>,
) -> Outcome {
    let shared = shared();
    if !shared.begin(handler, seen, emission) {
        return Ok(ControlFlow::Continue(()));
    }
    for act in &Rc::clone(&shared.program).handlers[handler].acts {
        match act {
            Act::Add(number) => {
                if let Some(value) = &mut value {
                    **value = (**value + number) % 1000;
                }
            }
            Act::Do(op) => shared.op(op),
            Act::Yield | Act::Await(_) => {}
        }
    }
    match shared.end(handler) {
        End::Done => Ok(ControlFlow::Continue(())),
        End::Break => Ok(ControlFlow::Break(())),
        End::Error => Err(Scripted),
        End::Panic => panic!("scripted"),
    }
}

/// The value of an event of any type that can be copied.
pub(super) fn value_of(event: &EventCopy) -> i64 {
    let value = event.arg::<i64>("value").copied();
    value.expect("each event that can be copied has a value")
}

/// A deferred handler that is not async.
pub(super) fn deferred(handler: usize, value: i64, emission: &Emission) -> Result<(), Scripted> {
    run_sync(handler, Some(value), None, Some(emission)).map(|_| ())
}

/// The future of an async handler.
pub(super) fn asynchronous(
    handler: usize,
    value: i64,
    emission: &Emission,
) -> Call<'static, Result<(), Scripted>> {
    let emission = emission.clone();
    let future = async move {
        let mut value = value;
        let outcome = run_asynchronous(handler, &mut value, Some(&emission)).await;
        outcome.map(|_| ())
    };
    Call::new(handler, Place::Background, Box::pin(future))
}

/// The future of an awaited handler, which changes the value. One of an event that borrows is not passed the emission.
pub(super) fn in_place<'v>(
    handler: usize,
    value: &'v mut i64,
    emission: Option<&'v Emission>,
) -> Call<'v, Outcome> {
    let future = run_asynchronous(handler, value, emission);
    Call::new(handler, Place::Chain, Box::pin(future))
}

async fn run_asynchronous(handler: usize, value: &mut i64, emission: Option<&Emission>) -> Outcome {
    let acts = {
        let shared = shared();
        if !shared.begin(handler, Some(*value), emission) {
            return Ok(ControlFlow::Continue(()));
        }
        shared.program.handlers[handler].acts.clone()
    };
    for act in acts {
        match act {
            Act::Add(number) => *value = (*value + number) % 1000,
            Act::Do(op) => shared().op(&op),
            Act::Yield => yield_now().await,
            Act::Await(event) => {
                let registry = shared().registry.clone();
                let (value, origin) = (event.value, event.origin);
                let (value, report) = match event.kind {
                    Kind::A => awaited(&registry, A { value }, origin).await,
                    Kind::B => awaited(&registry, B { value }, origin).await,
                    Kind::C | Kind::D | Kind::Named(_) => panic!("no program awaits such an event"),
                };
                shared().note(|trace| trace.reported(value, &report));
            }
        }
    }
    match shared().end(handler) {
        End::Done => Ok(ControlFlow::Continue(())),
        End::Break => Ok(ControlFlow::Break(())),
        End::Error => Err(Scripted),
        End::Panic => panic!("scripted"),
    }
}

/// Emits an event and awaits the emit: its value and the report.
async fn awaited<E: Owned>(registry: &Registry, event: E, origin: Option<usize>) -> (i64, Report) {
    report(&match origin {
        Some(origin) => registry.try_emit_async_from(event, ORIGINS[origin]).await,
        None => registry.try_emit_async(event).await,
    })
}

/// A call of an async handler: notes that it is continued, or dropped before its end.
pub(super) struct Call<'v, T: 'v> {
    handler: usize,
    place: Place,
    state: State,
    future: ScriptFuture<'v, T>,
}

type ScriptFuture<'v, T> = Pin<Box<dyn Future<Output = T> + Send + 'v>>;

#[derive(PartialEq, Eq)]
enum State {
    New,
    Polling,
    Waiting,
    Ended,
}

impl<'v, T> Call<'v, T> {
    fn new(handler: usize, place: Place, future: ScriptFuture<'v, T>) -> Self {
        Self {
            handler,
            place,
            state: State::New,
            future,
        }
    }
}

impl<T> Future for Call<'_, T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        if self.state == State::Waiting {
            shared().note(|trace| trace.resumed(self.handler, self.place));
        }
        self.state = State::Polling;
        let polled = self.future.as_mut().poll(context);
        self.state = if polled.is_ready() {
            State::Ended
        } else {
            State::Waiting
        };
        polled
    }
}

impl<'v, T: 'v> Drop for Call<'v, T> {
    fn drop(&mut self) {
        if self.state == State::Waiting {
            // What it awaits is dropped first.
            self.future = Box::pin(pending());
            shared().note(|trace| trace.cut_off(self.handler, self.place));
        }
    }
}
