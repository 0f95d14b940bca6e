//! Section 11: async and deferred subscribers of patterns and of lists of types, which receive a copy of the event.

mod by_hand;
mod declared;
mod generic;
mod missing;
mod mixed;
mod models;
mod named;
mod options;
mod scan;

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use events_core::{Event, EventCopy, Registry};

use crate::{Journal, block_on};

/// Counts its clones.
#[derive(Event)]
#[event(topic = "copies::Order")]
pub(super) struct Order {
    pub(super) number: u32,
    #[event(secret)]
    pub(super) card: String,
    pub(super) clones: Arc<AtomicUsize>,
}

impl Clone for Order {
    fn clone(&self) -> Self {
        self.clones.fetch_add(1, Ordering::Relaxed);
        assert!(self.number != 666, "this order cannot be cloned");
        Self {
            number: self.number,
            card: self.card.clone(),
            clones: Arc::clone(&self.clones),
        }
    }
}

pub(super) fn order(number: u32) -> Order {
    Order {
        number,
        card: "4711".into(),
        clones: Arc::default(),
    }
}

/// Clones the event, but cannot be shared between threads.
#[derive(Event, Clone)]
#[event(topic = "copies::Local")]
pub(super) struct Local(pub(super) std::cell::Cell<u32>);

#[derive(Event)]
#[event(topic = "copies::Fixed")]
pub(super) struct Fixed;

#[derive(Event, Clone)]
#[event(topic = "copies::Listed")]
pub(super) struct Listed;

#[derive(Event, Clone)]
#[event(topic = "copies::Borrowed")]
#[expect(dead_code, reason = "nothing reads a field that borrows")]
pub(super) struct Borrowed<'a>(pub(super) &'a str);

/// A copy is registered for the whole process: the tests of `mixed` use `Generic<u64>`, which has one, and all others
/// `Generic<u8>`, which has none.
#[derive(Event, Clone)]
#[event(topic = "copies::Generic")]
pub(super) struct Generic<T>(pub(super) T);

/// How an event is emitted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Verb {
    Emit,
    EmitAsync,
    Enqueue,
}

pub(super) const VERBS: [Verb; 3] = [Verb::Emit, Verb::EmitAsync, Verb::Enqueue];

/// Emits the event from `desk`, and flushes the queue.
pub(super) fn emit(registry: &Registry, verb: Verb, event: Order) {
    match verb {
        Verb::Emit => drop(registry.emit_from(event, "desk")),
        Verb::EmitAsync => drop(block_on(registry.emit_async_from(event, "desk"))),
        Verb::Enqueue => assert!(registry.enqueue_from(event, "desk").is_ok()),
    }
    registry.queue().flush();
}

/// A handler that notes its name and the order.
pub(super) fn note(
    name: &'static str,
    journal: &Journal,
) -> impl Fn(&EventCopy) + Send + Sync + use<> {
    let journal = journal.clone();
    move |event| {
        let number = event.arg::<u32>("number");
        journal.note(format!("{name} {number:?}"));
    }
}
