//! Programs from a seed.

use super::{
    Act, BATCHES, DECLARED, End, Event, FREE, GUARDS, Handler, KINDS, Kind, LISTENERS, METHODS,
    Name, Op, Phase, Program, RULES, TO_THE_END, TOPICS, Target, WRAPS, When, declared, method,
};
use crate::rng::Rng;

/// How many patterns handlers are registered for at run time.
const FREE_PATTERNS: usize = 4;

/// Those of them that match only events that can be copied.
const COPIED: [usize; 2] = [0, 3];

pub(crate) fn generate(seed: u64) -> Program {
    let rng = &mut Rng::new(seed);
    let mut handlers: Vec<_> = (0..DECLARED).map(declared).collect();
    for _ in 0..LISTENERS {
        handlers.extend((0..METHODS).map(method));
    }
    let free = 3 + rng.below(7);
    handlers.extend((0..free).map(|_| free_handler(rng)));
    let count = handlers.len();
    for handler in &mut handlers {
        script(handler, count, rng);
    }
    let mut steps = Vec::new();
    // Most programs begin with some handlers registered.
    if rng.chance(1, 2) {
        steps.push(scan(rng));
    }
    for handler in FREE..count {
        if rng.chance(2, 3) {
            let detach = rng.chance(1, 4);
            steps.push(Op::Subscribe { handler, detach });
        }
    }
    if rng.chance(1, 3) {
        steps.push(wrap(rng));
    }
    for _ in 0..4 + rng.below(12) {
        steps.push(op(rng, count, true));
    }
    for _ in 0..rng.below(3) {
        steps.extend(muting(rng));
    }
    for _ in 0..rng.below(3) {
        // It may be dropped at an awaited handler that waits.
        let kind = *rng.pick(&[Kind::A, Kind::B]);
        steps.push(Op::EmitAsync(
            Event { kind, ..event(rng) },
            1 + rng.below(2),
        ));
    }
    steps.push(Op::Flush);
    Program {
        handlers,
        depth_limit: if rng.chance(1, 3) {
            1 + rng.below(4)
        } else {
            8
        },
        capacity: if rng.chance(1, 2) {
            1 + rng.below(3)
        } else {
            100
        },
        steps,
    }
}

fn free_handler(rng: &mut Rng) -> Handler {
    let pattern = rng.chance(1, 4);
    let kind = *rng.pick(&[
        Kind::A,
        Kind::A,
        Kind::A,
        Kind::B,
        Kind::B,
        Kind::C,
        Kind::D,
    ]);
    let target = if pattern {
        Target::Pattern(rng.below(FREE_PATTERNS))
    } else {
        Target::Exact(vec![kind])
    };
    let is_copied = match target {
        Target::Exact(_) => matches!(kind, Kind::A | Kind::B),
        Target::Pattern(pattern) => COPIED.contains(&pattern),
    };
    let phase = if is_copied {
        *rng.pick(&[Phase::Sync, Phase::Sync, Phase::Async, Phase::Deferred])
    } else {
        Phase::Sync
    };
    let mut handler = Handler::new(target, phase);
    if phase == Phase::Deferred || (phase == Phase::Sync && !pattern) {
        handler.is_async = rng.chance(1, 3);
    }
    handler.priority = *rng.pick(&[0, 0, 0, 0, 1, 5, -1, i32::MIN, i32::MAX]);
    handler.id = rng.chance(1, 2).then(|| rng.below(5));
    for names in [&mut handler.before, &mut handler.after] {
        for _ in 0..2 {
            if rng.chance(1, 7) {
                names.push(name(rng));
            }
        }
    }
    // Without a choice of its own, so that the other choices stay the same.
    handler.if_present = handler.id.is_none_or(|id| id == 0);
    handler.origin = rng.chance(1, 6).then(|| rng.below(2));
    handler.when = rng
        .chance(1, 5)
        .then(|| *rng.pick(&[When::Even, When::Odd, When::Never]));
    handler.once = rng.chance(1, 6);
    if phase != Phase::Sync && rng.chance(1, 4) {
        handler.concurrency = Some(1 + rng.below(2));
    } else if phase != Phase::Sync && !handler.once && rng.chance(1, 2) {
        handler.retries = *rng.pick(&[1, 1, 2, 3]);
    }
    handler
}

fn name(rng: &mut Rng) -> Name {
    match rng.below(8) {
        0 => Name::Declared(rng.below(DECLARED)),
        1 => Name::Method(rng.below(METHODS)),
        _ => Name::Id(rng.below(5)),
    }
}

/// Emits and questions around a mute.
fn muting(rng: &mut Rng) -> Vec<Op> {
    let kind = match rng.below(4) {
        0 => Kind::B,
        1 => Kind::Named(rng.below(TOPICS.len())),
        _ => Kind::A,
    };
    let origin = event(rng)
        .origin
        .filter(|_| !matches!(kind, Kind::Named(_)));
    let event = Event {
        kind,
        origin,
        ..event(rng)
    };
    let (guard, other) = (rng.below(GUARDS), rng.below(GUARDS));
    let ask = [Op::TryEmitAsync(event, TO_THE_END), Op::Explain(event)];
    let mut name = mutable(rng);
    let mut ops = Vec::new();
    if rng.chance(1, 3) {
        // The middle of a chain of three, the first of which may wait.
        ops.push(Op::Scan(vec![4, 9, 10]));
        name = Name::Declared(9);
    }
    ops.extend(ask.clone());
    ops.extend([Op::Mute(guard, name), Op::Mute(other, name)]);
    ops.extend(ask.clone());
    ops.push(Op::Unmute(guard));
    ops.extend(ask.clone());
    ops.push(Op::Unmute(other));
    ops.extend(ask);
    ops
}

/// The name of a subscriber that may well be registered.
fn mutable(rng: &mut Rng) -> Name {
    match rng.below(3) {
        0 => Name::Declared(rng.below(DECLARED)),
        1 => Name::Method(rng.below(METHODS)),
        _ => Name::Id(rng.below(5)),
    }
}

/// What a handler does.
fn script(handler: &mut Handler, count: usize, rng: &mut Rng) {
    let changes = handler.phase == Phase::Sync && handler.only_kind().is_some();
    // The model has no queue of calls that wait for a permit: a call with a limit ends in its first poll.
    let waits = handler.is_async && handler.concurrency.is_none();
    for _ in 0..rng.below(4) {
        let act = match rng.below(6) {
            0 | 1 if changes => Act::Add(1 + rng.below(9) as i64),
            0 if waits => Act::Await(Event {
                kind: *rng.pick(&[Kind::A, Kind::B]),
                ..event(rng)
            }),
            1 | 2 if waits => Act::Yield,
            3 | 4 => Act::Do(op(rng, count, false)),
            _ => continue,
        };
        handler.acts.push(act);
    }
    let can_fail = handler.only_kind() != Some(Kind::D) || handler.is_awaited();
    let stops = handler.phase == Phase::Sync && can_fail;
    handler.end = match rng.below(12) {
        0 if can_fail => End::Error,
        1 => End::Panic,
        2 if stops => End::Break,
        3..6 if handler.retries > 0 => End::Error,
        _ => End::Done,
    };
}

fn event(rng: &mut Rng) -> Event {
    Event {
        kind: *rng.pick(&KINDS),
        value: rng.below(10) as i64,
        origin: rng.chance(1, 3).then(|| rng.below(2)),
    }
}

fn wrap(rng: &mut Rng) -> Op {
    Op::Wrap(rng.below(WRAPS), *rng.pick(&RULES))
}

fn scan(rng: &mut Rng) -> Op {
    Op::Scan((0..DECLARED).filter(|_| rng.chance(1, 2)).collect())
}

/// An operation; with `top` also one that only the steps of a program contain.
fn op(rng: &mut Rng, count: usize, top: bool) -> Op {
    let free = |rng: &mut Rng| FREE + rng.below(count - FREE);
    // Most events are of the kinds with the most handlers.
    let event = |rng: &mut Rng| {
        let event = event(rng);
        if rng.chance(1, 2) {
            Event {
                kind: Kind::A,
                ..event
            }
        } else {
            event
        }
    };
    // Emits by a topic that wait, and events in the queue without a type.
    let maybe_named = |rng: &mut Rng, event: Event| {
        if rng.chance(1, 5) {
            let kind = Kind::Named(rng.below(TOPICS.len()));
            Event { kind, ..event }
        } else {
            event
        }
    };
    let polls = |rng: &mut Rng| {
        if rng.chance(1, 3) {
            rng.below(4)
        } else {
            TO_THE_END
        }
    };
    match rng.below(if top { 34 } else { 21 }) {
        0 | 1 => Op::Subscribe {
            handler: free(rng),
            detach: rng.chance(1, 4),
        },
        2 | 3 => Op::Unsubscribe(free(rng)),
        4 => Op::Batch {
            slot: rng.below(BATCHES),
            handlers: (0..rng.below(4)).map(|_| free(rng)).collect(),
            between: rng.chance(1, 3).then(|| free(rng)),
        },
        5 => Op::DropBatch(rng.below(BATCHES)),
        6 => Op::Listen(rng.below(LISTENERS)),
        7 => Op::StopListening(rng.below(LISTENERS)),
        8 => scan(rng),
        9 | 28 => Op::Emit(event(rng)),
        10 | 29 => Op::TryEmit(event(rng)),
        11 => {
            let event = event(rng);
            Op::EmitAsync(maybe_named(rng, event), polls(rng))
        }
        12 | 30 => {
            let event = event(rng);
            Op::TryEmitAsync(maybe_named(rng, event), polls(rng))
        }
        13 => Op::EmitTopic {
            topic: rng.below(TOPICS.len()),
            value: rng.below(10) as i64,
            origin: rng.chance(1, 3).then(|| rng.below(2)),
        },
        14 | 15 | 21 => {
            let event = Event {
                kind: *rng.pick(&[Kind::A, Kind::A, Kind::B, Kind::C]),
                ..event(rng)
            };
            Op::Enqueue(maybe_named(rng, event))
        }
        16 | 17 => Op::Flush,
        18 | 24 => Op::Mute(rng.below(GUARDS), mutable(rng)),
        19 | 25 => Op::Unmute(rng.below(GUARDS)),
        20 | 26 | 27 => {
            let event = event(rng);
            let mut event = maybe_named(rng, event);
            if let Kind::Named(_) = event.kind {
                event.origin = None;
            }
            Op::Explain(event)
        }
        22 => match rng.below(4) {
            0 => Op::SetCapacity(1),
            1 => Op::SetCapacity(4),
            2 => Op::SetDepthLimit(2),
            _ => Op::SetDepthLimit(6),
        },
        31 | 32 => wrap(rng),
        33 => Op::Unwrap(rng.below(WRAPS)),
        _ => Op::Hook(rng.chance(2, 3)),
    }
}
