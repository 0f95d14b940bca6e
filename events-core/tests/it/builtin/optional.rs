//! Section 6: the option `optional`, as attributes set it.

use events_core::{
    AnyEvent, Registry,
    info::SubscriberInfo,
    listener, observer,
    record::{Creating, Deleting},
    subscriber, subscribers,
};

use crate::block_on;

#[derive(Clone)]
struct User;

#[subscriber]
fn required(_: &Creating<User>) -> Result<(), String> {
    Err("failed".into())
}

#[subscriber(optional)]
fn optional(_: &Creating<User>) -> Result<(), String> {
    Err("failed".into())
}

#[subscriber(optional)]
async fn optional_awaited(_: &mut Creating<User>) {}

#[subscriber(optional, topic = ".*::creating")]
fn optional_pattern(_: &dyn AnyEvent) -> Result<(), String> {
    Err("failed".into())
}

struct Methods;

#[listener]
impl Methods {
    #[on]
    fn required(&self, _: &Creating<User>) -> Result<(), String> {
        Err("failed".into())
    }

    #[on(optional)]
    fn optional(&self, _: &Creating<User>) -> Result<(), String> {
        Err("failed".into())
    }
}

struct Observer;

#[observer(User)]
impl Observer {
    async fn creating(&self, _: &mut Creating<User>) -> Result<(), String> {
        Err("failed".into())
    }

    #[on(optional)]
    async fn deleting(&self, _: &mut Deleting<User>) -> Result<(), String> {
        Err("failed".into())
    }
}

/// The names of these subscribers.
fn names<'f>(failed: impl Iterator<Item = &'f SubscriberInfo>) -> Vec<&'f str> {
    failed
        .filter_map(|info| info.name.rsplit("::").next())
        .collect()
}

#[track_caller]
fn check(registry: &Registry, creating: &[&str]) {
    let emitted = registry.emit(Creating::new(User));
    assert_eq!(names(emitted.failed_subscribers()), creating);
    let awaited = block_on(registry.emit_async(Creating::new(User)));
    assert_eq!(names(awaited.failed_subscribers()), creating);
    assert!(!registry.emit(Deleting::new(User)).is_vetoed());
    assert!(!block_on(registry.emit_async(Deleting::new(User))).is_vetoed());
}

#[test]
fn attributes_have_the_option() {
    let subscribers = subscribers![required, optional, optional_awaited, optional_pattern];
    check(&Registry::with(subscribers), &["required"]);

    let registry = Registry::new();
    registry.add(Methods).detach();
    check(&registry, &["required"]);

    let registry = Registry::new();
    registry.add(Observer).detach();
    check(&registry, &["creating"]);
}
