//! A program as text, without the handlers that it does not register.

use std::fmt::Write as _;

use super::{Act, Op, Program, methods_of};

pub(crate) fn listing(program: &Program) -> String {
    let mut registered = vec![false; program.handlers.len()];
    let acts = program.handlers.iter().flat_map(|handler| &handler.acts);
    let nested = acts.filter_map(|act| match act {
        Act::Do(op) => Some(op),
        _ => None,
    });
    for op in program.steps.iter().chain(nested) {
        registers(op)
            .into_iter()
            .for_each(|one| registered[one] = true);
    }
    let mut text = format!(
        "capacity {}, depth limit {}\n",
        program.capacity, program.depth_limit
    );
    for (number, handler) in program.handlers.iter().enumerate() {
        if registered[number] {
            let _ = writeln!(text, "h{number}: {handler:?}");
        }
    }
    for step in &program.steps {
        let _ = writeln!(text, "{step:?}");
    }
    text
}

/// The handlers that an operation registers.
fn registers(op: &Op) -> Vec<usize> {
    match op {
        Op::Subscribe { handler, .. } => vec![*handler],
        Op::Batch {
            handlers, between, ..
        } => handlers.iter().chain(between).copied().collect(),
        Op::Scan(declared) => declared.clone(),
        Op::Listen(listener) => methods_of(*listener).collect(),
        _ => Vec::new(),
    }
}
