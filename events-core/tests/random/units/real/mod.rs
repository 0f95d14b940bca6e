//! A program on a real registry, on one thread.
//!
//! Handlers have the number of a row in the program, and read the program, the registry and the trace from a thread-local.

mod calls;
mod emits;
mod subscribe;
mod unit;

use std::{
    cell::{Cell, RefCell},
    future::Future,
    pin::Pin,
    rc::Rc,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use events_core::{
    Failure, Registry, Subscription, UnitOfWork,
    failures::{self, Undelivered},
    info::EmissionId,
    units::{EnteredUnit, Prepared, Savepoint, UnitEvent, UnitHandle, without_unit},
};

use super::{
    program::{Event, FUEL, Kind, Op, Program, SLOTS},
    trace::Trace,
};

#[derive(events_core::Event, Clone)]
#[event(topic = "units::at_once")]
struct AtOnce {
    value: i64,
}

/// Is not `Clone`.
#[derive(events_core::Event)]
#[event(topic = "units::moved")]
struct Moved {
    value: i64,
}

#[derive(events_core::Event, Clone)]
#[event(topic = "units::committed", after_commit)]
struct Committed {
    value: i64,
}

/// An event of programs.
trait Valued: UnitEvent + Sync {
    fn new(value: i64) -> Self;
    fn value(&self) -> i64;
    fn value_mut(&mut self) -> &mut i64;
}

macro_rules! valued {
    ($($event:ident)*) => {
        $(
            impl Valued for $event {
                fn new(value: i64) -> Self {
                    Self { value }
                }

                fn value(&self) -> i64 {
                    self.value
                }

                fn value_mut(&mut self) -> &mut i64 {
                    &mut self.value
                }
            }
        )*
    };
}

valued! { AtOnce Moved Committed }

fn kind_of(topic: &str) -> Kind {
    let kinds = [Kind::AtOnce, Kind::Moved, Kind::Committed];
    let kind = kinds.into_iter().find(|kind| kind.topic() == topic);
    kind.expect("each event has one of these topics")
}

/// What may end a unit.
enum Owner {
    Nothing,
    Work(UnitOfWork),
    Prepared(Prepared),
    /// It is being prepared or committed.
    Busy,
}

/// A future that an emit has made, whose end writes the trace.
type EmitFuture = Pin<Box<dyn Future<Output = ()>>>;

/// What the handlers of one run share.
struct Shared {
    registry: Registry,
    program: Rc<Program>,
    trace: RefCell<Trace<EmissionId>>,
    fuel: Cell<usize>,
    held: RefCell<Vec<Option<Subscription>>>,
    owners: [RefCell<Owner>; SLOTS],
    handles: [RefCell<Option<UnitHandle>>; SLOTS],
    points: [RefCell<Vec<Savepoint>>; SLOTS],
    guards: [RefCell<Option<EnteredUnit>>; SLOTS],
    futures: [RefCell<Option<EmitFuture>>; SLOTS],
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
        let shared = SHARED.with_borrow(Clone::clone);
        if let Some(shared) = shared {
            shared.guards.iter().for_each(|guard| drop(guard.take()));
        }
        SHARED.take();
    }
}

/// Runs a program; the trace, and how many closures were still there when all was dropped.
pub(super) fn run(program: &Program) -> (Vec<String>, usize) {
    let closures = Arc::new(());
    let shared = Rc::new(Shared {
        registry: Registry::new(),
        program: Rc::new(program.clone()),
        trace: RefCell::new(Trace::new()),
        fuel: Cell::new(FUEL),
        held: RefCell::new(program.handlers.iter().map(|_| None).collect()),
        owners: [(); SLOTS].map(|()| RefCell::new(Owner::Nothing)),
        handles: Default::default(),
        points: Default::default(),
        guards: Default::default(),
        futures: Default::default(),
        closures: Arc::clone(&closures),
    });
    SHARED.set(Some(Rc::clone(&shared)));
    let running = Running;
    shared.registry.set_depth_limit(1000);
    shared.registry.queue().set_capacity(program.capacity);
    let reported = shared.registry.on_failure(|failure| {
        let failure = text_of(failure);
        shared_note(|trace| trace.failed(failure));
    });
    shared.registry.set_unheard_hook(|event| {
        let topic = event.topic();
        shared_note(|trace| trace.unheard(topic));
    });
    for step in &program.steps {
        shared.op(step);
        let waiting = shared.registry.queue().len();
        let handles = shared
            .handles
            .iter()
            .filter_map(|handle| handle.borrow().clone());
        shared.note(|trace| trace.stepped(waiting, handles));
    }
    drop(running);
    drop(reported);
    let trace = shared.trace.replace(Trace::new());
    drop(shared);
    (trace.into_lines(), Arc::strong_count(&closures) - 1)
}

fn shared_note(note: impl FnOnce(&mut Trace<EmissionId>)) {
    shared().note(note);
}

/// A failure, as the model writes it.
fn text_of(failure: &Failure) -> String {
    let name = &failure.subscriber().name;
    let cause = match failure.cause() {
        failures::Cause::Error(_) => "Error",
        failures::Cause::Panic(_) => "Panic",
        failures::Cause::NotAwaited(_) => "NotAwaited",
        failures::Cause::NoCopy(_) => "NoCopy",
        failures::Cause::Undelivered(Undelivered::QueueFull { .. }) => "QueueFull",
        failures::Cause::Undelivered(Undelivered::UnitEnded) => "UnitEnded",
        // The first one has the reason.
        failures::Cause::Undelivered(Undelivered::NotCopied) => "NoCopy",
        other => return format!("{name}: {other}"),
    };
    format!("{name}: {cause}")
}

impl Shared {
    fn note(&self, note: impl FnOnce(&mut Trace<EmissionId>)) {
        note(&mut self.trace.borrow_mut());
    }

    fn left_out(&self) {
        self.note(Trace::left_out);
    }

    fn ops(&self, ops: &[Op]) {
        ops.iter().for_each(|op| self.op(op));
    }

    fn op(&self, op: &Op) {
        match *op {
            Op::Begin(slot) => self.begin(slot),
            Op::Savepoint(slot) => self.savepoint(slot),
            Op::Release(slot, choice) => self.release(slot, choice),
            Op::RollBackTo(slot, choice) => match self.take_point(slot, choice) {
                None => self.left_out(),
                Some((_, point)) if choice == 0 => point.rollback(),
                Some((_, point)) => drop(point),
            },
            Op::Prepare(slot) => self.prepare(slot),
            Op::Commit(slot) => self.commit(slot),
            Op::RollBack(slot) => self.roll_back(slot),
            Op::BeforeCommit(slot, ref ops, end) => self.before_commit(slot, ops, end),
            Op::AfterCommit(slot, ref ops, end) => self.after_commit(slot, ops, end),
            Op::Emit(emit) => self.emit(emit),
            Op::Enqueue(event) => self.enqueue(event),
            Op::Within(slot, ref ops) => match self.enter(slot) {
                None => self.left_out(),
                Some(_entered) => self.ops(ops),
            },
            Op::Subscribe(handler) => self.subscribe(handler),
            Op::Unsubscribe(handler) => {
                let subscription = self.held.borrow_mut()[handler].take();
                drop(subscription);
            }
            Op::SetCapacity(capacity) => self.registry.queue().set_capacity(capacity),
            Op::Explain(event) => self.explain(event),
            Op::Enter(guard, slot) => {
                let entered = self.guards[guard]
                    .borrow()
                    .is_none()
                    .then(|| self.enter(slot));
                match entered.flatten() {
                    None => self.left_out(),
                    entered => *self.guards[guard].borrow_mut() = entered,
                }
            }
            Op::Leave(guard) => drop(self.guards[guard].take()),
            Op::Start(slot, emit) => self.start(slot, emit),
            Op::Attach(slot, emit, unit) => self.attach(slot, emit, unit),
            Op::Poll(slot) => self.poll(slot),
            Op::Cut(slot) => drop(self.futures[slot].take()),
            Op::Flush => {
                let flushed = self.registry.queue().flush();
                let result = (flushed.ran(), flushed.failures());
                self.note(|trace| trace.result("flushed", result));
            }
        }
    }

    fn handle(&self, slot: usize) -> Option<UnitHandle> {
        self.handles[slot].borrow().clone()
    }

    fn enter(&self, slot: Option<usize>) -> Option<EnteredUnit> {
        match slot {
            None => Some(without_unit()),
            Some(slot) => Some(self.handle(slot)?.enter()),
        }
    }

    fn poll(&self, slot: usize) {
        let Some(mut future) = self.futures[slot].take() else {
            return self.left_out();
        };
        match future
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
        {
            Poll::Ready(()) => {}
            Poll::Pending => {
                self.futures[slot].replace(Some(future));
                self.note(|trace| trace.note("pending"));
            }
        }
    }
}

fn program_event<E: Valued>(value: i64, origin: Option<usize>) -> Event {
    Event {
        kind: kind_of(E::topic()),
        value,
        origin,
    }
}
