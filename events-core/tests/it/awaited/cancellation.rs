//! An async emit, or an enqueued event, that is cut off while an awaited subscriber waits: nothing behind it is reached.

use std::{
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use events_core::{Event, Registry};

use super::{Trail, registry_of, suspend};
use crate::{Gate, block_on, poll_once};

/// Five awaited subscribers, three async and two deferred ones.
const LINE: &str = "y s y c d y y c c d y";

/// Polls an emit to those subscribers that many times, and drops it. Checks what was noted until then, and what runs
/// from the queue after that.
#[track_caller]
fn check(polls: usize, notes: &str, queued: &str) {
    let registry = registry_of(LINE);
    let event = Trail::default();
    let journal = event.journal.clone();
    {
        let mut emit = pin!(registry.emit_async(event));
        for _ in 0..polls {
            assert!(poll_once(emit.as_mut()).is_pending(), "{polls} polls");
        }
    }
    assert_eq!(journal.take().join(" "), notes, "{polls} polls");
    registry.queue().flush();
    assert_eq!(
        journal.take().join(" "),
        queued,
        "{polls} polls, from the queue"
    );
    assert_eq!(Arc::strong_count(&journal.0), 1, "the event is dropped");

    let event = block_on(registry.emit_async(Trail::default()));
    assert_eq!(
        event.numbers,
        "001225566".to_owned() + "1010",
        "{polls} polls, after that"
    );
}

#[test]
fn an_emit_may_be_dropped_at_each_await_point() {
    let deferred = "4( 9( 4) 9)";
    check(0, "", "");
    check(1, "0", "");
    check(2, "0 0 1 2", "");
    check(3, "0 0 1 2 2 5", "");
    check(4, "0 0 1 2 2 5 5 6", "");
    check(5, "0 0 1 2 2 5 5 6 6 10", "");
    check(6, "0 0 1 2 2 5 5 6 6 10 10 3( 7( 8(", deferred);
}

/// An event that counts how often it is dropped.
#[derive(Event)]
struct Counted(Arc<AtomicUsize>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn the_event_is_dropped_once() {
    let registry = Registry::new();
    registry
        .on_awaited(async |_: &mut Counted| suspend().await)
        .detach();
    let drops = Arc::new(AtomicUsize::new(0));
    for polls in 0..=1 {
        let mut emit = Box::pin(registry.emit_async(Counted(Arc::clone(&drops))));
        for _ in 0..polls {
            assert!(poll_once(emit.as_mut()).is_pending());
        }
        drop(emit);
        assert_eq!(drops.swap(0, Ordering::Relaxed), 1, "{polls} polls");
    }
    let event = block_on(registry.emit_async(Counted(Arc::clone(&drops))));
    assert_eq!(drops.load(Ordering::Relaxed), 0);
    drop(event);
    assert_eq!(drops.load(Ordering::Relaxed), 1);
}

#[test]
fn a_shutdown_returns_an_event_whose_awaited_subscriber_waits() {
    let registry = registry_of("s");
    let gate = Gate::default();
    let handler = async |event: &mut Trail, gate: &Gate| {
        gate.wait().await;
        event.add("waited");
    };
    let waits = registry
        .subscribe_awaited_with(gate.clone(), handler)
        .id("waits");
    waits.register().expect("the id is free").detach();
    super::subscribe(&registry, 1, "s");
    super::subscribe(&registry, 2, "c");
    registry
        .enqueue(Trail::default())
        .expect("there is room in the queue");
    let mut flush = pin!(registry.queue().flush_async());
    assert!(poll_once(flush.as_mut()).is_pending());

    let unfinished = registry.queue().shutdown(Duration::ZERO);
    let [event] = <[_; 1]>::try_from(unfinished.events).expect("one event is left");
    let names = event
        .unfinished()
        .expect("it was started")
        .map(|info| info.name.to_string());
    assert_eq!(names.collect::<Vec<_>>(), ["waits", "1", "2"]);
    let event = event.downcast::<Trail>().expect("it is that event");
    assert_eq!(event.numbers, "0");
    gate.open();
    assert!(poll_once(flush).is_ready());
    assert_eq!(event.journal.take(), ["0"]);
}
