//! What tests of one scenario share: two events, the calls of handlers, and steps of the strict executor.

use std::sync::{Arc, Mutex, atomic::AtomicUsize};

use events_core::{Event, Registry};

use crate::strict::{
    executor::{Executor, NO_TASK, TaskId},
    gates::Gates,
};

#[derive(Event, Clone)]
#[event(topic = "faults::one")]
pub(crate) struct One;

#[derive(Event, Clone)]
#[event(topic = "faults::two")]
pub(crate) struct Two;

/// What handlers did, in order.
#[derive(Clone, Default)]
pub(crate) struct Calls(Arc<Mutex<Vec<&'static str>>>);

impl Calls {
    pub(crate) fn note(&self, call: &'static str) {
        self.0.lock().expect("no handler panics here").push(call);
    }

    pub(crate) fn list(&self) -> Vec<&'static str> {
        self.0.lock().expect("no handler panics here").clone()
    }
}

/// Polls woken tasks and delivers wakes until nothing is left to do.
pub(crate) fn run(executor: &mut Executor, gates: &Gates) {
    let current = AtomicUsize::new(NO_TASK);
    for _ in 0..1_000 {
        if let Some(&task) = executor.woken().first() {
            executor.poll(task, &current);
        } else if !gates.deliver(0) {
            return;
        }
    }
}

/// Polls a task once.
pub(crate) fn poll(executor: &mut Executor, task: TaskId) {
    executor.poll(task, &AtomicUsize::new(NO_TASK));
}

/// Subscribes an async handler that notes its name after its gate was opened.
pub(crate) fn gated(registry: &Registry, name: &'static str, gates: &Gates, calls: &Calls) {
    let (gates, calls) = (gates.clone(), calls.clone());
    registry
        .on_async(move |_: &Two| {
            let (gate, calls) = (gates.wait(), calls.clone());
            async move {
                gate.await;
                calls.note(name);
            }
        })
        .detach();
}
