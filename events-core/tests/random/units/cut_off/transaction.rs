//! A transaction, its events and their subscribers.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::Poll,
};

use events_core::{
    Event, Registry, UnitOfWork, WeakRegistry,
    units::{UnitHandle, WithUnit as _},
};
use smol::future::zip;

use super::script::{Form, Transaction};
use crate::{rng::Rng, strict::gates::Gates};

#[derive(Event, Clone)]
pub(super) struct Sold {
    pub(super) transaction: usize,
    pub(super) number: usize,
    /// An emit of a handler has 1 less than that which the handler receives.
    pub(super) generation: usize,
    pub(super) shared: Arc<Shared>,
}

/// What became of the emit with a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Emit {
    Begun,
    Ready,
    /// Ready, and then its savepoint was rolled back.
    Undone,
}

#[derive(Default)]
pub(super) struct State {
    /// The transaction of each emit, and what became of it.
    pub(super) emits: Vec<(usize, Emit)>,
    pub(super) committed: Vec<usize>,
    /// Which kind of subscriber received which event in which poll.
    pub(super) journal: Vec<(&'static str, usize, usize)>,
    pub(super) polls: usize,
}

pub(super) struct Shared {
    pub(super) seed: u64,
    pub(super) gates: Gates,
    pub(super) state: Mutex<State>,
}

impl Shared {
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn note(&self, kind: &'static str, event: &Sold) {
        let mut state = self.state();
        let poll = state.polls;
        state.journal.push((kind, event.number, poll));
    }
}

/// A new event, whose emit begins now.
pub(super) fn sold(shared: &Arc<Shared>, transaction: usize, generation: usize) -> Sold {
    let mut state = shared.state();
    state.emits.push((transaction, Emit::Begun));
    Sold {
        transaction,
        number: state.emits.len() - 1,
        generation,
        shared: Arc::clone(shared),
    }
}

pub(super) fn is_ready(shared: &Shared, number: usize) {
    shared.state().emits[number].1 = Emit::Ready;
}

/// Runs at once: waits, and emits in turn without a handle.
pub(super) async fn check(event: &mut Sold, registry: &Registry) {
    let shared = Arc::clone(&event.shared);
    let rng = &mut Rng::new(shared.seed ^ ((event.number as u64) << 20));
    for _ in 0..rng.below(3) {
        shared.gates.wait().await;
    }
    if event.generation > 0 && rng.chance(1, 2) {
        let inner = sold(&shared, event.transaction, event.generation - 1);
        let number = inner.number;
        if rng.chance(1, 2) {
            drop(registry.emit(inner));
        } else {
            drop(registry.emit_async(inner).await);
        }
        is_ready(&shared, number);
        shared.gates.wait().await;
    }
}

pub(super) fn subscribe(registry: &Registry) {
    let current = registry.downgrade();
    let awaited = async |event: &mut Sold, current: &WeakRegistry| {
        let registry = current.upgrade().expect("the script has it");
        check(event, &registry).await;
    };
    registry.on_awaited_with(current, awaited).detach();
    let noting = |kind: &'static str| move |event: &Sold| event.shared.note(kind, event);
    let committed = registry.subscribe(noting("committed")).after_commit();
    committed.register().expect("it is subscribed").detach();
    let undone = registry.subscribe(noting("undone")).after_rollback();
    undone.register().expect("it is subscribed").detach();
    registry.on_deferred(noting("deferred")).detach();
    let concurrent = registry.subscribe_async(|event: &Sold| {
        let event = event.clone();
        async move {
            event.shared.gates.wait().await;
            event.shared.note("async", &event);
        }
    });
    concurrent.register().expect("it is subscribed").detach();
    // The second one is awaited too, so that there is an await behind the first.
    let last = async |event: &mut Sold| event.shared.gates.wait().await;
    registry.on_awaited(last).detach();
}

/// An emit with a handle.
pub(super) async fn emit_in(
    registry: &Registry,
    unit: &UnitHandle,
    shared: &Arc<Shared>,
    of: usize,
) -> usize {
    let event = sold(shared, of, 2);
    let number = event.number;
    registry.emit_in_async(unit, event).await;
    is_ready(shared, number);
    number
}

pub(super) async fn emit(
    registry: &Registry,
    work: &UnitOfWork,
    shared: &Arc<Shared>,
    of: usize,
    form: Form,
) {
    let unit = &work.handle();
    match form {
        Form::Moved => _ = emit_in(registry, unit, shared, of).await,
        Form::Reported => {
            let event = sold(shared, of, 2);
            let number = event.number;
            let emitted = registry.try_emit_in_async(unit, event).await;
            assert_eq!(emitted.expect("nothing fails").deferred(), 3);
            is_ready(shared, number);
        }
        Form::Attached => {
            let emit = async {
                let event = registry.emit_async(sold(shared, of, 2)).await;
                is_ready(shared, event.number);
            };
            emit.with_unit(unit.clone()).await;
        }
        Form::Dropped(polls) => {
            let mut emit = pin!(emit_in(registry, unit, shared, of));
            let mut left = polls;
            poll_fn(|context| {
                if left == 0 {
                    return Poll::Ready(());
                }
                left -= 1;
                emit.as_mut().poll(context).map(|_| ())
            })
            .await;
        }
        Form::Both => {
            let emit = || emit_in(registry, unit, shared, of);
            zip(emit(), emit()).await;
        }
        Form::InSavepoint { is_released } => {
            let first = shared.state().emits.len();
            let point = work.savepoint();
            emit_in(registry, unit, shared, of).await;
            if is_released {
                return point.release().expect("it is the innermost one");
            }
            let mut state = shared.state();
            let own = state.emits[first..].iter_mut();
            own.filter(|emit| emit.0 == of)
                .for_each(|emit| emit.1 = Emit::Undone);
            drop(state);
            point.rollback();
        }
    }
}

pub(super) async fn transact(
    registry: Registry,
    shared: Arc<Shared>,
    of: usize,
    transaction: Transaction,
) {
    let work = UnitOfWork::begin();
    for form in transaction.forms {
        emit(&registry, &work, &shared, of, form).await;
    }
    if let Some(fails) = transaction.before {
        let (registry, shared) = (registry.clone(), Arc::clone(&shared));
        work.before_commit_async(async move |unit| {
            shared.gates.wait().await;
            emit_in(&registry, &unit, &shared, of).await;
            if fails { Err("refused".into()) } else { Ok(()) }
        });
    }
    let Ok(prepared) = work.prepare_async().await else {
        return;
    };
    shared.gates.wait().await; // the database
    shared.state().committed.push(of);
    prepared.commit();
}
