//! Section 9: examples from the documentation of django-event-system and of regstack that name an event by text, as
//! `subscribe/predecessors.rs` has them with event types. The comments quote that documentation.

use std::sync::Arc;

use events_core::{
    AnyEvent, Event, EventCopy, Registry, State, Subscription, args, bridges::Signal, emit_topic,
    enqueue_topic, flush_queue, signal_to_event, subscriber, subscribers, subscribing::Pattern,
};

use crate::{Gate, Journal, block_on};

#[test]
fn django_event_system_a_queue_by_name_is_cleared_on_demand_and_after_a_function() {
    // @EnsureQueueIsCleared: Dispatcher.Dispatch('event::name', value=1)
    #[flush_queue]
    fn view() {
        enqueue_topic("event::name", args! { value: 1 }).expect("there is room");
    }

    let registry = Registry::new();
    let journal = Journal::default();
    // RegisterHandler('event::name(.*)', handler), with handlers of each kind
    let note = |kind: &'static str| {
        let journal = journal.clone();
        move |event: &dyn AnyEvent| journal.note(format!("{kind} {:?}", event.get::<u32>("value")))
    };
    let sync = registry.on_topic("event::name(.*)", note("sync"));
    sync.expect("a pattern").detach();
    let later = note("deferred");
    let deferred =
        registry.on_topic_deferred("event::.*", move |event: &EventCopy| later(&**event));
    deferred.expect("a pattern").detach();
    let awaited = Arc::new(note("async"));
    let handler = move |event: &EventCopy| {
        let (event, note) = (event.clone(), Arc::clone(&awaited));
        async move { note(&*event) }
    };
    registry
        .on_topic_async("event::.*", handler)
        .expect("a pattern")
        .detach();

    let _scope = registry.enter();
    view();
    let notes = |value| ["sync", "deferred", "async"].map(|kind| format!("{kind} Ok({value})"));
    assert_eq!(journal.take(), notes(1));
    // Dispatch, and then ClearQueue
    registry
        .enqueue_topic("event::name::later", args! { value: 2 })
        .expect("there is room");
    assert!(journal.take().is_empty());
    registry.queue().flush();
    assert_eq!(journal.take(), notes(2));
    // A sync dispatch leaves the handlers of the queue to ClearQueue.
    emit_topic("event::name", args! { value: 3 });
    assert_eq!(journal.take(), notes(3)[..1]);
    registry.queue().flush();
    assert_eq!(journal.take(), notes(3)[1..]);
}

#[test]
fn regstack_hooks_by_name_run_sync_handlers_in_order_and_async_ones_concurrently() {
    // hooks = HookRegistry(); hooks.on("user_registered", handler)
    let hooks = Registry::new();
    let journal = Journal::default();
    let gate = Gate::default();
    let name = || Pattern::exact("user_registered");
    for hook in ["first", "second"] {
        let journal = journal.clone();
        let hook = move |event: &dyn AnyEvent| {
            let user = event.get::<&str>("user").expect("regstack passes the user");
            journal.note(format!("{hook} {user}"));
        };
        hooks.on_topic(name(), hook).expect("a topic").detach();
    }
    for hook in ["one", "two"] {
        let (journal, gate) = (journal.clone(), gate.clone());
        let hook = move |event: &EventCopy| {
            let (event, journal, gate) = (event.clone(), journal.clone(), gate.clone());
            async move {
                journal.note(format!("{hook} begins"));
                gate.open();
                gate.wait().await;
                journal.note(format!("{hook} ends {:?}", event.get::<&str>("user")));
            }
        };
        hooks
            .on_topic_async(name(), hook)
            .expect("a topic")
            .detach();
    }
    // Errors are logged and swallowed, sync and async.
    let fails = |_: &dyn AnyEvent| Err::<(), _>("no mail server");
    hooks.on_topic(name(), fails).expect("a topic").detach();
    let fails = |_: &EventCopy| async { Err::<(), _>("no mail server") };
    hooks
        .on_topic_async(name(), fails)
        .expect("a topic")
        .detach();
    // await hooks.fire("user_registered", user=user)
    block_on(hooks.emit_topic_async("user_registered", args! { user: "ada" }));
    let notes = journal.take();
    assert_eq!(notes[..3], ["first ada", "second ada", "one begins"]);
    assert_eq!(notes.len(), 6);
    let ends = |hook| notes.contains(&format!("{hook} ends Ok(\"ada\")"));
    assert!(ends("one") && ends("two"), "{notes:?}");
    // "custom names too", and those of the events that have a type
    block_on(hooks.emit_topic_async("custom", args! {}));
    assert!(journal.take().is_empty());
}

/// A signal as those of Django: it calls each connected callback.
struct PostSave(Registry);

#[derive(Event, Clone)]
#[event(topic = "by_name::saved")]
struct Saved(u32);

impl Signal for PostSave {
    type Item = Saved;
    type Guard = Subscription;

    fn connect(&self, call: impl Fn(Saved) + Send + Sync + 'static) -> Subscription {
        self.0.on(move |event: &Saved| call(event.clone()))
    }
}

// class Listener(EventListener): listensFor = ['event::from::.*']; the handler runs on the queue
#[subscriber(topic = "event::from::.*")]
async fn handle(event: &EventCopy, journal: State<'_, Journal>) {
    journal.note(format!(
        "{} {:?}",
        event.topic(),
        event.get::<u64>("number")
    ));
}

#[test]
fn django_event_system_a_signal_becomes_an_event_by_name_whose_handlers_run_on_the_queue() {
    let (registry, journal) = (Registry::new(), Journal::default());
    let scanner = registry.scanner().state(journal.clone());
    scanner.subscribers(subscribers![handle]).run();
    // SignalToEvent(signal, event='event::from::signal')
    let signal = PostSave(Registry::new());
    let named =
        signal_to_event(&signal).to_topic("event::from::signal", |saved| args! { number: saved.0 });
    let connection = named.on(&registry).connect();
    signal.0.emit(Saved(7));
    signal.0.emit(Saved(8));
    drop(connection);
    signal.0.emit(Saved(9));
    assert!(journal.take().is_empty());
    // ClearQueue
    assert_eq!(registry.queue().flush().ran(), 2);
    let expected = [7, 8].map(|number| format!("event::from::signal Ok({number})"));
    assert_eq!(journal.take(), expected);
}
