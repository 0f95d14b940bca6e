//! Parameters that cannot be prepared, or acquired.

use std::{error::Error, sync::Mutex, time::Duration};

use events_core::{
    __testing::TestTime,
    AnyEvent, Event, Registry, State, Subscription,
    failures::{BoxError, Cause},
    handlers::{CallContext, Param, Prepare, PrepareError},
    listener,
    scanning::Problem,
    subscriber, subscribers,
    subscribing::SubscribeError,
};

use super::{Connection, Tx};
use crate::{Journal, awaited::suspend, block_on};

#[derive(Event, Clone)]
#[event(topic = "param::saved")]
struct Saved;

/// A parameter that subscribers that run later cannot have.
struct Now;

impl Param for Now {
    type Kept = ();
    type Held<'c> = ();
    type Item<'i> = Now;

    fn prepare(scan: &Prepare<'_>) -> Result<(), PrepareError> {
        if scan.may_run_later() {
            return Err(PrepareError::new("it is over when the subscriber runs"));
        }
        Ok(())
    }

    fn acquire<'c>((): &'c (), _: &'c CallContext<'c>) -> Result<(), BoxError> {
        Ok(())
    }

    fn item<'i, 'c: 'i>((): &'i mut ()) -> Now {
        Now
    }
}

/// A parameter with an error of another type.
struct Parsed(u8);

impl Param for Parsed {
    type Kept = u8;
    type Held<'c> = u8;
    type Item<'i> = Parsed;

    fn prepare(scan: &Prepare<'_>) -> Result<u8, PrepareError> {
        Ok(scan.state::<String>()?.parse()?)
    }

    fn acquire<'c>(kept: &'c u8, _: &'c CallContext<'c>) -> Result<u8, BoxError> {
        Ok(*kept)
    }

    fn item<'i, 'c: 'i>(held: &'i mut u8) -> Parsed {
        Parsed(*held)
    }
}

#[subscriber(deferred)]
fn deferred(_: &Saved, _: Now, parsed: Parsed) {
    assert!(parsed.0 > 0);
}

#[subscriber]
async fn concurrent(_: &Saved, _: Now) {}

#[subscriber(awaited)]
async fn awaited(_: &Saved, _: Now) {}

#[test]
fn a_scan_reports_all_that_cannot_be_prepared_and_registers_nothing() {
    let registry = Registry::new();
    let scanner = registry
        .scanner()
        .subscribers(subscribers![awaited, concurrent, deferred]);
    let error = scanner
        .state("x".to_owned())
        .try_run()
        .expect_err("two subscribers run later");
    let found = error.problems().iter().map(|problem| {
        let Problem::Param {
            subscriber,
            type_name,
            error,
        } = problem
        else {
            panic!("another problem: {problem}");
        };
        let function = subscriber
            .split(' ')
            .next()
            .expect("a path")
            .rsplit("::")
            .next();
        let name = type_name.rsplit("::").next();
        format!(
            "{} {} {error}",
            function.expect("a name"),
            name.expect("a name")
        )
    });
    let mut found: Vec<_> = found.collect();
    found.sort_unstable();
    let expected = [
        "concurrent Now it is over when the subscriber runs",
        "deferred Now it is over when the subscriber runs",
        "deferred Parsed invalid digit found in string",
    ];
    assert_eq!(found, expected);
    let text = error.to_string();
    assert!(
        text.contains("Parsed: invalid digit found in string"),
        "{text}"
    );
    assert!(
        registry
            .try_emit(Saved)
            .expect("there is none")
            .is_unheard()
    );
}

#[derive(Event, Clone)]
#[event(topic = "param::kept", after_commit)]
struct Kept;

#[subscriber(after_commit)]
fn after_commit(_: &Saved, _: Now) {}

#[subscriber(after_rollback)]
fn after_rollback(_: &Saved, _: Now) {}

#[subscriber]
fn as_its_event(_: &Kept, _: Now) {}

#[subscriber(awaited)]
async fn awaited_as_its_event(_: &Kept, _: Now) {}

#[subscriber(Saved, Kept)]
fn as_one_of_its_events(_: &dyn AnyEvent, _: Now) {}

#[subscriber(topic = "param::.*")]
fn as_any_event(_: &dyn AnyEvent, _: Now) {}

#[subscriber(at_once)]
fn at_once(_: &Kept, _: Now) {}

#[subscriber(topic = "param::.*", at_once)]
fn any_at_once(_: &dyn AnyEvent, _: Now) {}

#[subscriber]
fn by_default(_: &Saved, _: Now) {}

#[test]
fn what_waits_for_a_unit_of_work_runs_later() {
    let registry = Registry::new();
    let later = subscribers![
        after_commit,
        after_rollback,
        as_its_event,
        awaited_as_its_event,
        as_one_of_its_events,
    ];
    let error = registry.scanner().subscribers(later).try_run();
    let error = error.expect_err("they run later");
    assert_eq!(error.problems().len(), 5, "{error}");
    let at_once = subscribers![at_once, as_any_event, any_at_once, by_default];
    registry.scanner().subscribers(at_once).run();
}

#[test]
fn a_state_that_is_missing_is_reported_as_for_a_state() {
    let registry = Registry::new();
    #[subscriber]
    fn parse(_: &Saved, _: Parsed) {}
    let error = registry
        .scanner()
        .subscribers(subscribers![parse])
        .try_run();
    let error = error.expect_err("there is no text");
    let [Problem::MissingState { type_name, .. }] = error.problems() else {
        panic!("another problem: {error}");
    };
    assert_eq!(*type_name, "alloc::string::String");
}

struct Saver;

#[listener]
impl Saver {
    #[on(deferred)]
    fn save(&self, _: &Saved, _: Now) {}
}

#[test]
fn a_listener_with_such_a_parameter_is_not_added() {
    let registry = Registry::new();
    let added: Result<Subscription, _> = registry.try_add(Saver);
    let error = added.expect_err("it runs later");
    let SubscribeError::Param { error: text, .. } = &error else {
        panic!("another error: {error}");
    };
    assert_eq!(text, "it is over when the subscriber runs");
    assert!(
        error
            .to_string()
            .ends_with("::Now: it is over when the subscriber runs")
    );
    assert!(
        registry
            .try_emit(Saved)
            .expect("there is none")
            .is_unheard()
    );
}

#[subscriber]
fn sync_tx(_: &Saved, mut tx: Tx<'_>) {
    tx.run("sync");
}

#[subscriber]
async fn awaited_tx(_: &mut Saved, mut tx: Tx<'_>) {
    tx.run("awaited");
    suspend().await;
    tx.run("its end");
}

#[subscriber]
async fn concurrent_tx(_: &Saved, mut tx: Tx<'_>) {
    suspend().await;
    tx.run("concurrent");
}

#[subscriber]
async fn other_tx(_: &Saved, mut tx: Tx<'_>) {
    suspend().await;
    tx.run("other");
}

#[subscriber(deferred)]
fn deferred_tx(_: &Saved, mut tx: Tx<'_>) {
    tx.run("deferred");
}

#[test]
fn a_subscriber_without_its_parameter_fails_and_is_not_called() {
    let check = |subscribers| {
        let registry = Registry::with(subscribers);
        let failures = Journal::default();
        let noted = failures.clone();
        let _hook = registry.on_failure(move |failure: &events_core::Failure| {
            let Cause::Param(error) = failure.cause() else {
                panic!("another cause: {failure}");
            };
            assert!(error.type_name().contains("::Tx"), "{}", error.type_name());
            assert!(error.source().is_none());
            noted.note(error.error().to_string());
        });
        let result = block_on(registry.try_emit_async(Saved));
        if let Err(error) = &result {
            assert!(
                error
                    .to_string()
                    .contains("was not called: its parameter `"),
                "{error}"
            );
            assert_eq!(error.ran(), 0);
        }
        registry.queue().flush();
        let [text] = &failures.take()[..] else {
            panic!("one failure")
        };
        assert!(
            text.contains("Connection`, and the emitter gives none"),
            "{text}"
        );
    };
    check(subscribers![sync_tx]);
    check(subscribers![awaited_tx]);
    check(subscribers![concurrent_tx]);
    check(subscribers![deferred_tx]);
}

#[test]
fn one_subscriber_at_a_time_has_a_transaction() {
    let registry = Registry::with(subscribers![sync_tx, awaited_tx]);
    let connection = Connection::new();
    let emitting = registry.emitting().with(connection.clone());
    block_on(emitting.try_emit_async(Saved)).expect("they run one after the other");
    let mut statements = connection.statements();
    statements.sort_unstable();
    assert_eq!(statements, ["awaited", "its end", "sync"]);

    let registry = Registry::with(subscribers![concurrent_tx, other_tx]);
    let emitting = registry.emitting().with(connection.clone());
    let error = block_on(emitting.try_emit_async(Saved)).expect_err("they run at once");
    assert_eq!(error.failures().len(), 1);
    assert!(
        error
            .to_string()
            .ends_with("cannot be acquired: the transaction is in use")
    );
    assert_eq!(connection.statements().len(), 4);
}

#[test]
fn what_a_subscriber_holds_is_released_when_it_is_dropped() {
    let registry = Registry::with(subscribers![awaited_tx]);
    let connection = Connection::new();
    let emitting = registry.emitting().with(connection.clone());
    assert!(crate::poll_once(emitting.emit_async(Saved)).is_pending());
    assert_eq!(connection.statements(), ["awaited"]);
}

#[subscriber]
fn panics_with_tx(_: &Saved, mut tx: Tx<'_>) {
    tx.run("first");
    panic!("in the subscriber");
}

#[test]
fn what_a_subscriber_holds_is_released_when_it_panics() {
    let registry = Registry::with(subscribers![panics_with_tx]);
    let connection = Connection::new();
    let error = registry
        .emitting()
        .with(connection.clone())
        .try_emit(Saved)
        .expect_err("it panics");
    assert!(error.failures()[0].panic().is_some());
    assert_eq!(connection.statements(), ["first"]);
}

/// Notes when each part of it is made and dropped; `step` is the one that panics.
struct Noted;

struct Notes {
    journal: Journal,
    panic_in: &'static str,
}

impl Notes {
    fn step(&self, name: &str) {
        self.journal.note(name);
        assert_ne!(name, self.panic_in, "in a step");
    }
}

struct HeldNotes<'c>(&'c Notes);

impl Drop for HeldNotes<'_> {
    fn drop(&mut self) {
        self.0.step("drop");
    }
}

impl Param for Noted {
    type Kept = std::sync::Arc<Notes>;
    type Held<'c> = HeldNotes<'c>;
    type Item<'i> = Noted;

    fn prepare(scan: &Prepare<'_>) -> Result<Self::Kept, PrepareError> {
        scan.state()
    }

    fn acquire<'c>(
        kept: &'c Self::Kept,
        _: &'c CallContext<'c>,
    ) -> Result<HeldNotes<'c>, BoxError> {
        kept.step("acquire");
        Ok(HeldNotes(kept))
    }

    fn item<'i, 'c: 'i>(held: &'i mut HeldNotes<'c>) -> Noted {
        held.0.step("item");
        Noted
    }
}

#[subscriber]
fn noted_sync(_: &mut Saved, _: Noted, notes: State<'_, Notes>) {
    notes.step("call");
}

#[subscriber]
async fn noted_awaited(_: &mut Saved, _: Noted, notes: State<'_, Notes>) {
    suspend().await;
    notes.step("call");
}

#[subscriber]
async fn noted_async(_: &Saved, _: Noted, notes: State<'_, Notes>) {
    suspend().await;
    notes.step("call");
}

#[test]
fn a_panic_in_each_step_is_the_panic_of_the_subscriber_and_the_next_ones_run() {
    let check = |panic_in: &'static str, expected: &[&str]| {
        for subscribers in [
            subscribers![noted_sync],
            subscribers![noted_awaited],
            subscribers![noted_async],
        ] {
            let (registry, journal) = (Registry::new(), Journal::default());
            let notes = Notes {
                journal: journal.clone(),
                panic_in,
            };
            registry
                .scanner()
                .subscribers(subscribers)
                .state(notes)
                .run();
            let last = journal.clone();
            registry
                .subscribe(move |_: &Saved| last.note("next"))
                .priority(-1)
                .register()
                .expect("it has no conflict")
                .detach();
            let result = block_on(registry.try_emit_async(Saved));
            assert_eq!(result.is_err(), !panic_in.is_empty());
            if let Err(error) = result {
                assert!(error.failures()[0].panic().is_some(), "{error}");
            }
            let mut entries = journal.take();
            let next = entries
                .iter()
                .position(|entry| entry == "next")
                .expect("it runs");
            entries.remove(next);
            assert_eq!(entries, expected);
        }
    };
    check("", &["acquire", "item", "call", "drop"]);
    check("acquire", &["acquire"]);
    check("item", &["acquire", "item", "drop"]);
    check("call", &["acquire", "item", "call", "drop"]);
    check("drop", &["acquire", "item", "call", "drop"]);
}

/// Fails as often as the state says.
struct Flaky;

impl Param for Flaky {
    type Kept = std::sync::Arc<Mutex<u32>>;
    type Held<'c> = ();
    type Item<'i> = Flaky;

    fn prepare(scan: &Prepare<'_>) -> Result<Self::Kept, PrepareError> {
        scan.state()
    }

    fn acquire<'c>(kept: &'c Self::Kept, _: &'c CallContext<'c>) -> Result<(), BoxError> {
        let mut left = kept.lock().expect("the lock is not poisoned");
        if *left > 0 {
            *left -= 1;
            return Err("no connection is free".into());
        }
        Ok(())
    }

    fn item<'i, 'c: 'i>((): &'i mut ()) -> Flaky {
        Flaky
    }
}

#[subscriber(deferred, retry = 3)]
fn flaky(_: &Saved, _: Flaky, journal: State<'_, Journal>) {
    journal.note("called");
}

#[test]
fn a_parameter_that_was_not_acquired_is_acquired_again_by_a_retry() {
    let (registry, journal) = (Registry::new(), Journal::default());
    let scanner = registry.scanner().subscribers(subscribers![flaky]);
    scanner
        .state(journal.clone())
        .state(Mutex::new(2_u32))
        .run();
    let mut time = TestTime::stop(&registry);
    registry.emit(Saved);
    for _ in 0..3 {
        let target = time.after(Duration::from_secs(10));
        let settled = time.block_until(target, Duration::from_secs(60), || false);
        assert_eq!(settled, Some(true), "everything runs that is due");
    }
    assert_eq!(journal.take(), ["called"]);
}
