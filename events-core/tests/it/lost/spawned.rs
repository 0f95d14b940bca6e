//! An async emit on a task of tokio, whose result is awaited or not.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use events_core::{Event, Registry, registry, with_registry};
use tokio::{runtime::Builder, sync::Notify, task::yield_now};

use crate::{Gate, Journal, block_on, poll_once};

/// An event that counts its drops.
#[derive(Event, Clone)]
#[event(topic = "it::lost::Order")]
struct Order {
    number: u32,
    journal: Journal,
    drops: Arc<AtomicUsize>,
}

impl Order {
    fn new(journal: &Journal) -> Self {
        Self {
            number: 0,
            journal: journal.clone(),
            drops: Arc::default(),
        }
    }
}

impl Drop for Order {
    fn drop(&mut self) {
        self.drops.fetch_add(1, Ordering::Relaxed);
    }
}

/// An awaited subscriber and a concurrent one, each with several await points. The first one fails if the number is 1.
fn subscribed() -> Registry {
    let registry = Registry::new();
    registry
        .on_awaited(async |order: &mut Order| {
            yield_now().await;
            order.number += 10;
            order.journal.note("awaited");
            if order.number == 11 {
                Err("refused")
            } else {
                Ok(())
            }
        })
        .detach();
    registry
        .on_async(|order: &Order| {
            let journal = order.journal.clone();
            async move {
                yield_now().await;
                yield_now().await;
                journal.note("concurrent");
            }
        })
        .detach();
    registry
}

fn on_runtime<T>(future: impl Future<Output = T>) -> T {
    let runtime = Builder::new_current_thread().build();
    runtime.expect("a runtime").block_on(future)
}

#[test]
fn the_result_is_that_of_the_emit() {
    on_runtime(async {
        let (registry, journal) = (subscribed(), Journal::default());
        let order = registry.emit_async(Order::new(&journal)).spawn_tokio();
        assert_eq!(order.await.expect("the runtime is there").number, 10);

        let emitted = registry.try_emit_async(Order::new(&journal)).spawn_tokio();
        let emitted = emitted.await.expect("the runtime is there");
        assert_eq!(emitted.expect("nothing fails").ran(), 2);

        let mut fails = Order::new(&journal);
        fails.number = 1;
        let failed = registry.try_emit_async(fails).spawn_tokio().await;
        let error = failed
            .expect("the runtime is there")
            .expect_err("the first one fails");
        assert_eq!((error.failures().len(), error.event().number), (1, 11));
        assert_eq!(journal.take(), ["awaited", "concurrent"].repeat(3));
    });
}

#[test]
fn dropping_the_future_for_the_result_does_not_cancel_the_emit() {
    for polls in 0..6 {
        on_runtime(async {
            let (registry, journal) = (subscribed(), Journal::default());
            let order = Order::new(&journal);
            let drops = Arc::clone(&order.drops);
            let mut spawned = Box::pin(registry.emit_async(order).spawn_tokio());
            for _ in 0..polls {
                let _ = poll_once(spawned.as_mut());
                yield_now().await;
            }
            drop(spawned);
            while drops.load(Ordering::Relaxed) == 0 {
                yield_now().await;
            }
            assert_eq!(journal.take(), ["awaited", "concurrent"], "{polls} polls");
            yield_now().await;
            assert_eq!(drops.load(Ordering::Relaxed), 1, "{polls} polls");
        });
    }
}

#[test]
fn the_task_starts_without_a_poll_of_the_future() {
    on_runtime(async {
        let registry = Registry::new();
        let started = Arc::new(Notify::new());
        let notify = Arc::clone(&started);
        registry.on(move |_: &Order| notify.notify_one()).detach();
        let _spawned = registry
            .emit_async(Order::new(&Journal::default()))
            .spawn_tokio();
        started.notified().await;
    });
}

#[test]
fn outside_of_a_runtime_it_panics_and_no_subscriber_runs() {
    let (registry, journal) = (subscribed(), Journal::default());
    let order = Order::new(&journal);
    let drops = Arc::clone(&order.drops);
    let emit = registry.emit_async(order);
    let caught = catch_unwind(AssertUnwindSafe(|| emit.spawn_tokio()));
    let payload = caught.expect_err("it panics");
    let text = payload.downcast_ref::<String>().map(String::as_str);
    assert_eq!(
        text,
        Some(
            "spawn_tokio() of an emit of `it::lost::Order` is called outside of a runtime of tokio; call it in an async \
             function that tokio runs, or on a thread that has entered a runtime with `Handle::enter`"
        )
    );
    assert!(journal.take().is_empty());
    assert_eq!(drops.load(Ordering::Relaxed), 1);
}

/// A runtime that ends after so many polls of the task: the future for the result is an error, unless the emit is complete.
#[test]
fn an_emit_whose_runtime_is_shut_down_is_an_error() {
    let mut is_complete = Vec::new();
    for polls in 0..=4 {
        let (registry, journal) = (subscribed(), Journal::default());
        let order = Order::new(&journal);
        let drops = Arc::clone(&order.drops);
        let runtime = Builder::new_current_thread().build().expect("a runtime");
        let spawned = {
            let _entered = runtime.enter();
            registry.emit_async(order).spawn_tokio()
        };
        runtime.block_on(async {
            for _ in 0..polls {
                yield_now().await;
            }
        });
        drop(runtime);
        let result = block_on(spawned).map(drop);
        is_complete.push(result.is_ok());
        if let Err(error) = result {
            assert_eq!(error.topic(), "it::lost::Order");
            let text = "the emit of `it::lost::Order` was cut off by the shutdown of its runtime; await it before that";
            assert_eq!(error.to_string(), text);
        }
        assert_eq!(drops.load(Ordering::Relaxed), 1, "{polls} polls");
    }
    assert_eq!(is_complete, [false, false, false, false, true]);
}

#[test]
fn an_emit_that_is_spawned_on_a_runtime_that_has_ended_is_an_error() {
    let (registry, journal) = (subscribed(), Journal::default());
    let runtime = Builder::new_current_thread().build().expect("a runtime");
    let handle = runtime.handle().clone();
    drop(runtime);
    let _entered = handle.enter();
    let spawned = registry.emit_async(Order::new(&journal)).spawn_tokio();
    block_on(spawned).err().expect("the runtime has ended");
    assert!(journal.take().is_empty());
}

#[derive(Event, Clone)]
struct Nested(Journal);

/// As if the emit were awaited: what its subscribers emit is emitted to its registry, not to the caller's current one.
#[test]
fn the_registry_of_the_emit_is_the_current_one_of_its_subscribers_in_the_task() {
    let (current, of_emit) = (Registry::new(), Registry::new());
    for (registry, note) in [(&current, "of the caller"), (&of_emit, "of the emit")] {
        let nested = move |nested: &Nested| nested.0.note(note);
        registry.on(nested).detach();
    }
    of_emit
        .on_async(|order: &Order| {
            let nested = Nested(order.journal.clone());
            async move {
                yield_now().await;
                nested.emit();
            }
        })
        .detach();
    let journal = Journal::default();
    on_runtime(async {
        let spawn = || of_emit.emit_async(Order::new(&journal)).spawn_tokio();
        let spawned = with_registry(&current, spawn);
        assert_ne!(registry(), current);
        spawned.await.expect("the runtime is there");
    });
    assert_eq!(journal.take(), ["of the emit"]);
}

#[test]
fn a_pending_result_is_awaited_across_threads() {
    let runtime = Builder::new_multi_thread().worker_threads(1).build();
    let runtime = runtime.expect("a runtime");
    let (registry, gate) = (Registry::new(), Gate::default());
    let wait = gate.clone();
    registry.on_async(move |_: &Order| wait.wait()).detach();
    let journal = Journal::default();
    let entered = runtime.enter();
    let mut spawned = pin!(registry.emit_async(Order::new(&journal)).spawn_tokio());
    drop(entered);
    assert!(poll_once(spawned.as_mut()).is_pending());
    gate.open();
    assert_eq!(block_on(spawned).expect("the runtime is there").number, 0);
    assert!(format!("{:?}", registry.emit_async(Order::new(&journal))).contains("EmitAsync"));
}
