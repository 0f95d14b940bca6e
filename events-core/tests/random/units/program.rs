//! Random programs of units of work as data: the handlers, and the operations on one registry.

/// How many units, guards of scopes and futures a program has at a time.
pub(super) const SLOTS: usize = 3;

/// How many handlers are called in one run that do something; all later ones return at once. So each program ends.
pub(super) const FUEL: usize = 80;

/// The origins, by their number.
pub(super) const ORIGINS: [&str; 2] = ["o0", "o1"];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Its subscribers run at once by default.
    AtOnce,
    /// Cannot be copied.
    Moved,
    /// Its subscribers run after the commit by default.
    Committed,
}

impl Kind {
    pub(super) fn topic(self) -> &'static str {
        match self {
            Self::AtOnce => "units::at_once",
            Self::Moved => "units::moved",
            Self::Committed => "units::committed",
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Event {
    pub(super) kind: Kind,
    pub(super) value: i64,
    pub(super) origin: Option<usize>,
}

/// How a handler is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Sync,
    Awaited,
    Async,
    Deferred,
}

impl Mode {
    /// Whether it runs in the chain.
    pub(super) fn is_in_order(self) -> bool {
        matches!(self, Self::Sync | Self::Awaited)
    }
}

/// The option of a handler that determines when it runs in a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    AtOnce,
    AfterCommit,
    AfterRollback,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Done,
    Break,
    Error,
    Panic,
}

#[derive(Clone, Debug)]
pub(super) struct Handler {
    /// `None`: of all events, by a pattern.
    pub(super) kind: Option<Kind>,
    pub(super) mode: Mode,
    pub(super) phase: Option<Phase>,
    pub(super) priority: i32,
    pub(super) origin: Option<usize>,
    /// Whether only even or only odd values pass.
    pub(super) is_even: Option<bool>,
    pub(super) once: bool,
    pub(super) acts: Vec<Act>,
    pub(super) end: End,
}

/// A part of a handler.
#[derive(Clone, Debug)]
pub(super) enum Act {
    /// Changes the value.
    Add(i64),
    /// Is pending once; of handlers that are async.
    Yield,
    Do(Op),
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Emit {
    pub(super) event: Event,
    /// The unit whose handle is used; `None` for an emit without a handle.
    pub(super) unit: Option<usize>,
    /// Whether failures are returned.
    pub(super) reports: bool,
}

#[derive(Clone, Debug)]
pub(super) enum Op {
    Begin(usize),
    Savepoint(usize),
    /// One of the savepoints of a unit, by its distance from the innermost one.
    Release(usize, usize),
    RollBackTo(usize, usize),
    Prepare(usize),
    Commit(usize),
    RollBack(usize),
    BeforeCommit(usize, Vec<Op>, End),
    AfterCommit(usize, Vec<Op>, End),
    Emit(Emit),
    Enqueue(Event),
    /// In a unit that is entered, or in none.
    Within(Option<usize>, Vec<Op>),
    Subscribe(usize),
    Unsubscribe(usize),
    SetCapacity(usize),
    /// Asks who would be called with an event.
    Explain(Event),
    // The others are steps of a program only.
    Enter(usize, Option<usize>),
    Leave(usize),
    /// Makes the future of an emit.
    Start(usize, Emit),
    /// Makes a future that emits when it is polled, in a unit that is attached to it or in none.
    Attach(usize, Emit, Option<usize>),
    Poll(usize),
    Cut(usize),
    Flush,
}

impl Op {
    /// The operations in it.
    fn inner(&self) -> Option<&Vec<Self>> {
        match self {
            Self::BeforeCommit(_, ops, _) | Self::AfterCommit(_, ops, _) | Self::Within(_, ops) => {
                Some(ops)
            }
            _ => None,
        }
    }

    /// The operation with one part less, or with one part in place of it.
    fn smaller(&self) -> Vec<Self> {
        let Some(ops) = self.inner() else {
            return Vec::new();
        };
        let replace = |ops: Vec<Self>| match self {
            Self::BeforeCommit(slot, _, end) => Self::BeforeCommit(*slot, ops, *end),
            Self::AfterCommit(slot, _, end) => Self::AfterCommit(*slot, ops, *end),
            Self::Within(slot, _) => Self::Within(*slot, ops),
            other => other.clone(),
        };
        let mut smaller = ops.clone();
        smaller.extend(smaller_lists(ops, Self::smaller).map(replace));
        smaller
    }
}

#[derive(Clone, Debug)]
pub(super) struct Program {
    pub(super) handlers: Vec<Handler>,
    pub(super) capacity: usize,
    pub(super) steps: Vec<Op>,
}

/// The lists with one part less, and those with a part that is smaller.
fn smaller_lists<T: Clone>(
    all: &[T],
    smaller: impl Fn(&T) -> Vec<T>,
) -> impl Iterator<Item = Vec<T>> {
    (0..all.len()).rev().flat_map(move |index| {
        let with = |part: Option<T>| {
            let (before, after) = (&all[..index], &all[index + 1..]);
            before
                .iter()
                .cloned()
                .chain(part)
                .chain(after.iter().cloned())
                .collect()
        };
        let mut lists: Vec<Vec<T>> = vec![with(None)];
        lists.extend(
            smaller(&all[index])
                .into_iter()
                .map(|part| with(Some(part))),
        );
        lists
    })
}

/// The programs with one part less.
pub(super) fn smaller(program: &Program) -> Vec<Program> {
    let steps = smaller_lists(&program.steps, Op::smaller);
    let mut all: Vec<_> = steps
        .map(|steps| Program {
            steps,
            ..program.clone()
        })
        .collect();
    for (number, handler) in program.handlers.iter().enumerate() {
        let mut with = |change: &dyn Fn(&mut Handler)| {
            let mut smaller = program.clone();
            change(&mut smaller.handlers[number]);
            all.push(smaller);
        };
        let acts = |act: &Act| match act {
            Act::Do(op) => op.smaller().into_iter().map(Act::Do).collect(),
            _ => Vec::new(),
        };
        for acts in smaller_lists(&handler.acts, acts) {
            with(&|handler| handler.acts.clone_from(&acts));
        }
        if handler.end != End::Done {
            with(&|handler| handler.end = End::Done);
        }
        if handler.once {
            with(&|handler| handler.once = false);
        }
        if handler.origin.is_some() {
            with(&|handler| handler.origin = None);
        }
        if handler.is_even.is_some() {
            with(&|handler| handler.is_even = None);
        }
        if handler.priority != 0 {
            with(&|handler| handler.priority = 0);
        }
    }
    all
}
