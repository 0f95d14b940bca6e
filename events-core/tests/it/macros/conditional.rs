//! `#[cfg_attr(.., on(..))]` and `#[cfg_attr(.., cfg(..))]` at handlers.

use events_core::{
    Event, Registry, listener, observer,
    record::{Creating, Deleting},
    subscriber, subscribers,
};

#[derive(Event, Debug, Default)]
struct Tick(Vec<&'static str>);

#[derive(Default)]
struct Conditional;

#[listener]
impl Conditional {
    #[cfg_attr(all(), on(priority = 9))]
    fn first(&self, event: &mut Tick) {
        event.0.push("first");
    }

    #[cfg_attr(any(), on)]
    fn never(&self, event: &mut Tick) {
        event.0.push("never");
    }

    #[cfg_attr(all(), cfg_attr(all(), on(priority = 8), expect(clippy::unused_self)))]
    fn nested(&self, event: &mut Tick) {
        event.0.push("nested");
    }

    #[cfg_attr(any(), on(priority = 70))]
    #[cfg_attr(not(any()), on(priority = 7), doc = "It is the third.")]
    fn either(&self, event: &mut Tick) {
        event.0.push("either");
    }

    #[on]
    #[cfg_attr(all(), cfg(any()))]
    fn left_out(&self, event: &mut Missing) {}
}

#[derive(Debug, Clone)]
struct Model(Vec<&'static str>);

#[derive(Default)]
struct Watcher;

#[observer(Model)]
impl Watcher {
    #[cfg_attr(all(), on(once))]
    fn creating(&self, event: &mut Creating<Model>) {
        event.record.0.push("once");
    }

    #[cfg_attr(any(), on(once))]
    fn deleting(&self, event: &mut Deleting<Model>) {
        event.record.0.push("always");
    }
}

#[subscriber]
#[cfg_attr(all(), cfg(any()))]
fn left_out(event: &mut Missing) {}

#[cfg_attr(all(), subscriber(priority = -1))]
fn last(event: &mut Tick) {
    event.0.push("last");
}

#[test]
fn a_handler_may_be_marked_under_a_condition() {
    let registry = Registry::with(subscribers![last]);
    let _added = (registry.add(Conditional), registry.add(Watcher));
    assert_eq!(
        registry.emit(Tick::default()).0,
        ["first", "nested", "either", "last"]
    );
    let mut tick = Tick::default();
    Conditional.never(&mut tick);
    assert_eq!(tick.0, ["never"]);
    let created = [(); 2].map(|()| registry.emit(Creating::new(Model(vec![]))).record.0.len());
    assert_eq!(created, [1, 0]);
    let deleted = [(); 2].map(|()| {
        let deleting = Deleting::new(Model(vec![]));
        registry.emit(deleting).record.0.len()
    });
    assert_eq!(deleted, [1, 1]);
}
