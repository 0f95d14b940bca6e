//! Section 9: examples from the documentation of the four systems that this one replaces, written
//! with events-core. The comments name the document that a test follows, and quote its code.

use std::{collections::BTreeMap, sync::Arc};

use events_core::{
    AnyEvent, Event, Registry, State, args, auth, emit, flush_queue, listener, observer,
    record::{Created, Deleting},
    subscriber, subscribers,
};

use crate::{Gate, Journal, block_on};

mod websauna {
    //! Websauna, "Events".

    use super::{Event, Journal, State, subscriber};

    #[derive(Debug, Default)]
    pub(super) struct User {
        pub(super) last_auth_sensitive_operation_at: Option<u64>,
    }

    pub(super) struct Request {
        pub(super) host: &'static str,
    }

    // class FirstLogin: def __init__(self, request, user)
    /// User logs in to the site for the first time.
    #[derive(Event)]
    pub(super) struct FirstLogin<'a> {
        pub(super) request: &'a Request,
        pub(super) user: &'a mut User,
    }

    pub(super) mod subscribers {
        use super::{FirstLogin, subscriber};

        // @subscriber(UserAuthSensitiveOperation): the handler changes the event's user
        #[subscriber]
        pub(crate) fn user_auth_details_changes(event: &mut FirstLogin<'_>) {
            event.user.last_auth_sensitive_operation_at = Some(7);
        }
    }

    #[subscriber]
    fn elsewhere(event: &FirstLogin<'_>, journal: State<'_, Journal>) {
        journal.note(event.request.host);
    }
}

#[test]
fn websauna_events_carry_the_request_and_a_scan_finds_the_subscribers_of_a_module() {
    use websauna::{FirstLogin, Request, User};

    let registry = Registry::new();
    // config.scan(subscribers)
    let module = "it::subscribe::predecessors::websauna::subscribers";
    registry.scanner().module(module).run();
    let request = Request { host: "example" };
    let mut user = User::default();
    // request.registry.notify(FirstLogin(request, user))
    registry.emit(FirstLogin {
        request: &request,
        user: &mut user,
    });
    assert_eq!(user.last_auth_sensitive_operation_at, Some(7));
}

mod django {
    //! django-event-system, README.

    use super::{AnyEvent, Event, Journal, State, subscriber};

    // class ExampleEvent(Event): Name = "ExampleEvent"; __init__(self, name, value, something)
    #[derive(Event, Clone)]
    #[event(topic = "ExampleEvent")]
    pub(super) struct ExampleEvent {
        pub(super) name: &'static str,
        pub(super) value: u32,
    }

    // listensFor = ['.*']: every event
    #[subscriber(topic = ".*")]
    pub(super) fn every_event(event: &dyn AnyEvent, journal: State<'_, Journal>) {
        journal.note(format!("Event was dispatched: {}", event.topic()));
    }
}

#[test]
fn django_event_system_handlers_match_names_by_regular_expressions() {
    let registry = Registry::new();
    let journal = Journal::default();
    let note = |name: &'static str| {
        let journal = journal.clone();
        move |event: &dyn AnyEvent| {
            let value = event.arg::<u32>("value");
            journal.note(format!("{name} {value:?}"));
        }
    };
    // RegisterHandler('event::name', handler); RegisterHandler('event::name(.*)', handler)
    registry
        .on_topic("event::name", note("one"))
        .expect("a pattern")
        .detach();
    registry
        .on_topic("event::name(.*)", note("all"))
        .expect("a pattern")
        .detach();
    // Dispatch('event::name', *args, **kwargs)
    registry.emit_topic("event::name", args! { value: 7_u32 });
    registry.emit_topic("event::name::some_event", args! {});
    assert_eq!(journal.take(), ["one Some(7)", "all Some(7)", "all None"]);
}

#[test]
fn django_event_system_event_classes_have_a_name_and_data() {
    let registry = Registry::new();
    let journal = Journal::default();
    let scanner = registry.scanner().state(journal.clone());
    scanner.subscribers(subscribers![django::every_event]).run();
    let _scope = registry.enter();
    // ExampleEvent.Dispatch('name', 'value')
    let event = emit!(django::ExampleEvent, name = "name", value = 7);
    assert_eq!((event.name, event.value), ("name", 7));
    assert_eq!(journal.take(), ["Event was dispatched: ExampleEvent"]);
}

// class ExampleEventListener(EventListener): listensFor = [ExampleEvent, 'event::.*']
#[derive(Default)]
struct ExampleEventListener {
    handled: Journal,
}

#[listener]
impl ExampleEventListener {
    #[on]
    fn handle(&self, event: &django::ExampleEvent) {
        self.handled.note(event.name);
    }

    #[on(topic = "event::.*")]
    fn handle_names(&self, event: &dyn AnyEvent) {
        self.handled.note(event.topic());
    }
}

#[test]
fn django_event_system_listeners_subscribe_to_classes_and_names() {
    let registry = Registry::new();
    let listener = Arc::new(ExampleEventListener::default());
    let _listens = registry.add(Arc::clone(&listener));
    registry.emit(django::ExampleEvent {
        name: "name",
        value: 1,
    });
    registry.emit_topic("event::db::Model::created", args! {});
    assert_eq!(
        listener.handled.take(),
        ["name", "event::db::Model::created"]
    );
}

#[test]
fn django_event_system_a_queue_is_cleared_on_demand_and_after_a_function() {
    // @EnsureQueueIsCleared
    #[flush_queue]
    fn view() {
        let event = django::ExampleEvent {
            name: "view",
            value: 1,
        };
        event.enqueue().expect("there is room");
    }

    let registry = Registry::new();
    let journal = Journal::default();
    let notes = journal.clone();
    registry
        .on(move |event: &django::ExampleEvent| notes.note(event.name))
        .detach();
    let _scope = registry.enter();
    view();
    assert_eq!(journal.take(), ["view"]);
    // Dispatch, and then ClearQueue
    let event = django::ExampleEvent {
        name: "later",
        value: 1,
    };
    event.enqueue().expect("there is room");
    assert!(journal.take().is_empty());
    registry.queue().flush();
    assert_eq!(journal.take(), ["later"]);
}

// canvas_core, "Events", "Basic Usage": class BeforeMessageSend: message: str
#[derive(Event)]
struct BeforeMessageSend {
    #[event(into)]
    message: String,
}

// @handle_event(BeforeMessageSend): the watermark
#[subscriber]
fn add_message_watermark(event: &mut BeforeMessageSend) {
    event.message.push_str(" (sent from Canvas)");
}

#[test]
fn canvas_core_an_emit_returns_the_changed_event() {
    let registry = Registry::with(subscribers![add_message_watermark]);
    let _scope = registry.enter();
    // emit_event(BeforeMessageSend, message=message)
    let event = emit!(BeforeMessageSend, message = "Hello, world!");
    assert_eq!(event.message, "Hello, world! (sent from Canvas)");
}

// canvas_core, "Defining Events": handlers add errors to a form
#[derive(Event)]
struct SignupFormSubmitted {
    cleaned_data: BTreeMap<&'static str, &'static str>,
    #[event(default)]
    error_messages: BTreeMap<&'static str, Vec<&'static str>>,
}

#[subscriber]
fn validate_email(event: &mut SignupFormSubmitted) {
    if !event.cleaned_data["email"].ends_with("@mycompany.com") {
        let errors = event.error_messages.entry("email").or_default();
        errors.push("must be of the company");
    }
}

#[subscriber]
fn validate_password(event: &mut SignupFormSubmitted) {
    if event.cleaned_data["password"].len() < 8 {
        let errors = event.error_messages.entry("password").or_default();
        errors.push("too short");
    }
}

#[test]
fn canvas_core_handlers_validate_a_form() {
    let registry = Registry::with(subscribers![validate_email, validate_password]);
    let data = [("email", "a@x.org"), ("password", "1234")].into();
    let form = SignupFormSubmitted::builder().cleaned_data(data).build();
    let form = registry.emit(form);
    let fields: Vec<_> = form.error_messages.into_keys().collect();
    assert_eq!(fields, ["email", "password"]);
}

// canvas_core, "The origin Keyword": handlers subscribe to one emitter
#[derive(Event)]
struct CustomEvent {
    argument: &'static str,
}

fn custom_action_one() -> &'static str {
    CustomEvent { argument: "hello" }
        .emit_from(custom_action_one)
        .argument
}

fn custom_action_two() -> &'static str {
    CustomEvent { argument: "hello" }
        .emit_from(custom_action_two)
        .argument
}

#[subscriber(origin = custom_action_one)]
fn handle_custom_action_one(event: &mut CustomEvent) {
    event.argument = "changed";
}

#[test]
fn canvas_core_a_handler_can_be_limited_to_one_origin() {
    let _scope = Registry::with(subscribers![handle_custom_action_one]).enter();
    assert_eq!(
        (custom_action_one(), custom_action_two()),
        ("changed", "hello")
    );
}

#[test]
fn regstack_hooks_run_sync_handlers_in_order_and_async_ones_concurrently() {
    // hooks = HookRegistry(); hooks.on("user_registered", handler)
    let hooks = Registry::new();
    let journal = Journal::default();
    let gate = Gate::default();
    for name in ["first", "second"] {
        let journal = journal.clone();
        let hook = move |event: &auth::UserRegistered<&'static str>| {
            journal.note(format!("{name} {}", event.user));
        };
        hooks.on(hook).detach();
    }
    for name in ["one", "two"] {
        let (journal, gate) = (journal.clone(), gate.clone());
        hooks
            .on_async(move |_: &auth::UserRegistered<&'static str>| {
                let (journal, gate) = (journal.clone(), gate.clone());
                async move {
                    journal.note(format!("{name} begins"));
                    gate.open();
                    gate.wait().await;
                    journal.note(format!("{name} ends"));
                }
            })
            .detach();
    }
    // Errors are logged and swallowed.
    hooks
        .on(|_: &auth::UserRegistered<&'static str>| Err::<(), _>("no mail server"))
        .detach();
    // await hooks.fire("user_registered", user=user)
    block_on(hooks.emit_async(auth::UserRegistered { user: "ada" }));
    let notes = journal.take();
    assert_eq!(notes[..2], ["first ada", "second ada"]);
    assert_eq!(notes.len(), 6);
}

#[test]
fn regstack_custom_names_can_be_used_beside_the_known_ones() {
    let hooks = Registry::new();
    let journal = Journal::default();
    let notes = journal.clone();
    let any = move |event: &dyn AnyEvent| {
        let known = auth::KNOWN_EVENTS.contains(&event.topic());
        notes.note(format!("{} {known}", event.topic()));
    };
    hooks
        .on_topic("user_.*|custom", any)
        .expect("a pattern")
        .detach();
    hooks.emit(auth::UserRegistered { user: 7 });
    hooks.emit_topic("custom", args! { user: 7 });
    assert_eq!(journal.take(), ["user_registered true", "custom false"]);
}

#[derive(Event)]
struct Login;

#[derive(Event)]
struct Logout;

// Pyramid, on which Websauna is built: a subscriber may be decorated for several events
#[subscriber(Login, Logout)]
fn login_or_logout(event: &dyn AnyEvent, journal: State<'_, Journal>) {
    journal.note(event.topic().rsplit("::").next().unwrap_or_default());
}

#[test]
fn websauna_one_subscriber_can_subscribe_to_several_events() {
    let registry = Registry::new();
    let journal = Journal::default();
    let scanner = registry.scanner().state(journal.clone());
    scanner.subscribers(subscribers![login_or_logout]).run();
    registry.emit(Login);
    registry.emit(Logout);
    assert_eq!(journal.take(), ["Login", "Logout"]);
}

struct Example(&'static str);

#[derive(Default)]
struct ExampleObserver {
    journal: Journal,
}

// class ExampleObserver(Observer): observes = Example; created(self, model), ..
#[observer(Example)]
impl ExampleObserver {
    fn created(&self, event: &Created<Example>) {
        self.journal.note(format!("created {}", event.record.0));
    }

    fn deleting(&self, event: &mut Deleting<Example>) {
        event.veto("it stays");
    }
}

#[test]
fn django_event_system_an_observer_receives_the_events_of_its_model() {
    let registry = Registry::new();
    let observer = Arc::new(ExampleObserver::default());
    let _observes = registry.add(Arc::clone(&observer));
    registry.emit(Created::new(Example("one")));
    let deleting = registry.emit(Deleting::new(Example("one")));
    assert_eq!(observer.journal.take(), ["created one"]);
    assert_eq!(deleting.veto_reason(), Some("it stays"));
}

#[test]
fn canvas_core_an_exception_does_not_stop_other_handlers() {
    let registry = Registry::with(subscribers![add_message_watermark]);
    registry
        .subscribe(|event: &BeforeMessageSend| assert!(event.message.is_empty(), "an exception"))
        .priority(10)
        .register()
        .expect("no id")
        .detach();
    let message = "Hello, world!".to_owned();
    let event = registry.emit(BeforeMessageSend { message });
    assert_eq!(event.message, "Hello, world! (sent from Canvas)");
}

#[test]
fn canvas_core_an_event_is_built_from_keywords() {
    let _scope = Registry::new().enter();
    // emit_event(CustomEvent, argument="hello world!"); an unknown keyword is a TypeError there, and
    // does not compile here: tests/ui/fail/builders.rs
    assert_eq!(emit!(CustomEvent, argument = "hello").argument, "hello");
    let data = [("email", "a@mycompany.com")].into();
    let form = emit!(SignupFormSubmitted, cleaned_data = data);
    assert!(form.error_messages.is_empty());
}
