//! Declared subscribers of an event of a model register the copies of the model's events.

use events_core::{
    Registry, listener,
    record::{self, Created, Creating, Deleted, Updating, models},
    subscriber, subscribers,
};

use super::generic::reached;

macro_rules! models {
    ($($model:ident)*) => { $(#[derive(Clone)] struct $model;)* };
}

models! { Parcel Letter Card Stamp Alias Other }

/// Is not `Clone`.
struct Unique;

#[subscriber]
fn sync(_: &mut Creating<Parcel>) {}

#[subscriber]
async fn asynchronous(_: &Created<Letter>) {}

#[subscriber]
async fn awaited(_: &mut Updating<Card>) {}

#[subscriber]
fn not_clone(_: &Created<Unique>) {}

type Aliased = Created<Alias>;

#[subscriber]
fn by_alias(_: &Aliased) {}

#[derive(Default)]
struct Franking;

#[listener]
impl Franking {
    #[on]
    fn deleted(&self, _: &Deleted<Stamp>) {}
}

/// An event of the program with such a name, which is none of a model.
mod own {
    use events_core::Event;

    #[derive(Event, Clone)]
    #[event(clone)]
    pub(super) struct Created<T>(pub(super) T);
}

#[subscriber]
fn own_event(_: &own::Created<Other>) {}

#[test]
fn a_declared_subscriber_of_a_model_registers_its_copies() {
    assert_eq!(reached(Created::new(Parcel)), [0, 0]);
    let _registry = Registry::with(subscribers![sync, asynchronous, awaited, not_clone]);
    Registry::new().add(Franking).detach();
    assert_eq!(reached(Created::new(Parcel)), [1, 1]);
    assert_eq!(reached(Creating::new(Letter)), [1, 1]);
    assert_eq!(reached(Created::new(Card)), [1, 1]);
    assert_eq!(reached(Created::new(Stamp)), [1, 1]);
}

#[test]
fn an_alias_and_an_event_of_the_program_register_no_model() {
    let _registry = Registry::with(subscribers![by_alias, own_event]);
    assert_eq!(reached(Created::new(Alias)), [0, 0]);
    assert_eq!(reached(own::Created(Other)), [1, 1]);
    let is_other = |model: &&record::Model| model.name().ends_with("::models::Other");
    assert!(!models().iter().any(is_other));
}
