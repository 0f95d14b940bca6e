//! The specification of events-core, as tests: one module a subject, one test a statement.

#![allow(missing_docs, reason = "the names of the tests say what they are")]

mod batch;
mod builder;
mod default_registry;
mod emit;
mod events;
mod failures;
mod nesting;
mod order;
mod run_time;
mod scopes;
mod subscribers;
mod tidy;
mod waiting;

use std::sync::{Arc, Mutex};

/// What handlers did, in order.
#[derive(Clone, Default)]
struct Journal(Arc<Mutex<Vec<String>>>);

impl Journal {
    fn note(&self, entry: impl Into<String>) {
        self.0
            .lock()
            .expect("no test panics while it notes")
            .push(entry.into());
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().expect("no test panics while it notes"))
    }
}
