//! What a subscription and an event cost does not depend on what is subscribed beside it, as the bytes show that are
//! allocated meanwhile.

use std::{
    future::poll_fn,
    pin::pin,
    task::{Context, Poll, Waker},
    time::Duration,
};

use allocation_counter::measure;
use events_core::{
    AnyEvent, Event, EventCopy, Registry, UnitOfWork, bridge, subscriber, subscribers,
};

#[derive(Event, Clone)]
struct Tick;

#[subscriber]
fn declared(_: &Tick) {}

#[derive(Event)]
#[event(topic = "numbered")]
struct Numbered<const N: usize>;

/// Ten times as much work allocates about ten times as many bytes.
fn check(row: &str, bytes: impl Fn(usize) -> u64) {
    let (few, many) = (bytes(200), bytes(2000));
    assert!(few > 0 && many < 20 * few, "{row}: {few} bytes, and {many}");
}

#[test]
fn subscriptions_do_not_depend_on_the_number_of_others() {
    check("on", |subscriptions| {
        let registry = Registry::new();
        let subscribe = || {
            for _ in 0..subscriptions {
                registry.on(|_: &Tick| ()).detach();
            }
        };
        measure(subscribe).bytes_total
    });
    check("drop", |subscriptions| {
        let registry = Registry::new();
        let all: Vec<_> = (0..subscriptions)
            .map(|_| registry.on(|_: &Tick| ()))
            .collect();
        registry.emit(Tick);
        measure(|| drop(all)).bytes_total
    });
    check("on_topic", |subscriptions| {
        let registry = Registry::new();
        let patterns = || {
            for _ in 0..subscriptions / 10 {
                let on = registry.on_topic("a", |_: &dyn AnyEvent| ());
                on.expect("a pattern").detach();
            }
        };
        measure(patterns).bytes_total
    });
}

/// The topic of these types does not match.
#[test]
fn a_pattern_subscriber_does_not_depend_on_other_types() {
    let subscribe = |registry: &Registry| {
        let subscribe = || {
            let on = registry.on_topic("other", |_: &dyn AnyEvent| ());
            on.expect("a pattern").detach();
        };
        // The first one also compiles what the crate `regex` keeps for later ones.
        subscribe();
        measure(subscribe).bytes_total
    };
    let bytes = |handlers: usize| {
        let registry = Registry::new();
        for _ in 0..handlers {
            registry.on(|_: &Numbered<1>| ()).detach();
            registry.on(|_: &Numbered<2>| ()).detach();
        }
        registry.emit(Numbered::<1>);
        registry.emit(Numbered::<2>);
        subscribe(&registry)
    };
    assert_eq!(bytes(1), bytes(1000));
}

/// The event has no subscriber: patterns are matched with its topic at the first emit only.
#[test]
fn an_emit_beside_a_pattern_subscriber_allocates_nothing() {
    let registry = Registry::new();
    let on = registry.on_topic("other", |_: &dyn AnyEvent| ());
    on.expect("a pattern").detach();
    registry.emit(Tick);
    assert_eq!(measure(|| _ = registry.emit(Tick)).bytes_total, 0);
}

/// The plan of the scan is used again; no other is built.
#[test]
fn an_emit_after_the_last_run_time_subscriber_has_gone_allocates_nothing() {
    let registry = Registry::with(subscribers![declared]);
    // A thread notes each registry of its own at the first emit.
    registry.emit(Tick);
    drop(registry.on(|_: &Tick| ()));
    assert_eq!(measure(|| _ = registry.emit(Tick)).bytes_total, 0);
}

/// A handler that wakes its task and is pending once.
async fn suspended() {
    let mut is_first = true;
    let poll = |context: &mut Context<'_>| {
        context.waker().wake_by_ref();
        match std::mem::take(&mut is_first) {
            true => Poll::Pending,
            false => Poll::Ready(()),
        }
    };
    poll_fn(poll).await;
}

#[test]
fn an_event_that_was_suspended_leaves_no_memory() {
    let registry = Registry::new();
    registry
        .on_async(async |_: &Tick| suspended().await)
        .detach();
    let mut worker = pin!(registry.queue().work(2));
    let mut run = |events: usize| {
        for _ in 0..events {
            registry.enqueue(Tick).expect("there is room");
            while !registry.queue().is_empty() {
                let context = &mut Context::from_waker(Waker::noop());
                assert!(worker.as_mut().poll(context).is_pending());
            }
        }
    };
    run(10);
    assert_eq!(measure(|| run(100)).bytes_current, 0);
}

#[test]
fn a_unit_of_work_that_has_ended_leaves_no_memory() {
    let registry = Registry::new();
    let after_commit = registry.subscribe(|_: &Tick| ()).after_commit();
    after_commit.register().expect("it is subscribed").detach();
    let run = |units: usize, commits: bool| {
        for _ in 0..units {
            let work = UnitOfWork::begin();
            registry.emit_in(&work.handle(), Tick);
            work.after_commit(|| ());
            if commits {
                work.commit().expect("it is committed");
            } else {
                work.rollback();
            }
        }
    };
    for commits in [true, false] {
        run(10, commits);
        assert_eq!(measure(|| run(100, commits)).bytes_current, 0, "{commits}");
    }
}

#[test]
fn an_event_with_a_chain_of_deferred_handlers_takes_linear_time() {
    check("chain", |handlers| {
        let registry = Registry::new();
        let mut batch = registry.batch();
        for number in 0..handlers {
            let new = registry
                .subscribe_deferred(|_: &Tick| ())
                .id(number.to_string());
            batch.add(match number.checked_sub(1) {
                None => new,
                Some(earlier) => new.after(earlier.to_string()),
            });
        }
        batch.register().expect("each id is new").detach();
        registry.emit(Tick);
        let flush = || assert_eq!(registry.queue().flush().ran(), 1);
        measure(flush).bytes_total
    });
}

#[derive(Event)]
struct Item(u32);

/// Runs the bridge to its end, with ten items and with twenty, and returns the allocations of ten items.
macro_rules! allocations_of_ten_items {
    ($items:ident => $bridge:expr) => {{
        let [ten, twenty] = [10, 20].map(|count| {
            let registry = Registry::new();
            registry.on(|_: &Item| ()).detach();
            registry.emit(Item(0));
            let $items = tokio_stream::iter(0..count);
            let mut run = pin!($bridge.on(&registry).run());
            let mut context = Context::from_waker(Waker::noop());
            let polled = || assert!(run.as_mut().poll(&mut context).is_ready());
            measure(polled).count_total
        });
        twenty - ten
    }};
}

#[test]
fn one_of_several_events_of_a_bridge_takes_two_allocations_more_than_the_only_one() {
    let typed = allocations_of_ten_items!(items => bridge(items).with(|n| Some(Item(n))));
    let chosen = allocations_of_ten_items!(items => bridge(items).choose(|n| Some(Item(n).into())));
    assert_eq!(chosen - typed, 20);
}

#[test]
fn an_event_that_no_subscriber_of_copies_accepts_is_not_copied() {
    let registry = Registry::new();
    let deferred = |pattern| registry.subscribe_topic_deferred(pattern, |_: &EventCopy| ());
    let elsewhere = deferred("elsewhere").expect("a pattern").register();
    let none = deferred(".*")
        .expect("a pattern")
        .when(|_: &dyn AnyEvent| false)
        .register();
    let _subscriptions = [elsewhere, none].map(|subscription| subscription.expect("no id"));
    let emit = || {
        registry.emit(Tick);
    };
    let emit_async = || {
        let mut emit = pin!(registry.emit_async(Tick));
        assert!(
            emit.as_mut()
                .poll(&mut Context::from_waker(Waker::noop()))
                .is_ready()
        );
    };
    for (verb, emit) in [("emit", &emit as &dyn Fn()), ("emit_async", &emit_async)] {
        emit();
        assert_eq!(measure(emit).bytes_total, 0, "{verb}");
    }
}

#[test]
fn a_poll_of_a_suspended_chain_allocates_nothing() {
    let registry = Registry::new();
    let wait = async |_: &mut Tick| std::future::pending::<()>().await;
    registry.on_awaited(wait).detach();
    let mut emit = pin!(registry.emit_async(Tick));
    let mut context = Context::from_waker(Waker::noop());
    assert!(emit.as_mut().poll(&mut context).is_pending());
    let polls = measure(|| {
        for _ in 0..10 {
            assert!(emit.as_mut().poll(&mut context).is_pending());
        }
    });
    assert_eq!(polls.count_total, 0);
}

#[test]
fn the_bytes_of_a_future_that_has_ended_are_used_again() {
    let suspend = async |_: &mut Tick| {
        let large = [0_u8; 100];
        tokio::task::yield_now().await;
        std::hint::black_box(&large);
    };
    let registry = Registry::new();
    registry.on_awaited(suspend).detach();
    registry
        .on_async(async |_: &Tick| {
            let large = [0_u8; 100];
            std::future::ready(()).await;
            std::hint::black_box(&large);
        })
        .detach();
    let mut emit = pin!(registry.emit_async(Tick));
    let mut context = Context::from_waker(Waker::noop());
    assert!(emit.as_mut().poll(&mut context).is_pending());
    let last = measure(|| assert!(emit.as_mut().poll(&mut context).is_ready()));
    assert_eq!(last.count_total, 0);
}

/// The bytes that so many events take while they are scheduled, in the order that `after` gives them, beside those of the
/// event, of 8 bytes: the memory that is in use at the end, as a million of them would leave it.
fn scheduled_bytes(events: u64, after: impl Fn(u64) -> u64) -> u64 {
    #[derive(Event)]
    struct Due(u64);

    let registry = Registry::new();
    registry.queue().set_schedule_capacity(events as usize);
    let schedule = || {
        for number in 0..events {
            let delay = Duration::from_secs(1_000_000 + after(number));
            let scheduled = registry.enqueue_after(Due(number), delay);
            drop(scheduled.expect("the schedule has room"));
        }
    };
    let bytes = measure(schedule).bytes_current;
    assert_eq!(registry.queue().scheduled(), events as usize);
    let bytes = u64::try_from(bytes).expect("more is allocated than freed");
    bytes / events - 8
}

#[test]
fn a_scheduled_event_takes_at_most_200_bytes_beside_the_event() {
    let check = |order: &str, after: fn(u64) -> u64| {
        let bytes = scheduled_bytes(100_000, after);
        assert!(bytes <= 200, "{order}: {bytes} bytes");
    };
    check("later ones behind", |number| number);
    check("earlier ones behind", |number| 1_000_000 - number);
    check("of one time", |_| 0);
    check("random", |number| {
        number.wrapping_mul(6_364_136_223_846_793_005) >> 44
    });
}

/// The context of an event with an origin is part of it.
#[test]
fn a_scheduled_event_with_an_origin_takes_at_most_200_bytes() {
    let registry = Registry::new();
    let events = 10_000;
    let schedule = || {
        for number in 0..events {
            let delay = Duration::from_secs(1_000_000 + number);
            let scheduled = registry.enqueue_after_from(Tick, delay, check_origin);
            drop(scheduled.expect("the schedule has room"));
        }
    };
    let bytes = measure(schedule).bytes_current / i64::try_from(events).expect("a few");
    assert!(bytes <= 200, "{bytes} bytes");
}

/// An origin.
fn check_origin() {}
