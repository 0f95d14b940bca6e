//! The programs with one part less than a program, of which a smaller failing one is searched.

use super::{Act, End, Op, Program};

/// Removes one part of a program.
type Edit = Box<dyn Fn(&mut Program)>;

/// Programs with one part less, the largest parts first.
pub(crate) fn smaller(program: &Program) -> impl Iterator<Item = Program> + '_ {
    let edited = |edit: &dyn Fn(&mut Program)| {
        let mut smaller = program.clone();
        edit(&mut smaller);
        smaller
    };
    let mut edits: Vec<Edit> = Vec::new();
    for index in (0..program.steps.len()).rev() {
        edits.push(Box::new(move |p| drop(p.steps.remove(index))));
    }
    for (number, handler) in program.handlers.iter().enumerate() {
        for index in (0..handler.acts.len()).rev() {
            edits.push(Box::new(move |p| {
                drop(p.handlers[number].acts.remove(index));
            }));
        }
        if handler.end != End::Done {
            edits.push(Box::new(move |p| p.handlers[number].end = End::Done));
        }
    }
    for (index, step) in program.steps.iter().enumerate() {
        for smaller in smaller_ops(step) {
            edits.push(Box::new(move |p| p.steps[index] = smaller.clone()));
        }
    }
    for (number, handler) in program.handlers.iter().enumerate() {
        for (index, act) in handler.acts.iter().enumerate() {
            let Act::Do(op) = act else { continue };
            for smaller in smaller_ops(op) {
                edits.push(Box::new(move |p| {
                    p.handlers[number].acts[index] = Act::Do(smaller.clone());
                }));
            }
        }
        if number >= super::FREE {
            edits.extend(fewer_options(number, program));
        }
    }
    edits.into_iter().map(move |edit| edited(&*edit))
}

/// Edits that remove one option of a handler that is registered at run time.
fn fewer_options(number: usize, program: &Program) -> Vec<Edit> {
    let handler = &program.handlers[number];
    let mut edits: Vec<Edit> = Vec::new();
    let mut add = |needed: bool, edit: Edit| {
        if needed {
            edits.push(edit);
        }
    };
    add(
        handler.priority != 0,
        Box::new(move |p| p.handlers[number].priority = 0),
    );
    add(
        handler.id.is_some(),
        Box::new(move |p| p.handlers[number].id = None),
    );
    add(
        !handler.before.is_empty(),
        Box::new(move |p| _ = p.handlers[number].before.pop()),
    );
    add(
        handler.if_present,
        Box::new(move |p| p.handlers[number].if_present = false),
    );
    add(
        !handler.after.is_empty(),
        Box::new(move |p| _ = p.handlers[number].after.pop()),
    );
    add(
        handler.origin.is_some(),
        Box::new(move |p| p.handlers[number].origin = None),
    );
    add(
        handler.when.is_some(),
        Box::new(move |p| p.handlers[number].when = None),
    );
    add(
        handler.once,
        Box::new(move |p| p.handlers[number].once = false),
    );
    add(
        handler.retries > 0,
        Box::new(move |p| p.handlers[number].retries = 0),
    );
    add(
        handler.concurrency.is_some(),
        Box::new(move |p| p.handlers[number].concurrency = None),
    );
    edits
}

/// Simpler forms of an operation.
fn smaller_ops(op: &Op) -> Vec<Op> {
    match op {
        Op::Batch {
            slot,
            handlers,
            between,
        } => {
            let mut smaller = Vec::new();
            for index in 0..handlers.len() {
                let mut fewer = handlers.clone();
                fewer.remove(index);
                smaller.push(Op::Batch {
                    slot: *slot,
                    handlers: fewer,
                    between: *between,
                });
            }
            if between.is_some() {
                smaller.push(Op::Batch {
                    slot: *slot,
                    handlers: handlers.clone(),
                    between: None,
                });
            }
            smaller
        }
        Op::Scan(declared) => (0..declared.len())
            .map(|index| {
                let mut fewer = declared.clone();
                fewer.remove(index);
                Op::Scan(fewer)
            })
            .collect(),
        _ => Vec::new(),
    }
}
