//! Calls with the same key run one at a time.

use std::{
    hash::{Hash, Hasher},
    pin::Pin,
};

use events_core::{Event, EventCopy, Registry, failures::Cause, subscriber, subscribers};

use super::Work;
use crate::{Gate, Journal, block_on, poll_once};

#[derive(Event, Clone)]
struct Changed {
    key: u32,
    gate: Gate,
    journal: Journal,
}

impl Changed {
    fn new(key: u32, journal: &Journal) -> Self {
        Self {
            key,
            gate: Gate::default(),
            journal: journal.clone(),
        }
    }

    async fn run(&self) {
        self.journal.note(format!("begins {}", self.key));
        self.gate.wait().await;
        self.journal.note(format!("ends {}", self.key));
    }
}

#[subscriber(per_key = |changed| changed.key)]
async fn by_key(changed: &Changed) {
    changed.run().await;
}

#[subscriber(per_key = |changed| changed.key, concurrency = 2)]
async fn two_at_a_time(changed: &Changed) {
    changed.run().await;
}

fn key_of(event: &EventCopy) -> u32 {
    event.downcast_ref::<Changed>().expect("it is one").key
}

#[subscriber(topic = ".*::Changed", per_key = key_of)]
async fn by_topic(event: &EventCopy) {
    event
        .downcast_ref::<Changed>()
        .expect("it is one")
        .run()
        .await;
}

type Emit = Pin<Box<dyn Future<Output = Changed>>>;

/// Emits an event of each key, and polls the emits once.
fn emits(registry: &Registry, keys: &[u32], journal: &Journal) -> Vec<(Gate, Emit)> {
    let emit = |key: &u32| {
        let changed = Changed::new(*key, journal);
        let gate = changed.gate.clone();
        let mut emit: Emit = Box::pin(registry.emit_async(changed));
        assert!(poll_once(emit.as_mut()).is_pending());
        (gate, emit)
    };
    keys.iter().map(emit).collect()
}

#[test]
fn calls_of_one_key_run_one_at_a_time_in_order_and_others_concurrently() {
    let at_run_time = Registry::new();
    let new = at_run_time.subscribe_async(async |changed: &Changed| changed.run().await);
    let new = new.per_key(|changed| changed.key);
    new.register().expect("it is valid").detach();
    for registry in [
        Registry::with(subscribers![by_key]),
        Registry::with(subscribers![by_topic]),
        at_run_time,
    ] {
        let journal = Journal::default();
        let mut emits = emits(&registry, &[1, 2, 1, 2], &journal);
        assert_eq!(journal.take(), ["begins 1", "begins 2"]);
        for (gate, emit) in &mut emits {
            gate.open();
            _ = block_on(emit.as_mut());
        }
        let expected = [
            "ends 1", "ends 2", "begins 1", "ends 1", "begins 2", "ends 2",
        ];
        assert_eq!(journal.take(), expected);
    }
}

#[test]
fn with_a_limit_there_are_at_most_so_many_calls_in_all() {
    let registry = Registry::with(subscribers![two_at_a_time]);
    let journal = Journal::default();
    let mut emits = emits(&registry, &[1, 1, 2, 3, 2], &journal);
    assert_eq!(journal.take(), ["begins 1", "begins 2"]);
    let (gate, first) = &mut emits[0];
    gate.open();
    _ = block_on(first.as_mut());
    // The event of key 3 came before the second one of key 1 could claim its key, but later.
    assert_eq!(journal.take(), ["ends 1"]);
    for (gate, _) in &emits {
        gate.open();
    }
    // Each is polled until it is ready, in any order.
    let mut others: Vec<_> = emits.into_iter().skip(1).collect();
    while !others.is_empty() {
        others.retain_mut(|(_, emit)| poll_once(emit.as_mut()).is_pending());
    }
    let calls = journal.take();
    assert_eq!(
        calls.iter().filter(|call| call.starts_with("ends")).count(),
        4
    );
    let mut running = 1; // that of key 2
    for call in &calls {
        running = if call.starts_with("begins") {
            running + 1
        } else {
            running - 1
        };
        assert!(running <= 2, "{calls:?}");
    }
}

#[test]
fn a_call_that_waits_for_itself_is_refused() {
    #[subscriber(per_key = |work| work.number % 2)]
    async fn nested(work: &Work) -> Result<(), String> {
        work.journal.note(work.number.to_string());
        if work.number < 2 {
            return Ok(());
        }
        let next = Work::new(work.number - 2, 0, &work.journal);
        let error = next.try_emit_async().await.expect_err("it is refused");
        let Cause::WaitsForItself(refused) = error.failures()[0].cause() else {
            return Err(error.to_string());
        };
        let is_of_key = (refused.limit(), refused.is_of_key()) == (1, true);
        let text = refused.to_string();
        let says =
            text.starts_with("the call with the same key is in progress and awaits this one");
        (is_of_key && says && !text.contains("raise"))
            .then_some(())
            .ok_or_else(|| error.to_string())
    }

    let registry = Registry::with(subscribers![nested]);
    let _scope = registry.enter();
    let journal = Journal::default();
    let emitted = block_on(registry.try_emit_async(Work::new(5, 0, &journal)));
    assert_eq!(emitted.expect("the inner one is refused").ran(), 1);
    assert_eq!(journal.take(), ["5"]);
}

#[test]
fn a_call_of_another_key_inside_a_call_runs() {
    #[subscriber(per_key = |work| work.number % 2)]
    async fn nested(work: &Work) -> Result<(), String> {
        work.journal.note(work.number.to_string());
        if work.number == 0 {
            return Ok(());
        }
        let next = Work::new(work.number - 1, 0, &work.journal);
        let emitted = next.try_emit_async().await;
        emitted.map(|_| ()).map_err(|error| error.to_string())
    }

    let registry = Registry::with(subscribers![nested]);
    let _scope = registry.enter();
    let journal = Journal::default();
    let emitted = block_on(registry.try_emit_async(Work::new(1, 0, &journal)));
    assert_eq!(emitted.expect("it runs").ran(), 1);
    assert_eq!(journal.take(), ["1", "0"]);
}

/// A key whose `Hash` panics.
#[derive(PartialEq, Eq)]
struct Panics;

impl Hash for Panics {
    fn hash<H: Hasher>(&self, _: &mut H) {
        panic!("in Hash");
    }
}

#[test]
fn a_panic_in_the_key_is_a_failure_of_the_subscriber_which_is_not_repeated() {
    let in_function = |_: &Work| -> u32 { panic!("in the key") };
    let in_hash = |_: &Work| Panics;
    let subscribe = |registry: &Registry, is_in_hash: bool| {
        let new = registry.subscribe_deferred(|work: &Work| work.journal.note("ran"));
        let new = new.retry(3);
        let new = if is_in_hash {
            new.per_key(in_hash)
        } else {
            new.per_key(in_function)
        };
        new.register().expect("it is valid").detach();
    };
    for is_in_hash in [false, true] {
        let registry = Registry::new();
        subscribe(&registry, is_in_hash);
        let journal = Journal::default();
        registry.emit(Work::new(1, 0, &journal));
        assert_eq!(registry.queue().flush().failures(), 1);
        assert_eq!((journal.take().len(), registry.queue().scheduled()), (0, 0));
    }
}

#[test]
fn the_key_is_computed_once_for_each_event() {
    static COMPUTED: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    let registry = Registry::new();
    let new = registry
        .subscribe_deferred(|work: &Work| work.run(1))
        .retry(3);
    let new = new.per_key(|work: &Work| {
        COMPUTED.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        work.number
    });
    new.register().expect("it is valid").detach();
    let mut time = super::Time::of(&registry);
    registry.emit(Work::new(1, 3, &Journal::default()));
    time.advance(std::time::Duration::from_secs(60));
    assert_eq!(COMPUTED.load(std::sync::atomic::Ordering::Relaxed), 1);
}

/// With a limit the error names what the call waits for.
#[test]
fn a_call_that_waits_for_itself_is_refused_for_its_key_or_for_the_limit() {
    #[subscriber(per_key = |work| work.number % 10, concurrency = 2)]
    async fn nested(work: &Work) -> Result<(), String> {
        if work.number < 10 {
            return Ok(());
        }
        let next = Work::new(work.number / 10, 0, &work.journal);
        let error = match next.try_emit_async().await {
            Ok(_) => return Ok(()),
            Err(error) => error,
        };
        if let Cause::WaitsForItself(refused) = error.failures()[0].cause() {
            let (limit, is_of_key) = (refused.limit(), refused.is_of_key());
            work.journal.note(format!("{limit} {is_of_key}"));
        }
        Ok(())
    }

    for (number, expected) in [
        (1, None),
        (11, Some("1 true")),
        (12, None),
        (321, Some("2 false")),
    ] {
        let registry = Registry::with(subscribers![nested]);
        let _scope = registry.enter();
        let journal = Journal::default();
        block_on(registry.emit_async(Work::new(number, 0, &journal)));
        assert_eq!(
            journal.take().first().map(String::as_str),
            expected,
            "{number}"
        );
    }
}

/// A key is only hashed.
#[test]
fn a_key_need_not_be_comparable() {
    #[derive(Hash)]
    struct Hashed(u32);

    let registry = Registry::new();
    let new = registry.subscribe_deferred(|work: &Work| work.journal.note("ran"));
    let new = new.per_key(|work: &Work| Hashed(work.number));
    new.register().expect("it is valid").detach();
    let journal = Journal::default();
    registry.emit(Work::new(1, 0, &journal));
    registry.queue().flush();
    assert_eq!(journal.take(), ["ran"]);
}
