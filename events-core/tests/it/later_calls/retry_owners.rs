//! Failed calls that are repeated, wherever the first attempt runs.

use std::time::Duration;

use events_core::{Emission, Registry, record::Creating, subscriber, subscribers};

use super::{LATER, Time, Work};
use crate::{Journal, block_on};

#[subscriber(deferred, retry = 3)]
fn deferred(work: &Work, emission: &Emission) -> Result<(), String> {
    work.run(emission.attempt())
}

#[test]
fn at_a_full_queue_the_first_attempt_runs_in_the_emit() {
    let registry = Registry::with(subscribers![deferred]);
    let journal = Journal::default();
    let mut time = Time::of(&registry);
    registry.queue().set_capacity(1);
    registry.emit(Work::new(1, 0, &journal));
    let emitted = registry.try_emit(Work::new(2, 1, &journal));
    let emitted = emitted.expect("an attempt follows");
    assert_eq!(
        (emitted.ran(), emitted.retrying(), emitted.deferred()),
        (0, 1, 0)
    );
    assert_eq!(journal.take(), ["2.1"]);
    time.advance(LATER);
    assert_eq!(journal.take().join(" "), "1.1 2.2");
}

#[test]
fn a_failed_first_attempt_refuses_an_event_that_fails_closed() {
    #[derive(Clone)]
    struct User;

    let registry = Registry::new();
    let check = async |_: &Creating<User>| Err::<(), _>("refused");
    let new = registry.subscribe_async(check).retry(3);
    new.register().expect("it is valid").detach();
    let creating = block_on(registry.emit_async(Creating::new(User)));
    assert!(creating.is_vetoed());
}

#[test]
fn several_subscribers_of_an_event_are_repeated_each_by_itself() {
    #[subscriber(retry = 1)]
    async fn first(work: &Work, emission: &Emission) -> Result<(), String> {
        work.journal.note(format!("first {}", emission.attempt()));
        Err("refused".into())
    }

    #[subscriber(retry = 2)]
    async fn second(work: &Work, emission: &Emission) -> Result<(), String> {
        work.journal.note(format!("second {}", emission.attempt()));
        Err("refused".into())
    }

    #[subscriber(after = second)]
    async fn third(work: &Work) {
        work.journal.note("third");
    }

    let registry = Registry::with(subscribers![first, second, third]);
    let journal = Journal::default();
    let mut time = Time::of(&registry);
    let emitted = block_on(registry.try_emit_async(Work::new(1, 0, &journal)));
    let emitted = emitted.expect("attempts follow");
    assert_eq!((emitted.ran(), emitted.retrying()), (1, 2));
    time.advance(Duration::from_secs(60));
    let mut calls = journal.take();
    calls.sort();
    let expected = [
        "first 1", "first 2", "second 1", "second 2", "second 3", "third",
    ];
    assert_eq!(calls, expected);
}
