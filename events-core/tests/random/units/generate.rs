//! Programs from a seed.

use super::program::{Act, Emit, End, Event, Handler, Kind, Mode, Op, Phase, Program, SLOTS};
use crate::rng::Rng;

pub(super) fn generate(seed: u64) -> Program {
    let rng = &mut Rng::new(seed);
    let count = 3 + rng.below(6);
    let mut handlers: Vec<_> = (0..count).map(|_| handler(rng)).collect();
    for handler in &mut handlers {
        for _ in 0..rng.below(3) {
            let act = act(rng, handler, count);
            handler.acts.push(act);
        }
    }
    let mut steps = Vec::new();
    for handler in 0..count {
        if rng.chance(4, 5) {
            steps.push(Op::Subscribe(handler));
        }
    }
    for slot in 0..SLOTS {
        if rng.chance(2, 3) {
            steps.push(Op::Begin(slot));
        }
    }
    for _ in 0..6 + rng.below(24) {
        steps.push(step(rng, count));
    }
    if rng.chance(1, 2) {
        let slot = any_slot(rng);
        steps.push(Op::Begin(slot));
        savepoint(rng, slot, &mut steps);
        steps.push(Op::Commit(slot));
    }
    for slot in 0..SLOTS {
        steps.push(Op::Leave(slot));
        steps.push(if rng.chance(1, 2) {
            Op::Poll(slot)
        } else {
            Op::Cut(slot)
        });
        steps.push(if rng.chance(1, 2) {
            Op::Commit(slot)
        } else {
            Op::RollBack(slot)
        });
    }
    steps.push(Op::Flush);
    let capacity = if rng.chance(1, 2) {
        rng.below(4) + 1
    } else {
        100
    };
    Program {
        handlers,
        capacity,
        steps,
    }
}

fn kind(rng: &mut Rng) -> Kind {
    *rng.pick(&[Kind::AtOnce, Kind::AtOnce, Kind::Committed, Kind::Moved])
}

fn handler(rng: &mut Rng) -> Handler {
    let kind = (!rng.chance(1, 5)).then(|| kind(rng));
    let mode = match kind {
        None => Mode::Sync,
        Some(Kind::Moved) => *rng.pick(&[Mode::Sync, Mode::Awaited]),
        Some(_) => *rng.pick(&[
            Mode::Sync,
            Mode::Sync,
            Mode::Awaited,
            Mode::Async,
            Mode::Deferred,
        ]),
    };
    let phases = [
        None,
        None,
        Some(Phase::AtOnce),
        Some(Phase::AfterCommit),
        Some(Phase::AfterRollback),
    ];
    let mut phase = *rng.pick(&phases);
    if !mode.is_in_order() && phase == Some(Phase::AtOnce)
        || kind == Some(Kind::Moved)
            && matches!(phase, Some(Phase::AfterCommit | Phase::AfterRollback))
    {
        phase = None;
    }
    let end = match rng.below(10) {
        0 => End::Error,
        1 => End::Panic,
        2 if mode.is_in_order() => End::Break,
        _ => End::Done,
    };
    Handler {
        kind,
        mode,
        phase,
        priority: *rng.pick(&[0, 0, 0, 1, -1]),
        origin: rng.chance(1, 6).then(|| rng.below(2)),
        is_even: rng.chance(1, 6).then(|| rng.chance(1, 2)),
        once: rng.chance(1, 8),
        acts: Vec::new(),
        end,
    }
}

fn act(rng: &mut Rng, handler: &Handler, handlers: usize) -> Act {
    let mode = handler.mode;
    match rng.below(5) {
        4 if mode == Mode::Async => Act::Yield,
        0 if mode.is_in_order() && handler.kind.is_some() => Act::Add(1 + rng.below(9) as i64),
        1 if matches!(mode, Mode::Awaited | Mode::Async) => Act::Yield,
        _ => Act::Do(op(rng, handlers, 1)),
    }
}

/// A savepoint with emits and savepoints in it.
fn savepoint(rng: &mut Rng, slot: usize, steps: &mut Vec<Op>) {
    steps.push(Op::Savepoint(slot));
    for _ in 0..1 + rng.below(3) {
        if rng.chance(1, 2) && steps.len() < 60 {
            savepoint(rng, slot, steps);
        } else {
            let unit = Some(slot);
            steps.push(Op::Emit(Emit { unit, ..emit(rng) }));
        }
    }
    steps.push(if rng.chance(2, 3) {
        Op::Release(slot, 0)
    } else {
        Op::RollBackTo(slot, 0)
    });
}

/// How far a savepoint is from the innermost one.
fn distance(rng: &mut Rng) -> usize {
    *rng.pick(&[0, 1, 1, 2])
}

/// Most operations are on the same unit.
fn any_slot(rng: &mut Rng) -> usize {
    *rng.pick(&[0, 0, 0, 0, 1, SLOTS - 1])
}

fn event(rng: &mut Rng) -> Event {
    Event {
        kind: kind(rng),
        value: rng.below(20) as i64,
        origin: rng.chance(1, 3).then(|| rng.below(2)),
    }
}

fn emit(rng: &mut Rng) -> Emit {
    Emit {
        event: event(rng),
        unit: rng.chance(2, 3).then(|| any_slot(rng)),
        reports: rng.chance(1, 2),
    }
}

fn ops(rng: &mut Rng, handlers: usize, depth: usize) -> Vec<Op> {
    (0..1 + rng.below(2))
        .map(|_| op(rng, handlers, depth + 1))
        .collect()
}

/// An operation of a handler or of a function; `depth` is how many it is in.
fn op(rng: &mut Rng, handlers: usize, depth: usize) -> Op {
    let slot = any_slot(rng);
    let kinds = if depth < 4 { 32 } else { 26 };
    match rng.below(kinds) {
        0..10 => Op::Emit(emit(rng)),
        10 | 11 => Op::Enqueue(event(rng)),
        12 | 13 | 25 => Op::Savepoint(slot),
        14 => Op::Release(slot, distance(rng)),
        15 | 16 => Op::RollBackTo(slot, distance(rng)),
        17 => Op::Begin(slot),
        18 if depth == 0 || rng.chance(1, 3) => Op::Commit(slot),
        19 if depth == 0 || rng.chance(1, 3) => Op::RollBack(slot),
        20 if depth == 0 || rng.chance(1, 3) => Op::Prepare(slot),
        21 | 22 => Op::Subscribe(rng.below(handlers)),
        23 => Op::Unsubscribe(rng.below(handlers)),
        24 if rng.chance(1, 2) => Op::Explain(event(rng)),
        24 => Op::SetCapacity(1 + rng.below(5)),
        26 => {
            let end = *rng.pick(&[End::Done, End::Done, End::Done, End::Error, End::Panic]);
            Op::BeforeCommit(slot, ops(rng, handlers, depth), end)
        }
        27 | 28 => {
            let end = *rng.pick(&[End::Done, End::Done, End::Done, End::Panic]);
            Op::AfterCommit(slot, ops(rng, handlers, depth), end)
        }
        29 | 30 => Op::Within(rng.chance(2, 3).then_some(slot), ops(rng, handlers, depth)),
        _ => Op::Emit(emit(rng)),
    }
}

fn step(rng: &mut Rng, handlers: usize) -> Op {
    let slot = any_slot(rng);
    match rng.below(26) {
        0 | 1 => Op::Enter(slot, (!rng.chance(1, 4)).then(|| any_slot(rng))),
        2 => Op::Leave(slot),
        3 | 4 => Op::Start(slot, emit(rng)),
        5 => Op::Attach(slot, emit(rng), (!rng.chance(1, 4)).then(|| any_slot(rng))),
        6..11 => Op::Poll(slot),
        11 => Op::Cut(slot),
        12 => Op::Flush,
        13 | 14 => Op::Begin(slot),
        15 => Op::Savepoint(slot),
        16 => Op::Prepare(slot),
        _ => op(rng, handlers, 0),
    }
}
