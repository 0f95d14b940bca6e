//! The transactions of both databases. Those of PostgreSQL run if it is installed; see `server`.
//!
//! Where each case is, as `module::test`:
//!
//! | What | Tests |
//! |---|---|
//! | 1 no transaction: at once | `records::calls::each_call_emits_its_events`, `records::methods` |
//! | 2 a commit: none before, all after, in order | `cases::a_commit_emits_in_order`, `records::calls::events_of_a_transaction_wait_for_its_commit` |
//! | 3 an error, a drop, a panic, cut off: none, and the connection is clean | `cases::a_rollback_emits_nothing`, `cut_off`, `random` |
//! | 4 a savepoint is rolled back: its own are gone | `cases::a_savepoint_takes_its_own_along` |
//! | 5 a savepoint is released, the outer one rolled back: none | the same |
//! | 6 a COMMIT that is cut off: received is committed | `cut_off::a_commit_is_received_if_it_is_committed`, `random::interrupted` |
//! | 7 a COMMIT that fails: none | `cases::a_commit_that_fails_emits_nothing`, `cut_off::a_commit_that_fails_is_not_received` |
//! | 8 a panic after the commit: others run | `handles::a_handler_that_panics_after_the_commit_does_not_affect_it`, `random::writers` |
//! | 9 a write past the transaction: at once | `delivery::a_write_past_the_transaction_is_at_once` |
//! | 10 a transaction that is moved, and joined: held | `handles::a_transaction_is_used_by_tasks` |
//! | 11 written around an open savepoint that is rolled back: gone | `cases::what_is_written_around_an_open_savepoint_belongs_to_it`, `records::locks::a_savepoint_is_dropped_while_another_task_writes` |
//! | 12 "-ing" events at once; a veto leaves the rest | `records::calls::events_of_a_transaction_wait_for_its_commit`, `records::checks::a_veto_prevents_the_write` |
//! | 13 a record that is written three times: each as it was | `records::calls::events_of_a_transaction_wait_for_its_commit`, `cases::a_commit_emits_in_order` |
//! | 14 a parent that is committed before its child: as in the database | `delivery::a_parent_is_committed_before_its_child`, `handles::savepoints_end_in_any_order` |
//! | 15 a nested save that fails half way: none | `records::calls::a_nested_save_is_one_transaction` |
//! | 16 PostgreSQL: a failed statement is ignored | `cases::an_error_that_is_ignored_does_not_commit_in_part` |
//! | 17 deferred and async subscribers: queued at the commit | `delivery::subscribers_that_run_later_are_queued_at_the_commit`, `records::cut_off::patterns_receive_copies` |
//! | 18 emits and writes during delivery: kept | `delivery::what_is_emitted_and_written_during_delivery_is_kept` |
//! | 19 a test in a transaction that is rolled back | `delivery::a_test_in_a_transaction_runs_what_is_held` |
//! | 20 an update without a change, a missing row: none | `records::calls::each_call_emits_its_events` |
//! | 21 checks that query in the transaction | `records::checks::subscribers_use_the_transaction`, `records::checks::a_check_queries_in_the_transaction` |
//! | 22 a check that fails: the write is refused | `records::checks::a_check_that_fails_prevents_the_write` |
//! | 23 NaN, rounded values, keys of several columns, a delete by the key | `records::values`, `records::calls::keys_of_several_columns`, `records::calls::each_call_emits_its_events` |
//! | which call emits what | `records::methods`, over each method that writes |
//! | concurrent writers, and writes that are cut off | `random` |
//! | checks that write the record of their event | `records::interference::reentrant` |
//! | connections that wrap one of the crate | `records::interference::wrapped` |
//! | threads and runtimes that end | `threads` |
//! | conflicts, deadlocks, lost connections, closed pools, checks that time out | `faults` |
//! | two writers of two rows | `records::locks::writers_of_two_rows_do_not_wait` |
//! | updates that no subscriber checks | `records::unchecked` |
//! | columns that are not set | `records::drafts` |
//! | JSON | `records::json` |
//! | many records | `records::bulk` |
//! | nothing grows; no secret in a text | the binaries `growth` and `secrets` |

#![allow(clippy::unwrap_used, reason = "an error is a failure of the test")]

mod cases;
mod cut_off;
mod database;
mod delivery;
mod faults;
mod gate;
mod handles;
mod random;
mod records;
mod server;
mod threads;

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
