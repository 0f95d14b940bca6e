//! Which durable subscribers a registry has, and that emits pass them by.

use events_core::{
    AnyEvent, Event, EventCopy, Registry, UnitOfWork,
    delivering::DurableSubscriber,
    explaining::{NotCalled, Verdict},
    scanning::Problem,
    subscriber, subscribers,
};

#[derive(Event, Clone)]
#[event(topic = "durable.listing.placed")]
struct Placed(u32);

#[subscriber(durable = "listing.confirm", retry = 3)]
async fn confirm(_: &Placed) {
    panic!("no emit calls it");
}

#[subscriber(durable = "listing.book", per_key)]
fn book(_: &Placed) {
    panic!("no emit calls it");
}

#[subscriber(durable = "listing.audit", topic = r"durable\.listing\..*")]
fn audit(_: &dyn AnyEvent) {
    panic!("no emit calls it");
}

#[subscriber]
fn ordinary(event: &mut Placed) {
    event.0 += 1;
}

/// Async, as one that an emit puts into the queue.
#[subscriber(durable = "listing.copy", topic = r"durable\.listing\..*")]
async fn copy(_: &EventCopy) {}

/// Scanned by one test only.
#[subscriber(durable = "listing.book")]
fn book_again(_: &Placed) {}

fn registry() -> Registry {
    Registry::with(subscribers![confirm, book, audit, ordinary])
}

#[test]
fn they_need_no_worker_of_the_queue() {
    let all = subscribers![confirm, book, audit, copy];
    let report = Registry::new().scanner().subscribers(all).run();
    let expected = "4 subscribers of 1 event and 1 pattern: 4 from it";
    assert_eq!(report.summary(), expected);
}

#[test]
fn no_emit_calls_them() {
    let registry = registry();
    let emitted = registry.try_emit(Placed(1)).expect("no subscriber fails");
    assert_eq!((emitted.ran(), emitted.0), (1, 2));
    let emitted = smol::block_on(registry.try_emit_async(Placed(1))).expect("no subscriber fails");
    assert_eq!((emitted.ran(), emitted.outcomes().len()), (1, 1));
    registry.enqueue(Placed(1)).expect("the queue has room");
    assert_eq!(registry.queue().flush().failures(), 0);
    let work = UnitOfWork::begin();
    registry
        .try_emit_in(&work.handle(), Placed(1))
        .expect("no subscriber fails");
    work.commit().expect("nothing is in its way");
    registry
        .try_emit_topic("durable.listing.other", events_core::args! {})
        .expect("no subscriber fails");
}

#[test]
fn alone_they_are_no_audience() {
    let registry = Registry::with(subscribers![confirm, book, audit]);
    assert!(!registry.has_subscribers::<Placed>());
    assert!(registry.emit_is_unheard());
    let _heard = registry.on(|_: &Placed| {});
    assert!(registry.has_subscribers::<Placed>());
}

trait Unheard {
    fn emit_is_unheard(&self) -> bool;
}

impl Unheard for Registry {
    fn emit_is_unheard(&self) -> bool {
        self.try_emit(Placed(1))
            .is_ok_and(|emitted| emitted.is_unheard())
    }
}

#[test]
fn a_registry_lists_them() {
    let durable = registry().durable_subscribers();
    let ids: Vec<_> = durable.iter().map(DurableSubscriber::id).collect();
    assert_eq!(ids, ["listing.audit", "listing.book", "listing.confirm"]);
    let [audit, book, confirm] = &durable[..] else {
        panic!("there are three");
    };
    assert!(audit.receives("durable.listing.x") && !audit.receives("other"));
    assert_eq!(audit.topics().len(), 0);
    assert_eq!(
        book.topics().collect::<Vec<_>>(),
        ["durable.listing.placed"]
    );
    assert!(book.info().per_key && book.info().retry.is_none());
    assert_eq!(
        confirm.info().retry.map(|retry| retry.get_max_retries()),
        Some(3)
    );
}

#[test]
fn reports_name_the_ids() {
    let registry = Registry::new();
    let report = registry
        .scanner()
        .subscribers(subscribers![confirm, ordinary])
        .run();
    let text = report.to_string();
    assert!(text.contains("durable \"listing.confirm\""), "{text}");
    let explained = registry.explain::<Placed>();
    let verdicts: Vec<_> = explained
        .subscribers()
        .map(|one| one.verdict().clone())
        .collect();
    assert!(
        verdicts.contains(&Verdict::NotCalled(NotCalled::Durable("listing.confirm"))),
        "{verdicts:?}"
    );
    let text = explained.to_string();
    assert!(
        text.contains("it is durable, delivered from the store as `listing.confirm`"),
        "{text}"
    );
}

#[test]
fn one_id_belongs_to_one_subscriber() {
    let check = |registry: &Registry, scanned| {
        let error = registry
            .scanner()
            .subscribers(scanned)
            .try_run()
            .expect_err("an id is given twice");
        let [Problem::DuplicateId { id, subscribers }] = error.problems() else {
            panic!("another problem: {error}");
        };
        assert_eq!((*id, subscribers.len()), ("listing.book", 2));
    };
    check(&Registry::new(), subscribers![book, book_again]);
    check(
        &Registry::with(subscribers![book]),
        subscribers![book_again],
    );
}
