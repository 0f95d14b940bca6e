//! Scripts for the strict executor, generated from a seed: handlers, and steps that send events, run tasks and
//! open gates.

use crate::{program::Phase, rng::Rng};

/// The two kinds of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    X,
    Y,
}

/// A handler of a script; its number is its place in the list, and its id.
#[derive(Clone, Debug)]
pub(crate) struct Handler {
    pub(crate) kind: Kind,
    pub(crate) phase: Phase,
    /// Of the phase `Sync`: it is awaited in its place.
    pub(crate) is_awaited: bool,
    pub(crate) limit: Option<usize>,
    /// The number of a handler that must have ended before.
    pub(crate) after: Option<usize>,
    /// Emits an event of the other kind and awaits it, or enqueues one.
    pub(crate) nested: Option<Nested>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Nested {
    Await,
    Enqueue,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    Enqueue(Kind),
    Emit(Kind),
    EmitAsync(Kind),
    Worker(usize),
    Flush,
    Settle,
    Shutdown,
    /// Opens a gate; which one depends on the number, as below.
    Open(usize),
    Deliver(usize),
    WakeTask(usize),
    WakeHandler(usize),
    /// A waker of a wait that is over.
    WakeStale(usize),
    Poll(usize),
    /// Polls all tasks that were woken, until none is.
    Rest,
    Cancel(usize),
    Unsubscribe(usize),
}

/// What a script may contain beyond the plain operations.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Options {
    /// Wakers are called after the wait is over, and handlers wake themselves and end at once.
    pub(crate) stale_wakes: bool,
    /// Handlers are unsubscribed while calls of them wait for a turn.
    pub(crate) unsubscribes: bool,
    /// There is middleware around each call.
    pub(crate) wraps: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Script {
    pub(crate) seed: u64,
    pub(crate) options: Options,
    pub(crate) handlers: Vec<Handler>,
    pub(crate) steps: Vec<Step>,
}

/// The first two handlers mark the beginning of each job.
pub(crate) const MARKERS: usize = 2;

pub(crate) fn generate(seed: u64, options: Options) -> Script {
    let rng = &mut Rng::new(seed);
    let marker = |kind| Handler {
        kind,
        phase: Phase::Async,
        is_awaited: false,
        limit: None,
        after: None,
        nested: None,
    };
    let mut handlers = vec![marker(Kind::X), marker(Kind::Y)];
    for _ in 0..1 + rng.below(7) {
        let number = handlers.len();
        handlers.push(handler(rng, number, &handlers));
    }
    if !options.stale_wakes && handlers.iter().any(|one| one.limit.is_some()) {
        // Of two awaits in one job the first would wake the second, which then ends in the same poll.
        for handler in &mut handlers {
            handler.nested = handler.nested.map(|_| Nested::Enqueue);
        }
    }
    let mut steps = Vec::new();
    for _ in 0..rng.below(3) {
        steps.push(Step::Worker(1 + rng.below(3)));
    }
    for _ in 0..6 + rng.below(70) {
        steps.push(step(rng, options));
    }
    Script {
        seed,
        options,
        handlers,
        steps,
    }
}

fn kind(rng: &mut Rng) -> Kind {
    *rng.pick(&[Kind::X, Kind::X, Kind::Y])
}

fn handler(rng: &mut Rng, number: usize, earlier: &[Handler]) -> Handler {
    let kind = kind(rng);
    let phase = *rng.pick(&[
        Phase::Sync,
        Phase::Sync,
        Phase::Async,
        Phase::Async,
        Phase::Async,
        Phase::Deferred,
        Phase::Deferred,
    ]);
    let mut handler = Handler {
        kind,
        phase,
        is_awaited: phase == Phase::Sync && rng.chance(2, 3),
        limit: None,
        after: None,
        nested: None,
    };
    let target = MARKERS + rng.below(number - 1);
    let is_before =
        |other: &&Handler| other.kind == kind && other.phase != Phase::Sync && other.phase <= phase;
    if phase != Phase::Sync && rng.chance(1, 2) {
        handler.after = earlier.get(target).filter(is_before).map(|_| target);
    }
    if handler.is_awaited && rng.chance(1, 3) {
        handler.nested = Some(*rng.pick(&[Nested::Await, Nested::Enqueue]));
    }
    if phase == Phase::Async {
        if rng.chance(1, 3) {
            // It waits for no event, or it might wait for itself.
            handler.limit = Some(1 + rng.below(2));
        } else if rng.chance(1, 3) {
            handler.nested = Some(*rng.pick(&[Nested::Await, Nested::Enqueue]));
        }
    }
    handler
}

fn step(rng: &mut Rng, options: Options) -> Step {
    let any = rng.below(1 << 20);
    match rng.below(40) {
        0..5 => Step::Enqueue(kind(rng)),
        5 => Step::Emit(kind(rng)),
        6 | 7 => Step::EmitAsync(kind(rng)),
        8 => Step::Worker(1 + rng.below(3)),
        9 => Step::Flush,
        10 => Step::Settle,
        11 if rng.chance(1, 2) => Step::Shutdown,
        12 if options.unsubscribes => Step::Unsubscribe(any),
        13 | 14 if options.stale_wakes => Step::WakeStale(any),
        15 => Step::WakeTask(any),
        16 => Step::WakeHandler(any),
        17 | 30 => Step::Cancel(any),
        28 | 29 => Step::Rest,
        18..23 => Step::Open(any),
        23..28 => Step::Deliver(any),
        _ => Step::Poll(any),
    }
}

impl Script {
    /// Whether an awaited handler of the same events is in front of this one, or is this one.
    pub(crate) fn is_behind_awaited(&self, number: usize) -> bool {
        let Handler { kind, phase, .. } = self.handlers[number];
        let mut handlers = self.handlers.iter().enumerate();
        handlers.any(|(other, handler)| {
            handler.is_awaited && handler.kind == kind && (phase != Phase::Sync || other <= number)
        })
    }
}

/// The scripts with one step or one handler less.
pub(crate) fn smaller(script: &Script) -> impl Iterator<Item = Script> {
    let steps = (0..script.steps.len()).rev().map(|index| {
        let mut smaller = script.clone();
        smaller.steps.remove(index);
        smaller
    });
    let handlers = (MARKERS..script.handlers.len()).rev().map(|index| {
        let mut smaller = script.clone();
        smaller.handlers.remove(index);
        for handler in &mut smaller.handlers {
            handler.after = match handler.after {
                Some(after) if after == index => None,
                Some(after) if after > index => Some(after - 1),
                after => after,
            };
        }
        smaller
    });
    steps.chain(handlers)
}
