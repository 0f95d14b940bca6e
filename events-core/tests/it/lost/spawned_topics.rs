//! An async emit by a topic on a task of tokio, whose result is awaited or not.

use std::panic::{AssertUnwindSafe, catch_unwind};

use events_core::{EventCopy, Registry, args, emitting::Args};
use tokio::{runtime::Builder, task::yield_now};

use crate::{Journal, block_on, poll_once};

const TOPIC: &str = "it::lost::upload";

fn upload(journal: &Journal, bytes: u64) -> Args {
    args! { journal: journal.clone(), bytes: bytes }
}

/// An async subscriber with two await points, which fails if there are no bytes.
fn subscribed() -> Registry {
    let registry = Registry::new();
    let index = async |event: &EventCopy| {
        yield_now().await;
        yield_now().await;
        let bytes = event.get::<u64>("bytes").expect("an argument");
        let journal = event.arg::<Journal>("journal").expect("an argument");
        journal.note(format!("{} {bytes}", event.topic()));
        if bytes == 0 { Err("empty") } else { Ok(()) }
    };
    let new = registry.on_topic_async("it::lost::up.*", index);
    new.expect("it is a pattern").detach();
    registry
}

fn on_runtime<T>(future: impl Future<Output = T>) -> T {
    let runtime = Builder::new_current_thread().build();
    runtime.expect("a runtime").block_on(future)
}

#[test]
fn the_result_of_an_emit_by_topic_is_that_of_the_emit() {
    on_runtime(async {
        let (registry, journal) = (subscribed(), Journal::default());
        let args = registry
            .emit_topic_async(TOPIC, upload(&journal, 7))
            .spawn_tokio();
        let args = args.await.expect("the runtime is there");
        assert_eq!(args.arg::<u64>("bytes"), Some(&7));

        let emitted = registry.try_emit_topic_async_from(TOPIC, upload(&journal, 8), "desk");
        let emitted = emitted.spawn_tokio().await.expect("the runtime is there");
        assert_eq!(emitted.expect("it is not empty").ran(), 1);

        let failed = registry.try_emit_topic_async(TOPIC, upload(&journal, 0));
        let failed = failed.spawn_tokio().await.expect("the runtime is there");
        let error = failed.expect_err("it is empty");
        assert_eq!(error.failures().len(), 1);
        assert_eq!(error.event().arg::<u64>("bytes"), Some(&0));
        let notes = [7, 8, 0].map(|bytes| format!("{TOPIC} {bytes}"));
        assert_eq!(journal.take(), notes);
    });
}

#[test]
fn dropping_the_future_for_the_result_does_not_cancel_an_emit_by_topic() {
    for polls in 0..5 {
        on_runtime(async {
            let (registry, journal) = (subscribed(), Journal::default());
            let spawned = registry
                .emit_topic_async(TOPIC, upload(&journal, 7))
                .spawn_tokio();
            let mut spawned = Box::pin(spawned);
            for _ in 0..polls {
                let _ = poll_once(spawned.as_mut());
                yield_now().await;
            }
            drop(spawned);
            for _ in 0..5 {
                yield_now().await;
            }
            assert_eq!(journal.take(), [format!("{TOPIC} 7")], "{polls} polls");
        });
    }
}

#[test]
fn an_emit_by_topic_whose_runtime_is_shut_down_is_an_error_with_the_topic() {
    let journal = Journal::default();
    for polls in 0..3 {
        let registry = subscribed();
        let runtime = Builder::new_current_thread().build().expect("a runtime");
        let emit = registry.emit_topic_async(TOPIC, upload(&journal, 7));
        let entered = runtime.enter();
        let spawned = emit.spawn_tokio();
        drop(entered);
        runtime.block_on(async {
            for _ in 0..polls {
                yield_now().await;
            }
        });
        drop(runtime);
        let error = block_on(spawned).map(drop).expect_err("the runtime ended");
        assert_eq!(error.topic(), TOPIC, "{polls} polls");
    }
    assert!(journal.take().is_empty());
}

#[test]
fn outside_of_a_runtime_an_emit_by_topic_panics_with_the_topic() {
    let (registry, journal) = (subscribed(), Journal::default());
    let (emit, try_emit) = (
        registry.emit_topic_async(TOPIC, upload(&journal, 7)),
        registry.try_emit_topic_async(TOPIC, upload(&journal, 7)),
    );
    for caught in [
        catch_unwind(AssertUnwindSafe(|| drop(emit.spawn_tokio()))),
        catch_unwind(AssertUnwindSafe(|| drop(try_emit.spawn_tokio()))),
    ] {
        let payload = caught.expect_err("it panics");
        let text = payload.downcast_ref::<String>().expect("a text");
        let start = format!("spawn_tokio() of an emit of `{TOPIC}` is called outside of a runtime");
        assert!(text.starts_with(&start), "{text}");
    }
    assert!(journal.take().is_empty());
}
