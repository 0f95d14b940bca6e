//! Section 3: a library that is loaded at run time has a copy of this crate, and so a default registry of its own.
//! The default registry of another copy accepts no subscribers: its events would not reach them.

use events_core::{
    __testing::default_registry_of_another_copy,
    Event, Registry,
    scanning::{Problem, ScanError},
    subscriber,
    subscribing::SubscribeError,
};

use crate::Journal;

#[derive(Event, Clone)]
struct Loaded(Journal);

#[subscriber]
fn declared(event: &Loaded) {
    event.0.note("declared");
}

fn observe(event: &Loaded) {
    event.0.note("observed");
}

const REMEDY: &str = "pass a registry made with Registry::new() to the library";

/// `subscribe` fails on the default registry of another copy, and succeeds on a registry that was passed on.
fn check(way: &str, subscribe: fn(&Registry) -> Result<(), SubscribeError>) {
    let error = subscribe(&default_registry_of_another_copy());
    let error = error.expect_err("it is refused");
    assert_eq!(error, SubscribeError::OtherCopy, "{way}");
    assert!(error.to_string().contains(REMEDY), "{way}: {error}");
    assert_eq!(subscribe(&Registry::new()), Ok(()), "{way}");
}

#[test]
fn the_default_registry_of_another_copy_accepts_no_subscribers() {
    check("a subscription", |registry| {
        registry.subscribe(observe).register().map(drop)
    });
    check("a pattern", |registry| {
        let subscription = registry.subscribe_topic("it::.*", |_: &dyn events_core::AnyEvent| {});
        subscription.expect("a pattern").register().map(drop)
    });
    check("a batch", |registry| {
        let mut batch = registry.batch();
        batch.on(observe);
        batch.register().map(drop)
    });
}

#[test]
fn a_scan_of_the_default_registry_of_another_copy_is_refused() {
    let scan = |registry: &Registry| {
        registry.try_scan().map_err(|error: ScanError| {
            assert!(error.to_string().contains(REMEDY), "{error}");
            error.problems().contains(&Problem::OtherCopy)
        })
    };
    let refused = scan(&default_registry_of_another_copy());
    assert_eq!(refused.map(drop), Err(true));
}

#[test]
fn a_registry_that_is_passed_on_is_the_current_one_where_it_is_entered() {
    let (registry, journal) = (
        Registry::with(events_core::subscribers![declared]),
        Journal::default(),
    );
    let _scope = registry.enter();
    Loaded(journal.clone()).emit();
    assert_eq!(journal.take(), ["declared"]);
}
