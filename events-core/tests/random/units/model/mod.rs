//! The model: it predicts the trace of a program without events-core.
//!
//! A unit is a list of what it holds, in the order in which the emits began, each with the savepoint that it is in. All is
//! done by recursion, without wakers or locks.

mod background;
mod emit;
mod futures;
mod plan;
mod unit;

use std::{collections::VecDeque, rc::Rc};

use self::{
    background::Job,
    futures::AsyncEmit,
    unit::{Unit, UnitId},
};
use super::{
    program::{Act, End, Event, FUEL, Handler, Op, Program, SLOTS},
    trace::{Report, Trace},
};

/// The number of a subscriber.
type Id = usize;

/// A subscriber, for the whole run: it is closed, never removed.
struct Subscriber {
    handler: usize,
    /// It is in the registry.
    is_registered: bool,
    /// Its subscription was dropped: no call of it starts.
    is_closed: bool,
    /// Its `once` is used up.
    is_claimed: bool,
}

/// The subscribers of an event in a part of an emit, in order.
#[derive(Debug)]
struct Plan {
    chain: Vec<Id>,
    background: Vec<Id>,
}

/// One emission with its event.
#[derive(Clone, Copy, Debug)]
struct Emission {
    event: Event,
    number: usize,
    parent: Option<usize>,
}

/// What may end a unit.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Owner {
    Nothing,
    Work(UnitId),
    Prepared(UnitId),
    /// It is being prepared or committed.
    Busy,
}

pub(super) struct Model<'p> {
    program: &'p Program,
    trace: Trace<usize>,
    fuel: usize,
    subscribers: Vec<Subscriber>,
    /// The subscription of each handler.
    held: Vec<Option<Id>>,
    units: Vec<Unit>,
    owners: [Owner; SLOTS],
    handles: [Option<UnitId>; SLOTS],
    /// The savepoints of each unit, by their numbers.
    points: [Vec<usize>; SLOTS],
    /// The units that are entered, innermost last, with the numbers of the scopes.
    scopes: Vec<(usize, Option<UnitId>)>,
    guards: [Option<usize>; SLOTS],
    futures: [Option<AsyncEmit>; SLOTS],
    queue: VecDeque<Job>,
    /// How many places of the queue are reserved.
    reserved: usize,
    capacity: usize,
    /// The emissions that are under way, innermost last.
    emissions: Vec<usize>,
    /// The next number of an emission, a scope, a savepoint or a place.
    next: usize,
}

/// The trace that a program is to leave.
pub(super) fn run(program: &Program) -> Vec<String> {
    let mut model = Model {
        program,
        trace: Trace::new(),
        fuel: FUEL,
        subscribers: Vec::new(),
        held: vec![None; program.handlers.len()],
        units: Vec::new(),
        owners: [Owner::Nothing; SLOTS],
        handles: [None; SLOTS],
        points: Default::default(),
        scopes: Vec::new(),
        guards: [None; SLOTS],
        futures: Default::default(),
        queue: VecDeque::new(),
        reserved: 0,
        capacity: program.capacity,
        emissions: Vec::new(),
        next: 0,
    };
    for step in &program.steps {
        model.op(step);
        let handles = model.handles.iter().flatten();
        let units = handles.map(|unit| model.units[*unit].state());
        model.trace.stepped(model.queue.len(), units);
    }
    model.trace.into_lines()
}

impl<'p> Model<'p> {
    fn handler(&self, id: Id) -> &'p Handler {
        &self.program.handlers[self.subscribers[id].handler]
    }

    fn number(&mut self) -> usize {
        self.next += 1;
        self.next
    }

    fn ops(&mut self, ops: &[Op]) {
        ops.iter().for_each(|op| self.op(op));
    }

    fn op(&mut self, op: &Op) {
        match *op {
            Op::Begin(slot) => self.begin(slot),
            Op::Savepoint(slot) => self.savepoint(slot),
            Op::Release(slot, choice) => self.release(slot, choice),
            Op::RollBackTo(slot, choice) => self.roll_back_to(slot, choice),
            Op::Prepare(slot) => self.prepare(slot),
            Op::Commit(slot) => self.commit(slot),
            Op::RollBack(slot) => self.roll_back(slot),
            Op::BeforeCommit(slot, ref ops, end) => self.before_commit(slot, ops, end),
            Op::AfterCommit(slot, ref ops, _) => self.after_commit(slot, ops),
            Op::Emit(emit) => self.emit(emit),
            Op::Enqueue(event) => self.enqueue(event),
            Op::Within(slot, ref ops) => match self.unit_of(slot) {
                None => self.trace.left_out(),
                Some(unit) => {
                    let scope = self.enter(unit);
                    self.ops(ops);
                    self.leave(scope);
                }
            },
            Op::Subscribe(handler) => self.subscribe(handler),
            Op::Unsubscribe(handler) => self.unsubscribe(handler),
            Op::SetCapacity(capacity) => self.capacity = capacity,
            Op::Explain(event) => self.explain(event),
            Op::Enter(guard, slot) => match self.unit_of(slot) {
                Some(unit) if self.guards[guard].is_none() => {
                    self.guards[guard] = Some(self.enter(unit));
                }
                _ => self.trace.left_out(),
            },
            Op::Leave(guard) => {
                if let Some(scope) = self.guards[guard].take() {
                    self.leave(scope);
                }
            }
            Op::Start(slot, emit) => self.start(slot, emit, None),
            Op::Attach(slot, emit, unit) => match self.unit_of(unit) {
                None => self.trace.left_out(),
                unit => self.start(slot, emit, unit),
            },
            Op::Poll(slot) => self.poll(slot),
            Op::Cut(slot) => self.cut(slot),
            Op::Flush => self.flush(),
        }
    }

    /// The unit that is to be entered; `None` if there is none with this number.
    fn unit_of(&self, slot: Option<usize>) -> Option<Option<UnitId>> {
        match slot {
            None => Some(None),
            Some(slot) => self.handles[slot].map(Some),
        }
    }

    fn enter(&mut self, unit: Option<UnitId>) -> usize {
        let number = self.number();
        self.scopes.push((number, unit));
        number
    }

    fn leave(&mut self, scope: usize) {
        self.scopes.retain(|(number, _)| *number != scope);
    }

    fn entered(&self) -> Option<UnitId> {
        self.scopes.last()?.1
    }

    /// A new emission, in that which is under way.
    fn emission(&mut self, event: Event) -> Emission {
        Emission {
            event,
            number: self.number(),
            parent: self.emissions.last().copied(),
        }
    }

    /// A handler is called, and notes it. Returns whether it has acts to perform.
    fn begin_call(&mut self, id: Id, emission: Emission) -> bool {
        let handler = self.subscribers[id].handler;
        let Emission {
            event,
            number,
            parent,
        } = emission;
        self.trace.called(handler, event, number, parent);
        let has_fuel = self.fuel > 0;
        self.fuel = self.fuel.saturating_sub(1);
        has_fuel
    }

    /// The acts from this one on. `None` if the handler waits.
    fn acts(&mut self, id: Id, at: &mut usize, value: &mut i64) -> Option<End> {
        let handler = self.handler(id);
        while let Some(act) = handler.acts.get(*at) {
            *at += 1;
            match act {
                Act::Add(number) => *value = (*value + number) % 1000,
                Act::Do(op) => self.op(op),
                Act::Yield => return None,
            }
        }
        self.trace.ended(self.subscribers[id].handler, handler.end);
        Some(handler.end)
    }

    /// Reports a failure.
    fn fail(&mut self, id: Id, cause: &str, report: Option<&mut Report>) {
        let failure = format!("h{}: {cause}", self.subscribers[id].handler);
        self.trace.failed(failure.clone());
        if let Some(report) = report {
            report.failures.push(failure);
        }
    }

    fn reserve(&mut self) -> bool {
        let has_room = self.has_room();
        self.reserved += usize::from(has_room);
        has_room
    }

    fn has_room(&self) -> bool {
        self.queue.len() + self.reserved < self.capacity
    }
}

/// A plan that several runs share.
type SharedPlan = Rc<Plan>;
