//! Section 5: the options of a receiver, set after events were emitted. They apply to these events as
//! if they had been set when the receiver was created.

use std::{
    cell::RefCell,
    iter,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    task::Poll,
    thread,
};

use events_core::{
    Event, Registry,
    streams::{EventStream, Lagged, Next},
};

use super::poll_next;
use crate::{block_on, poll_once};

#[derive(Event, Clone, Debug, PartialEq)]
struct Tick(u32);

/// The items that the stream has now: events, and numbers of missed events.
fn drain(stream: &mut EventStream<Tick>) -> Vec<Result<u32, u64>> {
    iter::from_fn(|| match poll_next(stream) {
        Poll::Ready(Some(Ok(Tick(number)))) => Some(Ok(number)),
        Poll::Ready(Some(Err(Lagged { missed, .. }))) => Some(Err(missed)),
        _ => None,
    })
    .collect()
}

/// What is done to a receiver: an emit from an origin, or an option.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Act {
    Emit(u32, &'static str),
    /// The numbers above this one.
    When(u32),
    Origin(&'static str),
}
use Act::{Emit, Origin, When};

/// The numbers that pass all options, no matter when these were set.
fn passing(acts: &[Act]) -> Vec<u32> {
    let passes = |number: u32, origin: &str| {
        acts.iter().all(|act| match *act {
            Emit(..) => true,
            When(least) => number > least,
            Origin(only) => origin == only,
        })
    };
    let numbers = acts.iter().filter_map(|act| match *act {
        Emit(number, origin) => passes(number, origin).then_some(number),
        _ => None,
    });
    numbers.collect()
}

fn emit(registry: &Registry, number: u32, origin: &'static str) {
    match origin {
        "" => registry.emit(Tick(number)),
        _ => registry.emit_from(Tick(number), origin),
    };
}

/// A new `next` and a new `stream` receive what passes the options, whenever these are set.
#[track_caller]
fn check(acts: &[Act]) {
    let registry = Registry::new();
    let mut next = registry.next::<Tick>();
    let mut stream = registry.stream::<Tick>();
    for &act in acts {
        match act {
            Emit(number, origin) => emit(&registry, number, origin),
            When(least) => {
                next = next.when(move |tick| tick.0 > least);
                stream = stream.when(move |tick| tick.0 > least);
            }
            Origin(origin) => (next, stream) = (next.origin(origin), stream.origin(origin)),
        }
    }
    let expected = passing(acts);
    let first = match poll_once(&mut next) {
        Poll::Ready(event) => event.map(|event| event.0),
        Poll::Pending => None,
    };
    assert_eq!(first, expected.first().copied(), "next: {acts:?}");
    let received: Vec<_> = expected.into_iter().map(Ok).collect();
    assert_eq!(drain(&mut stream), received, "stream: {acts:?}");
}

#[test]
fn next_keeps_an_event_that_is_emitted_before_its_condition_is_set() {
    check(&[Emit(1, ""), Emit(5, ""), When(3)]);
    check(&[Emit(1, ""), Emit(2, ""), When(3), Emit(4, "")]);
    check(&[Emit(1, ""), Emit(6, ""), Emit(5, ""), When(3), Emit(4, "")]);
}

#[test]
fn next_keeps_an_event_that_is_emitted_before_its_origin_is_set() {
    check(&[Emit(1, "a"), Emit(2, "b"), Origin("b"), Emit(3, "b")]);
    check(&[Emit(1, ""), Emit(2, "b"), Emit(3, "a"), Origin("a")]);
}

#[test]
fn options_in_any_order_at_any_time_select_the_same_events() {
    const ORIGINS: [&str; 3] = ["", "a", "b"];
    for seed in 0..600_u32 {
        let pick = |at: u32, of: u32| seed.wrapping_mul(2_654_435_761).rotate_left(at * 5) % of;
        let mut acts: Vec<_> = (0..6)
            .map(|at| {
                let origin = ORIGINS[pick(at, 3) as usize];
                Emit(pick(at + 7, 8), origin)
            })
            .collect();
        for (at, option) in [When(pick(3, 6)), Origin(ORIGINS[1 + pick(4, 2) as usize])]
            .into_iter()
            .enumerate()
        {
            if pick(5 + at as u32, 4) > 0 {
                acts.insert(pick(8 + at as u32, 7) as usize, option);
            }
        }
        check(&acts);
    }
}

#[test]
fn next_keeps_all_events_until_its_condition_is_set() {
    let registry = Registry::new();
    let next = registry.next::<Tick>();
    (0..=5000).for_each(|number| emit(&registry, number, ""));
    let mut next = next.when(|tick| tick.0 == 5000);
    assert_eq!(poll_once(&mut next), Poll::Ready(Some(Tick(5000))));
}

#[test]
fn a_stream_misses_no_event_for_those_that_its_condition_rejects() {
    let registry = Registry::new();
    let stream = registry.stream::<Tick>();
    (0..500).for_each(|number| emit(&registry, number, ""));
    let mut stream = stream.when(|tick| tick.0 < 10);
    assert_eq!(drain(&mut stream), (0..10).map(Ok).collect::<Vec<_>>());
}

#[test]
fn a_stream_misses_no_event_that_its_capacity_allows() {
    let registry = Registry::new();
    let stream = registry.stream::<Tick>();
    (0..500).for_each(|number| emit(&registry, number, ""));
    let mut stream = stream.capacity(500);
    assert_eq!(drain(&mut stream), (0..500).map(Ok).collect::<Vec<_>>());
}

#[test]
fn a_smaller_capacity_also_limits_the_events_that_are_buffered_already() {
    let registry = Registry::new();
    let stream = registry.stream::<Tick>();
    (0..5).for_each(|number| emit(&registry, number, ""));
    let mut stream = stream.capacity(2);
    assert_eq!(drain(&mut stream), [Err(3), Ok(3), Ok(4)]);
    (5..10).for_each(|number| emit(&registry, number, ""));
    let mut stream = stream.capacity(1);
    assert_eq!(drain(&mut stream), [Err(4), Ok(9)]);
}

#[test]
fn the_options_of_a_stream_that_was_polled_apply_to_its_buffer() {
    let registry = Registry::new();
    let mut stream = registry.stream::<Tick>();
    assert_eq!(drain(&mut stream), []);
    emit(&registry, 1, "a");
    emit(&registry, 2, "b");
    emit(&registry, 3, "a");
    let mut stream = stream.origin("a").when(|tick| tick.0 > 1);
    assert_eq!(drain(&mut stream), [Ok(3)]);
}

thread_local! {
    /// Called by the next clone of an [`Item`].
    static ON_CLONE: RefCell<Option<Box<dyn FnOnce()>>> = const { RefCell::new(None) };
}

/// Each clone of it holds a part of its `Arc`, so the clones that a receiver keeps can be counted.
#[derive(Event, Debug)]
struct Item(u32, Arc<()>);

impl Clone for Item {
    fn clone(&self) -> Self {
        if let Some(on_clone) = ON_CLONE.take() {
            on_clone();
        }
        Self(self.0, Arc::clone(&self.1))
    }
}

#[test]
fn a_condition_applies_to_an_event_that_is_being_received_when_it_is_set() {
    thread_local! {
        static NEXT: RefCell<Option<Next<Item>>> = const { RefCell::new(None) };
    }
    let registry = Registry::new();
    NEXT.set(Some(registry.next::<Item>()));
    ON_CLONE.set(Some(Box::new(|| {
        let next = NEXT.take().expect("it was created");
        NEXT.set(Some(next.when(|item| item.0 > 3)));
    })));
    let count = Arc::new(());
    (3..6).for_each(|number| _ = registry.emit(Item(number, Arc::clone(&count))));
    let mut next = NEXT.take().expect("it was created");
    let Poll::Ready(Some(item)) = poll_once(&mut next) else {
        panic!("two events pass");
    };
    assert_eq!(item.0, 4);
}

/// How many clones the receiver keeps after 5000 events; it is created, and has its options set, by
/// `create`.
fn kept<R>(create: impl FnOnce(&Registry) -> R) -> usize {
    let registry = Registry::new();
    let receiver = create(&registry);
    let count = Arc::new(());
    (0..5000).for_each(|number| _ = registry.emit(Item(number, Arc::clone(&count))));
    let kept = Arc::strong_count(&count) - 1;
    drop(receiver);
    assert_eq!(Arc::strong_count(&count), 1, "none is left");
    kept
}

#[test]
fn a_receiver_keeps_no_more_events_than_its_options_can_select() {
    let cases = [
        (
            "next with a condition",
            kept(|registry| registry.next::<Item>().when(|item| item.0 > 9)),
            1,
        ),
        (
            "next with both",
            kept(|registry| registry.next::<Item>().origin("a").when(|_| true)),
            0,
        ),
        (
            "next that was polled",
            kept(|registry| {
                let mut next = registry.next::<Item>();
                assert!(poll_once(&mut next).is_pending());
                next
            }),
            1,
        ),
        (
            "stream that was polled",
            kept(|registry| {
                let mut stream = registry.stream::<Item>().capacity(7);
                assert!(poll_next(&mut stream).is_pending());
                stream
            }),
            7,
        ),
        (
            "new stream",
            kept(|registry| registry.stream::<Item>().capacity(7)),
            1024,
        ),
        (
            "new stream of a high capacity",
            kept(|registry| registry.stream::<Item>().capacity(2000)),
            2000,
        ),
    ];
    for (name, kept, expected) in cases {
        assert_eq!(kept, expected, "{name}");
    }
}

#[test]
fn next_keeps_one_event_of_each_origin_until_its_origin_can_no_longer_be_set() {
    let registry = Registry::new();
    let next = registry.next::<Tick>().when(|tick| tick.0 > 1);
    (0..9).for_each(|number| emit(&registry, number, ["", "a", "b"][number as usize % 3]));
    let mut next = next.origin("b");
    assert_eq!(poll_once(&mut next), Poll::Ready(Some(Tick(2))));
}

#[test]
fn no_event_of_another_thread_is_lost_while_the_options_are_set() {
    let registry = Registry::new();
    let (started, stopped) = (AtomicU32::new(0), AtomicBool::new(false));
    thread::scope(|scope| {
        scope.spawn(|| {
            while !stopped.load(Ordering::SeqCst) {
                let number = started.fetch_add(1, Ordering::SeqCst) + 1;
                registry.emit_from(Tick(number), if number % 2 == 0 { "even" } else { "odd" });
            }
        });
        let stop = StopOnDrop(&stopped);
        for _ in 0..300 {
            let next = registry.next::<Tick>();
            // All later numbers are emitted while `next` is subscribed.
            let before = started.load(Ordering::SeqCst);
            let next = next.when(|tick| tick.0 % 7 == 0).origin("odd");
            let number = block_on(next).expect("the registry is still there").0;
            assert_eq!(number % 14, 7);
            assert!(number <= before + 14, "{number} after {before}");
        }
        drop(stop);
    });
}

/// Ends the thread that emits, also when the test fails.
struct StopOnDrop<'s>(&'s AtomicBool);

impl Drop for StopOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// A `next` that was polled keeps one event only, so a later option could miss the one that it selects.
#[test]
#[should_panic(expected = "it was polled already; set the options of `next` before its first poll")]
fn a_condition_of_a_next_that_was_polled_is_refused() {
    let registry = Registry::new();
    let mut next = registry.next::<Tick>();
    assert!(poll_once(&mut next).is_pending());
    drop(next.when(|_| true));
}

#[test]
#[should_panic(expected = "it was polled already; set the options of `next` before its first poll")]
fn an_origin_of_a_next_that_has_ended_is_refused() {
    let registry = Registry::new();
    let mut next = registry.next::<Tick>();
    emit(&registry, 1, "");
    assert!(poll_once(&mut next).is_ready());
    drop(next.origin("a"));
}

#[test]
fn an_event_for_which_a_new_condition_panics_is_not_received() {
    let registry = Registry::new();
    let (next, stream) = (registry.next::<Tick>(), registry.stream::<Tick>());
    (1..=3).for_each(|number| emit(&registry, number, ""));
    let condition = |tick: &Tick| {
        assert_ne!(tick.0, 1, "one");
        true
    };
    let (mut next, mut stream) = (next.when(condition), stream.when(condition));
    assert_eq!(poll_once(&mut next), Poll::Ready(Some(Tick(2))));
    assert_eq!(drain(&mut stream), [Ok(2), Ok(3)]);
}

/// Panics when it is dropped, unless it was received.
#[derive(Event, Clone)]
struct Bomb(bool);

impl Drop for Bomb {
    fn drop(&mut self) {
        assert!(!self.0 || thread::panicking(), "dropped");
    }
}

#[test]
fn events_whose_destructors_panic_are_dropped_one_by_one() {
    let registry = Registry::new();
    let emit = |panics| {
        let mut bomb = registry.emit(Bomb(panics));
        bomb.0 = false;
    };
    let (next, stream) = (registry.next::<Bomb>(), registry.stream::<Bomb>());
    let (dropped_next, dropped_stream) = (registry.next::<Bomb>(), registry.stream::<Bomb>());
    for panics in [true, true, false, true, true] {
        emit(panics);
    }
    drop((dropped_next, dropped_stream));
    let mut next = next.when(|bomb| !bomb.0);
    assert!(matches!(poll_once(&mut next), Poll::Ready(Some(_))));
    let mut stream = stream.when(|bomb| !bomb.0);
    assert!(matches!(poll_next(&mut stream), Poll::Ready(Some(Ok(_)))));
}
