//! The bodies of the handlers.

use std::{
    fmt,
    future::{Future, pending},
    ops::ControlFlow,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
};

use events_core::{AnyEvent, Emission, Origin};
use smol::future::yield_now;

use super::{Shared, Valued, kind_of, program_event, shared, shared_note};
use crate::units::program::{Act, End, Event, Mode, ORIGINS};

/// The error of a handler that fails.
#[derive(Debug)]
pub(super) struct Scripted;

impl fmt::Display for Scripted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("scripted")
    }
}

impl std::error::Error for Scripted {}

pub(super) type Outcome = Result<ControlFlow<()>, Scripted>;

fn number_of(origin: Option<&Origin>) -> Option<usize> {
    let origin = origin?.as_str();
    ORIGINS.iter().position(|one| *one == origin)
}

impl Shared {
    /// Notes the call. Returns whether the handler has acts to perform.
    fn begin_call(&self, handler: usize, event: Event, emission: &Emission) -> bool {
        let (id, parent) = (emission.id(), emission.parent());
        self.note(|trace| trace.called(handler, event, id, parent));
        let fuel = self.fuel.get();
        self.fuel.set(fuel.saturating_sub(1));
        fuel > 0
    }

    fn end_call(&self, handler: usize) -> Outcome {
        let end = self.program.handlers[handler].end;
        self.note(|trace| trace.ended(handler, end));
        match end {
            End::Done => Ok(ControlFlow::Continue(())),
            End::Break => Ok(ControlFlow::Break(())),
            End::Error => Err(Scripted),
            End::Panic => panic!("scripted"),
        }
    }
}

pub(super) fn sync<E: Valued>(handler: usize, event: &mut E, emission: &Emission) -> Outcome {
    let origin = number_of(emission.origin());
    let event_of = program_event::<E>(event.value(), origin);
    run(handler, event_of, Some(event.value_mut()), emission)
}

pub(super) fn deferred<E: Valued>(
    handler: usize,
    event: &E,
    emission: &Emission,
) -> Result<(), Scripted> {
    let origin = number_of(emission.origin());
    let event = program_event::<E>(event.value(), origin);
    run(handler, event, None, emission).map(|_| ())
}

/// Of any event, whose value it does not change.
pub(super) fn any(handler: usize, event: &dyn AnyEvent, emission: &Emission) -> Outcome {
    let value = event.arg::<i64>("value").copied();
    let event = Event {
        kind: kind_of(event.topic()),
        value: value.expect("each event has a value"),
        origin: number_of(emission.origin()),
    };
    run(handler, event, None, emission)
}

fn run(handler: usize, event: Event, mut value: Option<&mut i64>, emission: &Emission) -> Outcome {
    let shared = shared();
    if !shared.begin_call(handler, event, emission) {
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
            Act::Yield => {}
        }
    }
    shared.end_call(handler)
}

/// The future of an awaited handler, which changes the value.
pub(super) fn awaited<'v, E: Valued>(
    handler: usize,
    event: &'v mut E,
    emission: &'v Emission,
) -> Call<'v, Outcome> {
    let origin = number_of(emission.origin());
    let of = program_event::<E>(event.value(), origin);
    let future = run_async(handler, of, Some(event.value_mut()), emission.clone());
    Call::new(handler, Box::pin(future))
}

/// The future of an async handler.
pub(super) fn asynchronous<E: Valued>(
    handler: usize,
    event: &E,
    emission: &Emission,
) -> Call<'static, Result<(), Scripted>> {
    let origin = number_of(emission.origin());
    let of = program_event::<E>(event.value(), origin);
    let emission = emission.clone();
    let future = async move { run_async(handler, of, None, emission).await.map(|_| ()) };
    Call::new(handler, Box::pin(future))
}

async fn run_async(
    handler: usize,
    event: Event,
    mut value: Option<&mut i64>,
    emission: Emission,
) -> Outcome {
    let acts = {
        let shared = shared();
        if !shared.begin_call(handler, event, &emission) {
            return Ok(ControlFlow::Continue(()));
        }
        shared.program.handlers[handler].acts.clone()
    };
    for act in acts {
        match act {
            Act::Add(number) => {
                if let Some(value) = &mut value {
                    **value = (**value + number) % 1000;
                }
            }
            Act::Do(op) => shared().op(&op),
            Act::Yield => yield_now().await,
        }
    }
    shared().end_call(handler)
}

/// A call of a handler: notes that it is continued, or dropped before its end.
pub(super) struct Call<'v, T: 'v> {
    handler: usize,
    is_waiting: bool,
    future: Pin<Box<dyn Future<Output = T> + Send + 'v>>,
}

impl<'v, T> Call<'v, T> {
    fn new(handler: usize, future: Pin<Box<dyn Future<Output = T> + Send + 'v>>) -> Self {
        Self {
            handler,
            is_waiting: false,
            future,
        }
    }
}

fn mode_of(handler: usize) -> Mode {
    shared().program.handlers[handler].mode
}

impl<T> Future for Call<'_, T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        if self.is_waiting {
            let mode = mode_of(self.handler);
            shared_note(|trace| trace.resumed(self.handler, mode));
        }
        self.is_waiting = false;
        let polled = self.future.as_mut().poll(context);
        self.is_waiting = polled.is_pending();
        polled
    }
}

impl<'v, T: 'v> Drop for Call<'v, T> {
    fn drop(&mut self) {
        if self.is_waiting {
            self.future = Box::pin(pending());
            let mode = mode_of(self.handler);
            shared_note(|trace| trace.cut_off(self.handler, mode));
        }
    }
}
