//! Async emits and workers under several runtimes, and under none.

use std::{future::Future, time::Duration};

use events_core::{Event, Registry, queues::Worker};

use crate::{Journal, block_on};

#[derive(Event, Clone)]
struct Job {
    number: u32,
    journal: Journal,
}

/// Emits and waits, enqueues for a worker, and shuts down. `sleep` is the runtime's own, and `worker`
/// spawns one there.
async fn check<S>(
    sleep: impl Fn() -> S + Send + Sync + 'static,
    worker: impl FnOnce(&Registry) -> Option<Worker>,
) where
    S: Future<Output: Send> + Send + 'static,
{
    let registry = Registry::new();
    let journal = Journal::default();
    registry.on(|event: &mut Job| event.number += 1).detach();
    registry
        .on_async(move |event: &Job| {
            let (event, sleep) = (event.clone(), sleep());
            async move {
                sleep.await;
                event.journal.note(event.number.to_string());
            }
        })
        .detach();
    let event = |number| Job {
        number,
        journal: journal.clone(),
    };
    assert_eq!(registry.emit_async(event(1)).await.number, 2);
    assert_eq!(journal.take(), ["2"]);

    let worker = worker(&registry);
    for number in 10..13 {
        registry.enqueue(event(number)).expect("there is room");
    }
    registry.emit(event(20));
    let unfinished = registry
        .queue()
        .shutdown_async(std::future::pending::<()>())
        .await;
    assert!(unfinished.is_empty());
    let mut ran = journal.take();
    ran.sort();
    assert_eq!(ran, ["11", "12", "13", "21"]);
    drop(worker);
}

fn tokio_sleep() -> tokio::time::Sleep {
    tokio::time::sleep(Duration::from_millis(1))
}

#[test]
fn tokio_on_one_thread() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build();
    let check = check(tokio_sleep, |registry| {
        Some(registry.queue().spawn_tokio(2))
    });
    runtime.expect("a runtime").block_on(check);
}

#[test]
fn tokio_on_several_threads() {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(2).enable_time().build();
    let check = check(tokio_sleep, |registry| {
        Some(registry.queue().spawn_tokio(2))
    });
    runtime.expect("a runtime").block_on(async {
        tokio::spawn(check_is_send()).await.expect("nobody panics");
        check.await;
    });
}

/// An emit can go from thread to thread.
async fn check_is_send() {
    let registry = Registry::new();
    registry
        .on_async(|_: &Job| async { tokio_sleep().await })
        .detach();
    let journal = Journal::default();
    let number = 7;
    let event = registry.emit_async(Job { number, journal }).await;
    assert_eq!(event.number, 7);
}

#[test]
fn smol() {
    let sleep = || smol::Timer::after(Duration::from_millis(1));
    smol::block_on(check(sleep, |registry| {
        smol::spawn(registry.queue().work(2)).detach();
        None
    }));
}

#[test]
fn nothing_but_a_thread() {
    block_on(check(
        || std::future::ready(()),
        |registry| Some(registry.queue().spawn_thread()),
    ));
}

#[test]
fn a_runtime_that_is_shut_down_under_its_worker_loses_nothing() {
    let registry = Registry::new();
    let journal = Journal::default();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .build();
    let runtime = runtime.expect("a runtime");
    let (sender, begun) = std::sync::mpsc::channel();
    registry
        .on(move |event: &Job| sender.send(event.number).expect("it listens"))
        .detach();
    registry
        .on_async(|_: &Job| std::future::pending::<()>())
        .detach();
    runtime.block_on(async { registry.queue().spawn_tokio(1).detach() });
    for number in 0..2 {
        let journal = journal.clone();
        registry
            .enqueue(Job { number, journal })
            .expect("there is room");
    }
    assert_eq!(begun.recv(), Ok(0));
    drop(runtime);
    let unfinished = registry.queue().shutdown(Duration::from_millis(1));
    let jobs = unfinished
        .events
        .into_iter()
        .map(|event| event.downcast::<Job>().expect("a job"));
    assert_eq!(jobs.map(|job| job.number).collect::<Vec<_>>(), [0, 1]);
}
