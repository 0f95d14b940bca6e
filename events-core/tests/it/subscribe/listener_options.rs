//! Section 2: options, parameters and order of the methods of a listener.

use std::sync::Arc;

use events_core::{
    AnyEvent, Emission, Event, Registry, State, Subscription, listener, subscriber, subscribers,
    subscribing::{Listener, SubscribeError},
};

use super::listeners::{Login, Tick, login};
use crate::{Journal, block_on};

struct Fee(u32);

#[derive(Default)]
struct Till(Journal);

fn checkout() {}

#[listener]
impl Till {
    #[on(origin = checkout)]
    fn book(&self, event: &mut Tick, fee: State<'_, Fee>, emission: &Emission) {
        event.0.push(fee.0);
        self.0.note(format!("{:?}", emission.origin()));
    }

    #[on(once, after = Till::book)]
    fn open(&self, _: &Tick) -> Result<(), String> {
        self.0.note("open");
        Ok(())
    }

    #[on]
    async fn later(&self, event: &Tick, fee: State<'_, Fee>) -> Result<(), String> {
        std::future::ready(()).await;
        self.0.note(format!("later {:?} {}", event.0, fee.0));
        Ok(())
    }

    #[on(deferred, concurrency = 1, when = |event: &Tick| !event.0.is_empty())]
    #[expect(clippy::needless_arbitrary_self_type, reason = "it says the same")]
    fn report(self: &Self, event: &Tick) {
        self.0.note(format!("report {:?}", event.0));
    }
}

#[test]
fn a_listener_method_has_the_options_parameters_and_phases_of_a_subscriber() {
    let registry = Registry::new();
    registry
        .scanner()
        .state(Fee(3))
        .subscribers(subscribers![])
        .run();
    let till = Arc::new(Till::default());
    let subscription = registry.add(Arc::clone(&till));

    assert_eq!(registry.emit_from(Tick::default(), checkout).0, [3]);
    let origin = r#"Some(Origin("it::subscribe::listener_options::checkout"))"#;
    assert_eq!(till.0.take(), [origin, "open"]);
    assert_eq!(registry.queue().flush().ran(), 1);
    assert_eq!(till.0.take(), ["later [3] 3", "report [3]"]);

    block_on(registry.emit_async(Tick::default()));
    assert_eq!(till.0.take(), ["later [] 3"]);

    registry.emit(Tick(vec![7]));
    drop(subscription);
    registry.queue().flush();
    assert!(till.0.take().is_empty());
    assert_eq!(Arc::strong_count(&till), 1);
}

#[test]
fn a_method_of_a_scanned_listener_has_the_same_options() {
    let journal = Journal::default();
    let registry = Registry::new();
    registry
        .scanner()
        .state(Fee(3))
        .subscribers(subscribers![Till::book, Till::later, Till::report])
        .run();
    let kept = journal.clone();
    let _spy = registry.on_deferred(move |event: &Tick| kept.note(format!("{:?}", event.0)));
    assert_eq!(registry.emit_from(Tick::default(), checkout).0, [3]);
    let emitted = registry.try_emit(Tick(vec![1])).expect("no handler fails");
    assert_eq!((emitted.ran(), emitted.deferred()), (0, 3));
    registry.queue().flush();
    assert_eq!(journal.take(), ["[3]", "[1]"]);
}

#[test]
fn adding_a_listener_whose_state_is_missing_is_an_error() {
    let registry = Registry::new();
    let scanner = registry.scanner().state("no fee");
    scanner
        .module("it::subscribe::listeners_to_add::created")
        .run();
    let error = registry.try_add(Till::default()).expect_err("no fee");
    let SubscribeError::MissingState {
        subscriber,
        type_name,
        provided,
    } = &error
    else {
        panic!("{error}")
    };
    assert!(subscriber.starts_with("it::subscribe::listener_options::Till::book ("));
    assert_eq!(*type_name, "it::subscribe::listener_options::Fee");
    assert_eq!(*provided, ["&str"]);
    let text = error.to_string();
    let remedy = "provides (provided: State<&str>); run a scan with it first: registry.scanner().state(value).run()";
    assert!(text.ends_with(remedy), "{text}");
    assert!(
        registry
            .try_emit(Tick::default())
            .expect("no handler fails")
            .is_unheard()
    );
}

#[subscriber(after = Ordered::method)]
fn after_the_method(event: &mut Login) {
    event.log.push("after".into());
}

#[subscriber]
fn plain(event: &mut Login) {
    event.log.push("plain".into());
}

struct Ordered;

#[listener]
impl Ordered {
    #[on(before = plain)]
    fn method(&self, event: &mut Login) {
        event.log.push("method".into());
    }
}

#[test]
fn methods_and_functions_can_be_ordered_relative_to_one_another() {
    let registry = Registry::with(subscribers![after_the_method, plain]);
    assert_eq!(registry.emit(login("ann")).log, ["after", "plain"]);
    let _added = registry.add(Ordered);
    assert_eq!(
        registry.emit(login("ann")).log,
        ["method", "after", "plain"]
    );
    let error = Registry::new()
        .try_add(Ordered)
        .expect_err("no subscriber is `plain`");
    assert!(
        matches!(error, SubscribeError::UnknownTarget { .. }),
        "{error}"
    );
}

#[derive(Event)]
struct Opened(Journal);

#[derive(Event)]
struct Closed(Journal);

#[derive(Event)]
struct Locked(Journal);

fn note(event: &dyn AnyEvent, text: &str) {
    let journals = [
        event.downcast_ref::<Opened>().map(|event| &event.0),
        event.downcast_ref::<Closed>().map(|event| &event.0),
        event.downcast_ref::<Locked>().map(|event| &event.0),
    ];
    let journal = journals.into_iter().flatten().next();
    journal.expect("an event of this file").note(text);
}

/// Each target is subscribed to one of the two events.
#[derive(Default)]
struct Doors;

#[listener]
impl Doors {
    #[on(Opened, Closed, after = [Self::opened, Self::closed], before = [Self::open_last, Self::any_last])]
    fn either(&self, event: &dyn AnyEvent) {
        note(event, "either");
    }

    #[on(priority = -1)]
    fn opened(&self, event: &Opened) {
        event.0.note("opened");
    }

    #[on(priority = -1)]
    fn closed(&self, event: &Closed) {
        event.0.note("closed");
    }

    #[on(priority = 1)]
    fn open_last(&self, event: &Opened) {
        event.0.note("open_last");
    }

    #[on(topic = "it::.*::Closed", priority = 1)]
    fn any_last(&self, event: &dyn AnyEvent) {
        note(event, "any_last");
    }
}

#[test]
fn one_common_event_with_each_target_is_enough_for_a_listener_of_several_events() {
    let scanned = Registry::with(subscribers![
        Doors::either,
        Doors::opened,
        Doors::closed,
        Doors::open_last,
        Doors::any_last,
    ]);
    let added = Registry::new();
    added.add(Doors).detach();
    for (name, registry) in [("scanned", scanned), ("added", added)] {
        let journal = Journal::default();
        registry.emit(Opened(journal.clone()));
        assert_eq!(journal.take(), ["opened", "either", "open_last"], "{name}");
        registry.emit(Closed(journal.clone()));
        assert_eq!(journal.take(), ["closed", "either", "any_last"], "{name}");
    }
}

/// Its second target is subscribed to neither event.
struct Misordered;

#[listener]
impl Misordered {
    #[on(Opened, Closed, after = [Self::opened, Self::locked])]
    fn either(&self, _: &dyn AnyEvent) {}

    #[on]
    fn opened(&self, _: &Opened) {}

    #[on]
    fn locked(&self, _: &Locked) {}
}

/// The target is a subscriber of the registry already, of one of the events.
struct AfterAll;

#[listener]
impl AfterAll {
    #[on(Opened, Closed, after = "the id")]
    fn either(&self, _: &dyn AnyEvent) {}
}

#[test]
fn a_target_without_a_common_event_is_refused_with_all_topics() {
    fn check<L: Listener>(registry: &Registry, listener: L, expected: Option<&str>) {
        let target = match registry.try_add(listener).map(Subscription::detach) {
            Ok(()) => None,
            Err(SubscribeError::UnknownTarget { target, topic, .. }) => {
                let module = module_path!();
                assert_eq!(topic, format!("{module}::Closed`, `{module}::Opened"));
                Some(target.rsplit("::").next().expect("a part").to_owned())
            }
            Err(error) => panic!("{error}"),
        };
        assert_eq!(target.as_deref(), expected);
    }
    let registry = Registry::new();
    check(&registry, Misordered, Some("locked"));
    check(&registry, AfterAll, Some("the id"));
    let closed = registry.subscribe(|_: &Closed| ()).id("the id").register();
    closed.expect("the id is free").detach();
    check(&registry, AfterAll, None);
}
