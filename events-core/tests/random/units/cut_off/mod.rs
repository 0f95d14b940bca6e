//! Transactions as tasks of the strict executor: each is cut off at any of its awaits, or commits. In every script:
//!
//! - the subscribers after the commit receive what was emitted in the transactions that committed, once and in the order in
//!   which the emits began, and those after a rollback the rest;
//! - an emit whose future is dropped before it is ready is not among it;
//! - all that one transaction held is received in one poll, with nothing in between;
//! - each reserved place in the queue is used or freed, and each event is dropped.

mod run;
mod script;
mod transaction;

use self::script::{Form, Script, Step, Transaction, generate};
use crate::runs::{self, Case};

impl Case for Script {
    fn problem(&self) -> Option<String> {
        self.run().0
    }

    fn smaller(&self) -> impl Iterator<Item = Self> {
        let steps = (0..self.steps.len()).rev().map(|index| {
            let mut smaller = self.clone();
            smaller.steps.remove(index);
            smaller
        });
        let forms = self
            .transactions
            .iter()
            .enumerate()
            .flat_map(move |(index, one)| {
                (0..one.forms.len()).map(move |form| {
                    let mut smaller = self.clone();
                    smaller.transactions[index].forms.remove(form);
                    smaller
                })
            });
        steps.chain(forms)
    }

    fn listing(&self) -> String {
        format!("{self:#?}")
    }
}

#[test]
fn what_is_received_is_what_is_committed_wherever_a_transaction_is_cut_off() {
    runs::check("transactions", 0, 2_000, generate);
}

/// The same transaction, cut off after each number of polls.
#[test]
fn a_transaction_is_cut_off_at_each_await() {
    let forms = vec![
        Form::Moved,
        Form::Reported,
        Form::Attached,
        Form::Both,
        Form::InSavepoint { is_released: true },
        Form::InSavepoint { is_released: false },
    ];
    for seed in 0..20 {
        let mut has_committed = false;
        let mut polls = 0;
        while !has_committed {
            assert!(polls < 500, "the transaction does not end");
            let advance = [Step::Open(0), Step::Deliver(0), Step::Poll(0)];
            let mut steps = vec![Step::Begin(0), Step::Poll(0)];
            steps.extend((0..polls).flat_map(|_| advance));
            steps.push(Step::Cancel(0));
            let script = Script {
                seed,
                transactions: vec![Transaction {
                    forms: forms.clone(),
                    before: Some(false),
                }],
                steps,
            };
            let (problem, committed) = script.run();
            assert!(
                problem.is_none(),
                "{problem:?} of seed {seed} after {polls} polls"
            );
            has_committed = committed > 0;
            polls += 1;
        }
        assert!(polls > 10, "there are that many awaits");
    }
}
