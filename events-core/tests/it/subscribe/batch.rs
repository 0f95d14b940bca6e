//! Section 2: batches, which register several subscriptions at once.

use std::sync::Arc;

use events_core::{Event, Registry, subscribing::SubscribeError};

#[derive(Event)]
struct Opened(Vec<u32>);

#[derive(Event)]
struct Closed(Vec<u32>);

fn opened(registry: &Registry) -> Vec<u32> {
    registry.emit(Opened(Vec::new())).0
}

fn closed(registry: &Registry) -> Vec<u32> {
    registry.emit(Closed(Vec::new())).0
}

#[test]
fn a_batch_subscribes_to_several_events_and_unsubscribes_as_a_unit() {
    let registry = Registry::new();
    let _stays = registry.on(|event: &mut Opened| event.0.push(0));
    let mut batch = registry.batch();
    batch.on(|event: &mut Opened| event.0.push(1));
    batch.on(|event: &mut Closed| event.0.push(2));
    batch.add(
        registry
            .subscribe(|event: &mut Opened| event.0.push(3))
            .priority(9),
    );
    assert_eq!(
        (batch.len(), opened(&registry)),
        (3, vec![0]),
        "nothing before register()"
    );

    let batch = batch.register().expect("no options clash");
    assert_eq!(opened(&registry), [3, 0, 1]);
    assert_eq!(closed(&registry), [2]);

    drop(batch);
    assert_eq!(opened(&registry), [0]);
    assert_eq!(closed(&registry), [0_u32; 0]);
}

#[test]
fn handlers_of_a_batch_rank_by_its_registration() {
    let registry = Registry::new();
    let mut batch = registry.batch();
    batch.on(|event: &mut Opened| event.0.push(1));
    let by_pattern = registry.subscribe_topic(".*::Opened", |_: &dyn events_core::AnyEvent| ());
    batch.add(
        by_pattern
            .expect("it is a regular expression")
            .id("pattern"),
    );
    batch.on(|event: &mut Opened| event.0.push(2));
    let _between = registry.on(|event: &mut Opened| event.0.push(0));
    let _batch = batch.register().expect("no options clash");
    let _last = registry.on(|event: &mut Opened| event.0.push(3));
    assert_eq!(opened(&registry), [0, 1, 2, 3]);
}

#[test]
fn handlers_of_a_batch_run_in_the_order_in_which_they_were_added() {
    let registry = Registry::new();
    let mut batch = registry.batch();
    for number in 0..1_000 {
        batch.on(move |event: &mut Opened| event.0.push(number));
    }
    let _batch = batch.register().expect("no options clash");
    assert!(opened(&registry).into_iter().eq(0..1_000));
}

#[test]
fn handlers_of_a_batch_can_be_ordered_relative_to_one_another() {
    let registry = Registry::new();
    let mut batch = registry.batch();
    batch.add(
        registry
            .subscribe(|event: &mut Opened| event.0.push(1))
            .after("two"),
    );
    batch.add(
        registry
            .subscribe(|event: &mut Opened| event.0.push(2))
            .id("two"),
    );
    let _batch = batch.register().expect("both are there");
    assert_eq!(opened(&registry), [2, 1]);
}

#[test]
fn a_batch_with_an_invalid_subscription_registers_none() {
    let registry = Registry::new();
    let taken = registry.subscribe(|_: &Closed| ()).id("taken").register();
    let _taken = taken.expect("the id is free");
    let option = || registry.subscribe(|event: &mut Opened| event.0.push(1));
    let check = |second: fn(&Registry, &mut events_core::subscribing::Batch), expected: &str| {
        let held = Arc::new(());
        let captured = Arc::clone(&held);
        let mut batch = registry.batch();
        batch.on(move |_: &Closed| drop(Arc::clone(&captured)));
        batch.add(option());
        second(&registry, &mut batch);
        let error = batch.register().expect_err(expected);
        assert!(error.to_string().contains(expected), "{error}");
        assert!(opened(&registry).is_empty());
        assert_eq!(Arc::strong_count(&held), 1, "its closures are freed");
        error
    };
    let error = check(
        |registry, batch| batch.add(registry.subscribe(|_: &Opened| ()).id("taken")),
        "`taken` is registered already",
    );
    assert_eq!(error, SubscribeError::IdTaken { id: "taken".into() });
    check(
        |registry, batch| {
            batch.add(registry.subscribe(|_: &Opened| ()).id("twice"));
            batch.add(registry.subscribe(|_: &Closed| ()).id("twice"));
        },
        "`twice` is registered already",
    );
    check(
        // A subscriber has this id, but it is subscribed to another event.
        |registry, batch| batch.add(registry.subscribe(|_: &Opened| ()).after("taken")),
        "relative to `taken`",
    );
    check(
        |registry, batch| {
            batch.add(registry.subscribe(|_: &Opened| ()).id("a").after("b"));
            batch.add(registry.subscribe(|_: &Opened| ()).id("b").after("a"));
        },
        "before and after contradict each other",
    );
}

#[test]
fn closures_of_a_refused_batch_are_dropped_outside_the_lock() {
    /// Its `Drop` takes the lock under which subscribers are changed.
    struct Subscribes(Registry);
    impl Drop for Subscribes {
        fn drop(&mut self) {
            drop(self.0.on(|_: &Opened| ()));
        }
    }
    let (done, is_done) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let registry = Registry::new();
        let mut batch = registry.batch();
        let held = Subscribes(registry.clone());
        let opened = move |_: &Opened| {
            std::hint::black_box(&held);
        };
        batch.add(registry.subscribe(opened).id("a").before("a"));
        let held = Subscribes(registry.clone());
        let closed = move |_: &Closed| {
            std::hint::black_box(&held);
        };
        batch.add(registry.subscribe(closed).id("b").before("b"));
        done.send(batch.register().is_err())
            .expect("the receiver exists");
    });
    // A deadlock exceeds this timeout, and blocks nothing but the spawned thread.
    let refused = is_done.recv_timeout(std::time::Duration::from_secs(60));
    assert_eq!(refused, Ok(true));
}

#[test]
fn an_empty_batch_registers_nothing() {
    let registry = Registry::new();
    let batch = registry.batch();
    assert!(batch.is_empty());
    drop(batch.register().expect("nothing clashes"));
    assert!(opened(&registry).is_empty());
}

#[test]
#[should_panic(expected = "belongs to another registry; create it with the registry of the batch")]
fn a_batch_refuses_a_subscription_of_another_registry() {
    let (registry, other) = (Registry::new(), Registry::new());
    registry.batch().add(other.subscribe(|_: &Opened| ()));
}

#[test]
fn dropping_a_batch_keeps_an_id_that_a_later_subscription_has_taken() {
    let registry = Registry::new();
    let mut batch = registry.batch();
    batch.add(registry.subscribe(|_: &Opened| ()).id("id").once());
    let batch = batch.register().expect("the id is free");
    opened(&registry);
    let other = registry.subscribe(|_: &Opened| ()).id("id").register();
    let _other = other.expect("its earlier subscriber has run once");
    drop(batch);
    assert!(
        registry
            .subscribe(|_: &Opened| ())
            .id("id")
            .register()
            .is_err()
    );
}

#[test]
fn a_detached_batch_stays_subscribed() {
    let registry = Registry::new();
    let mut batch = registry.batch();
    batch.on(|event: &mut Opened| event.0.push(1));
    batch.register().expect("no options clash").detach();
    assert_eq!(opened(&registry), [1]);
}
