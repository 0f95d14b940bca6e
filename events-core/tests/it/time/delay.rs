//! Deferred subscribers with a delay.

use std::time::Duration;

use events_core::{
    Event, EventCopy, Failure, Registry,
    failures::{Cause, Undelivered},
    listener, subscriber, subscribers,
    subscribing::SubscribeError,
};

use super::{Stopped, Tick, seconds};
use crate::block_on;

/// A deferred subscriber that notes its name after the delay.
fn add(stopped: &Stopped, name: &'static str, delay: Option<Duration>) {
    let journal = stopped.journal.clone();
    let new = stopped
        .registry
        .subscribe_deferred(move |_: &Tick| journal.note(name))
        .id(name);
    let new = match delay {
        Some(delay) => new.delay(delay),
        None => new,
    };
    new.register().expect("it is registered").detach();
}

#[test]
fn a_subscriber_with_a_delay_runs_when_it_has_passed() {
    let mut stopped = Stopped::new();
    add(&stopped, "now", None);
    add(&stopped, "later", Some(seconds(10)));
    stopped.registry.emit(Tick(1));
    let queue = stopped.registry.queue();
    assert_eq!((queue.len(), queue.scheduled()), (1, 1));
    assert_eq!(stopped.pass(Duration::ZERO), "1 now");
    assert_eq!(stopped.pass(seconds(9)), "");
    assert_eq!(stopped.pass(seconds(1)), "later");
    assert_eq!(stopped.pass(seconds(100)), "");
}

/// However the event is emitted, each subscriber runs once, in the order of the delays.
fn check(emit: impl FnOnce(&Registry)) {
    let mut stopped = Stopped::new();
    let delays = [("b", 20), ("c", 30), ("a", 10), ("d", 30), ("e", 0)];
    for (name, delay) in delays {
        add(&stopped, name, Some(seconds(delay)));
    }
    emit(&stopped.registry);
    stopped.time.jump(Duration::ZERO);
    assert_eq!(stopped.pass(Duration::ZERO), "1 e");
    assert_eq!(stopped.pass(seconds(15)), "a");
    assert_eq!(stopped.pass(seconds(15)), "b c d");
}

#[test]
fn each_way_to_emit_delays() {
    check(|registry| _ = registry.emit(Tick(1)));
    check(|registry| {
        let emitted = registry.try_emit(Tick(1)).expect("no subscriber fails");
        assert_eq!((emitted.ran(), emitted.deferred()), (1, 5));
    });
    check(|registry| _ = block_on(registry.emit_async(Tick(1))));
    check(|registry| {
        let emitted = block_on(registry.try_emit_async(Tick(1))).expect("no subscriber fails");
        assert_eq!((emitted.ran(), emitted.deferred()), (1, 5));
    });
    check(|registry| registry.enqueue(Tick(1)).expect("there is room"));
    check(|registry| drop(registry.enqueue_after(Tick(1), Duration::ZERO)));
}

#[test]
fn subscribers_with_equal_delays_share_one_snapshot() {
    let stopped = Stopped::new();
    for (name, delay) in [("a", 1), ("b", 2), ("c", 1)] {
        add(&stopped, name, Some(seconds(delay)));
    }
    stopped.registry.emit(Tick(1));
    assert_eq!(stopped.registry.queue().scheduled(), 2);
}

#[test]
fn a_full_schedule_is_a_failed_delivery_and_nothing_runs_at_once() {
    let mut stopped = Stopped::new();
    add(&stopped, "later", Some(seconds(1)));
    stopped.registry.queue().set_schedule_capacity(0);
    let error = stopped
        .registry
        .try_emit(Tick(1))
        .expect_err("it is refused");
    let causes: Vec<_> = error.failures().iter().map(Failure::cause).collect();
    assert!(
        matches!(
            causes[..],
            [Cause::Undelivered(Undelivered::ScheduleFull {
                capacity: 0
            })]
        ),
        "{causes:?}"
    );
    assert_eq!(stopped.pass(seconds(10)), "1");
}

#[test]
fn a_subscriber_that_is_unsubscribed_meanwhile_does_not_run() {
    let mut stopped = Stopped::new();
    let journal = stopped.journal.clone();
    let new = stopped
        .registry
        .subscribe_deferred(move |_: &Tick| journal.note("late"));
    let subscription = new.delay(seconds(1)).register().expect("it is registered");
    stopped.registry.emit(Tick(1));
    drop(subscription);
    assert_eq!(stopped.pass(seconds(1)), "1");
}

#[test]
fn a_subscriber_of_one_event_runs_once() {
    let mut stopped = Stopped::new();
    let journal = stopped.journal.clone();
    let new = stopped
        .registry
        .subscribe_deferred(move |_: &Tick| journal.note("once"));
    new.delay(seconds(1))
        .once()
        .register()
        .expect("it is registered")
        .detach();
    stopped.registry.emit(Tick(1));
    stopped.registry.emit(Tick(2));
    assert_eq!(stopped.pass(seconds(1)), "1 2 once");
}

#[test]
fn pattern_subscribers_have_delays_too() {
    let mut stopped = Stopped::new();
    let journal = stopped.journal.clone();
    let new = stopped
        .registry
        .subscribe_topic_deferred(".*", move |event: &EventCopy| {
            journal.note(event.topic().len().to_string());
        })
        .expect("it is there");
    new.delay(seconds(1))
        .register()
        .expect("it is registered")
        .detach();
    stopped.registry.emit(Tick(1));
    stopped.registry.emit_topic("named", events_core::args! {});
    assert_eq!(stopped.pass(Duration::ZERO), "1");
    let topics = [Tick::topic(), "named"].map(|topic| topic.len().to_string());
    assert_eq!(stopped.pass(seconds(1)), topics.join(" "));
}

#[test]
fn a_delay_without_deferred_is_refused() {
    let registry = Registry::new();
    let new = registry.subscribe_async(async |_: &Tick| {}).id("mail");
    let error = new.delay(seconds(1)).register().expect_err("it is refused");
    assert!(matches!(error, SubscribeError::DelayNotDeferred { .. }));
    let text = error.to_string();
    assert!(
        text.starts_with("mail (") && text.contains("add `.deferred()`"),
        "{text}"
    );
}

#[test]
#[should_panic(expected = "a delay is set already; remove one of them")]
fn a_second_delay_is_refused() {
    let new = Registry::new()
        .subscribe_deferred(|_: &Tick| {})
        .delay(seconds(1));
    drop(new.delay(seconds(2)));
}

/// `before` has a delay of `first` seconds, and `after` one of `second`.
fn check_order(first: u64, second: u64) -> Result<String, String> {
    let mut stopped = Stopped::new();
    add(&stopped, "before", Some(seconds(first)));
    let journal = stopped.journal.clone();
    let new = stopped
        .registry
        .subscribe_deferred(move |_: &Tick| journal.note("after"));
    let new = new.delay(seconds(second)).priority(10).after("before");
    new.register().map_err(|error| error.to_string())?.detach();
    stopped.registry.emit(Tick(1));
    Ok(stopped.pass(seconds(100)))
}

#[test]
fn one_with_a_shorter_delay_cannot_be_ordered_behind_one_with_a_longer_delay() {
    assert_eq!(check_order(1, 1).expect("it is there"), "1 before after");
    assert_eq!(check_order(1, 2).expect("it is there"), "1 before after");
    let error = check_order(2, 1).expect_err("it is refused");
    assert!(
        error.contains("with no shorter delay than the first"),
        "{error}"
    );
}

#[derive(Event, Clone)]
struct SignedUp;

const A_DAY: Duration = Duration::from_secs(24 * 3600);

#[subscriber(deferred, delay = A_DAY)]
fn survey(_: &SignedUp) -> Result<(), &'static str> {
    Err("survey")
}

#[subscriber(SignedUp, deferred, delay = Duration::from_secs(60))]
async fn remind(_: &EventCopy) {}

struct Mailer;

#[listener]
impl Mailer {
    #[on(deferred, delay = Duration::from_millis(5))]
    async fn news(&self, _: &SignedUp) {}
}

#[test]
fn declared_subscribers_have_delays() {
    let registry = Registry::new();
    registry.add(Mailer).detach();
    let report = registry
        .scanner()
        .subscribers(subscribers![survey, remind])
        .run();
    let mut delays: Vec<_> = report.subscribers().map(|info| info.delay).collect();
    delays.sort();
    assert_eq!(delays, [Some(seconds(60)), Some(A_DAY)]);
    registry.emit(SignedUp);
    assert_eq!(registry.queue().scheduled(), 3);
}

#[test]
fn the_delay_holds_behind_an_awaited_subscriber_that_is_pending() {
    let check = |emit: &dyn Fn(&Stopped)| {
        let mut stopped = Stopped::new();
        let registry = stopped.registry.clone();
        let awaited = async |tick: &mut Tick| {
            crate::awaited::suspend().await;
            tick.0 += 1;
        };
        let awaited = registry.subscribe_awaited(awaited).after_commit();
        awaited.register().expect("it is subscribed").detach();
        let notes = stopped.journal.clone();
        let later =
            registry.subscribe_deferred(move |tick: &Tick| notes.note(format!("later {}", tick.0)));
        let later = later.delay(seconds(10)).register();
        later.expect("it is subscribed").detach();
        emit(&stopped);
        let before = stopped.pass(seconds(9));
        assert!(!before.contains("later"), "{before}");
        assert_eq!(stopped.pass(seconds(1)), "later 2");
    };
    check(&|stopped| stopped.registry.enqueue(Tick(1)).expect("there is room"));
    check(&|stopped| {
        let work = events_core::UnitOfWork::begin();
        stopped.registry.emit_in(&work.handle(), Tick(1));
        work.commit().expect("it is committed");
    });
}
