//! Section 2: declared subscribers to patterns of topics, or to several events.

use std::sync::Arc;

use events_core::{
    AnyEvent, Emission, Event, Registry, State, args, listener, subscriber, subscribers,
};

use crate::Journal;

mod users {
    use super::{Event, Journal};

    #[derive(Event)]
    pub(crate) struct FirstLogin(pub(crate) Journal);

    #[derive(Event)]
    pub(crate) struct Page<T>(pub(crate) T, pub(crate) Journal);
}

use users::FirstLogin;

#[derive(Event)]
struct Login {
    journal: Journal,
}

#[derive(Event)]
#[event(topic = "declared::shop::placed")]
struct OrderPlaced {
    journal: Journal,
}

fn journal(event: &dyn AnyEvent) -> &Journal {
    let journal = event
        .arg::<Journal>("journal")
        .or(event.arg("0"))
        .or(event.arg("1"));
    journal.expect("all events here have one")
}

#[subscriber(FirstLogin, Login)]
fn any_login(event: &dyn AnyEvent) {
    let is_first = event.downcast_ref::<FirstLogin>().is_some();
    journal(event).note(format!("any_login {is_first}"));
}

#[subscriber(users::Page<u8>, FirstLogin, priority = 5)]
fn by_path(event: &dyn AnyEvent, emission: &Emission) -> Result<(), String> {
    assert_eq!(event.topic(), emission.topic());
    journal(event).note("by_path");
    Ok(())
}

struct Prefix(&'static str);

#[subscriber(topic = "declared::shop::.*", origin = desk, when = |event: &dyn AnyEvent| event.topic().len() > 3)]
fn audit(event: &dyn AnyEvent, prefix: State<'_, Prefix>) {
    journal(event).note(format!("{} {}", prefix.0, event.topic()));
}

#[subscriber(topic = ".*", once)]
fn first_of_all(event: &dyn AnyEvent) {
    journal(event).note("first_of_all");
}

#[subscriber(after = audit, before = first_of_all)]
fn typed(event: &OrderPlaced) {
    event.journal.note("typed");
}

fn desk() {}

#[test]
fn a_function_can_subscribe_to_several_events() {
    let registry = Registry::with(subscribers![any_login, by_path]);
    let journal = Journal::default();
    registry.emit(FirstLogin(journal.clone()));
    registry.emit(Login {
        journal: journal.clone(),
    });
    registry.emit(users::Page(1_u8, journal.clone()));
    registry.emit(users::Page(1_u16, journal.clone()));
    assert_eq!(
        journal.take(),
        ["by_path", "any_login true", "any_login false", "by_path"]
    );
}

#[test]
fn declared_pattern_subscribers_and_exact_subscribers_share_one_order() {
    let registry = Registry::new();
    let scanner = registry.scanner().state(Prefix("audit"));
    let report = scanner
        .subscribers(subscribers![audit, typed, first_of_all])
        .run();
    let table = report.to_string();
    assert!(table.contains("declared::shop::.*"), "{table}");
    assert_eq!(report.subscribers().len(), 3);

    let journal = Journal::default();
    let order = || OrderPlaced {
        journal: journal.clone(),
    };
    registry.emit_from(order(), desk);
    assert_eq!(
        journal.take(),
        ["audit declared::shop::placed", "typed", "first_of_all"]
    );
    registry.emit(order());
    assert_eq!(journal.take(), ["typed"]);
    let args = args! { journal: journal.clone() };
    registry.emit_topic_from("declared::shop::named", args, desk);
    assert_eq!(journal.take(), ["audit declared::shop::named"]);
}

#[test]
fn annotated_functions_stay_ordinary_functions() {
    let registry = Registry::new();
    let journal = Journal::default();
    registry
        .on_topic(".*", any_login)
        .expect("a pattern")
        .detach();
    registry.emit(FirstLogin(journal.clone()));
    assert_eq!(journal.take(), ["any_login true"]);
}

#[derive(Default)]
struct Greeter {
    journal: Journal,
}

#[listener]
impl Greeter {
    #[on(topic = "declared::shop::.*")]
    fn shop(&self, event: &dyn AnyEvent) {
        self.journal.note(format!("shop {}", event.topic()));
    }

    #[on(FirstLogin, Login)]
    fn login(&self, _: &dyn AnyEvent) {
        self.journal.note("login");
    }

    #[on]
    fn first(&self, _: &FirstLogin) {
        self.journal.note("first");
    }
}

#[test]
fn methods_of_a_listener_can_subscribe_to_patterns_and_to_several_events() {
    let registry = Registry::new();
    let greeter = Arc::new(Greeter::default());
    let subscription = registry.add(Arc::clone(&greeter));
    let emit = || {
        let journal = Journal::default();
        registry.emit(FirstLogin(journal.clone()));
        registry.emit(Login {
            journal: journal.clone(),
        });
        registry.emit(OrderPlaced { journal });
        registry.emit_topic("declared::shop::x", args! {});
        greeter.journal.take()
    };
    let expected = [
        "login",
        "first",
        "login",
        "shop declared::shop::placed",
        "shop declared::shop::x",
    ];
    assert_eq!(emit(), expected);
    drop(subscription);
    assert!(emit().is_empty());
}

#[test]
fn a_scan_creates_a_listener_with_pattern_handlers() {
    let registry = Registry::with(subscribers![Greeter::shop, Greeter::login]);
    let emitted = registry.try_emit_topic("declared::shop::x", args! {});
    assert_eq!(emitted.expect("no handler fails").ran(), 1);
    let journal = Journal::default();
    let emitted = registry.try_emit(Login { journal });
    assert_eq!(emitted.expect("no handler fails").ran(), 1);
}

struct Huge;

#[listener]
impl Huge {
    #[on(topic = r"\w{1000}")]
    fn any(&self, _: &dyn AnyEvent) {}
}

#[test]
fn a_listener_whose_pattern_is_too_large_is_an_error_of_its_registration() {
    let error = Registry::new().try_add(Huge).expect_err("it is too large");
    let text = error.to_string();
    for part in [
        "declared::Huge::any",
        r"has the pattern `\w{1000}`",
        "size limit",
        "smaller repetition counts",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
}
