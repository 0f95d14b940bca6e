//! Timers inside runtimes of tokio: a paused clock, no timers, a runtime that has ended.

use std::{
    future::Future,
    pin::pin,
    sync::mpsc,
    task::{Context, Poll, Waker},
    time::Duration,
};

use events_core::Registry;
use tokio::runtime::Builder;

use super::{Tick, seconds};
use crate::Journal;

fn noting() -> (Registry, Journal) {
    let registry = Registry::new();
    let journal = Journal::default();
    let notes = journal.clone();
    registry
        .on(move |tick: &Tick| notes.note(tick.0.to_string()))
        .detach();
    (registry, journal)
}

#[test]
fn a_paused_clock_of_tokio_is_followed() {
    let runtime = Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build();
    runtime.expect("a runtime").block_on(async {
        let (registry, journal) = noting();
        registry.queue().spawn_tokio(1).detach();
        registry
            .enqueue_after(Tick(2), seconds(2 * 3600))
            .expect("there is room");
        registry
            .enqueue_after(Tick(1), seconds(3600))
            .expect("there is room");
        tokio::time::sleep(seconds(3599)).await;
        assert!(journal.take().is_empty());
        tokio::time::sleep(seconds(2)).await;
        assert_eq!(journal.take(), ["1"]);
        tokio::time::advance(seconds(3600)).await;
        tokio::task::yield_now().await;
        assert!(registry.queue().settle_async().await);
        assert_eq!(journal.take(), ["2"]);
    });
}

#[test]
fn a_runtime_without_timers_has_the_thread() {
    let runtime = Builder::new_current_thread().build();
    runtime.expect("a runtime").block_on(async {
        let registry = Registry::new();
        let (sender, receiver) = mpsc::channel();
        registry
            .on(move |tick: &Tick| sender.send(tick.0).expect("the other side is there"))
            .detach();
        registry.queue().spawn_tokio(1).detach();
        registry
            .enqueue_after(Tick(1), Duration::from_nanos(1_000_000))
            .expect("there is room");
        loop {
            match receiver.try_recv() {
                Ok(number) => break assert_eq!(number, 1),
                Err(_) => tokio::task::yield_now().await,
            }
        }
    });
}

#[test]
fn a_worker_that_leaves_its_runtime_sleeps_by_the_thread() {
    let registry = Registry::new();
    let (sender, receiver) = mpsc::channel();
    registry
        .on(move |tick: &Tick| sender.send(tick.0).expect("the other side is there"))
        .detach();
    registry
        .enqueue_after(Tick(1), Duration::from_nanos(1_000_000))
        .expect("there is room");
    let mut work = pin!(registry.queue().work(1));
    let runtime = Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("a runtime");
    {
        let _entered = runtime.enter();
        let polled = work.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert_eq!(polled, Poll::Pending);
    }
    drop(runtime);
    let worker = async {
        std::future::poll_fn(|context| {
            let polled = work.as_mut().poll(context);
            assert_eq!(polled, Poll::Pending);
            receiver.try_recv().map_or(Poll::Pending, Poll::Ready)
        })
        .await
    };
    assert_eq!(crate::block_on(worker), 1);
}
