//! `explain` gives the subscribers of an event in running order, and for each other one why it is not called.

use std::time::Duration;

use events_core::{
    AnyEvent, Event, EventCopy, Origin, Registry,
    explaining::{Explained, Explanation},
    listener,
    middleware::{EmitMiddleware, Middleware},
    record::Created,
    subscriber, subscribers,
};

#[derive(Event, Clone)]
#[event(topic = "explained.placed")]
struct Placed {
    cents: u64,
}

/// Its name is similar.
#[derive(Event, Clone)]
#[event(topic = "other.place")]
struct Place;

#[derive(Event, Clone)]
#[event(topic = "explained.refunded")]
struct Refunded;

#[derive(Event, Clone)]
#[event(topic = "unrelated")]
struct Unrelated;

#[derive(Event)]
#[event(topic = "explained.uncopied")]
struct Uncopied;

struct Model;

fn checkout() {}

#[subscriber(priority = -3)]
fn declared(_: &Placed) {}

#[subscriber(once)]
fn declared_once(_: &Placed) {}

#[subscriber(origin = checkout, when = |_: &Placed| panic!("evaluated"))]
async fn of_checkout(_: &mut Placed) {}

#[subscriber(topic = r"explained\..*", deferred)]
fn by_pattern(_: &EventCopy) {}

#[subscriber]
fn narrowed_out(_: &Placed) {}

struct ToAdd;

#[listener]
impl ToAdd {
    #[on]
    fn method(&self, _: &Placed) {}
}

/// Each listed subscriber with its verdict, in the order of the list.
fn lines(explanation: &Explanation) -> Vec<String> {
    let line = |name: &str, verdict: &str| {
        let name = name.rsplit("::").next().unwrap_or(name);
        format!("{name}: {verdict}")
    };
    // Without the declared subscribers of other tests, to patterns that match.
    let is_own = |one: &&Explained| ["", module_path!()].contains(&one.subscriber().module);
    explanation
        .subscribers()
        .filter(is_own)
        .map(|one| line(&one.subscriber().name, &one.verdict().to_string()))
        .collect()
}

fn registry() -> Registry {
    Registry::with(subscribers![
        declared,
        declared_once,
        of_checkout,
        by_pattern
    ])
}

const NOT_SCANNED: [&str; 2] = [
    "narrowed_out: not called: no scan of this registry has registered it",
    "method: not called: its listener is not added to this registry",
];

#[test]
fn subscribers_are_listed_in_running_order_with_their_reasons() {
    let registry = registry();
    let closure = registry
        .subscribe(|_: &Placed| {})
        .when(|one| one.cents > 0);
    closure
        .id("conditional")
        .priority(9)
        .register()
        .expect("it is new")
        .detach();
    let explanation = registry.explain::<Placed>();
    let expected = [
        "conditional: called if its condition accepts the event",
        "declared_once: called",
        "of_checkout: not called: it is limited to the origin `it::explain::explain_event::checkout`",
        "declared: called",
        "by_pattern: called",
    ];
    assert_eq!(lines(&explanation)[..5], expected);
    assert_eq!(lines(&explanation)[5..], NOT_SCANNED);
    assert_eq!(
        (explanation.topic(), explanation.origin()),
        ("explained.placed", None)
    );

    registry.emit(Placed { cents: 0 });
    let muted = (registry.mute(declared), registry.mute("conditional"));
    let explanation = registry.explain_from::<Placed, _>(checkout);
    let expected = [
        "conditional: not called: it is muted",
        "declared_once: not called: it runs once, and has run",
        "of_checkout: called if its condition accepts the event",
        "declared: not called: it is muted",
        "by_pattern: called",
    ];
    assert_eq!(lines(&explanation)[..5], expected);
    assert_eq!(explanation.called().count(), 2);
    assert!(explanation.not_called().count() >= 5);
    drop(muted);
}

#[test]
fn linked_subscribers_and_methods_are_not_missing_once_they_are_registered() {
    let registry = registry();
    registry
        .scanner()
        .subscribers(subscribers![narrowed_out])
        .run();
    let held = registry.add(ToAdd);
    let all = lines(&registry.explain::<Placed>());
    assert!(all.contains(&"narrowed_out: called".to_owned()), "{all:?}");
    assert!(all.contains(&"method: called".to_owned()), "{all:?}");
    assert_eq!(all.len(), 6, "{all:?}");
    drop(held);
    let all = lines(&registry.explain::<Placed>());
    assert!(all.contains(&NOT_SCANNED[1].to_owned()), "{all:?}");
}

#[test]
fn subscribers_of_other_events_are_listed_if_they_could_have_been_meant_and_else_counted() {
    let registry = Registry::new();
    let held = (
        registry.on(|_: &Placed| {}),
        registry
            .subscribe(|_: &Unrelated| {})
            .id("unrelated")
            .register(),
        registry
            .subscribe(|_: &Refunded| {})
            .id("same module")
            .register(),
        registry.subscribe(|_: &Place| {}).id("similar").register(),
        registry.on_topic("explain.placed", |_: &dyn AnyEvent| {}),
    );
    let explanation = registry.explain::<Placed>();
    let is_near = |line: &String| line.contains("it is subscribed") || line.contains("its pattern");
    let near: Vec<_> = lines(&explanation).into_iter().filter(is_near).collect();
    let [first, second, third] = &near[..] else {
        panic!("{near:#?}");
    };
    assert_eq!(
        first,
        "similar: not called: it is subscribed to `other.place`"
    );
    assert!(
        second.ends_with("not called: its pattern `explain.placed` does not match the topic"),
        "{second}"
    );
    assert_eq!(
        third,
        "same module: not called: it is subscribed to `explained.refunded`"
    );
    let others = explanation.others();
    let all = explanation.all();
    assert_eq!(all.others(), 0);
    let all = lines(&all);
    assert!(
        all.contains(&"unrelated: not called: it is subscribed to `unrelated`".to_owned()),
        "{all:?}"
    );
    assert!(
        others > 100,
        "the other declared subscribers of this program"
    );
    drop(held);
}

#[test]
fn a_topic_has_subscribers_to_patterns_only() {
    let registry = registry();
    let explanation = registry.explain_topic("explained.named");
    assert_eq!(lines(&explanation)[0], "by_pattern: called");
    assert_eq!(explanation.called().count(), 1);
    let _muted = registry.mute(by_pattern);
    assert_eq!(
        lines(&registry.explain_topic("explained.named"))[0],
        "by_pattern: not called: it is muted"
    );
}

#[test]
fn an_event_that_cannot_be_copied_does_not_reach_a_later_subscriber_to_a_pattern() {
    let registry = registry();
    assert_eq!(
        lines(&registry.explain::<Uncopied>())[0],
        "by_pattern: not called: it takes a copy, and the event cannot be copied"
    );
}

#[test]
fn the_events_of_records_have_their_origin() {
    let registry = Registry::new();
    let held = registry
        .subscribe(|_: &Created<Model>| {})
        .origin(Origin::of::<Model>())
        .register();
    let explanation = registry.explain::<Created<Model>>();
    assert_eq!(explanation.called().count(), 1);
    assert_eq!(explanation.origin(), Some(&Origin::of::<Model>()));
    assert_eq!(
        registry
            .explain_from::<Created<Model>, _>("import")
            .called()
            .count(),
        0
    );
    drop(held);
}

/// Whether one note of the explanation has this text.
fn check_note(registry: &Registry, text: &str) {
    let explanation = registry.explain::<Placed>();
    let notes: Vec<_> = explanation.notes().collect();
    let count = notes.iter().filter(|note| note.contains(text)).count();
    assert_eq!(count, 1, "`{text}` in {notes:#?}");
}

#[test]
fn notes_name_the_hook_the_queue_awaited_subscribers_and_a_missing_scan() {
    let registry = Registry::new();
    check_note(
        &registry,
        "no scan has registered the linked subscribers; call registry.scan()",
    );
    registry.set_unheard_hook(|_| {});
    check_note(&registry, "the hook for events that no subscriber received");
    registry.on_awaited(awaited).detach();
    check_note(&registry, "do not call the 1 subscriber that is awaited");
    assert_eq!(
        registry.explain::<Placed>().notes().len(),
        2,
        "no queue and no hook"
    );
    registry.on_deferred(|_: &Placed| {}).detach();
    check_note(
        &registry,
        "1 subscriber runs later, from the queue, which has no worker now",
    );
    drop(registry.queue().shutdown(Duration::ZERO));
    check_note(&registry, "the queue is shut down");

    let before = registry.explain::<Placed>().notes().len();
    struct Passes;
    impl Middleware for Passes {}
    impl EmitMiddleware for Passes {}
    let around_calls = registry.wrap(Passes);
    check_note(
        &registry,
        "middleware stands around the calls or the emissions",
    );
    drop(around_calls);
    assert_eq!(registry.explain::<Placed>().notes().len(), before);
    let _around_emissions = registry.wrap_emit(Passes);
    check_note(
        &registry,
        "middleware stands around the calls or the emissions",
    );
}

async fn awaited(_: &mut Placed) {}

/// The column at which this part of a line begins. Each Chinese character is two columns wide.
fn column(line: &str, part: &str) -> usize {
    let (before, _) = line.split_once(part).expect("the line has this part");
    let width = |character| 1 + usize::from(character >= '\u{3000}');
    before.chars().map(width).sum()
}

#[test]
fn it_is_printed_as_a_table() {
    let registry = Registry::new();
    let subscribe = |id: &str, priority: i32| {
        let new = registry.subscribe(|_: &Placed| {});
        new.id(id).priority(priority)
    };
    let one = subscribe("charge", 10).register();
    let other = subscribe("支払", 0).origin("import").register();
    let text = registry.explain::<Placed>().to_string();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines[0], "`explained.placed`, emitted without an origin");
    assert!(lines[1].starts_with("#  priority  subscriber "), "{text}");
    assert!(lines[2].starts_with("1        10  charge "), "{text}");
    assert!(lines[3].starts_with("-         0  支払 "), "{text}");
    assert!(
        lines[3].ends_with("  not called: it is limited to the origin `import`"),
        "{text}"
    );
    for (heading, parts) in [
        ("location", [file!(), file!()]),
        ("kind", ["sync", "sync"]),
        ("verdict", ["called", "not called"]),
    ] {
        let rows = lines[2..4].iter().zip(parts);
        let columns: Vec<_> = rows.map(|(row, part)| column(row, part)).collect();
        assert_eq!(columns, [column(lines[1], heading); 2], "{text}");
    }
    assert!(text.lines().all(|line| line.trim_end() == line), "{text}");
    assert!(text.contains("\n1 subscriber is called, "), "{text}");
    drop((one, other));
}
