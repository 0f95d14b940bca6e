//! Section 6: the events before and after a record is created, updated or deleted.

use std::{
    collections::HashSet,
    rc::Rc,
    sync::{Arc, Mutex},
};

use events_core::{
    Emission, Event, Origin, Registry,
    info::EventInfo,
    record::{
        Created, Creating, Deleted, Deleting, Diff, Updated, Updating, models, register_model,
    },
    subscriber, subscribers,
};

use crate::{Journal, block_on};

#[derive(Clone, Debug, Default, PartialEq)]
struct User {
    email: String,
    age: Option<u8>,
}

mod billing {
    pub(super) struct User;
}

fn user(email: &str) -> User {
    User {
        email: email.to_owned(),
        age: None,
    }
}

fn topics<M: 'static>() -> [&'static str; 6] {
    [
        Creating::<M>::topic(),
        Created::<M>::topic(),
        Updating::<M>::topic(),
        Updated::<M>::topic(),
        Deleting::<M>::topic(),
        Deleted::<M>::topic(),
    ]
}

#[test]
fn a_topic_consists_of_the_path_of_the_model_and_the_operation() {
    assert_eq!(
        topics::<User>(),
        [
            "events::db::it::builtin::record::User::creating",
            "events::db::it::builtin::record::User::created",
            "events::db::it::builtin::record::User::updating",
            "events::db::it::builtin::record::User::updated",
            "events::db::it::builtin::record::User::deleting",
            "events::db::it::builtin::record::User::deleted",
        ]
    );
}

#[test]
fn no_two_models_share_a_topic() {
    let all = [
        topics::<User>(),
        topics::<billing::User>(),
        topics::<Vec<User>>(),
        topics::<Option<User>>(),
    ];
    let different: HashSet<_> = all.iter().flatten().collect();
    assert_eq!(different.len(), 24);
}

#[test]
fn event_info_describes_the_record_events() {
    for (info, fields) in [
        (Creating::<User>::info(), &["record"][..]),
        (Updated::<User>::info(), &["record", "diff"]),
    ] {
        assert_eq!(info.module(), "events_core::record");
        assert!(info.location().to_string().contains("record/events.rs:"));
        assert!(info.docs().starts_with("Emitted just "));
        let names = info.fields().map(|field| field.name());
        assert!(names.eq(fields.iter().copied()), "{info:?}");
    }
    assert_eq!(Deleting::<User>::info().name(), "Deleting");
}

#[test]
fn a_model_is_registered_once_and_listed() {
    struct Invoice;
    let model = register_model::<Invoice>();
    assert!(std::ptr::eq(model, register_model::<Invoice>()));
    assert!(model.name().ends_with("::Invoice"), "{model:?}");
    assert_eq!(*model.origin(), Origin::of::<Invoice>());
    let of_model = model.events().iter().map(EventInfo::topic);
    assert!(of_model.eq(topics::<Invoice>()));
    let listed = models();
    assert!(listed.iter().any(|one| std::ptr::eq(*one, model)));
    assert!(listed.is_sorted_by_key(|model| model.name()));
}

#[test]
fn a_model_that_many_threads_first_use_at_once_is_registered_once() {
    struct Raced;
    let infos: Vec<_> = std::thread::scope(|scope| {
        let threads = [(); 8].map(|()| scope.spawn(Created::<Raced>::info));
        threads
            .map(|thread| thread.join().expect("it does not panic"))
            .into()
    });
    assert!(infos.iter().all(|info| std::ptr::eq(*info, infos[0])));
}

#[subscriber]
fn note_origin(event: &mut Deleting<User>, emission: &Emission) {
    let origin = emission.origin().map(Origin::as_str).unwrap_or_default();
    event.veto(origin);
}

#[test]
fn the_default_origin_of_a_record_event_is_its_model() {
    let registry = Registry::with(subscribers![note_origin]);
    let _scope = registry.enter();
    let event = || Deleting::new(user("a@x.org"));
    let check = |event: Deleting<User>, origin: &str| assert_eq!(event.vetoes(), [origin]);
    let model = "it::builtin::record::User";
    check(event().emit_from(Origin::of::<User>()), model);
    check(event().emit(), model);
    check(
        event().try_emit().expect("no handler fails").into_event(),
        model,
    );
    check(block_on(event().emit_async()), model);
    let emitted = block_on(event().try_emit_async()).expect("no handler fails");
    check(emitted.into_event(), model);
    check(registry.emit_from(event(), Origin::of::<User>()), model);
    check(event().emit_from("an import"), "an import");
}

#[test]
fn the_queue_keeps_the_origin() {
    let registry = Registry::new();
    let journal = Journal::default();
    let noted = journal.clone();
    let _subscription = registry
        .subscribe(move |event: &Created<User>| noted.note(&event.record.email))
        .origin(Origin::of::<User>())
        .register();
    let _scope = registry.enter();
    Created::new(user("a@x.org"))
        .enqueue()
        .expect("there is room");
    registry.queue().flush();
    assert_eq!(journal.take(), ["a@x.org"]);
}

#[test]
fn the_record_can_be_changed_before_it_is_written() {
    let registry = Registry::new();
    let _lower =
        registry.on(|event: &mut Creating<User>| event.record.email.make_ascii_lowercase());
    let _age = registry.on(|event: &mut Updating<User>| event.record.age = Some(36));
    assert_eq!(
        registry.emit(Creating::new(user("A@X.org"))).record,
        user("a@x.org")
    );
    let updating = registry.emit(Updating::new(user("a@x.org"), Diff::new()));
    assert_eq!(updating.record.age, Some(36));
}

#[test]
fn a_write_can_be_vetoed_for_more_than_one_reason() {
    let registry = Registry::new();
    let _first = registry.on(|event: &mut Creating<User>| event.veto("no reason"));
    let _second = registry.on(|event: &mut Creating<User>| {
        event.veto(format!("{} is banned", event.record.email));
    });
    let event = registry.emit(Creating::new(user("eve@x.org")));
    assert!(event.is_vetoed());
    assert_eq!(event.veto_reason(), Some("no reason"));
    assert_eq!(event.vetoes(), ["no reason", "eve@x.org is banned"]);
}

#[test]
fn all_three_events_before_a_write_can_be_vetoed() {
    let registry = Registry::new();
    let (mut creating, mut updating, mut deleting) = (
        registry.emit(Creating::new(user("a"))),
        registry.emit(Updating::new(user("a"), Diff::new())),
        registry.emit(Deleting::new(user("a"))),
    );
    assert_eq!(creating.veto_reason(), None);
    assert!(!(creating.is_vetoed() || updating.is_vetoed() || deleting.is_vetoed()));
    creating.veto("1");
    updating.veto("2");
    deleting.veto("3");
    assert_eq!(
        [creating.vetoes(), updating.vetoes(), deleting.vetoes()],
        [["1"], ["2"], ["3"]]
    );
}

#[test]
fn a_failing_handler_is_a_veto() {
    let registry = Registry::new();
    let _fails = registry.on(|_: &Creating<User>| Err::<(), _>("a bug"));
    let error = registry
        .try_emit(Creating::new(user("a@x.org")))
        .expect_err("a handler fails");
    assert!(error.into_event().is_vetoed());
}

#[test]
fn a_model_needs_no_trait_bounds() {
    struct Bare(Rc<u32>);
    let registry = Registry::new();
    let _add = registry.on(|event: &mut Creating<Bare>| event.record = Bare(Rc::new(2)));
    let event = registry.emit(Creating::new(Bare(Rc::new(1))));
    assert_eq!(*event.record.0, 2);
}

#[test]
fn debug_output_contains_the_topic_and_no_field_of_the_record() {
    let secret = || user("ada@x.org");
    let diff = Diff::new().field("email", "a@x.org", "ada@x.org");
    for (shown, operation) in [
        (format!("{:?}", Creating::new(secret())), "creating"),
        (format!("{:?}", Updated::new(secret(), diff)), "updated"),
        (format!("{:?}", Deleted::new(secret())), "deleted"),
    ] {
        assert_eq!(
            shown,
            format!("events::db::it::builtin::record::User::{operation} {{ .. }}")
        );
    }
}

#[subscriber]
async fn mail_the_change(event: &Updated<Account>) {
    let change = event.diff.get("email").expect("it has changed");
    event.record.0.note(change.to_string());
}

#[derive(Clone)]
struct Account(Journal);

#[test]
fn an_async_subscriber_receives_a_snapshot() {
    let registry = Registry::with(subscribers![mail_the_change]);
    let journal = Journal::default();
    let diff = Diff::new().field("email", "a@x.org", "b@x.org");
    registry.emit(Updated::new(Account(journal.clone()), diff));
    assert!(journal.take().is_empty());
    assert_eq!(registry.queue().flush().ran(), 1);
    assert_eq!(journal.take(), [r#"email: "a@x.org" -> "b@x.org""#]);
}

#[test]
fn a_handler_can_be_generic_over_the_model() {
    fn count<M: 'static>(registry: &Registry, journal: &Journal) {
        let noted = journal.clone();
        let note = move |event: &Updated<M>| noted.note(format!("{}", event.diff));
        registry.on(note).detach();
    }
    let (registry, journal) = (Registry::new(), Journal::default());
    count::<User>(&registry, &journal);
    count::<billing::User>(&registry, &journal);
    let diff = |value| Diff::new().field("age", &0, &value);
    registry.emit(Updated::new(user("a@x.org"), diff(1)));
    registry.emit(Updated::new(billing::User, diff(2)));
    registry.emit(Updated::new((), diff(3)));
    assert_eq!(journal.take(), ["age: 0 -> 1", "age: 0 -> 2"]);
}

/// The model of the example below.
#[derive(Clone)]
struct Setting {
    key: &'static str,
    value: String,
    sensitive: bool,
    log: Arc<Mutex<Vec<String>>>,
}

// From "Record Lifecycle Events" in the documentation of the canvas_core Events API:
//
//     @events.handle_event(events.PostRecordUpdate, origin=Setting)
//     def handle_setting_change(event: events.PostRecordUpdate[Setting]) -> None:
//         setting = event.record
//         diff = event.diff
//         if "value" not in diff:
//             return
//         old_value, new_value = diff["value"]
//         if setting.sensitive:
//             old_value, new_value = "[REDACTED]", "[REDACTED]"
//         logger.info("A setting was changed.", setting=setting.key,
//                     old_value=old_value, new_value=new_value)
#[subscriber(origin = Origin::of::<Setting>())]
fn log_setting_change(event: &Updated<Setting>) {
    let setting = &event.record;
    let Some(change) = event.diff.get("value") else {
        return;
    };
    let mut log = setting.log.lock().expect("the lock is not poisoned");
    log.push(format!("the setting {} was changed, {change}", setting.key));
}

impl Setting {
    /// Emits the event as an integration does; `sensitive` decides whether the value is a secret.
    fn save(&mut self, value: &str) {
        let diff = Diff::new();
        let diff = match self.sensitive {
            true => diff.secret("value", self.value.as_str(), value),
            false => diff.field("value", self.value.as_str(), value),
        };
        self.value = value.to_owned();
        Updated::new(self.clone(), diff).emit();
    }
}

#[test]
fn canvas_core_a_handler_logs_the_change_of_a_setting() {
    let _scope = Registry::with(subscribers![log_setting_change]).enter();
    let log = Arc::<Mutex<Vec<_>>>::default();
    let setting = |key, sensitive| Setting {
        key,
        value: "1".into(),
        sensitive,
        log: Arc::clone(&log),
    };
    let mut volume = setting("volume", false);
    volume.save("1");
    volume.save("2");
    setting("token", true).save("hunter2");
    Updated::new(
        setting("other", false),
        Diff::new().field("key", "o", "other"),
    )
    .emit();
    assert_eq!(
        *log.lock().expect("the lock is not poisoned"),
        [
            r#"the setting volume was changed, value: "1" -> "2""#,
            "the setting token was changed, value: [redacted]",
        ]
    );
}
