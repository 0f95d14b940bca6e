//! Section 2: options, parameters and order of the methods of a listener.

use std::sync::Arc;

use events_core::{
    Emission, Registry, State, listener, subscriber, subscribers, subscribing::SubscribeError,
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
