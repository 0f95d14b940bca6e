//! Section 6: observers, whose methods handle the record events that they are named after.

use std::sync::Arc;

use events_core::{
    Emission, Registry, observer,
    record::{Created, Creating, Deleted, Deleting, Diff, Updated, Updating},
    subscribers,
};

use crate::Journal;

#[derive(Clone, Debug)]
struct User(String);

#[derive(Clone, Debug)]
struct Setting;

fn user(name: &str) -> User {
    User(name.to_owned())
}

#[derive(Default)]
struct UserObserver {
    journal: Journal,
}

#[observer(User)]
impl UserObserver {
    fn creating(&self, event: &mut Creating<User>) {
        event.record.0 = event.record.0.trim().to_owned();
        self.note("creating", &event.record);
    }

    fn created(&self, event: &Created<User>) {
        self.note("created", &event.record);
    }

    #[on(when = |event: &Updating<User>| event.record.0 != "ann", once)]
    fn updating(&self, event: &Updating<User>) {
        self.note("updating", &event.record);
    }

    #[on(priority = 3, deferred)]
    fn updated(&self, event: &Updated<User>, emission: &Emission) {
        assert_eq!(
            emission.topic(),
            <Updated<User> as events_core::Event>::topic()
        );
        self.note("updated", &event.record);
    }

    fn deleting(&self, event: &Deleting<User>) -> Result<(), String> {
        Err(format!("{} stays", event.record.0))
    }

    async fn deleted(&self, event: &Deleted<User>) {
        self.note("deleted", &event.record);
    }
}

impl UserObserver {
    fn note(&self, what: &str, user: &User) {
        self.journal.note(format!("{what} {}", user.0));
    }
}

#[test]
fn an_observer_receives_the_events_of_its_model_only() {
    let registry = Registry::new();
    let observer = Arc::new(UserObserver::default());
    let subscription = registry.add(Arc::clone(&observer));
    let created = registry.emit(Creating::new(user(" ann ")));
    assert_eq!(created.record.0, "ann");
    registry.emit(Creating::new(Setting));
    registry.emit(Created::new(user("ann")));
    for name in ["ann", "bob", "cyd"] {
        registry.emit(Updating::new(user(name), Diff::new()));
    }
    registry.emit(Updated::new(user("bob"), Diff::new()));
    registry.emit(Deleted::new(user("ann")));
    let expected = ["creating ann", "created ann", "updating bob"];
    assert_eq!(observer.journal.take(), expected);
    registry.queue().flush();
    assert_eq!(observer.journal.take(), ["updated bob", "deleted ann"]);
    let vetoed = registry.try_emit(Deleting::new(user("ann")));
    assert_eq!(vetoed.expect_err("ann stays").failures().len(), 1);

    drop(subscription);
    registry.emit(Created::new(user("ann")));
    assert!(observer.journal.take().is_empty());
}

#[test]
fn a_scan_creates_an_observer_that_receives_events_of_any_origin() {
    let registry = Registry::with(subscribers![UserObserver::creating]);
    let creating = || Creating::new(user(" ann "));
    assert_eq!(registry.emit_from(creating(), "import").record.0, "ann");
    assert_eq!(registry.emit(creating()).record.0, "ann");
}

/// An observer of another model, for one of the six events.
struct SettingObserver(Journal);

#[observer(Setting)]
impl SettingObserver {
    fn deleted(&self, _: &Deleted<Setting>) {
        self.0.note("deleted");
    }
}

#[test]
fn an_observer_can_have_any_subset_of_the_six_methods() {
    let journal = Journal::default();
    let registry = Registry::new();
    let _observer = registry.add(SettingObserver(journal.clone()));
    registry.emit(Deleted::new(Setting));
    registry.emit(Created::new(Setting));
    assert_eq!(journal.take(), ["deleted"]);
}
