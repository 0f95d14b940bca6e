//! Section 5: receivers, which await events as a future or as a stream.

use std::{sync::Barrier, task::Poll, thread};

use events_core::{
    Event, Registry,
    streams::{EventStream, Lagged},
};

use super::poll_next;
use crate::{block_on, poll_once};

#[derive(Event, Clone, Debug, PartialEq)]
struct Tick(u32);

fn checkout() {}

/// The items that the stream has now: events, numbers of missed events, and `None` at its end.
fn drain(stream: &mut EventStream<Tick>) -> Vec<Option<Result<u32, u64>>> {
    let mut items = Vec::new();
    while let Poll::Ready(item) = poll_next(stream) {
        let is_end = item.is_none();
        items.push(item.map(|item| match item {
            Ok(tick) => Ok(tick.0),
            Err(Lagged { missed, .. }) => Err(missed),
        }));
        if is_end {
            break;
        }
    }
    items
}

fn emit(registry: &Registry, ticks: impl IntoIterator<Item = u32>) {
    for tick in ticks {
        registry.emit(Tick(tick));
    }
}

#[test]
fn next_returns_the_first_event_that_is_emitted_after_the_call() {
    let registry = Registry::new();
    emit(&registry, [1]);
    let mut next = registry.next::<Tick>();
    assert_eq!(poll_once(&mut next), Poll::Pending);
    emit(&registry, [2, 3]);
    assert_eq!(poll_once(&mut next), Poll::Ready(Some(Tick(2))));
    let four = registry.try_emit(Tick(4)).expect("no handler fails");
    assert!(four.is_unheard(), "it has unsubscribed");
    assert_eq!(poll_once(&mut next), Poll::Ready(None));
}

/// Awaits the next event while another thread runs `by` with the registry.
fn check_woken(by: impl FnOnce(Registry) + Send, expected: Option<u32>) {
    let registry = Registry::new();
    let next = registry.next::<Tick>();
    let barrier = Barrier::new(2);
    thread::scope(|scope| {
        scope.spawn(|| {
            barrier.wait();
            by(registry);
        });
        barrier.wait();
        assert_eq!(block_on(next).map(|tick| tick.0), expected);
    });
}

#[test]
fn next_is_woken_by_an_emit_on_another_thread() {
    check_woken(|registry| emit(&registry, [7]), Some(7));
}

#[test]
fn a_receiver_gets_the_event_as_the_subscribers_leave_it() {
    let registry = Registry::new();
    let mut next = registry.next::<Tick>();
    let _later = registry.on(|tick: &mut Tick| tick.0 += 10);
    emit(&registry, [1]);
    assert_eq!(poll_once(&mut next), Poll::Ready(Some(Tick(11))));
}

#[test]
fn conditions_and_origins_filter_the_received_events() {
    let registry = Registry::new();
    let mut even = registry.next::<Tick>().when(|tick| tick.0 % 2 == 0);
    let mut there = registry.next::<Tick>().origin(checkout);
    let mut both = registry
        .stream::<Tick>()
        .origin("till")
        .when(|tick| tick.0 > 4);
    emit(&registry, [1, 2]);
    registry.emit_from(Tick(3), checkout);
    registry.emit_from(Tick(4), "till");
    registry.emit_from(Tick(5), "till");
    assert_eq!(poll_once(&mut even), Poll::Ready(Some(Tick(2))));
    assert_eq!(poll_once(&mut there), Poll::Ready(Some(Tick(3))));
    assert_eq!(drain(&mut both), [Some(Ok(5))]);
}

#[test]
fn a_condition_also_filters_events_that_were_buffered_before_it_was_set() {
    let registry = Registry::new();
    let stream = registry.stream::<Tick>();
    emit(&registry, 1..=4);
    let mut even = stream.when(|tick| tick.0 % 2 == 0);
    assert_eq!(drain(&mut even), [Some(Ok(2)), Some(Ok(4))]);
}

#[test]
fn a_receiver_counts_as_a_subscriber_of_the_events_that_it_accepts() {
    let registry = Registry::new();
    let _next = registry.next::<Tick>().when(|tick| tick.0 > 1);
    let ran = |tick| {
        registry
            .try_emit(Tick(tick))
            .expect("no handler fails")
            .ran()
    };
    assert_eq!((ran(1), ran(2)), (0, 1));
}

#[test]
fn a_stream_yields_all_events_in_order() {
    let registry = Registry::new();
    let mut stream = registry.stream::<Tick>();
    emit(&registry, 0..50);
    assert!(
        drain(&mut stream)
            .into_iter()
            .eq((0..50).map(|tick| Some(Ok(tick))))
    );
    emit(&registry, [50]);
    assert_eq!(drain(&mut stream), [Some(Ok(50))]);
}

#[test]
fn a_slow_stream_yields_the_number_of_missed_events_and_continues() {
    let registry = Registry::new();
    let mut stream = registry.stream::<Tick>().capacity(2);
    emit(&registry, 1..=5);
    assert_eq!(drain(&mut stream), [Some(Err(3)), Some(Ok(4)), Some(Ok(5))]);
    emit(&registry, 6..=7);
    assert_eq!(drain(&mut stream), [Some(Ok(6)), Some(Ok(7))]);
}

#[test]
fn the_text_of_a_lag_names_the_remedy() {
    let registry = Registry::new();
    let mut stream = registry.stream::<Tick>().capacity(1);
    emit(&registry, 1..=3);
    let Poll::Ready(Some(Err(lagged))) = poll_next(&mut stream) else {
        panic!("it has lagged");
    };
    assert_eq!(
        lagged.to_string(),
        "2 events were emitted faster than this stream was read, and are lost to it; read it \
         more often, or raise its `.capacity(..)`"
    );
}

#[test]
fn receivers_end_with_the_registry_and_yield_what_was_buffered_before() {
    let registry = Registry::new();
    let (mut next, mut stream) = (registry.next::<Tick>(), registry.stream::<Tick>());
    let mut late = registry.next::<Tick>().when(|tick| tick.0 > 1);
    emit(&registry, [1]);
    drop(registry);
    assert_eq!(poll_once(&mut next), Poll::Ready(Some(Tick(1))));
    assert_eq!(poll_once(&mut late), Poll::Ready(None));
    assert_eq!(drain(&mut stream), [Some(Ok(1)), None]);
}

#[test]
fn a_pending_receiver_is_woken_when_the_registry_is_dropped() {
    check_woken(drop, None);
}

#[test]
fn dropping_a_receiver_unsubscribes_it() {
    let registry = Registry::new();
    let (next, stream) = (registry.next::<Tick>(), registry.stream::<Tick>());
    let ran = || registry.try_emit(Tick(1)).expect("no handler fails").ran();
    assert_eq!(ran(), 2);
    drop(next);
    assert_eq!(ran(), 1);
    drop(stream);
    assert_eq!(ran(), 0);
}

#[test]
fn a_receiver_does_not_get_an_event_that_a_subscriber_stopped() {
    let registry = Registry::new();
    let mut next = registry.next::<Tick>();
    let _stop = registry.on(|tick: &Tick| match tick.0 {
        1 => std::ops::ControlFlow::Break(()),
        _ => std::ops::ControlFlow::Continue(()),
    });
    emit(&registry, [1, 2]);
    assert_eq!(poll_once(&mut next), Poll::Ready(Some(Tick(2))));
}

#[test]
fn a_panic_in_a_condition_is_a_failure_of_the_receiver() {
    let registry = Registry::new();
    let mut next = registry.next::<Tick>().when(|tick| {
        assert_ne!(tick.0, 1, "one");
        true
    });
    let error = registry
        .try_emit(Tick(1))
        .expect_err("the condition panics");
    let subscriber = error.failures()[0].subscriber().to_string();
    assert!(
        subscriber.contains("Next<it::bridge::receive::Tick>"),
        "{subscriber}"
    );
    assert!(
        subscriber.contains("tests/it/bridge/receive.rs:"),
        "{subscriber}"
    );
    emit(&registry, [2]);
    assert_eq!(poll_once(&mut next), Poll::Ready(Some(Tick(2))));
}

#[test]
#[should_panic(expected = "a condition is set already")]
fn a_second_condition_is_refused() {
    drop(
        Registry::new()
            .stream::<Tick>()
            .when(|_| true)
            .when(|_| true),
    );
}
