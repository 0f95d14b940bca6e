//! Section 5: async emits and workers on several async runtimes, and without one.

use std::{future::Future, time::Duration};

use events_core::{Event, Registry, queues::Worker};

use crate::{Journal, block_on};

#[derive(Event, Clone)]
struct Job {
    number: u32,
    journal: Journal,
}

/// Awaits an emit, enqueues for a worker, and shuts down. `sleep` is that of the runtime, and
/// `worker` spawns a worker on it.
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
fn emits_and_workers_run_on_a_current_thread_tokio_runtime() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build();
    let check = check(tokio_sleep, |registry| {
        Some(registry.queue().spawn_tokio(2))
    });
    runtime.expect("a runtime").block_on(check);
}

#[test]
fn emits_and_workers_run_on_a_multi_thread_tokio_runtime() {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(2).enable_time().build();
    let check = check(tokio_sleep, |registry| {
        Some(registry.queue().spawn_tokio(2))
    });
    runtime.expect("a runtime").block_on(async {
        tokio::spawn(check_is_send())
            .await
            .expect("the task does not panic");
        check.await;
    });
}

/// The future of an emit is `Send`.
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
fn emits_and_workers_run_on_smol() {
    let sleep = || smol::Timer::after(Duration::from_millis(1));
    smol::block_on(check(sleep, |registry| {
        smol::spawn(registry.queue().work(2)).detach();
        None
    }));
}

#[test]
fn emits_and_workers_run_without_a_runtime() {
    block_on(check(
        || std::future::ready(()),
        |registry| Some(registry.queue().spawn_thread()),
    ));
}

#[test]
fn the_shutdown_of_a_runtime_loses_no_event_of_its_worker() {
    let registry = Registry::new();
    let journal = Journal::default();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .build();
    let runtime = runtime.expect("a runtime");
    let (sender, begun) = std::sync::mpsc::channel();
    registry
        .on(move |event: &Job| sender.send(event.number).expect("the receiver exists"))
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
