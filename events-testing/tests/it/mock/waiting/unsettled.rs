//! `settle` and `settle_async` fail when events remain in the queue, and name the reason and the remedy.

use std::sync::{Arc, Mutex};

use events_core::Event;
use events_testing::{EventMock, Events, current};

use crate::failure;

#[derive(Event, Clone)]
#[event(topic = "unsettled.step")]
struct Step;

#[derive(Event, Clone)]
struct Outer;

type Settles = fn(&Events);

const WAYS: [(&str, Settles); 2] = [
    ("settle", Events::settle),
    ("settle_async", |events| {
        smol::block_on(events.settle_async());
    }),
];

/// Settles in both ways with a mock that `begins` prepares, and compares the text of the failure.
fn check(begins: fn(&Events), remedy: &str) {
    for (way, settles) in WAYS {
        let events = EventMock::empty();
        begins(&events);
        let text = failure(|| settles(&events));
        assert!(text.contains(remedy), "{way}: `{remedy}` is not in: {text}");
        assert!(!text.contains("60 seconds"), "{way}: {text}");
    }
}

/// As [`check`], but settles in a handler of `Outer`, which `begins` runs, and which has enqueued an event. The failure
/// reaches the handler, and not the code of the test that runs it.
fn check_in_handler(begins: fn(&Events), remedy: &str) {
    for (way, settles) in WAYS {
        let events = EventMock::empty();
        let (handle, text) = (Events::clone(&events), Arc::new(Mutex::new(String::new())));
        let written = Arc::clone(&text);
        let handler = move |_: &Outer| {
            Step.enqueue().expect("the queue has room");
            let failure = failure(|| settles(&handle));
            *written.lock().expect("no thread panics") = failure;
        };
        let _subscription = events.registry().on(handler);
        begins(&events);
        let text = text.lock().expect("no thread panics");
        assert!(text.contains(remedy), "{way}: `{remedy}` is not in: {text}");
    }
}

#[test]
fn a_chain_of_events_without_an_end() {
    check(
        |events| {
            let enqueues_another = |_: &Step| Step.enqueue().expect("the queue has room");
            events.registry().on(enqueues_another).detach();
            Step.enqueue().expect("the queue has room");
        },
        "each event enqueues another one, or ",
    );
}

#[test]
fn where_no_further_emit_may_be_nested() {
    check_in_handler(
        |events| {
            events.registry().set_depth_limit(1);
            Outer.emit();
        },
        "with 1 event left in it: each event enqueues another one, or settle is called where no further emit may be \
         nested; let the chain of events end, and settle outside of the handlers",
    );
}

#[test]
fn inside_a_handler_of_the_queue() {
    check_in_handler(
        |events| {
            Outer.enqueue().expect("the queue has room");
            events.settle();
        },
        "settle in the code of the test",
    );
}

/// The handler awaits a task of this thread, which a blocking call would wait for until its limit.
#[events_testing::test(empty)]
async fn a_blocking_settle_in_an_async_test_is_refused_at_once() {
    let events = current();
    events.settle(); // it need not wait
    let awaits_a_task = async |_: &Step| drop(tokio::spawn(async {}).await);
    events.registry().on_async(awaits_a_task).detach();
    Step.emit();
    let text = failure(|| events.settle());
    assert!(
        text.contains("call `events.settle_async().await` instead"),
        "{text}"
    );
    Step.emit();
    events.settle_async().await;
}
