//! Isolation: parallel tests, the threads and tasks of a test, and those that outlive it.

use std::{
    sync::{Arc, mpsc},
    thread,
};

use events_core::{Event, subscriber};
use events_testing::{EventMock, Events, current};

use crate::failure;

#[derive(Event, Clone)]
#[event(topic = "isolated.number")]
struct Number(u32);

#[derive(Event)]
#[event(topic = "isolated.other")]
struct Other;

#[subscriber(once)]
fn first_only(event: &mut Number) {
    event.0 += 1000;
}

/// `cargo nextest` runs each test in its own process, so this test starts the threads itself.
#[test]
fn eight_threads_with_ten_thousand_mocks_each() {
    const MOCKS: u32 = 10_000;
    thread::scope(|scope| {
        for thread in 0..8 {
            scope.spawn(move || {
                for mock in 0..MOCKS {
                    let number = thread * MOCKS + mock;
                    let events = EventMock::install();
                    events
                        .expect::<Number>()
                        .times(2)
                        .matching(move |event| event.0 == number);
                    Number(number).emit();
                    events.registry().emit(Number(number));
                    events.assert_emitted::<Number>().times(2);
                    events.assert_not_emitted::<Other>();
                }
            });
        }
    });
}

#[test]
fn each_mock_has_new_declared_subscribers() {
    let scanned = events_core::Registry::new();
    scanned.scanner().module("it::mock::isolation").run();
    let _scope = scanned.enter();
    for _ in 0..2 {
        let events = EventMock::install();
        assert_eq!(Number(1).emit().0, 1001); // the `once` subscriber has not run yet
        assert_eq!(Number(1).emit().0, 1);
        events.assert_emitted::<Number>().times(2);
    }
    assert_eq!(Number(1).emit().0, 1001);
}

#[test]
fn a_thread_belongs_to_a_test_only_with_bring() {
    let events = EventMock::empty();
    thread::spawn(|| Number(1).emit())
        .join()
        .expect("the thread does not panic");
    events.assert_nothing_emitted();

    thread::spawn(events.bring(|| {
        current().assert_nothing_emitted();
        Number(1).emit()
    }))
    .join()
    .expect("the thread does not panic");
    events.assert_emitted::<Number>().times(1);

    thread::scope(|scope| {
        scope.spawn(events.bring(|| events.assert_emitted::<Number>().times(1)));
    });
}

#[test]
fn a_task_belongs_to_a_test_only_with_bring_future() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build();
    let runtime = runtime.expect("tokio builds a runtime");
    let events = EventMock::empty();
    events.expect::<Number>().times(1);
    runtime.block_on(async {
        let outside = tokio::spawn(async { Number(1).emit() });
        let inside = tokio::spawn(events.bring_future(async {
            tokio::task::yield_now().await;
            Number(2).emit()
        }));
        outside.await.expect("the task does not panic");
        inside.await.expect("the task does not panic");
    });
}

#[derive(Event)]
#[event(topic = "isolated.everywhere")]
struct Everywhere;

/// This is for code that starts threads which a test cannot wrap. No other test may emit these events.
#[test]
fn a_mock_over_the_default_registry_records_the_events_of_all_threads() {
    let events = EventMock::over(&events_core::registry());
    events.expect::<Everywhere>().times(2);
    thread::spawn(|| Everywhere.emit())
        .join()
        .expect("the thread does not panic");
    let runtime = tokio::runtime::Runtime::new().expect("tokio builds a runtime");
    runtime.block_on(async {
        let task = tokio::spawn(async { drop(Everywhere.try_emit()) });
        task.await.expect("the task does not panic");
    });
}

#[test]
fn each_task_can_have_a_mock_of_its_own() {
    let task = |number| {
        EventMock::run_future(async move {
            let events = current();
            events
                .expect::<Number>()
                .times(2)
                .matching(move |event| event.0 == number);
            for _ in 0..2 {
                tokio::task::yield_now().await;
                Number(number).emit();
            }
        })
    };
    // Interleaved on one thread, then on several threads.
    let single_threaded = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("tokio builds a runtime");
    single_threaded.block_on(async { tokio::join!(task(1), task(2), task(3)) });
    let multi_threaded = tokio::runtime::Runtime::new().expect("tokio builds a runtime");
    multi_threaded.block_on(async {
        let tasks: Vec<_> = (0..20).map(|number| tokio::spawn(task(number))).collect();
        for task in tasks {
            task.await
                .expect("each mock records only the events of its task");
        }
    });
}

#[test]
fn the_mock_of_a_task_fails_in_that_task() {
    let text = failure(|| {
        smol::block_on(EventMock::run_future(async {
            current().expect::<Number>();
        }));
    });
    assert!(text.contains("it was not emitted"), "{text}");
    let mut cancelled = Box::pin(EventMock::run_future(async {
        current().expect::<Number>();
        std::future::pending::<()>().await;
    }));
    let _ = smol::block_on(smol::future::poll_once(&mut cancelled));
    assert!(failure(|| drop(cancelled)).contains("it was not emitted"));
}

#[test]
fn after_the_end_of_a_mock_events_are_withheld_as_before_and_not_recorded() {
    let (end, has_ended) = mpsc::channel::<()>();
    let late_thread;
    {
        let events = EventMock::empty();
        events
            .registry()
            .on(|event: &mut Number| event.0 += 1)
            .detach();
        events
            .expect::<Number>()
            .times(1)
            .matching(|event| event.0 == 7);
        Number(7).emit();
        late_thread = thread::spawn(events.bring(move || {
            has_ended
                .recv()
                .expect("the test signals the end of the mock");
            (Number(7).emit().0, Number(8).emit().0)
        }));
    }
    end.send(()).expect("the thread still receives");
    // The expected event is still withheld from the subscriber.
    assert_eq!(
        late_thread.join().expect("the thread does not panic"),
        (7, 9)
    );
}

#[test]
fn another_thread_emits_while_the_mock_ends() {
    for _ in 0..200 {
        let events = EventMock::empty();
        events.fake_all();
        let emits = events.bring(|| (0..50).for_each(|number| _ = Number(number).emit()));
        let thread = thread::spawn(emits);
        drop(events);
        thread.join().expect("the thread does not panic");
    }
}

#[test]
fn handles_and_expectations_are_send_and_sync() {
    fn check<T: Send + Sync + 'static>() {}
    check::<Events>();
    check::<events_testing::Expectation<Number>>();
    check::<events_testing::Expectation<std::rc::Rc<u8>>>();
}

#[test]
fn a_mock_frees_its_memory() {
    let events = EventMock::empty();
    let watched = Arc::new(());
    let captured = Arc::clone(&watched);
    events
        .expect::<Other>()
        .matching(move |_| Arc::strong_count(&captured) > 0);
    Other.emit();
    assert_eq!(Arc::strong_count(&watched), 2);
    drop(events);
    assert_eq!(Arc::strong_count(&watched), 1);
}

#[test]
fn a_matching_that_holds_its_mock_is_no_leak() {
    type Configure = fn(&EventMock, Arc<()>);
    let ways: [(&str, Configure); 3] = [
        ("a handle", |events, watched| {
            let handle = Events::clone(events);
            events.expect::<Other>().matching(move |_| {
                handle.assert_emitted::<Other>();
                Arc::strong_count(&watched) > 0
            });
        }),
        ("a registry", |events, watched| {
            let registry = events.registry().clone();
            events
                .expect::<Other>()
                .matching(move |_| registry.queue().is_empty() && Arc::strong_count(&watched) > 0);
        }),
        ("an expectation", |events, watched| {
            let number = events.expect::<Number>().never();
            events.expect_topic("isolated.other").matching(move |_| {
                !format!("{number:?}").is_empty() && Arc::strong_count(&watched) > 0
            });
        }),
    ];
    for over in [None, Some(events_core::Registry::new())] {
        for (way, configure) in ways {
            let watched = Arc::new(());
            let events = match &over {
                None => EventMock::empty(),
                Some(registry) => EventMock::over(registry),
            };
            configure(&events, Arc::clone(&watched));
            Other.emit();
            drop(events);
            assert_eq!(Arc::strong_count(&watched), 1, "{way}");
        }
    }
}

/// A thread that outlives the mock, and holds a handle of it, keeps the `matching` as long as it lives.
#[test]
fn a_matching_is_kept_for_a_thread_that_outlives_the_mock() {
    let watched = Arc::new(());
    let events = EventMock::empty();
    let (handle, captured) = (Events::clone(&events), Arc::clone(&watched));
    events.expect::<Number>().matching(move |event| {
        handle.registry().queue().is_empty() && Arc::strong_count(&captured) > 0 && event.0 == 7
    });
    events
        .registry()
        .on(|event: &mut Number| event.0 += 1)
        .detach();
    Number(7).emit();
    let late = events.bring(|| (Number(7).emit().0, Number(8).emit().0));
    drop(events);
    assert_eq!(late(), (7, 9));
    assert_eq!(Arc::strong_count(&watched), 1);
}
