//! The operations of each thread of a round.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Waker},
    thread,
    time::Duration,
};

use events_core::{
    AnyEvent, Event, Failure, Registry, State, Subscription,
    failures::{Cause, Undelivered},
    queues::{Unfinished, UnfinishedEvent, Work, Worker},
    subscriber, subscribers,
};
use smol::future::block_on;

use super::shared::{
    ASYNC, AWAITED, BY_TOPIC, Closure, DEFERRED, RECORDERS, Receipt, SYNC, Shared,
};
use crate::rng::Rng;

#[derive(Event, Clone)]
#[event(topic = "stress::one")]
pub(super) struct One {
    pub(super) number: usize,
}

/// Longer than a round takes; no result depends on it.
pub(super) const LONG: Duration = Duration::from_secs(3_600);

#[subscriber]
fn declared(event: &One, shared: State<'_, Arc<Shared>>) {
    shared.scanned(event.number);
}

/// The handlers that are there for the whole round.
pub(super) fn recorders(registry: &Registry, shared: &Arc<Shared>) {
    let hold = || (Arc::clone(shared), shared.closure());
    let (reporting, closure) = hold();
    let hook = registry.on_failure(move |failure| {
        closure.touch();
        if is_backlog(failure) {
            reporting.reported();
        }
    });
    hook.detach();
    let (shared, closure) = hold();
    registry
        .subscribe(move |event: &One| {
            closure.touch();
            shared.received(event.number, SYNC);
        })
        .id(RECORDERS[SYNC])
        .register()
        .expect("it is the first")
        .detach();
    let (shared, closure) = hold();
    registry
        .subscribe_topic("stress::.*", move |event: &dyn AnyEvent| {
            closure.touch();
            let number = event.arg("number").expect("the event has a number");
            shared.received(*number, BY_TOPIC);
        })
        .expect("it is a pattern")
        .id(RECORDERS[BY_TOPIC])
        .register()
        .expect("no other has this id")
        .detach();
    let (shared, closure) = hold();
    registry
        .subscribe_async(move |event: &One| {
            closure.touch();
            let (shared, number) = (Arc::clone(&shared), event.number);
            async move {
                if number % 3 == 0 {
                    shared.completions.wait().await;
                }
                shared.received(number, ASYNC);
            }
        })
        .id(RECORDERS[ASYNC])
        .concurrency(2)
        .register()
        .expect("no other has this id")
        .detach();
    let (shared, closure) = hold();
    registry
        .subscribe_deferred(move |event: &One| {
            closure.touch();
            shared.received(event.number, DEFERRED);
        })
        .id(RECORDERS[DEFERRED])
        .register()
        .expect("no other has this id")
        .detach();
    registry
        .subscribe_awaited_with(hold(), awaited)
        .id(RECORDERS[AWAITED])
        .register()
        .expect("no other has this id")
        .detach();
}

async fn awaited(event: &mut One, (shared, closure): &(Arc<Shared>, Closure)) {
    closure.touch();
    if event.number % 3 == 1 {
        shared.completions.wait().await;
    }
    shared.received(event.number, AWAITED);
}

/// Subscribes handlers of all kinds, and unsubscribes them.
pub(super) fn subscribes(registry: &Registry, shared: &Arc<Shared>, rng: &mut Rng, times: usize) {
    let mut held: Vec<Subscription> = Vec::new();
    for _ in 0..times {
        let closure = shared.closure();
        let new = match rng.below(7) {
            0 => registry.on(move |_: &One| closure.touch()),
            1 => registry
                .subscribe(move |_: &mut One| closure.touch())
                .priority(5)
                .before(RECORDERS[SYNC])
                .register()
                .expect("its target is there"),
            2 => registry.on_async(move |_: &One| {
                closure.touch();
                async {}
            }),
            3 => registry.on_deferred(move |_: &One| closure.touch()),
            4 => registry.on_awaited_with(closure, async |_: &mut One, closure: &Closure| {
                closure.touch();
            }),
            5 => registry
                .on_topic("stress::(one|two)", move |_: &dyn AnyEvent| closure.touch())
                .expect("it is a pattern"),
            _ => {
                let other = shared.closure();
                let mut batch = registry.batch();
                batch.on(move |_: &One| closure.touch());
                batch.add(registry.subscribe(move |_: &One| other.touch()).once());
                batch.register().expect("no options clash")
            }
        };
        if rng.chance(2, 3) {
            held.push(new);
        }
        if held.len() > 4 {
            let index = rng.below(held.len());
            drop(held.swap_remove(index));
        }
    }
}

/// Whether the subscriber was not reached since too many events wait for it.
fn is_backlog(failure: &Failure) -> bool {
    let cause = failure.cause();
    matches!(cause, Cause::Undelivered(Undelivered::BacklogFull { .. }))
}

/// Emits these events, and notes which recorders an event did not reach.
pub(super) fn emits(registry: &Registry, shared: &Shared, events: impl Iterator<Item = usize>) {
    for number in events {
        let Err(error) = registry.try_emit(One { number }) else {
            continue;
        };
        for failure in error.failures() {
            let name = &failure.subscriber().name;
            if let Some(recorder) = RECORDERS.iter().position(|one| one == name) {
                shared.receipt(number)[recorder].refused += 1;
            }
            if is_backlog(failure) {
                shared.returned();
            }
        }
    }
}

/// Enqueues these events. A full queue is flushed; one that is shut down refuses the event.
pub(super) fn pushes(registry: &Registry, shared: &Shared, events: impl Iterator<Item = usize>) {
    for number in events {
        let mut event = One { number };
        while let Err(full) = registry.enqueue(event) {
            if registry.queue().is_shut_down() {
                refuse_all(shared, number);
                break;
            }
            event = full.into_event();
            registry.queue().flush();
        }
    }
}

fn refuse_all(shared: &Shared, number: usize) {
    for receipt in &mut *shared.receipt(number) {
        receipt.refused += 1;
    }
}

/// Awaits emits of these events, which reach every recorder.
pub(super) fn emits_async(registry: &Registry, events: impl Iterator<Item = usize>) {
    for number in events {
        let emitted = block_on(registry.try_emit_async(One { number }));
        emitted.expect("a deferred handler runs at once when the queue is full or shut down");
    }
}

pub(super) fn scans(registry: &Registry, shared: &Arc<Shared>, times: usize) {
    for _ in 0..times {
        let scanner = registry.scanner().state(Arc::clone(shared));
        scanner.subscribers(subscribers![declared]).run();
    }
}

/// Starts and stops workers: on this thread, and on threads of the queue.
pub(super) fn works(registry: &Registry, rng: &mut Rng, times: usize) {
    let queue = registry.queue();
    let mut workers: Vec<Worker> = Vec::new();
    for _ in 0..times {
        match rng.below(5) {
            0 => workers.push(queue.spawn_thread()),
            1 => workers.push(queue.spawn_thread_with(3)),
            2 => workers.pop().into_iter().for_each(Worker::stop),
            3 => drop(workers.pop()),
            _ => polls(&mut queue.work(2), 20),
        }
        if workers.len() > 3 {
            workers.remove(0).stop();
        }
    }
    workers.into_iter().for_each(Worker::stop);
}

/// Polls a worker that many times. A shutdown returns the events that it has begun and not ended.
fn polls(work: &mut Work, times: usize) {
    for _ in 0..times {
        let context = &mut Context::from_waker(Waker::noop());
        if Pin::new(&mut *work).poll(context).is_ready() {
            return;
        }
        thread::yield_now();
    }
}

pub(super) fn flushes(registry: &Registry, times: usize) {
    for _ in 0..times {
        registry.queue().flush();
        thread::yield_now();
    }
}

pub(super) fn settles(registry: &Registry, times: usize) {
    for _ in 0..times {
        let settled = registry.queue().settle(LONG);
        assert!(settled, "the queue settles long before the deadline");
    }
}

/// Notes what a shutdown hands back.
pub(super) fn take_back(shared: &Shared, unfinished: Unfinished) {
    let take = |event: UnfinishedEvent| {
        let unfinished: Option<Vec<_>> = event
            .unfinished()
            .map(|subscribers| subscribers.map(|one| one.name.clone()).collect());
        let number = event
            .downcast::<One>()
            .expect("there is no other event")
            .number;
        for (name, receipt) in RECORDERS.iter().zip(&mut *shared.receipt(number)) {
            let is_meant = |names: &Vec<_>| names.iter().any(|one| one == name);
            if unfinished.as_ref().is_none_or(is_meant) {
                let Receipt { handed_back, .. } = receipt;
                *handed_back += 1;
            }
        }
    };
    unfinished.events.into_iter().for_each(take);
}
