//! What destructors emit at the end of a future, a closure or a mock never reaches the subscribers around the
//! mock.

use std::{
    future::{Future, pending},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    task::{Context, Waker},
};

use events_core::{Event, Registry};
use events_testing::{
    __private::{Begin, block_on, run_async},
    EventMock, Events, current,
};

#[derive(Event, Clone)]
#[event(topic = "destructors.cancelled")]
struct Cancelled;

#[derive(Event, Clone)]
#[event(topic = "destructors.guarded")]
struct Guarded(EmitsOnDrop);

#[derive(Clone)]
struct EmitsOnDrop;

impl Drop for EmitsOnDrop {
    fn drop(&mut self) {
        Cancelled.emit();
    }
}

async fn never_ends() {
    let _emits = EmitsOnDrop;
    pending::<()>().await;
}

/// Expects the event of the destructor, and then never ends.
async fn expects_and_never_ends() {
    current().expect::<Cancelled>().times(1);
    never_ends().await;
}

fn poll_once<F: Future>(future: F) {
    let mut future = pin!(future);
    let polled = future
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()));
    assert!(polled.is_pending());
}

/// Calls `ends` inside a registry whose subscriber must not receive what the destructors emit.
fn check_outer(way: &str, ends: impl FnOnce()) {
    let (outer, received) = (Registry::new(), Arc::new(AtomicU32::new(0)));
    let counter = Arc::clone(&received);
    let counts = move |_: &Cancelled| _ = counter.fetch_add(1, Ordering::Relaxed);
    outer.on(counts).detach();
    let _scope = outer.enter();
    ends();
    let received = received.load(Ordering::Relaxed);
    assert_eq!(received, 0, "{way}: a subscriber around the mock");
}

/// Calls `cancels` with a mock whose registry is not the current one; the mock records one event of a
/// destructor.
fn check(way: &str, cancels: impl FnOnce(&Events)) {
    let mock = EventMock::empty();
    check_outer(way, || cancels(&mock));
    assert_eq!(
        mock.emitted::<Cancelled>().len(),
        1,
        "{way}: recorded events"
    );
}

#[test]
fn a_cancelled_future_or_closure_emits_to_its_mock() {
    check("bring_future", |events| {
        poll_once(events.bring_future(never_ends()));
    });
    check("bring_future, before the first poll", |events| {
        let emits = EmitsOnDrop;
        drop(events.bring_future(async move {
            let _emits = emits;
        }));
    });
    check("bring_future in a task of a runtime", |events| {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        let runtime = runtime.expect("tokio builds a runtime");
        runtime.spawn(events.bring_future(never_ends()));
        runtime.block_on(tokio::task::yield_now());
    });
    check("bring", |events| {
        let emits = EmitsOnDrop;
        events.bring(move || drop(emits))();
    });
    check("bring, whose closure is never called", |events| {
        let emits = EmitsOnDrop;
        drop(events.bring(move || drop(emits)));
    });
    check("settle_async", |events| {
        let handler = |_: &Guarded| never_ends();
        events.registry().on_async(handler).detach();
        events.fake_except::<(Guarded, Cancelled)>();
        let guarded = Guarded(EmitsOnDrop);
        events.registry().enqueue(guarded).expect("there is room");
        poll_once(events.settle_async());
    });
}

#[test]
fn a_mock_that_ends_with_its_future_records_the_destructors_first() {
    check_outer("run_future", || {
        poll_once(EventMock::run_future(expects_and_never_ends()));
    });
    check_outer("run_future, before the first poll", || {
        let emits = EmitsOnDrop;
        drop(EventMock::run_future(async move {
            let _emits = emits;
        }));
    });
    check_outer("run_future, whose destructors use the mock", || {
        struct UsesTheMock;
        impl Drop for UsesTheMock {
            fn drop(&mut self) {
                Cancelled.emit();
                current().assert_emitted::<Cancelled>().times(1);
            }
        }
        let uses = UsesTheMock;
        drop(EventMock::run_future(async move {
            let _uses = uses;
        }));
        poll_once(EventMock::run_future(async {
            let _uses = UsesTheMock;
            pending::<()>().await;
        }));
    });
    check_outer("an async test", || {
        poll_once(run_async(Begin::Empty, expects_and_never_ends()));
    });
    check_outer("a task that an async test leaves", || {
        block_on(Begin::Empty, async {
            current().expect::<Cancelled>().times(1);
            tokio::spawn(never_ends());
            tokio::task::yield_now().await;
        });
    });
    check_outer("a task that an async test leaves when it panics", || {
        let test = async {
            tokio::spawn(never_ends());
            tokio::task::yield_now().await;
            panic!("on purpose");
        };
        let result = catch_unwind(AssertUnwindSafe(|| block_on::<()>(Begin::Empty, test)));
        assert!(result.is_err());
    });
}

#[test]
fn what_a_mock_holds_emits_to_no_subscriber_when_it_is_dropped() {
    check_outer("a clone of an event", || {
        let events = EventMock::empty();
        Guarded(EmitsOnDrop).emit();
        events.assert_emitted::<Cancelled>().times(1);
    });
    check_outer("a clone of an event, of which a handle is left", || {
        let mock = EventMock::empty();
        Guarded(EmitsOnDrop).emit();
        let handle = Events::clone(&mock);
        drop(mock);
        assert_eq!(handle.emitted::<Cancelled>().len(), 1);
    });
    check_outer("a matching", || {
        let (events, emits) = (EventMock::empty(), EmitsOnDrop);
        let captures = move |_: &Guarded| {
            let _captured = &emits;
            true
        };
        events.expect::<Guarded>().matching(captures);
        Guarded(EmitsOnDrop).emit();
    });
    check_outer("a handler in the registry of the mock", || {
        let (events, emits) = (EventMock::empty(), EmitsOnDrop);
        let captures = move |_: &Guarded| {
            let _captured = &emits;
        };
        events.registry().on(captures).detach();
    });
    check_outer("an event in the queue of the mock", || {
        let _events = EventMock::empty();
        Guarded(EmitsOnDrop).enqueue().expect("there is room");
    });
}

#[test]
fn clear_records_nothing_of_the_clones_that_it_drops() {
    let events = EventMock::empty();
    Guarded(EmitsOnDrop).emit();
    events.clear();
    events.assert_nothing_emitted();
}

#[test]
fn two_panics_in_destructors_do_not_abort_the_process() {
    struct Panics;
    impl Drop for Panics {
        fn drop(&mut self) {
            panic!("in a destructor");
        }
    }
    let text = crate::failure(|| {
        let events = EventMock::empty();
        for _ in 0..2 {
            let panics = Panics;
            let captures = move |_: &Cancelled| {
                let _captured = &panics;
                true
            };
            events.expect::<Cancelled>().matching(captures);
        }
        Cancelled.emit();
    });
    assert_eq!(text, "in a destructor");
}

/// A value that asserts something when it is dropped, as the mocks of other test kits do.
#[test]
fn a_panic_in_a_destructor_fails_the_test() {
    struct Asserts;
    impl Drop for Asserts {
        fn drop(&mut self) {
            if !std::thread::panicking() {
                panic!("an assertion in a destructor");
            }
        }
    }
    let text = crate::failure(|| {
        let events = EventMock::empty();
        let asserts = Asserts;
        let captures = move |_: &Cancelled| {
            let _captured = &asserts;
            true
        };
        events.expect::<Cancelled>().matching(captures);
        Cancelled.emit();
    });
    assert_eq!(text, "an assertion in a destructor");
}
