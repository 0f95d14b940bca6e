//! A job that only waits until its handler may be called does not occupy a driver.

use std::{
    future::{pending, poll_fn},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    task::{Context, Poll, Wake, Waker},
    time::Duration,
};

use events_core::{Emission, Event, Registry, queues::UnfinishedEvent, subscriber, subscribers};

use crate::{
    Gate, Journal, block_on,
    later_calls::{LATER, RETRY, Time, Work},
    poll_once,
};

#[subscriber(concurrency = 1, retry = 3)]
async fn one(work: &Work, emission: &Emission) -> Result<(), String> {
    work.run(emission.attempt())
}

#[derive(Event, Clone)]
struct Other(Journal);

#[subscriber]
async fn other(other: &Other) {
    other.0.note("other");
}

#[test]
fn events_that_wait_for_a_retry_hold_up_no_other_event_and_not_the_retry() {
    let registry = Registry::with(subscribers![one, other]);
    let journal = Journal::default();
    // A worker with a concurrency of 1, polled by hand.
    let mut work = Box::pin(registry.queue().work(1));
    let clock = events_core::__testing::TestTime::stop(&registry);
    registry.emit(Work::new(1, 1, &journal));
    registry.emit(Work::new(2, 0, &journal));
    registry.emit(Work::new(3, 0, &journal));
    registry.emit(Other(journal.clone()));
    for _ in 0..10 {
        assert!(poll_once(&mut work).is_pending());
    }
    assert_eq!(journal.take(), ["1.1", "other"]);
    drop(clock);
    let mut time = Time::of(&registry);
    drop(work);
    time.advance(LATER);
    assert_eq!(journal.take(), ["1.2", "2.1", "3.1"]);
}

#[test]
fn a_worker_thread_of_its_own_runs_the_retry_and_then_those_that_waited() {
    let registry = Registry::new();
    let (sender, calls) = mpsc::channel();
    let handler = move |work: &Work, emission: &Emission| {
        let failed = work.run(emission.attempt());
        sender
            .send((work.number, emission.attempt()))
            .expect("the test waits");
        failed
    };
    let retry = events_core::Retry::exponential(Duration::from_nanos(1), Duration::from_nanos(1));
    let new = registry.subscribe_deferred(handler).concurrency(1);
    let new = new.retry(retry.max_retries(2));
    new.register().expect("it is valid").detach();
    let worker = registry.queue().spawn_thread();
    let journal = Journal::default();
    for number in 1..=3 {
        registry.emit(Work::new(number, 2, &journal));
    }
    let received: Vec<_> = calls.iter().take(9).collect();
    let expected = (1..=3).flat_map(|number| (1..=3).map(move |attempt| (number, attempt)));
    assert!(received.into_iter().eq(expected));
    assert!(
        registry
            .queue()
            .shutdown(Duration::from_secs(60))
            .is_empty()
    );
    drop(worker);
}

#[test]
fn a_flush_does_not_wait_for_a_retry_and_the_event_is_not_lost() {
    let registry = Registry::with(subscribers![one]);
    let journal = Journal::default();
    let clock = events_core::__testing::TestTime::stop(&registry);
    registry.emit(Work::new(1, 1, &journal));
    registry.emit(Work::new(2, 0, &journal));
    registry.queue().flush();
    assert_eq!(journal.take(), ["1.1"]);
    assert!(
        registry.queue().settle(Duration::ZERO),
        "nothing runs before the retry"
    );
    drop(clock);
    let mut time = Time::of(&registry);
    time.advance(LATER);
    assert_eq!(journal.take(), ["1.2", "2.1"]);
}

#[test]
fn an_event_that_waits_for_an_emit_of_another_task_is_run_by_the_flush_that_has_parked_it() {
    let registry = Registry::new();
    let gate = Gate::default();
    let opened = gate.clone();
    let handler = move |work: &Work| {
        let (gate, work) = (gate.clone(), work.clone());
        async move {
            if work.number == 1 {
                gate.wait().await;
            }
            work.journal.note(work.number.to_string());
        }
    };
    let new = registry.subscribe_async(handler).concurrency(1);
    new.register().expect("it is valid").detach();
    let journal = Journal::default();
    let mut first = Box::pin(registry.emit_async(Work::new(1, 0, &journal)));
    assert!(poll_once(&mut first).is_pending());
    registry.emit(Work::new(2, 0, &journal));
    let mut flush = Box::pin(registry.queue().flush_async());
    assert!(poll_once(&mut flush).is_pending());
    opened.open();
    block_on(first);
    let flushed = block_on(flush);
    assert_eq!(flushed.ran(), 1);
    assert_eq!(journal.take(), ["1", "2"]);
}

/// Calls of number 1 wait for the gate, and fail as often as the event says.
fn gated(gate: &Gate, max_retries: u32) -> Registry {
    let registry = Registry::new();
    let gate = gate.clone();
    let handler = move |work: &Work, emission: &Emission| {
        let (gate, work, attempt) = (gate.clone(), work.clone(), emission.attempt());
        async move {
            if work.number == 1 {
                gate.wait().await;
            }
            work.run(attempt)
        }
    };
    let new = registry.subscribe_async(handler).concurrency(1);
    let retry = RETRY.max_retries(max_retries);
    new.retry(retry).register().expect("it is valid").detach();
    registry
}

/// What is scheduled and is no retry changes nothing of what is waited for.
#[test]
fn an_event_that_is_scheduled_does_not_end_the_wait_for_a_parked_one() {
    let ways: [fn(&Registry) -> Wait; 4] = [
        |registry| {
            let flush = registry.queue().flush_async();
            Box::pin(async { flush.await.ran() == 1 })
        },
        |registry| Box::pin(registry.queue().settle_async()),
        |registry| {
            let shutdown = registry.queue().shutdown_async(pending::<()>());
            Box::pin(async { shutdown.await.events.len() == 1 })
        },
        |registry| {
            let mut work = registry.queue().work(1);
            let queue = registry.queue();
            Box::pin(poll_fn(move |context| {
                if !queue.is_shut_down() {
                    let _ = Pin::new(&mut work).poll(context);
                    let shutdown = poll_once(queue.shutdown_async(pending::<()>()));
                    assert!(shutdown.is_pending());
                }
                Pin::new(&mut work).poll(context).map(|()| true)
            }))
        },
    ];
    for way in ways {
        let gate = Gate::default();
        let registry = gated(&gate, 3);
        let journal = Journal::default();
        let mut first = Box::pin(registry.emit_async(Work::new(1, 0, &journal)));
        assert!(poll_once(&mut first).is_pending());
        let later = registry.enqueue_after(Other(journal.clone()), 60 * LATER);
        registry.emit(Work::new(2, 0, &journal));
        let mut waits = way(&registry);
        assert!(poll_once(&mut waits).is_pending());
        gate.open();
        block_on(first);
        assert!(block_on(waits));
        assert_eq!(journal.take(), ["1.1", "2.1"]);
        drop(later);
    }
}

type Wait = Pin<Box<dyn Future<Output = bool>>>;

#[test]
fn the_wait_for_a_parked_event_ends_when_what_it_waits_for_is_to_be_repeated() {
    for is_flush in [true, false] {
        let gate = Gate::default();
        let registry = gated(&gate, 3);
        let _time = Time::of(&registry);
        let journal = Journal::default();
        let mut first = Box::pin(registry.emit_async(Work::new(1, 1, &journal)));
        assert!(poll_once(&mut first).is_pending());
        let later = registry.enqueue_after(Other(journal.clone()), Duration::from_nanos(1));
        registry.emit(Work::new(2, 0, &journal));
        let mut waits: Wait = if is_flush {
            let flush = registry.queue().flush_async();
            Box::pin(async { flush.await.ran() == 0 })
        } else {
            Box::pin(registry.queue().settle_async())
        };
        let woken = Arc::new(Woken::default());
        let waker = Waker::from(Arc::clone(&woken));
        let context = &mut Context::from_waker(&waker);
        assert!(waits.as_mut().poll(context).is_pending());
        gate.open();
        block_on(first);
        assert!(woken.0.load(Ordering::Relaxed));
        assert_eq!(waits.as_mut().poll(context), Poll::Ready(true));
        drop(later);
    }
}

#[derive(Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn a_retry_of_another_key_does_not_end_the_wait_for_a_parked_event() {
    let gate = Gate::default();
    let opened = gate.clone();
    let registry = Registry::new();
    let handler = move |work: &Work, emission: &Emission| {
        let (gate, work, attempt) = (gate.clone(), work.clone(), emission.attempt());
        async move {
            if work.number == 1 {
                gate.wait().await;
            }
            work.run(attempt)
        }
    };
    let new = registry.subscribe_async(handler).retry(RETRY);
    let new = new.per_key(|work| work.number % 2);
    new.register().expect("it is valid").detach();
    let journal = Journal::default();
    let _time = Time::of(&registry);
    // The retry of key 0 is scheduled; an event of that key waits for it.
    registry.emit(Work::new(2, 1, &journal));
    registry.emit(Work::new(4, 0, &journal));
    assert_eq!(registry.queue().flush().ran(), 1);
    assert!(registry.queue().settle(Duration::ZERO));
    // An event of key 1 waits for an emit.
    let mut first = Box::pin(registry.emit_async(Work::new(1, 0, &journal)));
    assert!(poll_once(&mut first).is_pending());
    registry.emit(Work::new(3, 0, &journal));
    let mut flush = Box::pin(registry.queue().flush_async());
    assert!(poll_once(&mut flush).is_pending());
    assert!(!registry.queue().settle(Duration::ZERO));
    opened.open();
    block_on(first);
    assert_eq!(block_on(flush).ran(), 1);
    assert!(registry.queue().settle(Duration::ZERO));
    assert_eq!(journal.take(), ["2.1", "1.1", "3.1"]);
}

#[test]
fn an_event_that_waits_is_among_those_that_are_taken() {
    #[subscriber]
    async fn ran(work: &Work) {
        work.journal.note(format!("ran {}", work.number));
    }

    let registry = Registry::with(subscribers![one, ran]);
    let journal = Journal::default();
    let mut time = Time::of(&registry);
    registry.queue().set_capacity(2);
    registry.emit(Work::new(1, 1, &journal));
    registry.emit(Work::new(2, 0, &journal));
    registry.queue().flush();
    registry.emit(Work::new(3, 0, &journal));
    let taken = registry.queue().take();
    let of = |number: usize| -> Vec<_> {
        let names = taken[number].unfinished().expect("it is a snapshot");
        names.map(|one| one.name.rsplit(':').next()).collect()
    };
    assert_eq!(of(0), [Some("one")], "the other one has received it");
    assert_eq!(of(1).len(), 2);
    let numbers = taken.into_iter().map(UnfinishedEvent::downcast::<Work>);
    let numbers: Vec<_> = numbers
        .map(|work| work.expect("it is one").number)
        .collect();
    assert_eq!(numbers, [2, 3]);
    assert_eq!(registry.queue().stats().waiting, 0);
    time.advance(LATER);
    assert_eq!(journal.take(), ["1.1", "ran 1", "ran 2", "1.2"]);
    // There is room again.
    registry.emit(Work::new(4, 0, &journal));
    registry.emit(Work::new(5, 0, &journal));
    assert_eq!(registry.queue().flush().ran(), 2);
}

/// A flush, a settle and a worker wait for an event that is parked until it is taken.
#[test]
fn what_waits_for_an_event_is_woken_when_it_is_taken() {
    let gate = Gate::default();
    let registry = gated(&gate, 0);
    let journal = Journal::default();
    let mut first = Box::pin(registry.emit_async(Work::new(1, 0, &journal)));
    assert!(poll_once(&mut first).is_pending());
    registry.emit(Work::new(2, 0, &journal));
    let queue = registry.queue();
    let (mut flush, mut settle, mut work) =
        (queue.flush_async(), queue.settle_async(), queue.work(1));
    let mut polls: [(Arc<Woken>, IsReady<'_>); 3] = [
        (Arc::default(), polls(&mut flush)),
        (Arc::default(), polls(&mut settle)),
        (Arc::default(), polls(&mut work)),
    ];
    for (woken, is_ready) in &mut polls {
        assert!(!is_ready(&Waker::from(Arc::clone(woken))));
    }
    let mut shutdown = Box::pin(queue.shutdown_async(pending::<()>()));
    assert!(poll_once(&mut shutdown).is_pending());
    let (woken, is_ready) = &mut polls[2];
    woken.0.store(false, Ordering::Relaxed);
    assert!(!is_ready(&Waker::from(Arc::clone(woken))));
    assert_eq!(queue.take().len(), 1);
    for (woken, is_ready) in &mut polls {
        assert!(woken.0.load(Ordering::Relaxed));
        assert!(is_ready(&Waker::from(Arc::clone(woken))));
    }
}

type IsReady<'f> = Box<dyn FnMut(&Waker) -> bool + 'f>;

fn polls<'f>(future: &'f mut (impl Future + Unpin)) -> IsReady<'f> {
    Box::new(|waker| {
        let polled = Pin::new(&mut *future).poll(&mut Context::from_waker(waker));
        polled.is_ready()
    })
}

/// The holder of the permit is a subscriber of the emit in which the flush blocks the thread.
#[test]
fn a_flush_does_not_wait_for_an_emit_that_it_blocks() {
    for is_of_key in [false, true] {
        let registry = Registry::new();
        let gate = Gate::default();
        let opened = gate.clone();
        let handler = move |work: &Work| {
            let (gate, work) = (gate.clone(), work.clone());
            async move {
                if work.number == 1 {
                    gate.wait().await;
                }
                work.journal.note(work.number.to_string());
            }
        };
        let new = registry.subscribe_async(handler).priority(1);
        let new = if is_of_key {
            new.per_key(|_| ())
        } else {
            new.concurrency(1)
        };
        new.register().expect("it is valid").detach();
        let flushes = registry.clone();
        let sibling = move |work: &Work| {
            let (flushes, work) = (flushes.clone(), work.clone());
            async move {
                if work.number == 1 {
                    flushes.emit(Work::new(2, 0, &work.journal));
                    flushes.emit(Other(work.journal.clone()));
                    let flushed = flushes.queue().flush();
                    work.journal.note(format!("flushed {}", flushed.ran()));
                }
            }
        };
        registry.on_async(sibling).detach();
        registry.on_async(other).detach();
        let journal = Journal::default();
        let mut emit = Box::pin(registry.emit_async(Work::new(1, 0, &journal)));
        assert!(poll_once(&mut emit).is_pending());
        assert_eq!(journal.take(), ["other", "flushed 1"]);
        assert_eq!(registry.queue().stats().parked, 1);
        opened.open();
        block_on(emit);
        assert_eq!(registry.queue().flush().ran(), 1);
        assert_eq!(journal.take(), ["1", "2"]);
    }
}
