//! Section 5: a receiver runs after all sync subscribers, so its copy is the event that the emitter
//! gets back. This holds by construction, whatever the order of the subscribers is.

use std::{
    sync::{Mutex, PoisonError},
    task::Poll,
};

use events_core::{
    AnyEvent, Event, Origin, Registry, Subscription, listener,
    streams::{EventStream, Next},
    subscriber, subscribers,
    subscribing::SubscribeError,
};

use super::poll_next;
use crate::poll_once;

/// Its log can also be changed by a handler that only reads the event, as those of patterns do.
#[derive(Event, Default)]
#[event(topic = "receive_order::logged")]
struct Logged(Mutex<Vec<&'static str>>);

impl Logged {
    fn add(&self, name: &'static str) {
        let mut names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        names.push(name);
    }

    fn names(&self) -> Vec<&'static str> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl Clone for Logged {
    fn clone(&self) -> Self {
        Self(Mutex::new(self.names()))
    }
}

/// The event that the receiver has.
fn received(mut next: Next<Logged>) -> Option<Vec<&'static str>> {
    match poll_once(&mut next) {
        Poll::Ready(event) => event.map(|event| event.names()),
        Poll::Pending => None,
    }
}

/// The first event that the stream has.
fn first_of(mut stream: EventStream<Logged>) -> Option<Vec<&'static str>> {
    match poll_next(&mut stream) {
        Poll::Ready(Some(Ok(event))) => Some(event.names()),
        _ => None,
    }
}

type Subscribe<'s> = &'s dyn Fn(&Registry) -> Vec<Subscription>;

/// Emits an event to receivers that were created before, between and after the subscribers. All of
/// them receive the event with the changes of all subscribers.
#[track_caller]
fn check(subscribe: &[Subscribe<'_>]) {
    let registry = Registry::new();
    let receivers = || (registry.next::<Logged>(), registry.stream::<Logged>());
    let (mut created, mut subscriptions) = (vec![receivers()], Vec::new());
    for subscribe in subscribe {
        subscriptions.extend(subscribe(&registry));
        created.push(receivers());
    }
    let emitted = registry.emit(Logged::default()).names();
    assert!(!emitted.is_empty(), "the subscribers have changed it");
    for (at, (next, stream)) in created.into_iter().enumerate() {
        assert_eq!(received(next).as_ref(), Some(&emitted), "next {at}");
        assert_eq!(first_of(stream).as_ref(), Some(&emitted), "stream {at}");
    }
}

/// A subscriber that changes the event, with its priority and the id of that which it runs after.
fn on(
    registry: &Registry,
    id: &'static str,
    priority: i32,
    after: Option<&'static str>,
) -> Vec<Subscription> {
    let handler = move |event: &mut Logged| event.add(id);
    let mut subscription = registry.subscribe(handler).id(id).priority(priority);
    if let Some(after) = after {
        subscription = subscription.after(after);
    }
    vec![subscription.register().expect("no options clash")]
}

#[test]
fn a_receiver_runs_after_a_subscriber_of_the_lowest_priority() {
    check(&[&|registry| on(registry, "lowest", i32::MIN, None)]);
    check(&[
        &|registry| on(registry, "lowest", i32::MIN, None),
        &|registry| on(registry, "again", i32::MIN, None),
        &|registry| on(registry, "highest", i32::MAX, None),
    ]);
}

#[test]
fn a_receiver_runs_after_a_subscriber_that_is_after_one_of_the_lowest_priority() {
    check(&[
        &|registry| on(registry, "lowest", i32::MIN, None),
        &|registry| on(registry, "after", 0, Some("lowest")),
        &|registry| on(registry, "first", i32::MAX, Some("after")),
    ]);
}

#[test]
fn a_receiver_runs_after_a_pattern_subscriber_of_the_lowest_priority() {
    let by_pattern = |registry: &Registry| {
        let handler = |event: &dyn AnyEvent| {
            if let Some(event) = event.downcast_ref::<Logged>() {
                event.add("pattern");
            }
        };
        let subscription = registry
            .subscribe_topic("receive_order::.*", handler)
            .expect("the pattern is a regular expression");
        let subscription = subscription.id("pattern").priority(i32::MIN).register();
        vec![subscription.expect("no options clash")]
    };
    check(&[&by_pattern]);
    check(&[&by_pattern, &|registry| {
        on(registry, "after", 5, Some("pattern"))
    }]);
}

#[test]
fn a_receiver_runs_after_a_batch_of_the_lowest_priority() {
    check(&[&|registry| {
        let mut batch = registry.batch();
        for id in ["one", "two"] {
            let handler = move |event: &mut Logged| event.add(id);
            batch.add(registry.subscribe(handler).id(id).priority(i32::MIN));
        }
        vec![batch.register().expect("no options clash")]
    }]);
}

#[subscriber(priority = i32::MIN)]
fn declared_lowest(event: &mut Logged) {
    event.add("declared");
}

#[subscriber(after = declared_lowest)]
fn declared_after(event: &mut Logged) {
    event.add("declared after");
}

#[subscriber(topic = "receive_order::.*", priority = i32::MIN)]
fn declared_pattern(event: &dyn AnyEvent) {
    if let Some(event) = event.downcast_ref::<Logged>() {
        event.add("declared pattern");
    }
}

#[test]
fn a_receiver_runs_after_declared_subscribers_of_the_lowest_priority() {
    let scan = |registry: &Registry| {
        let subscribers = subscribers![declared_lowest, declared_after, declared_pattern];
        registry.scanner().subscribers(subscribers).run();
        Vec::new()
    };
    check(&[&scan]);
    check(&[&|registry| on(registry, "lowest", i32::MIN, None), &scan]);
}

struct Lowest;

#[listener]
impl Lowest {
    #[on(priority = i32::MIN)]
    fn lowest(&self, event: &mut Logged) {
        event.add("listener");
    }

    #[on(after = Self::lowest)]
    fn after(&self, event: &mut Logged) {
        event.add("listener after");
    }
}

#[test]
fn a_receiver_runs_after_a_listener_of_the_lowest_priority() {
    check(&[&|registry| vec![registry.add(Lowest)]]);
}

#[test]
fn a_receiver_runs_after_all_subscribers_of_an_awaited_event() {
    let registry = Registry::new();
    let (next, stream) = (registry.next::<Logged>(), registry.stream::<Logged>());
    let _lowest = on(&registry, "lowest", i32::MIN, None);
    let _after = on(&registry, "after", 0, Some("lowest"));
    assert!(poll_once(registry.emit_async(Logged::default())).is_ready());
    assert_eq!(received(next), Some(vec!["lowest", "after"]));
    assert_eq!(first_of(stream), Some(vec!["lowest", "after"]));
}

#[test]
fn no_subscriber_can_be_ordered_relative_to_a_receiver() {
    let registry = Registry::new();
    let _receivers = (registry.next::<Logged>(), registry.stream::<Logged>());
    for receiver in [
        Origin::of::<Next<Logged>>(),
        Origin::of::<EventStream<Logged>>(),
    ] {
        let subscribe = || registry.subscribe(|event: &mut Logged| event.add("behind"));
        for subscription in [
            subscribe().after(receiver.clone()),
            subscribe().before(receiver.clone()),
        ] {
            let result = subscription.register();
            assert!(
                matches!(result, Err(SubscribeError::UnknownTarget { .. })),
                "{result:?}"
            );
        }
    }
}

/// The next number of a linear congruential generator, below `end`.
fn below(state: &mut u64, end: usize) -> usize {
    *state = state
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    usize::try_from(*state >> 33).unwrap_or(0) % end
}

#[test]
fn a_receiver_runs_after_any_subscribers_in_any_order() {
    const IDS: [&str; 6] = ["a", "b", "c", "d", "e", "f"];
    const PRIORITIES: [i32; 6] = [i32::MIN, i32::MIN + 1, -1, 0, 1, i32::MAX];
    for seed in 0..200 {
        let mut state = seed;
        let count = 1 + below(&mut state, IDS.len());
        let plan: Vec<_> = (0..count)
            .map(|at| {
                let after =
                    (at > 0 && below(&mut state, 2) == 0).then(|| IDS[below(&mut state, at)]);
                (
                    IDS[at],
                    PRIORITIES[below(&mut state, PRIORITIES.len())],
                    after,
                )
            })
            .collect();
        let subscribe: Vec<_> = plan
            .iter()
            .map(|&(id, priority, after)| {
                move |registry: &Registry| on(registry, id, priority, after)
            })
            .collect();
        let subscribe: Vec<Subscribe<'_>> = subscribe.iter().map(|one| one as _).collect();
        check(&subscribe);
    }
}
