//! Section 12: `next_topic` and `stream_topic`, which receive copies of the events of a pattern.

use std::{
    iter,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, Waker},
};

use events_core::{
    AnyEvent, Event, Registry, args,
    failures::Cause,
    streams::{NextTopic, TopicStream},
    subscribing::Pattern,
};
use futures_core::Stream;

use crate::poll_once;

#[derive(Event, Clone)]
#[event(topic = "receivers.paid")]
struct Paid {
    number: u32,
}

/// Matches `receivers.paid` as a regular expression.
#[derive(Event, Clone)]
#[event(topic = "receivers_paid")]
struct Similar;

#[derive(Event)]
#[event(topic = "receivers.borrowed")]
struct Borrowed<'a> {
    _text: &'a str,
}

/// The topics with their numbers that the stream has now, and how many it has missed.
fn drain(stream: &mut TopicStream) -> Vec<String> {
    let mut context = Context::from_waker(Waker::noop());
    iter::from_fn(|| match Pin::new(&mut *stream).poll_next(&mut context) {
        Poll::Ready(Some(Ok(event))) => {
            let number = event.arg::<u32>("number").copied().unwrap_or_default();
            Some(format!("{} {number}", event.topic()))
        }
        Poll::Ready(Some(Err(lagged))) => Some(format!("missed {}", lagged.missed)),
        Poll::Ready(None) => None,
        Poll::Pending => None,
    })
    .collect()
}

fn number(next: NextTopic) -> Option<u32> {
    match poll_once(next) {
        Poll::Ready(Some(event)) => event.arg::<u32>("number").copied(),
        Poll::Ready(None) => None,
        Poll::Pending => panic!("no event has come"),
    }
}

#[test]
fn all_events_of_the_pattern_are_received_behind_the_sync_handlers() {
    let registry = Registry::new();
    let mut all = registry.stream_topic("receivers.*").expect("a pattern");
    let mut exact = registry
        .stream_topic(Pattern::exact("receivers.paid"))
        .expect("a pattern");
    let next = registry.next_topic("receivers.paid").expect("a pattern");
    registry
        .subscribe(|paid: &mut Paid| paid.number += 1)
        .priority(-9)
        .register()
        .expect("valid")
        .detach();
    registry.emit(Paid { number: 1 });
    registry.emit(Similar);
    registry.emit_topic("receivers.paid", args! { number: 7_u32 });
    registry.emit_topic("other", args! { number: 8_u32 });
    assert_eq!(
        drain(&mut all),
        ["receivers.paid 2", "receivers_paid 0", "receivers.paid 7"]
    );
    assert_eq!(drain(&mut exact), ["receivers.paid 2", "receivers.paid 7"]);
    assert_eq!(number(next), Some(2));
    assert!(registry.next_topic("receivers(").is_err());
    assert!(registry.stream_topic("receivers(").is_err());

    let mut end = Box::pin(registry.next_topic(".*").expect("a pattern"));
    assert!(poll_once(end.as_mut()).is_pending());
    drop(registry);
    assert!(matches!(poll_once(end), Poll::Ready(None)));
    assert!(drain(&mut all).is_empty());
}

/// Options that are set after events have been emitted apply to these as well.
#[test]
fn the_options_apply_from_the_call_on() {
    let registry = Registry::new();
    let next = registry.next_topic("receivers.*").expect("a pattern");
    let stream = registry.stream_topic("receivers.*").expect("a pattern");
    for (count, origin) in [(1, "a"), (2, "b"), (3, "b"), (4, "a")] {
        registry.emit_from(Paid { number: count }, origin);
    }
    let large = |event: &dyn AnyEvent| event.arg::<u32>("number").is_some_and(|number| *number > 1);
    assert_eq!(number(next.origin("b").when(large)), Some(2));
    let mut stream = stream.when(large).origin("b").capacity(1);
    assert_eq!(drain(&mut stream), ["missed 1", "receivers.paid 3"]);
    registry.emit_from(Paid { number: 5 }, "b");
    registry.emit_from(Paid { number: 0 }, "b");
    registry.emit_from(Paid { number: 6 }, "a");
    assert_eq!(drain(&mut stream), ["receivers.paid 5"]);
    let text = format!(
        "{stream:?} {:?}",
        registry.next_topic("a|b").expect("a pattern")
    );
    assert_eq!(text, r#"TopicStream("receivers.*") NextTopic("a|b")"#);
}

/// As for an async subscriber of the pattern: a failure of the emit, which names the reason.
#[test]
fn an_event_that_cannot_be_copied_is_a_failure() {
    let registry = Registry::new();
    let stream = registry.stream_topic("receivers.*").expect("a pattern");
    // The condition is evaluated first: an event that it excludes needs no copy.
    let mut stream = stream
        .when(|event| event.arg::<u32>("number").is_some() || event.topic().ends_with("borrowed"));
    let error = registry
        .try_emit(Borrowed { _text: "x" })
        .expect_err("it borrows");
    let failure = &error.failures()[0];
    assert!(
        matches!(failure.cause(), Cause::NoCopy(why) if why.topic() == "receivers.borrowed"),
        "{failure}"
    );
    assert_eq!((error.ran(), error.failures().len()), (0, 1));
    assert!(drain(&mut stream).is_empty());

    let excluded = registry
        .stream_topic("receivers.*")
        .expect("a pattern")
        .when(|_| false);
    drop(stream);
    assert!(registry.try_emit(Borrowed { _text: "x" }).is_ok());
    drop(excluded);
}

#[derive(Event)]
#[event(topic = "receivers.counted")]
struct Counted(Arc<AtomicUsize>);

impl Clone for Counted {
    fn clone(&self) -> Self {
        assert!(
            self.0.fetch_add(1, Ordering::SeqCst) < 2,
            "the third copy fails"
        );
        Self(self.0.clone())
    }
}

/// A panic of `Clone` is a failure of the receiver, and the others receive the event.
#[test]
fn a_panic_of_clone_is_contained() {
    let registry = Registry::new();
    let clones = Arc::new(AtomicUsize::new(0));
    let mut streams: Vec<_> =
        iter::repeat_with(|| registry.stream_topic("receivers.*").expect("a pattern"))
            .take(3)
            .collect();
    let error = registry.try_emit(Counted(clones)).expect_err("one panics");
    assert_eq!((error.ran(), error.failures().len()), (3, 1));
    let received: Vec<_> = streams
        .iter_mut()
        .map(|stream| drain(stream).len())
        .collect();
    assert_eq!(received, [1, 1, 0]);
}
