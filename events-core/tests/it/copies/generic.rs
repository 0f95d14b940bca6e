//! Generic events: their copies are required by an option, registered, or those of the models of observers.

use std::sync::{Arc, Mutex};

use events_core::{
    Event, EventCopy, Registry, Subscription,
    auth::UserVerified,
    observer,
    record::{Created, Creating, Diff, Updated, register_copies},
    subscribing::register_copy,
};

use crate::block_on;

#[derive(Event, Clone)]
#[event(topic = "copies::generic::Saved", clone)]
struct Saved<T: Copy, const N: usize>
where
    T: std::fmt::Debug,
{
    record: T,
    #[event(default)]
    note: Option<Box<T>>,
}

#[derive(Event, Clone)]
#[event(topic = "copies::generic::Plain", clone)]
struct Plain(u8);

#[derive(Event, Clone)]
#[event(topic = "copies::generic::Unknown")]
struct Unknown<T>(T);

/// How many deferred and async handlers of all topics an event reaches in a sync emit and in an async one.
pub(super) fn reached<E: Event + Clone>(event: E) -> [usize; 2] {
    let registry = Registry::new();
    let _subscriptions: [Subscription; 2] = [
        registry
            .on_topic_deferred(".*", |_: &EventCopy| ())
            .expect("a pattern"),
        registry
            .on_topic_async(".*", async |_: &EventCopy| ())
            .expect("a pattern"),
    ];
    registry.emit(event.clone());
    let sync = registry.queue().flush().ran();
    block_on(registry.emit_async(event));
    [sync, registry.queue().flush().ran()]
}

#[test]
fn an_event_with_the_option_clone_has_a_copy() {
    let saved = Saved::<_, 3>::builder().record(7_u8).build();
    assert_eq!((saved.record, saved.note.is_none()), (7, true));
    assert_eq!(reached(saved), [1, 1]);
    assert_eq!(reached(Plain(7)), [1, 1]);
}

#[test]
fn a_generic_event_without_it_has_one_once_it_is_registered() {
    assert_eq!(reached(Unknown(7_u8)), [0, 0]);
    register_copy::<Unknown<u8>>();
    register_copy::<Unknown<u8>>();
    assert_eq!(reached(Unknown(7_u8)), [1, 1]);
    assert_eq!(reached(Unknown(7_u16)), [0, 0]);

    let verified = UserVerified { user: 7_u8 };
    assert_eq!(reached(verified.clone()), [0, 0]);
    register_copy::<UserVerified<u8>>();
    assert_eq!(reached(verified), [1, 1]);
}

#[derive(Clone)]
struct Customer(u32);

#[derive(Clone)]
struct Invoice(u32);

/// A model that cannot be shared between threads.
#[derive(Clone)]
struct Local(std::cell::Cell<u32>);

#[derive(Default)]
struct Observer;

#[observer(Invoice)]
impl Observer {
    fn created(&self, event: &Created<Invoice>) {
        assert!(event.record.0 > 0);
    }
}

#[derive(Default)]
struct LocalObserver;

#[observer(Local)]
impl LocalObserver {
    fn created(&self, event: &Created<Local>) {
        assert!(event.record.0.get() > 0);
    }
}

#[test]
fn the_events_of_a_model_have_copies_once_it_is_registered() {
    assert_eq!(reached(Created::new(Customer(7))), [0, 0]);
    register_copies::<Customer>();
    assert_eq!(reached(Created::new(Customer(7))), [1, 1]);
    let creating = Creating::new(Customer(7));
    assert_eq!(creating.record.0, 7);
    assert_eq!(reached(creating), [1, 1]);
    assert_eq!(reached(Updated::new(Customer(7), Diff::new())), [1, 1]);
}

#[test]
fn an_observer_registers_its_model() {
    let registry = Registry::new();
    registry.add(Observer).detach();
    registry.add(LocalObserver).detach();
    let kept = Arc::new(Mutex::new(Vec::new()));
    let keeps = Arc::clone(&kept);
    let keep = move |event: &EventCopy| keeps.lock().expect("not poisoned").push(event.clone());
    let _keep = registry
        .on_topic_deferred("events::db::.*", keep)
        .expect("a pattern");
    registry.emit(Created::new(Invoice(7)));
    assert_eq!(registry.queue().flush().ran(), 1);
    let copies = kept.lock().expect("not poisoned");
    let invoice = copies[0].downcast_ref::<Created<Invoice>>();
    assert_eq!(invoice.map(|created| created.record.0), Some(7));
    assert!(copies[0].topic().ends_with("::Invoice::created"));
    assert!(
        copies[0]
            .origin()
            .is_some_and(|origin| origin.as_str().ends_with("::Invoice"))
    );
    let Err(error) = registry.try_emit(Created::new(Local(7.into()))) else {
        panic!("it has no copy")
    };
    assert_eq!(error.failures().len(), 1);
}
