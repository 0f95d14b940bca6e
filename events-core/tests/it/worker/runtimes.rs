//! Section 5: async emits and workers on several async runtimes, and without one.

use std::{
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    thread,
    time::Duration,
};

use events_core::{
    Event, Registry, bridge,
    queues::{Worker, flush_after},
};
use tokio::runtime::{Builder, Runtime};

use crate::{Gate, Journal, block_on, poll_once};

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
    let runtime = Builder::new_current_thread().enable_time().build();
    let check = check(tokio_sleep, |registry| {
        Some(registry.queue().spawn_tokio(2))
    });
    runtime.expect("a runtime").block_on(check);
}

#[test]
fn emits_and_workers_run_on_a_multi_thread_tokio_runtime() {
    let mut runtime = Builder::new_multi_thread();
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
    let runtime = Builder::new_multi_thread().worker_threads(1).build();
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

fn current_thread() -> Runtime {
    Builder::new_current_thread().build().expect("a runtime")
}

/// A registry with a queued event whose subscriber waits for the gate.
fn with_queued(gate: &Gate) -> Registry {
    let (registry, gate, journal) = (Registry::new(), gate.clone(), Journal::default());
    registry.on_async(move |_: &Job| gate.wait()).detach();
    let number = 1;
    let queued = registry.enqueue(Job { number, journal });
    queued.expect("there is room");
    registry
}

/// The text of the panic of `call`.
fn panic_text(call: impl FnOnce()) -> String {
    let payload = catch_unwind(AssertUnwindSafe(call)).expect_err("it panics");
    *payload.downcast().expect("a text")
}

type Call = fn(&Registry);

/// Calls its argument on the thread that drives a current-thread runtime.
type RunInside = fn(Box<dyn FnOnce() + Send>);

/// `call` would block the thread of a current-thread runtime, and the subscriber awaits a task of that runtime.
fn check_refused(call: Call, names: &'static str) {
    let ways: [(&str, RunInside); 3] = [
        ("the future of block_on", |call| {
            current_thread().block_on(async { call() });
        }),
        ("a task", |call| {
            let task = async { tokio::spawn(async { call() }).await };
            current_thread().block_on(task).expect("nothing panics");
        }),
        ("a LocalSet", |call| {
            let local = tokio::task::LocalSet::new();
            local.block_on(&current_thread(), async { call() });
        }),
    ];
    for (way, run) in ways {
        let gate = Gate::default();
        let registry = with_queued(&gate);
        let inner = registry.clone();
        run(Box::new(move || {
            tokio::spawn(async move { gate.open() });
            let text = panic_text(|| call(&inner));
            assert!(text.contains(names), "{way}: {text}");
            assert!(text.contains("current-thread runtime"), "{way}: {text}");
        }));
        let unfinished = registry.queue().shutdown(Duration::ZERO);
        assert_eq!(
            (unfinished.events.len(), unfinished.running),
            (1, 0),
            "{way}"
        );
    }
}

#[test]
fn a_call_that_would_block_a_current_thread_runtime_panics_and_names_the_async_one() {
    let flush: Call = |registry| _ = registry.queue().flush();
    check_refused(flush, "flush_async");
    let flush_after: Call = |registry| {
        let _scope = registry.enter();
        flush_after(|| ());
    };
    check_refused(flush_after, "flush_async");
    let settle: Call = |registry| _ = registry.queue().settle(Duration::MAX);
    check_refused(settle, "settle_async");
    let shutdown: Call = |registry| _ = registry.queue().shutdown(Duration::MAX);
    check_refused(shutdown, "shutdown_async");
}

/// A worker and a bridge that are tasks of the runtime whose thread would be blocked.
#[test]
fn waiting_for_a_task_of_a_blocked_current_thread_runtime_panics_and_names_the_async_call() {
    let run = |call: fn() -> ()| current_thread().block_on(async { panic_text(call) });
    let text = run(|| Registry::new().queue().spawn_tokio(1).stop());
    assert!(text.contains("stop_async"), "{text}");
    let with_worker = |call: Call| {
        current_thread().block_on(async {
            let registry = with_queued(&Gate::default());
            registry.queue().spawn_tokio(1).detach();
            tokio::task::yield_now().await;
            assert!(
                registry.queue().is_empty(),
                "the worker has started the event"
            );
            panic_text(|| call(&registry))
        })
    };
    let text = with_worker(|registry| _ = registry.queue().settle(Duration::MAX));
    assert!(text.contains("settle_async"), "{text}");
    let text = with_worker(|registry| _ = registry.queue().shutdown(Duration::MAX));
    assert!(text.contains("shutdown_async"), "{text}");
    let bridge = |registry: &Registry| {
        let stream = tokio_stream::pending::<Job>();
        bridge(stream).to::<Job>().on(registry).spawn_tokio()
    };
    let text = current_thread().block_on(async {
        let registry = Registry::new();
        panic_text(|| _ = bridge(&registry).stop())
    });
    assert!(text.contains("stop_async"), "{text}");
    let text = current_thread().block_on(async {
        let registry = Registry::new();
        panic_text(|| _ = bridge(&registry).wait())
    });
    assert!(text.contains("wait_async"), "{text}");
}

/// An async call that awaits the runtime whose thread would be blocked.
#[test]
fn ending_a_subscription_that_a_blocked_current_thread_runtime_calls_panics_and_names_the_async_call()
 {
    let (registry, gate) = (Registry::new(), Gate::default());
    let waits = gate.clone();
    let subscription = registry.on_async(move |_: &Job| waits.wait());
    let (number, journal) = (1, Journal::default());
    let mut emit = Box::pin(registry.emit_async(Job { number, journal }));
    assert!(poll_once(emit.as_mut()).is_pending());
    let text = current_thread().block_on(async {
        tokio::spawn(async move { gate.open() });
        panic_text(|| subscription.stop())
    });
    assert!(text.contains("stop_async"), "{text}");
    // It is unsubscribed.
    assert!(poll_once(emit).is_pending());
    let (number, journal) = (2, Journal::default());
    let emitted = registry.try_emit(Job { number, journal });
    assert!(emitted.expect("no handler fails").is_unheard());
}

/// A call on another thread needs no runtime.
#[test]
fn ending_a_subscription_waits_for_a_sync_call_on_another_thread() {
    let (registry, gate) = (Registry::new(), Gate::default());
    let (begun, waits) = (Gate::default(), gate.clone());
    let begins = begun.clone();
    let subscription = registry.on(move |_: &Job| {
        begins.open();
        block_on(waits.wait());
    });
    thread::scope(|scope| {
        scope.spawn(|| {
            let (number, journal) = (1, Journal::default());
            registry.emit(Job { number, journal })
        });
        current_thread().block_on(async {
            begun.wait().await;
            let opens = scope.spawn(|| gate.open());
            subscription.stop();
            opens.join().expect("nothing panics");
        });
    });
}

/// A panic in a destructor that runs during another panic would abort the process.
#[test]
fn a_refused_flush_during_a_panic_leaves_that_panic() {
    let gate = Gate::default();
    let registry = with_queued(&gate);
    let _scope = registry.enter();
    let caught = current_thread().block_on(async {
        catch_unwind(|| flush_after(|| std::panic::panic_any("the first panic")))
    });
    let payload = caught.expect_err("it panics");
    assert_eq!(payload.downcast_ref(), Some(&"the first panic"));
    assert_eq!(registry.queue().shutdown(Duration::ZERO).events.len(), 1);
}

#[test]
fn a_flush_that_need_not_wait_runs_on_a_current_thread_runtime() {
    let registry = Registry::new();
    registry.on_async(|_: &Job| async {}).detach();
    let woken_at_once = |_: &Job| {
        let mut polls = 0;
        std::future::poll_fn(move |context| {
            polls += 1;
            context.waker().wake_by_ref();
            match polls {
                1..3 => std::task::Poll::Pending,
                _ => std::task::Poll::Ready(()),
            }
        })
    };
    registry.on_async(woken_at_once).detach();
    let enqueue = || {
        for number in 0..200 {
            let journal = Journal::default();
            let queued = registry.enqueue(Job { number, journal });
            queued.expect("there is room");
        }
    };
    current_thread().block_on(async {
        enqueue();
        assert_eq!(registry.queue().flush().ran(), 200);
        enqueue();
        assert!(registry.queue().settle(Duration::MAX));
        enqueue();
        assert!(registry.queue().shutdown(Duration::MAX).is_empty());
    });
}

#[test]
fn a_flush_waits_on_threads_that_do_not_drive_the_runtime() {
    let (runtime, gate) = (current_thread(), Gate::default());
    let registry = with_queued(&gate);
    let ran = runtime.block_on(async {
        let opens = gate.clone();
        tokio::spawn(async move { opens.open() });
        let blocking = tokio::task::spawn_blocking(move || registry.queue().flush().ran());
        blocking.await.expect("nothing panics")
    });
    assert_eq!(ran, 1, "spawn_blocking");

    let gate = Gate::default();
    let registry = with_queued(&gate);
    let handle = runtime.handle().clone();
    let flushes = thread::spawn(move || {
        let _entered = handle.enter();
        handle.spawn(async move { gate.open() });
        registry.queue().flush().ran()
    });
    runtime.block_on(async {
        while !flushes.is_finished() {
            tokio::task::yield_now().await;
        }
    });
    assert_eq!(
        flushes.join().expect("nothing panics"),
        1,
        "an entered thread"
    );

    let gate = Gate::default();
    let registry = with_queued(&gate);
    let runtime = Builder::new_multi_thread().worker_threads(2).build();
    let ran = runtime.expect("a runtime").block_on(async {
        tokio::spawn(async move { gate.open() });
        registry.queue().flush().ran()
    });
    assert_eq!(ran, 1, "a multi-thread runtime");
}

/// A worker thread needs no runtime: a call that waits for it alone is not refused. A worker that was a task of the
/// runtime has ended.
#[test]
fn waiting_for_a_worker_thread_blocks_a_current_thread_runtime() {
    let opened = |wait: fn(&Registry, Worker)| {
        let gate = Gate::default();
        let registry = with_queued(&gate);
        current_thread().block_on(async {
            let worker = registry.queue().spawn_thread();
            while !registry.queue().is_empty() {
                thread::yield_now();
            }
            registry.queue().spawn_tokio(1).stop_async().await;
            let opens = thread::spawn(move || gate.open());
            wait(&registry, worker);
            opens.join().expect("nothing panics");
        });
    };
    opened(|registry, _worker| assert!(registry.queue().settle(Duration::MAX)));
    opened(|registry, _worker| assert!(registry.queue().shutdown(Duration::MAX).is_empty()));
    opened(|_, worker| worker.stop());
}
