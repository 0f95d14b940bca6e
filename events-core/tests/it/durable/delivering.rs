//! A delivery to one durable subscriber.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use events_core::{
    AnyEvent, Emission, Event, EventCopy, Origin, Registry, State, UnitOfWork,
    delivering::DurableSubscriber,
    failures::Cause,
    info::SubscriberInfo,
    middleware::{BoxFuture, Middleware, Next, NextAsync},
    outcomes::{NotReached, SkipReason, SubscriberOutcome},
    subscriber, subscribers,
};

type Journal = Arc<Mutex<Vec<String>>>;

#[derive(Event, Clone)]
#[event(topic = "durable.delivering.placed")]
struct Placed(u32);

/// It cannot be cloned.
#[derive(Event)]
struct Once(u32);

#[derive(Event, Clone)]
struct Nested(u32);

fn note(journal: &Journal, text: impl Into<String>) {
    journal.lock().expect("not poisoned").push(text.into());
}

#[subscriber(durable = "delivering.confirm")]
async fn confirm(
    event: &Placed,
    journal: State<'_, Journal>,
    emission: &Emission,
) -> Result<(), String> {
    note(
        &journal,
        format!(
            "confirm {} {:?}",
            event.0,
            emission.origin().map(Origin::as_str)
        ),
    );
    if event.0 == 0 {
        Err("no order".into())
    } else {
        Ok(())
    }
}

#[subscriber(durable = "delivering.book", when = |event: &Placed| event.0 != 13)]
fn book(event: &Placed, journal: State<'_, Journal>) {
    note(&journal, format!("book {}", event.0));
    Nested(event.0).emit();
    assert_ne!(event.0, 99, "a panic");
}

#[subscriber(durable = "delivering.audit", topic = r"durable\.delivering\..*")]
fn audit(event: &dyn AnyEvent, journal: State<'_, Journal>) {
    note(&journal, format!("audit {}", event.topic()));
}

#[subscriber(durable = "delivering.copies", Placed, Nested, retry = 5)]
async fn copies(event: &EventCopy, journal: State<'_, Journal>) -> Result<(), String> {
    note(&journal, format!("copy of {}", event.topic()));
    Err("it is tried once".into())
}

#[subscriber(durable = "delivering.slow", timeout = Duration::from_millis(1))]
async fn slow(_: &Once) {
    std::future::pending::<()>().await;
}

#[subscriber]
fn nested(event: &Nested, journal: State<'_, Journal>) {
    note(&journal, format!("nested {}", event.0));
}

fn registry() -> (Registry, Journal) {
    let (registry, journal) = (Registry::new(), Journal::default());
    let scanner = registry.scanner().state(Arc::clone(&journal));
    scanner
        .subscribers(subscribers![confirm, book, audit, copies, slow, nested])
        .run();
    (registry, journal)
}

fn find(registry: &Registry, id: &str) -> DurableSubscriber {
    let mut all = registry.durable_subscribers().into_iter();
    all.find(|one| one.id() == id).expect("it is registered")
}

fn check<E: Event>(id: &str, event: E, outcome: &str, notes: &[&str]) {
    let (registry, journal) = registry();
    let delivered = smol::block_on(find(&registry, id).delivering().deliver(event));
    assert_eq!(delivered.to_string(), outcome);
    assert_eq!(*journal.lock().expect("not poisoned"), notes);
}

#[test]
fn it_calls_this_one_alone() {
    check("delivering.confirm", Placed(7), "ran", &["confirm 7 None"]);
    check("delivering.book", Placed(7), "ran", &["book 7", "nested 7"]);
    check(
        "delivering.audit",
        Placed(7),
        "ran",
        &["audit durable.delivering.placed"],
    );
}

#[test]
fn its_end_is_returned() {
    check(
        "delivering.confirm",
        Placed(0),
        "returned an error: no order",
        &["confirm 0 None"],
    );
    check(
        "delivering.book",
        Placed(13),
        "was skipped: its condition rejected the event",
        &[],
    );
    check(
        "delivering.copies",
        Placed(7),
        "returned an error: it is tried once",
        &["copy of durable.delivering.placed"],
    );
    check(
        "delivering.confirm",
        Nested(7),
        "was not reached: the event was withheld from all subscribers",
        &[],
    );
    let (registry, _) = registry();
    let book = find(&registry, "delivering.book").delivering();
    let outcome = smol::block_on(book.deliver(Placed(99)));
    assert!(
        matches!(
            outcome.failure().map(events_core::Failure::cause),
            Some(Cause::Panic(_))
        ),
        "{outcome}"
    );
}

#[test]
fn the_timeout_ends_it() {
    let (registry, _) = registry();
    let outcome = smol::block_on(
        find(&registry, "delivering.slow")
            .delivering()
            .deliver(Once(1)),
    );
    assert!(
        matches!(
            outcome.failure().map(events_core::Failure::cause),
            Some(Cause::TimedOut(_))
        ),
        "{outcome}"
    );
}

#[test]
fn it_has_an_origin_and_a_unit() {
    let (registry, journal) = registry();
    let confirm = find(&registry, "delivering.confirm")
        .delivering()
        .origin("import");
    smol::block_on(confirm.deliver(Placed(1)));
    assert_eq!(
        *journal.lock().expect("not poisoned"),
        ["confirm 1 Some(\"import\")"]
    );

    let held = Journal::default();
    let notes = Arc::clone(&held);
    let later = registry.subscribe(move |event: &Nested| note(&notes, event.0.to_string()));
    later
        .after_commit()
        .register()
        .expect("no conflict")
        .detach();
    let work = UnitOfWork::begin();
    let book = find(&registry, "delivering.book")
        .delivering()
        .in_unit(&work.handle());
    let outcome = smol::block_on(book.deliver(Placed(2)));
    assert!(matches!(outcome, SubscriberOutcome::Ran), "{outcome}");
    assert!(held.lock().expect("not poisoned").is_empty());
    work.commit().expect("no savepoint is open");
    assert_eq!(*held.lock().expect("not poisoned"), ["2"]);
}

#[test]
fn hooks_and_middleware_apply() {
    struct Log(Journal);
    impl Middleware for Log {
        fn call(&self, subscriber: &SubscriberInfo, next: Next<'_>) -> SubscriberOutcome {
            note(&self.0, format!("before {:?}", subscriber.durable));
            next.run()
        }
        fn call_async<'a>(
            &'a self,
            subscriber: &'a SubscriberInfo,
            next: NextAsync<'a>,
        ) -> BoxFuture<'a, SubscriberOutcome> {
            note(&self.0, format!("before {:?}", subscriber.durable));
            Box::pin(next.run())
        }
    }
    let (registry, journal) = registry();
    let _wrapped = registry.wrap(Log(Arc::clone(&journal)));
    let failures = Arc::clone(&journal);
    let _hook = registry.on_failure(move |failure: &events_core::Failure| {
        note(&failures, format!("failed: {}", failure.cause()));
    });
    let deliver = |id: &str, event| smol::block_on(find(&registry, id).delivering().deliver(event));
    deliver("delivering.confirm", Placed(0));
    deliver("delivering.book", Placed(1));
    let expected = [
        "before Some(\"delivering.confirm\")",
        "confirm 0 None",
        "failed: returned an error: no order",
        "before Some(\"delivering.book\")",
        "book 1",
        "before None",
        "nested 1",
    ];
    assert_eq!(*journal.lock().expect("not poisoned"), expected);
}

#[test]
fn a_muted_one_is_not_reached() {
    let (registry, journal) = registry();
    let confirm = find(&registry, "delivering.confirm");
    let _muted = registry.mute(confirm.info().name.to_string());
    let outcome = smol::block_on(confirm.delivering().deliver(Placed(1)));
    assert!(matches!(
        outcome,
        SubscriberOutcome::NotReached(NotReached::Withheld)
            | SubscriberOutcome::Skipped(SkipReason::Muted)
    ));
    assert!(journal.lock().expect("not poisoned").is_empty());
}
