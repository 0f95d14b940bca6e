//! Declared pattern subscribers that run later, and declared subscribers of several event types.

use std::sync::Arc;

use events_core::{
    AnyEvent, Emission, Event, EventCopy, Registry, State, args, listener, subscriber, subscribers,
};

use crate::{Journal, block_on};

#[derive(Event, Clone)]
#[event(topic = "copies::declared::Login")]
struct Login {
    journal: Journal,
}

#[derive(Event, Clone)]
#[event(topic = "copies::declared::Logout")]
struct Logout {
    journal: Journal,
}

/// Generic, and without the option `clone`.
#[derive(Event, Clone)]
#[event(topic = "copies::declared::Page")]
struct Page<T>(T, Journal);

fn journal(event: &EventCopy) -> &Journal {
    let journal = event.arg("journal").or(event.arg("1"));
    journal.expect("all events here have one")
}

#[subscriber(topic = "copies::declared::.*", deferred, priority = 5)]
fn audit(event: &EventCopy, emission: &Emission) -> Result<(), String> {
    assert_eq!(event.topic(), emission.topic());
    journal(event).note(format!("audit {}", event.topic()));
    Ok(())
}

struct Prefix(&'static str);

fn desk() {}

#[subscriber(
    topic = "copies::declared::.*",
    origin = desk,
    when = |event: &dyn AnyEvent| event.arg::<Journal>("journal").is_some(),
)]
async fn export(event: &EventCopy, prefix: State<'_, Prefix>) {
    std::future::ready(()).await;
    journal(event).note(format!("{} {}", prefix.0, event.topic()));
}

#[subscriber(Login, Logout, Page<u8>, deferred, once, concurrency = 1)]
fn first_of_three(event: &EventCopy) {
    journal(event).note(format!(
        "first {}",
        event.downcast_ref::<Page<u8>>().is_some()
    ));
}

#[subscriber(exact_topic = "copies::declared::Logout")]
async fn logout(event: &EventCopy) {
    journal(event).note("logout");
}

fn login(journal: &Journal) -> Login {
    Login {
        journal: journal.clone(),
    }
}

#[test]
fn they_take_a_copy_and_have_the_options_of_others() {
    let registry = Registry::new();
    let declared = subscribers![audit, export, first_of_three, logout];
    let report = registry
        .scanner()
        .state(Prefix("export"))
        .subscribers(declared)
        .run();
    let kinds: Vec<_> = report
        .subscribers()
        .map(|info| (info.kind(), &*info.topic))
        .collect();
    assert!(
        kinds.contains(&("deferred", "copies::declared::.*")),
        "{kinds:?}"
    );
    assert!(
        kinds.contains(&("async", "copies::declared::.*")),
        "{kinds:?}"
    );
    assert!(
        kinds.contains(&("deferred once", "copies::declared::Page")),
        "{kinds:?}"
    );

    let journal = Journal::default();
    registry.emit_from(login(&journal), desk);
    assert!(journal.take().is_empty());
    registry.queue().flush();
    let login_topic = "copies::declared::Login";
    let expected = [
        format!("audit {login_topic}"),
        format!("export {login_topic}"),
        "first false".to_owned(),
    ];
    let mut notes = journal.take();
    notes[1..].sort();
    assert_eq!(notes, expected);

    registry.emit(login(&journal));
    registry.queue().flush();
    assert_eq!(journal.take(), [format!("audit {login_topic}")]);

    block_on(registry.emit_async(Logout {
        journal: journal.clone(),
    }));
    assert_eq!(journal.take(), ["logout"]);
    registry.queue().flush();
    assert_eq!(journal.take(), ["audit copies::declared::Logout"]);

    registry.emit_topic(
        "copies::declared::named",
        args! { journal: journal.clone() },
    );
    registry.queue().flush();
    assert_eq!(journal.take(), ["audit copies::declared::named"]);
}

#[test]
fn a_listed_type_has_a_copy_even_if_it_is_generic() {
    let registry = Registry::with(subscribers![first_of_three]);
    let journal = Journal::default();
    let emitted = registry
        .try_emit(Page(7_u8, journal.clone()))
        .expect("it is copied");
    assert_eq!(emitted.deferred(), 1);
    registry.queue().flush();
    assert_eq!(journal.take(), ["first true"]);
    assert!(
        registry
            .try_emit(Page(7_u16, journal))
            .expect("none fails")
            .is_unheard()
    );
}

#[test]
fn annotated_functions_stay_ordinary_functions() {
    let registry = Registry::new();
    let journal = Journal::default();
    let _subscription = registry
        .on_topic_deferred(".*", first_of_three)
        .expect("a pattern");
    registry.emit(login(&journal));
    registry.queue().flush();
    assert_eq!(journal.take(), ["first false"]);
}

struct Greeter {
    journal: Journal,
    name: &'static str,
}

#[listener]
impl Greeter {
    #[on(topic = "copies::declared::.*", deferred)]
    fn all(&self, event: &EventCopy) {
        self.journal
            .note(format!("{} {}", self.name, event.topic()));
    }

    #[on(Login, Logout, when = |event: &dyn AnyEvent| event.topic().len() > 3)]
    async fn several(&self, event: &EventCopy, emission: &Emission) {
        assert_eq!(event.topic(), emission.topic());
        self.journal.note(format!("{} of several", self.name));
    }
}

#[test]
fn they_may_be_methods_of_a_listener() {
    let registry = Registry::new();
    let journal = Journal::default();
    let greeter = Arc::new(Greeter {
        journal: journal.clone(),
        name: "greeter",
    });
    let subscription = registry.add(Arc::clone(&greeter));
    registry.emit(login(&journal));
    registry.queue().flush();
    let mut notes = journal.take();
    notes.sort();
    assert_eq!(
        notes,
        ["greeter copies::declared::Login", "greeter of several"]
    );

    registry.emit(login(&journal));
    drop(subscription);
    registry.queue().flush();
    assert!(journal.take().is_empty());
    assert_eq!(Arc::strong_count(&greeter), 1);
}
