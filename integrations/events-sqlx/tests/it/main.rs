//! The transactions of both databases. Those of PostgreSQL run if it is installed; see `server`.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod cases;
mod cut_off;
mod database;
mod delivery;
mod faults;
mod foreign;
mod gate;
mod records;
mod server;
mod subscribers;

use std::{
    future::{Future, poll_fn},
    mem,
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
    task::Poll,
};

use events_core::{Event, Registry};
use gate::Gate;

/// What subscribers received, in order.
#[derive(Clone, Default)]
struct Journal(Arc<Mutex<Vec<String>>>);

impl Journal {
    fn note(&self, entry: impl Into<String>) {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries.push(entry.into());
    }

    fn take(&self) -> Vec<String> {
        mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// An item was saved. Its subscribers run after the commit.
#[derive(Event, Clone)]
#[event(after_commit)]
struct Saved(String);

/// A registry, and the journal of the items whose `Saved` it emits.
fn journaled() -> (Registry, Journal) {
    let (registry, journal) = (Registry::new(), Journal::default());
    let notes = journal.clone();
    registry
        .on(move |event: &Saved| notes.note(&event.0))
        .detach();
    (registry, journal)
}

/// Polls a future this many times, and then drops it; `None` if it is not ready by then.
async fn cut_off_after<F: Future>(polls: usize, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut polled = 0;
    poll_fn(|context| {
        if polled == polls {
            return Poll::Ready(None);
        }
        polled += 1;
        match future.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if polled == polls => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

/// Polls a future until the gate holds back an answer, and then drops it; `None` if it is not ready by then.
async fn cut_off_at<F: Future>(gate: &Gate, future: F) -> Option<F::Output> {
    let (mut future, mut held) = (pin!(future), pin!(gate.held()));
    poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending => held.as_mut().poll(context).map(|()| None),
    })
    .await
}
