//! `wait_for` and `wait_for_async` wait for an event that another thread or task emits.

use std::{
    future::Future,
    pin::pin,
    sync::{Arc, Barrier, mpsc},
    task::{Context, Poll, Wake, Waker},
    thread,
    time::Duration,
};

use events_core::Event;
use events_testing::{EventMock, Events, current};

use crate::failure;

#[derive(Event, Clone)]
#[event(topic = "waited.uploaded")]
struct Uploaded(u32);

#[derive(Event, Clone)]
#[event(topic = "waited.resized")]
struct Resized;

/// Only a wait that is never woken takes as long.
const LONG: Duration = Duration::from_secs(60);

type Waits = fn(&Events, Duration) -> usize;

const WAYS: [(&str, Waits); 2] = [
    ("wait_for", |events, within| {
        events.wait_for::<Uploaded>(within).count()
    }),
    ("wait_for_async", |events, within| {
        smol::block_on(events.wait_for_async::<Uploaded>(within)).count()
    }),
];

#[test]
fn an_event_that_another_thread_emits_ends_the_wait() {
    for (way, waits) in WAYS {
        for round in 0..200 {
            let events = EventMock::empty();
            let begins = Arc::new(Barrier::new(2));
            let begins_too = Arc::clone(&begins);
            let emits = events.bring(move || {
                begins_too.wait();
                Resized.emit();
                Uploaded(round).emit();
            });
            let emitting = thread::spawn(emits);
            begins.wait();
            assert_eq!(waits(&events, LONG), 1, "{way}");
            emitting.join().expect("the thread does not panic");
            // It was emitted already.
            assert_eq!(waits(&events, Duration::ZERO), 1, "{way}");
        }
    }
}

#[test]
fn a_wait_without_an_end_ends_with_the_event() {
    for (way, waits) in WAYS {
        let events = EventMock::empty();
        let emitting = thread::spawn(events.bring(|| _ = Uploaded(1).emit()));
        assert_eq!(waits(&events, Duration::MAX), 1, "{way}");
        emitting.join().expect("the thread does not panic");
    }
}

#[test]
fn an_expected_event_counts_and_a_muted_one_does_not() {
    for (way, waits) in WAYS {
        let events = EventMock::empty();
        events.muted::<Uploaded>(|| Uploaded(1).emit());
        let text = failure(|| _ = waits(&events, Duration::ZERO));
        assert!(text.contains("while it was muted"), "{way}: {text}");
        events.expect::<Uploaded>();
        let emitting = thread::spawn(events.bring(|| _ = Uploaded(2).emit()));
        assert_eq!(waits(&events, LONG), 1, "{way}");
        emitting.join().expect("the thread does not panic");
    }
}

#[test]
fn a_wait_that_is_too_long_says_what_came_instead() {
    for (way, waits) in WAYS {
        let events = EventMock::empty();
        events.registry().on_deferred(|_: &Resized| {}).detach();
        Resized.emit();
        for within in [Duration::ZERO, Duration::from_millis(1)] {
            let text = failure(|| _ = waits(&events, within));
            for part in [
                &format!("`waited.uploaded` was not emitted within {within:?}"),
                "1 event waits in the queue",
                "#1 waited.resized\n",
            ] {
                assert!(text.contains(part), "{way}: `{part}` is not in: {text}");
            }
        }
    }
}

#[test]
fn a_wait_that_blocks_points_to_the_one_for_async_code() {
    let events = EventMock::empty();
    let text = failure(|| drop(events.wait_for::<Uploaded>(Duration::ZERO)));
    assert!(
        text.contains("in async code call `wait_for_async(..).await`"),
        "{text}"
    );
    let text = failure(|| {
        let waiting = events.wait_for_async::<Uploaded>(Duration::ZERO);
        drop(smol::block_on(waiting));
    });
    assert!(
        text.contains("waited for at events-testing/tests/it/mock/waiting/wait_for.rs:"),
        "{text}"
    );
}

#[events_testing::test(empty)]
async fn a_task_of_the_same_thread_emits() {
    tokio::spawn(async {
        tokio::task::yield_now().await;
        Uploaded(1).emit()
    });
    current().wait_for_async::<Uploaded>(LONG).await.times(1);
}

/// Sends a message each time it is woken.
struct Woken(mpsc::Sender<()>);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        // The test may have ended.
        let _ = self.0.send(());
    }
}

#[test]
fn each_poll_replaces_the_waker_of_the_one_before_and_a_drop_removes_it() {
    let events = EventMock::empty();
    let woken = mpsc::channel();
    let waker = Arc::new(Woken(woken.0));
    {
        let mut waiting = pin!(events.wait_for_async::<Uploaded>(LONG));
        for _ in 0..10 {
            let waker = Waker::from(Arc::clone(&waker));
            let polled = waiting.as_mut().poll(&mut Context::from_waker(&waker));
            assert!(polled.is_pending());
        }
        // One for the event and one for the time limit.
        assert_eq!(Arc::strong_count(&waker), 3);
        Resized.emit();
        assert_eq!(woken.1.try_iter().count(), 1);
        let last = Waker::from(Arc::clone(&waker));
        let context = &mut Context::from_waker(&last);
        assert!(waiting.as_mut().poll(context).is_pending());
        Uploaded(1).emit();
        assert_eq!(woken.1.try_iter().count(), 1);
        assert!(matches!(waiting.as_mut().poll(context), Poll::Ready(_)));
    }
    assert_eq!(Arc::strong_count(&waker), 1);
}

#[test]
fn the_time_limit_wakes_the_task() {
    let events = EventMock::empty();
    let (sender, woken) = mpsc::channel();
    let waker = Waker::from(Arc::new(Woken(sender)));
    let mut waiting = pin!(events.wait_for_async::<Uploaded>(Duration::from_millis(5)));
    let context = &mut Context::from_waker(&waker);
    if waiting.as_mut().poll(context).is_pending() {
        woken.recv().expect("the time limit wakes the task");
    }
    let text = failure(|| {
        let _ = waiting.as_mut().poll(context);
    });
    assert!(text.contains("was not emitted within 5ms"), "{text}");
}

#[test]
fn a_waker_that_panics_does_not_fail_the_code_that_emits() {
    struct Panics;
    impl Wake for Panics {
        fn wake(self: Arc<Self>) {
            panic!("in a waker");
        }
    }
    let events = EventMock::empty();
    let mut waiting = pin!(events.wait_for_async::<Uploaded>(LONG));
    let waker = Waker::from(Arc::new(Panics));
    assert!(
        waiting
            .as_mut()
            .poll(&mut Context::from_waker(&waker))
            .is_pending()
    );
    Uploaded(1).emit();
    events.assert_emitted::<Uploaded>().times(1);
}
