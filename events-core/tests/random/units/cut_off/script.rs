//! The scripts: transactions, and the steps that poll them and cut them off.

use crate::rng::Rng;

/// How an event is emitted.
#[derive(Clone, Copy, Debug)]
pub(super) enum Form {
    Moved,
    /// Its result is returned.
    Reported,
    /// In a future with the unit.
    Attached,
    /// The future is dropped after so many polls, if it is not ready.
    Dropped(usize),
    /// Two at a time.
    Both,
    InSavepoint {
        is_released: bool,
    },
}

#[derive(Clone, Debug)]
pub(super) struct Transaction {
    pub(super) forms: Vec<Form>,
    /// Whether an async function before the commit emits, and whether it then fails.
    pub(super) before: Option<bool>,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    Begin(usize),
    Poll(usize),
    Rest,
    Open(usize),
    Deliver(usize),
    Wake(usize),
    Cancel(usize),
    Flush,
}

#[derive(Clone, Debug)]
pub(super) struct Script {
    pub(super) seed: u64,
    pub(super) transactions: Vec<Transaction>,
    pub(super) steps: Vec<Step>,
}

pub(super) fn generate(seed: u64) -> Script {
    let rng = &mut Rng::new(seed);
    let form = |rng: &mut Rng| match rng.below(8) {
        0 | 1 => Form::Moved,
        2 => Form::Reported,
        3 => Form::Attached,
        4 | 5 => Form::Dropped(rng.below(4)),
        6 => Form::Both,
        _ => Form::InSavepoint {
            is_released: rng.chance(1, 2),
        },
    };
    let transaction = |rng: &mut Rng| Transaction {
        forms: (0..1 + rng.below(4)).map(|_| form(rng)).collect(),
        before: rng.chance(1, 2).then(|| rng.chance(1, 4)),
    };
    let transactions: Vec<_> = (0..1 + rng.below(3)).map(|_| transaction(rng)).collect();
    let count = transactions.len();
    let step = |rng: &mut Rng| {
        let any = rng.below(1 << 20);
        match rng.below(30) {
            0..3 => Step::Begin(rng.below(count)),
            3..10 => Step::Poll(any),
            10..17 => Step::Open(any),
            17..24 => Step::Deliver(any),
            24 => Step::Wake(any),
            25 => Step::Cancel(any),
            26 => Step::Flush,
            _ => Step::Rest,
        }
    };
    Script {
        seed,
        steps: (0..10 + rng.below(80)).map(|_| step(rng)).collect(),
        transactions,
    }
}
