//! A program on a real registry, on one thread.
//!
//! Handlers have the number of a row in the program, and read the program, the registry and the trace from a
//! thread-local. So a closure captures only its number and a counter, which shows when the closure is dropped.

mod calls;
mod declared;
mod events;
mod middleware;
mod questions;
mod subscribe;

use std::{
    cell::{Cell, RefCell},
    future::Future,
    pin::pin,
    rc::Rc,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use events_core::{
    __testing::TestTime, EmitError, Emitted, Failure, Registry, Subscription, args,
    bounds::OwnedEvent, emitting::Args, failures, info::SubscriberInfo, subscribing::MuteGuard,
};

use self::events::{A, B, C, D, Value};
use crate::{
    program::{
        BATCHES, Cause, Event, FUEL, GUARDS, Kind, LISTENERS, ORIGINS, Op, PATTERNS, Program,
        Report, TOPICS, WRAPS,
    },
    trace::Trace,
};

/// An expression, with the event of a program as a value of its type.
macro_rules! with_event {
    ($from:expr, $event:ident => $result:expr) => {{
        let mut value = $from.value;
        match $from.kind {
            Kind::A => {
                let $event = A { value };
                $result
            }
            Kind::B => {
                let $event = B { value };
                $result
            }
            Kind::C => {
                let $event = C { value };
                $result
            }
            Kind::D => {
                let $event = D { value: &mut value };
                $result
            }
            Kind::Named(_) => panic!("it has no type"),
        }
    }};
}

/// What the handlers of one run share.
struct Shared {
    registry: Registry,
    program: Rc<Program>,
    trace: RefCell<Trace>,
    fuel: Cell<usize>,
    held: RefCell<Vec<Option<Subscription>>>,
    batches: RefCell<Vec<Option<Subscription>>>,
    listeners: RefCell<Vec<Option<Subscription>>>,
    guards: RefCell<Vec<Option<MuteGuard>>>,
    wraps: RefCell<Vec<Option<Subscription>>>,
    /// Cloned into each closure.
    closures: Arc<()>,
}

thread_local! {
    static SHARED: RefCell<Option<Rc<Shared>>> = const { RefCell::new(None) };
}

fn shared() -> Rc<Shared> {
    let shared = SHARED.with_borrow(Clone::clone);
    shared.expect("handlers run while a program runs")
}

/// Ends the run of this thread, also when it panics.
struct Running;

impl Drop for Running {
    fn drop(&mut self) {
        SHARED.take();
    }
}

/// Runs a program; the trace, and how many closures were still there when all was dropped.
pub(crate) fn run(program: &Program) -> (Trace, usize) {
    let empty = |count: usize| RefCell::new((0..count).map(|_| None).collect());
    let closures = Arc::new(());
    let shared = Rc::new(Shared {
        registry: Registry::new(),
        program: Rc::new(program.clone()),
        trace: RefCell::default(),
        fuel: Cell::new(FUEL),
        held: empty(program.handlers.len()),
        batches: empty(BATCHES),
        listeners: empty(LISTENERS),
        guards: RefCell::new((0..GUARDS).map(|_| None).collect()),
        wraps: empty(WRAPS),
        closures: Arc::clone(&closures),
    });
    SHARED.set(Some(Rc::clone(&shared)));
    let running = Running;
    // What is due at the same time runs in the order in which it was scheduled.
    let time = TestTime::stop(&shared.registry);
    shared.registry.set_depth_limit(program.depth_limit);
    shared.registry.queue().set_capacity(program.capacity);
    for step in &program.steps {
        shared.op(step);
        let stats = shared.registry.queue().stats();
        shared.note(|trace| trace.waiting(stats.waiting, stats.scheduled, stats.retried));
        if stats.waiting + stats.scheduled == 0 {
            // One is here, and one in the shared.
            let count = Arc::strong_count(&closures) - 2;
            shared.note(|trace| trace.closures(count));
        }
    }
    drop(running);
    drop(time);
    let trace = shared.trace.take();
    drop(shared);
    (trace, Arc::strong_count(&closures) - 1)
}

impl Shared {
    fn note(&self, note: impl FnOnce(&mut Trace)) {
        note(&mut self.trace.borrow_mut());
    }

    fn op(&self, op: &Op) {
        let drop_held = |held: &RefCell<Vec<Option<Subscription>>>, index: usize| {
            // It may run code that borrows the list.
            let subscription = held.borrow_mut()[index].take();
            drop(subscription);
        };
        match *op {
            Op::Subscribe { handler, detach } => self.subscribe(handler, detach),
            Op::Unsubscribe(handler) => drop_held(&self.held, handler),
            Op::Batch {
                slot,
                ref handlers,
                between,
            } => self.batch(slot, handlers, between),
            Op::DropBatch(slot) => drop_held(&self.batches, slot),
            Op::Listen(listener) => self.listen(listener),
            Op::StopListening(listener) => drop_held(&self.listeners, listener),
            Op::Scan(ref declared) => self.scan(declared),
            Op::Emit(event) => {
                let value = self.emit(event);
                self.note(|trace| trace.emitted(value));
            }
            Op::TryEmit(event) => {
                let (value, report) = self.try_emit(event);
                self.note(|trace| trace.reported(value, &report));
            }
            Op::EmitTopic {
                topic,
                value,
                origin,
            } => self.emit_topic(TOPICS[topic], value, origin),
            Op::EmitAsync(event, polls) => self.emit_async(event, polls),
            Op::TryEmitAsync(event, polls) => self.try_emit_async(event, polls),
            Op::Enqueue(event) => {
                let has_room = self.enqueue(event);
                self.note(|trace| trace.enqueued(has_room));
            }
            Op::Flush => self.flush(),
            Op::SetCapacity(capacity) => self.registry.queue().set_capacity(capacity),
            Op::SetDepthLimit(limit) => self.registry.set_depth_limit(limit),
            Op::Hook(true) => self.registry.set_unheard_hook(|event| {
                let topic = event.topic();
                shared().note(|trace| trace.unheard(topic));
            }),
            Op::Mute(guard, name) => self.mute(guard, name),
            Op::Unmute(guard) => self.unmute(guard),
            Op::Explain(event) => self.explain(event),
            Op::Wrap(slot, rule) => self.wrap(slot, rule),
            Op::Unwrap(slot) => drop_held(&self.wraps, slot),
            Op::Hook(false) => self.registry.clear_unheard_hook(),
        }
    }

    fn emit(&self, event: Event) -> i64 {
        let (registry, origin) = (&self.registry, event.origin.map(|origin| ORIGINS[origin]));
        with_event!(event, event => {
            let event = match origin {
                Some(origin) => registry.emit_from(event, origin),
                None => registry.emit(event),
            };
            event.value()
        })
    }

    fn try_emit(&self, event: Event) -> (i64, Report) {
        let (registry, origin) = (&self.registry, event.origin.map(|origin| ORIGINS[origin]));
        with_event!(event, event => report(&match origin {
            Some(origin) => registry.try_emit_from(event, origin),
            None => registry.try_emit(event),
        }))
    }

    /// With an origin the registry emits a topic without a report.
    fn emit_topic(&self, topic: &str, value: i64, origin: Option<usize>) {
        let args = args! { value: value };
        if let Some(origin) = origin {
            self.registry.emit_topic_from(topic, args, ORIGINS[origin]);
            return self.note(|trace| trace.emitted(value));
        }
        let report = outcome(&self.registry.try_emit_topic(topic, args));
        self.note(|trace| trace.reported(value, &report));
    }

    fn emit_topic_async(&self, topic: &str, event: Event, polls: usize) {
        let args = args! { value: event.value };
        let registry = &self.registry;
        let future = match event.origin {
            Some(origin) => registry.emit_topic_async_from(topic, args, ORIGINS[origin]),
            None => registry.emit_topic_async(topic, args),
        };
        if let Some(args) = self.poll_in_place(future, polls) {
            self.note(|trace| trace.emitted(value_in(&args)));
        }
    }

    fn try_emit_topic_async(&self, topic: &str, event: Event, polls: usize) {
        let args = args! { value: event.value };
        let registry = &self.registry;
        let future = match event.origin {
            Some(origin) => registry.try_emit_topic_async_from(topic, args, ORIGINS[origin]),
            None => registry.try_emit_topic_async(topic, args),
        };
        if let Some(result) = self.poll_in_place(future, polls) {
            let value = match &result {
                Ok(emitted) => value_in(emitted.event()),
                Err(error) => value_in(error.event()),
            };
            self.note(|trace| trace.reported(value, &outcome(&result)));
        }
    }

    fn emit_async(&self, event: Event, polls: usize) {
        if let Kind::Named(topic) = event.kind {
            return self.emit_topic_async(TOPICS[topic], event, polls);
        }
        let (registry, origin) = (&self.registry, event.origin.map(|origin| ORIGINS[origin]));
        let emitted = with_event!(event, event => {
            let future = match origin {
                Some(origin) => registry.emit_async_from(event, origin),
                None => registry.emit_async(event),
            };
            self.poll_in_place(future, polls).map(|event| event.value())
        });
        if let Some(value) = emitted {
            self.note(|trace| trace.emitted(value));
        }
    }

    fn try_emit_async(&self, event: Event, polls: usize) {
        if let Kind::Named(topic) = event.kind {
            return self.try_emit_topic_async(TOPICS[topic], event, polls);
        }
        let (registry, origin) = (&self.registry, event.origin.map(|origin| ORIGINS[origin]));
        let emitted = with_event!(event, event => {
            let future = match origin {
                Some(origin) => registry.try_emit_async_from(event, origin),
                None => registry.try_emit_async(event),
            };
            self.poll_in_place(future, polls).map(|result| report(&result))
        });
        if let Some((value, report)) = emitted {
            self.note(|trace| trace.reported(value, &report));
        }
    }

    /// Polls this many times, and then drops the future.
    fn poll_in_place<F: Future>(&self, future: F, polls: usize) -> Option<F::Output> {
        {
            let mut future = pin!(future);
            for _ in 0..polls {
                let context = &mut Context::from_waker(Waker::noop());
                if let Poll::Ready(output) = future.as_mut().poll(context) {
                    return Some(output);
                }
            }
        }
        self.note(Trace::cancelled);
        None
    }

    fn enqueue(&self, event: Event) -> bool {
        fn enqueue<E: OwnedEvent + Send>(shared: &Shared, event: E, origin: Option<usize>) -> bool {
            let registry = &shared.registry;
            let result = match origin {
                Some(origin) => registry.enqueue_from(event, ORIGINS[origin]),
                None => registry.enqueue(event),
            };
            result.is_ok()
        }
        let (value, origin) = (event.value, event.origin);
        match event.kind {
            Kind::A => enqueue(self, A { value }, origin),
            Kind::B => enqueue(self, B { value }, origin),
            Kind::C => enqueue(self, C { value }, origin),
            Kind::D => panic!("an event that borrows is not enqueued"),
            Kind::Named(topic) => {
                let (topic, args) = (TOPICS[topic], args! { value: value });
                let queued = match origin {
                    Some(origin) => self
                        .registry
                        .enqueue_topic_from(topic, args, ORIGINS[origin]),
                    None => self.registry.enqueue_topic(topic, args),
                };
                queued.is_ok()
            }
        }
    }

    fn flush(&self) {
        let flushed = self.registry.queue().flush();
        self.note(|trace| trace.flushed(flushed.ran(), flushed.failures(), flushed.left()));
    }
}

fn value_in(args: &Args) -> i64 {
    *args.arg("value").expect("each event has a value")
}

/// What an emit reports, with the value of the event after it.
fn report<E: Value>(result: &Result<Emitted<E>, EmitError<E>>) -> (i64, Report) {
    let report = outcome(result);
    let value = match result {
        Ok(emitted) => emitted.event().value(),
        Err(error) => error.event().value(),
    };
    (value, report)
}

fn outcome<E>(result: &Result<Emitted<E>, EmitError<E>>) -> Report {
    match result {
        Ok(emitted) => Report {
            ran: emitted.ran(),
            deferred: Some(emitted.deferred()),
            stopped_by: emitted.stopped_by().map(label),
            retrying: emitted.retrying(),
            outcomes: emitted.outcomes().map(questions::outcome).collect(),
            ..Report::default()
        },
        Err(error) => Report {
            ran: error.ran(),
            deferred: None,
            stopped_by: error.stopped_by().map(label),
            failures: error.failures().iter().map(failure).collect(),
            retrying: 0,
            too_deep: error.too_deep().is_some(),
            outcomes: error.outcomes().map(questions::outcome).collect(),
        },
    }
}

fn failure(failure: &Failure) -> (String, Cause) {
    let cause = match failure.cause() {
        failures::Cause::Error(_) => Cause::Error,
        failures::Cause::Panic(_) => Cause::Panic,
        failures::Cause::WaitsForItself(_) => Cause::WaitsForItself,
        failures::Cause::NotAwaited(_) => Cause::NotAwaited,
        _ => Cause::Undelivered,
    };
    (label(failure.subscriber()), cause)
}

/// As `trace::label`, from the registry's description of a subscriber.
fn label(subscriber: &SubscriberInfo) -> String {
    let name = subscriber.name.rsplit("::").next().unwrap_or_default();
    let known = ["declared_", "method_", "id "]
        .iter()
        .any(|one| name.starts_with(one));
    let name = if known { name } else { "closure" };
    format!("{name}, priority {}", subscriber.priority)
}
