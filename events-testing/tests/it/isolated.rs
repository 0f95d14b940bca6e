//! Tests beside one another, threads and tasks of one test, and what outlives it.

use std::{sync::mpsc, thread};

use events_core::{Event, subscriber};
use events_testing::{EventMock, current};

use super::failure;

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

/// Under `cargo nextest` each test is a process, so the threads are made here.
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
fn each_mock_has_subscribers_as_a_scan_makes_them() {
    let scanned = events_core::Registry::new();
    scanned.scanner().module("it::isolated").run();
    let _scope = scanned.enter();
    for _ in 0..2 {
        let events = EventMock::install();
        assert_eq!(Number(1).emit().0, 1001); // `once` is not used up
        assert_eq!(Number(1).emit().0, 1);
        events.assert_emitted::<Number>().times(2);
    }
    assert_eq!(Number(1).emit().0, 1001);
}

#[test]
fn other_threads_are_not_part_of_a_test_unless_they_are_brought_in() {
    let events = EventMock::empty();
    thread::spawn(|| Number(1).emit())
        .join()
        .expect("nobody panics");
    events.assert_nothing_emitted();

    thread::spawn(events.bring(|| {
        current().assert_nothing_emitted();
        Number(1).emit()
    }))
    .join()
    .expect("nobody panics");
    events.assert_emitted::<Number>().times(1);

    thread::scope(|scope| {
        scope.spawn(events.bring(|| events.assert_emitted::<Number>().times(1)));
    });
}

#[test]
fn tasks_are_brought_in() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build();
    let runtime = runtime.expect("a runtime");
    let events = EventMock::empty();
    events.expect::<Number>().times(1);
    runtime.block_on(async {
        let outside = tokio::spawn(async { Number(1).emit() });
        let inside = tokio::spawn(events.bring_future(async {
            tokio::task::yield_now().await;
            Number(2).emit()
        }));
        outside.await.expect("nobody panics");
        inside.await.expect("nobody panics");
    });
}

#[derive(Event)]
#[event(topic = "isolated.everywhere")]
struct Everywhere;

/// For code whose threads a test cannot reach; such a test must be the only one that is about them.
#[test]
fn a_mock_over_the_default_registry_sees_all_threads() {
    let events = EventMock::over(&events_core::registry());
    events.expect::<Everywhere>().times(2);
    thread::spawn(|| Everywhere.emit())
        .join()
        .expect("nobody panics");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let task = tokio::spawn(async { drop(Everywhere.try_emit()) });
        task.await.expect("nobody panics");
    });
}

#[test]
fn a_mock_of_a_task_is_no_other_tasks() {
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
    // On one thread, in turns; and on several.
    let one = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    one.block_on(async { tokio::join!(task(1), task(2), task(3)) });
    let many = tokio::runtime::Runtime::new().expect("a runtime");
    many.block_on(async {
        let tasks: Vec<_> = (0..20).map(|number| tokio::spawn(task(number))).collect();
        for task in tasks {
            task.await
                .expect("each has seen its own events, and those alone");
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
fn what_outlives_the_mock_is_treated_as_before_and_not_counted() {
    let (end, ended) = mpsc::channel::<()>();
    let late;
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
        late = thread::spawn(events.bring(move || {
            ended.recv().expect("the mock is over");
            (Number(7).emit().0, Number(8).emit().0)
        }));
    }
    end.send(()).expect("the thread waits");
    // The expected one is still kept from the subscriber.
    assert_eq!(late.join().expect("nobody panics"), (7, 9));
}

#[test]
fn emits_elsewhere_while_the_mock_goes() {
    for _ in 0..200 {
        let events = EventMock::empty();
        events.fake_all();
        let emits = events.bring(|| (0..50).for_each(|number| _ = Number(number).emit()));
        let thread = thread::spawn(emits);
        drop(events);
        thread.join().expect("nobody panics");
    }
}

#[test]
fn what_is_shared_goes_anywhere() {
    fn check<T: Send + Sync + 'static>() {}
    check::<events_testing::Events>();
    check::<events_testing::Expectation<Number>>();
    check::<events_testing::Expectation<std::rc::Rc<u8>>>();
}

#[test]
fn a_mock_leaves_no_memory_behind() {
    let events = EventMock::empty();
    let watched = std::sync::Arc::new(());
    let kept = std::sync::Arc::clone(&watched);
    events
        .expect::<Other>()
        .matching(move |_| std::sync::Arc::strong_count(&kept) > 0);
    Other.emit();
    assert_eq!(std::sync::Arc::strong_count(&watched), 2);
    drop(events);
    assert_eq!(std::sync::Arc::strong_count(&watched), 1);
}
