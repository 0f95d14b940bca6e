//! The model: it predicts the trace of a program without events-core.
//!
//! The model is one struct without threads, wakers or locks: it has the subscribers in a list that only
//! grows, and calls handlers by recursion. The rule of the order is in a function of its own, `order::sort`.

mod background;
mod chain;
mod dependencies;
mod emit;
mod middleware;
mod order;
mod outcomes;
mod questions;
mod queue;
mod registry;

use std::{collections::VecDeque, rc::Rc};

use self::{
    background::{AsyncEmit, Run},
    order::Placed,
};
use crate::{
    program::{
        Act, BATCHES, DECLARED, End, Event, FREE, FUEL, GUARDS, Handler, Kind, LISTENERS, Op,
        Program, Report, Rule,
    },
    trace::{self, Trace},
};

/// A subscriber, for the whole run: it is closed, never removed.
struct Subscriber {
    handler: usize,
    /// Of its events, unless it is for a pattern.
    kind: Option<Kind>,
    placed: Placed,
    /// It is in the registry.
    is_registered: bool,
    /// Its subscription was dropped: no call of it starts.
    is_closed: bool,
    /// Its `once` is used up.
    is_claimed: bool,
    /// How many calls are under way, when these are limited.
    under_way: usize,
    /// How many guards mute it.
    guards: usize,
}

/// The number of a subscriber.
type Id = usize;

/// The subscribers of one emit, in order.
#[derive(Debug, Default)]
struct Plan {
    sync: Vec<Id>,
    background: Vec<Id>,
    /// They are in the order, and not called.
    muted: Vec<Id>,
    /// All of these in the order.
    all: Vec<Id>,
}

/// A job in the queue.
enum Job {
    Enqueued(Event),
    /// A snapshot, for some of the handlers of its plan.
    Snapshot(Run),
}

/// An event that is emitted, or a topic without a type.
#[derive(Clone, Copy)]
struct Emitted<'t> {
    topic: &'t str,
    /// `None` when a handler of any event cannot read it.
    seen: Option<i64>,
    value: i64,
    origin: Option<usize>,
}

/// A held batch or listener.
type Group = Option<Vec<Id>>;

pub(crate) struct Model<'p> {
    program: &'p Program,
    trace: Trace,
    fuel: usize,
    subscribers: Vec<Subscriber>,
    held: Vec<Group>,
    batches: Vec<Group>,
    listeners: Vec<Group>,
    /// The subscribers that each guard mutes.
    guards: Vec<Group>,
    /// The middleware by its numbers, innermost first.
    wraps: Vec<(usize, Rule)>,
    queue: VecDeque<Job>,
    /// The calls that are to be repeated, which a flush moves into the queue.
    scheduled: VecDeque<(Id, Run)>,
    /// How many jobs the flush has started in its current poll.
    starts: usize,
    /// How many calls were ever to be repeated.
    retried: u64,
    capacity: usize,
    depth: usize,
    depth_limit: usize,
    /// A job of the queue runs.
    in_job: bool,
    hook: bool,
    /// The number of the next registration.
    next: usize,
}

/// The trace that a program is to leave.
pub(crate) fn run(program: &Program) -> Trace {
    let mut model = Model {
        program,
        trace: Trace::default(),
        fuel: FUEL,
        subscribers: Vec::new(),
        held: vec![None; program.handlers.len()],
        batches: vec![None; BATCHES],
        listeners: vec![None; LISTENERS],
        guards: vec![None; GUARDS],
        wraps: Vec::new(),
        queue: VecDeque::new(),
        scheduled: VecDeque::new(),
        starts: 0,
        retried: 0,
        capacity: program.capacity,
        depth: 0,
        depth_limit: program.depth_limit,
        in_job: false,
        hook: false,
        next: 0,
    };
    for step in &program.steps {
        model.op(step);
        let scheduled = model.scheduled.len();
        model
            .trace
            .waiting(model.queue.len(), scheduled, model.retried);
        if model.queue.len() + scheduled == 0 {
            let live = |one: &&Subscriber| one.is_registered && one.handler >= FREE;
            let live = model.subscribers.iter().filter(live).count();
            model.trace.closures(live);
        }
    }
    model.trace
}

impl<'p> Model<'p> {
    fn handler(&self, id: Id) -> &'p Handler {
        &self.program.handlers[self.subscribers[id].handler]
    }

    /// The name of a subscriber in reports.
    fn label(&self, id: Id) -> String {
        let number = self.subscribers[id].handler;
        trace::label(number, &self.program.handlers[number])
    }

    fn op(&mut self, op: &Op) {
        match *op {
            Op::Subscribe { handler, detach } => self.subscribe(handler, detach),
            Op::Unsubscribe(handler) => {
                let group = self.held[handler].take();
                self.unsubscribe(group);
            }
            Op::Batch {
                slot,
                ref handlers,
                between,
            } => self.batch(slot, handlers, between),
            Op::DropBatch(slot) => {
                let group = self.batches[slot].take();
                self.unsubscribe(group);
            }
            Op::Listen(listener) => self.listen(listener),
            Op::StopListening(listener) => {
                let group = self.listeners[listener].take();
                self.unsubscribe(group);
            }
            Op::Scan(ref declared) => self.scan(declared),
            Op::Emit(event) => {
                let (value, _) = self.emit(event);
                self.trace.emitted(value);
            }
            Op::TryEmit(event) => {
                let (value, report) = self.emit(event);
                self.trace.reported(value, &report);
            }
            Op::EmitTopic {
                topic,
                value,
                origin,
            } => {
                let kind = Kind::Named(topic);
                let (value, report) = self.emit(Event {
                    kind,
                    value,
                    origin,
                });
                match origin {
                    None => self.trace.reported(value, &report),
                    Some(_) => self.trace.emitted(value),
                }
            }
            Op::EmitAsync(event, polls) => self.emit_async(event, polls, false),
            Op::TryEmitAsync(event, polls) => self.emit_async(event, polls, true),
            Op::Enqueue(event) => {
                let has_room = self.queue.len() < self.capacity;
                if has_room {
                    self.queue.push_back(Job::Enqueued(event));
                }
                self.trace.enqueued(has_room);
            }
            Op::Flush => self.flush(),
            Op::SetCapacity(capacity) => self.capacity = capacity,
            Op::SetDepthLimit(limit) => self.depth_limit = limit,
            Op::Hook(hook) => self.hook = hook,
            Op::Mute(guard, name) => self.mute(guard, name),
            Op::Unmute(guard) => self.unmute(guard),
            Op::Explain(event) => self.explain(event),
            Op::Wrap(slot, rule) => self.wrap(slot, rule),
            Op::Unwrap(slot) => self.unwrap(slot),
        }
    }

    fn emit_async(&mut self, event: Event, polls: usize, reports: bool) {
        let mut emit = AsyncEmit::new(event);
        for _ in 0..polls {
            if self.poll_emit(&mut emit) {
                let (value, report) = self.end_emit(emit);
                if reports {
                    return self.trace.reported(value, &report);
                }
                return self.trace.emitted(value);
            }
        }
        self.cancel_emit(emit);
        self.trace.cancelled();
    }

    /// A handler is called, and notes it. Returns whether it has acts to perform.
    fn begin_call(&mut self, id: Id, event: Emitted<'_>, seen: Option<i64>) -> bool {
        let number = self.subscribers[id].handler;
        // A handler of an event that borrows is not passed the emission.
        let is_borrowed = self.handler(id).only_kind() == Some(Kind::D);
        let origin = event.origin.filter(|_| !is_borrowed);
        self.trace.called(number, event.topic, seen, origin);
        let has_fuel = self.fuel > 0;
        self.fuel = self.fuel.saturating_sub(1);
        has_fuel
    }

    /// A sync handler of a chain: the value after it, and how it ends.
    fn call_sync(&mut self, id: Id, event: Emitted<'_>) -> (i64, End) {
        let handler = self.handler(id);
        let changes = handler.only_kind().is_some();
        let seen = if changes {
            Some(event.value)
        } else {
            event.seen
        };
        if !self.begin_call(id, event, seen) {
            return (event.value, End::Done);
        }
        let mut value = event.value;
        for act in &handler.acts {
            match act {
                Act::Add(number) => value = (value + number) % 1000,
                Act::Do(op) => self.op(op),
                Act::Yield | Act::Await(_) => {}
            }
        }
        self.trace.ended(self.subscribers[id].handler, handler.end);
        (value, handler.end)
    }

    /// Whether an event passes the filters of a subscriber that is called now; uses up its `once`.
    fn passes(&mut self, id: Id, event: Emitted<'_>) -> bool {
        self.accepts(id, event) && self.claim(id)
    }

    /// Uses up the `once` of a subscriber; false if it is used up.
    fn claim(&mut self, id: Id) -> bool {
        if !self.handler(id).once {
            return true;
        }
        let is_first = !self.subscribers[id].is_claimed;
        self.subscribers[id].is_claimed = true;
        let is_declared = self.subscribers[id].handler < DECLARED;
        self.subscribers[id].is_registered &= !is_first || is_declared;
        is_first
    }

    /// Whether an event passes the filters of a subscriber.
    fn accepts(&self, id: Id, event: Emitted<'_>) -> bool {
        let handler = self.handler(id);
        if self.subscribers[id].is_closed {
            return false;
        }
        let value = match handler.only_kind() {
            Some(_) => event.value,
            None => event.seen.unwrap_or(0),
        };
        handler
            .origin
            .is_none_or(|origin| event.origin == Some(origin))
            && handler.when.is_none_or(|when| when.holds(value))
            && !(handler.once && self.subscribers[id].is_claimed)
    }

    /// No subscriber received an event.
    fn unheard(&mut self, topic: &str) {
        if self.hook {
            self.trace.unheard(topic);
        }
    }
}

/// A plan that several runs share.
type SharedPlan = Rc<Plan>;

/// The report of an emit that is refused.
fn too_deep(outcomes: Vec<String>) -> Report {
    Report {
        too_deep: true,
        outcomes,
        ..Report::default()
    }
}
