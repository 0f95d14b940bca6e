//! A muted subscriber is not called until the last guard is dropped, and keeps its place in the order.

use std::{cell::RefCell, panic::catch_unwind};

use events_core::{
    Emission, Event, EventCopy, Registry, State, Subscription, listener, subscriber, subscribers,
    subscribing::MuteGuard,
};

use crate::{Journal, block_on};

#[derive(Event, Clone)]
#[event(topic = "muting.typed")]
struct Typed;

#[derive(Event, Clone)]
#[event(topic = "muting.later")]
struct Later;

#[derive(Event)]
struct Other;

#[subscriber(priority = 3)]
fn first(_: &Typed, journal: State<'_, Journal>) {
    journal.note("first");
}

#[subscriber(after = first)]
fn second(_: &Typed, journal: State<'_, Journal>) {
    journal.note("second");
}

#[subscriber(priority = 9, after = second)]
fn third(_: &Typed, journal: State<'_, Journal>) {
    journal.note("third");
}

#[subscriber(deferred)]
fn deferred(_: &Typed, journal: State<'_, Journal>) {
    journal.note("deferred");
}

#[subscriber(topic = r"muting\..*")]
async fn by_pattern(_: &EventCopy, emission: &Emission, journal: State<'_, Journal>) {
    journal.note(format!("by pattern {}", emission.topic()));
}

#[subscriber(Typed, Later)]
async fn of_several(_: &EventCopy, emission: &Emission, journal: State<'_, Journal>) {
    journal.note(format!("of several {}", emission.topic()));
}

struct Methods(Journal);

#[listener]
impl Methods {
    #[on]
    fn method(&self, _: &Typed) {
        self.0.note("method");
    }
}

fn with(subscribers: events_core::scanning::Subscribers) -> (Registry, Journal) {
    let (registry, journal) = (Registry::new(), Journal::default());
    let scanner = registry.scanner().state(journal.clone());
    scanner.subscribers(subscribers).run();
    (registry, journal)
}

/// What an async emit and a flush call.
fn called<E: Event>(registry: &Registry, journal: &Journal, event: E) -> Vec<String> {
    block_on(registry.emit_async(event));
    registry.queue().flush();
    journal.take()
}

#[test]
fn each_kind_of_declared_subscriber_is_muted() {
    let all = ["first", "second", "third", "deferred"];
    let check = |mute: fn(&Registry) -> MuteGuard, muted: &str| {
        let (registry, journal) = with(subscribers![first, second, third, deferred]);
        let guard = mute(&registry);
        let others: Vec<_> = all.into_iter().filter(|one| *one != muted).collect();
        assert_eq!(
            called(&registry, &journal, Typed),
            others,
            "without {muted}"
        );
        drop(guard);
        assert_eq!(called(&registry, &journal, Typed), all, "with {muted}");
    };
    check(|registry| registry.mute(first), "first");
    check(|registry| registry.mute(second), "second");
    check(|registry| registry.mute(deferred), "deferred");
    check(
        |registry| registry.mute("it::explain::mute::third"),
        "third",
    );
}

#[test]
fn one_of_several_events_or_of_a_pattern_is_muted_for_all_also_for_those_emitted_first_while_muted()
{
    let (registry, journal) = with(subscribers![by_pattern, of_several]);
    let both = ["by pattern muting.later", "of several muting.later"];
    let guard = registry.mute(by_pattern);
    assert_eq!(called(&registry, &journal, Later), both[1..]);
    registry.emit_topic("muting.named", events_core::args! {});
    assert_eq!(registry.queue().flush().ran(), 0);
    drop(guard);
    let guard = registry.mute(of_several);
    assert_eq!(called(&registry, &journal, Later), both[..1]);
    drop(guard);
    assert_eq!(called(&registry, &journal, Later), both);
    registry.emit_topic("muting.named", events_core::args! {});
    registry.queue().flush();
    assert_eq!(journal.take(), ["by pattern muting.named"]);
}

#[test]
fn subscribers_at_run_time_and_methods_of_listeners_are_muted() {
    let (registry, journal) = (Registry::new(), Journal::default());
    let _listener = registry.add(Methods(journal.clone()));
    let _again = registry.add(Methods(journal.clone()));
    let noted = journal.clone();
    let closure = registry.subscribe(move |_: &Typed| noted.note("closure"));
    closure
        .id("closure")
        .register()
        .expect("it is new")
        .detach();
    let all = ["method", "method", "closure"];
    assert_eq!(called(&registry, &journal, Typed), all);
    let guard = registry.mute(Methods::method);
    assert_eq!(called(&registry, &journal, Typed), ["closure"]);
    let other = registry.mute("closure");
    assert!(registry.try_emit(Typed).expect("none fails").is_unheard());
    drop(guard);
    assert_eq!(called(&registry, &journal, Typed), ["method", "method"]);
    drop(other);
    assert_eq!(called(&registry, &journal, Typed), all);
}

#[test]
fn guards_nest() {
    let (registry, journal) = with(subscribers![first]);
    let (outer, inner) = (
        registry.mute(first),
        registry.mute("it::explain::mute::first"),
    );
    drop(outer);
    assert!(called(&registry, &journal, Typed).is_empty());
    drop(inner);
    assert_eq!(called(&registry, &journal, Typed), ["first"]);
    registry.mute(first).detach();
    assert!(called(&registry, &journal, Typed).is_empty());
}

/// `second` is after `first` and before `third`, which has the highest priority.
#[test]
fn constraints_through_a_muted_subscriber_hold() {
    let (registry, journal) = with(subscribers![first, second, third]);
    let _muted = registry.mute(second);
    assert_eq!(called(&registry, &journal, Typed), ["first", "third"]);
    let noted = journal.clone();
    let last = registry.subscribe(move |_: &Typed| noted.note("last"));
    let last = last.priority(20).after(second).register();
    assert_eq!(
        called(&registry, &journal, Typed),
        ["first", "last", "third"]
    );
    drop(last);
}

#[test]
fn a_later_subscription_is_neither_muted_nor_unmuted() {
    let (registry, journal) = (Registry::new(), Journal::default());
    let subscribe = |text: &'static str| -> Subscription {
        let noted = journal.clone();
        let new = registry.subscribe(move |_: &Typed| noted.note(text));
        new.id("one").register().expect("the id is free")
    };
    let before = subscribe("before");
    let guard = registry.mute("one");
    drop(before);
    let after = subscribe("after");
    assert_eq!(called(&registry, &journal, Typed), ["after"]);
    drop(guard);
    assert_eq!(called(&registry, &journal, Typed), ["after"]);
    drop(after);
}

#[test]
fn a_scan_while_one_is_muted_leaves_it_muted() {
    let (registry, journal) = with(subscribers![first]);
    let guard = registry.mute(first);
    let report = registry.scanner().subscribers(subscribers![second]).run();
    assert_eq!(report.subscribers().len(), 2, "the report has muted ones");
    assert_eq!(called(&registry, &journal, Typed), ["second"]);
    drop(guard);
    assert_eq!(called(&registry, &journal, Typed), ["first", "second"]);
}

#[test]
fn an_unknown_name_is_an_error_with_the_remedy() {
    let (registry, _) = with(subscribers![first]);
    let error = registry
        .try_mute("it::explain::mute::frst")
        .expect_err("no subscriber has the name");
    assert_eq!(
        error.to_string(),
        "no subscriber of this registry has the name `it::explain::mute::frst`, so none can be muted; register it \
         first, or correct its name: did you mean `it::explain::mute::first`?"
    );
    assert!(registry.try_mute(second).is_err(), "it is not scanned");
    let panics = catch_unwind(|| registry.mute("none"));
    assert!(panics.is_err());
}

#[test]
fn a_handler_may_mute_and_unmute_itself_and_others() {
    thread_local!(static GUARD: RefCell<Option<MuteGuard>> = const { RefCell::new(None) });
    let (registry, journal) = (Registry::new(), Journal::default());
    let (weak, noted) = (registry.clone(), journal.clone());
    let toggle = registry.subscribe(move |_: &Typed| {
        noted.note("toggle");
        let guard = GUARD.take();
        if guard.is_none() {
            GUARD.set(Some(weak.mute("other")));
        }
    });
    let toggle = toggle.id("toggle").register().expect("it is new");
    let noted = journal.clone();
    let other = registry.subscribe(move |_: &Typed| noted.note("other"));
    let other = other.id("other").register().expect("it is new");
    // An emit in progress calls it still.
    assert_eq!(called(&registry, &journal, Typed), ["toggle", "other"]);
    assert_eq!(called(&registry, &journal, Typed), ["toggle"]);
    assert_eq!(called(&registry, &journal, Typed), ["toggle", "other"]);
    drop((toggle, other));
    GUARD.take();
}

#[test]
fn what_is_deferred_already_runs_and_what_is_enqueued_does_not() {
    let (registry, journal) = with(subscribers![first, deferred]);
    registry.emit(Typed);
    registry.enqueue(Typed).expect("there is room");
    let guards = (registry.mute(first), registry.mute(deferred));
    registry.queue().flush();
    assert_eq!(journal.take(), ["first", "deferred"], "of the emit");
    drop(guards);
}

#[test]
fn muted_subscribers_do_not_count_as_subscribers() {
    let (registry, _) = with(subscribers![first, by_pattern]);
    assert!(registry.has_subscribers::<Typed>());
    let guard = registry.mute(first);
    assert!(registry.has_subscribers::<Typed>(), "of the pattern");
    assert!(registry.has_topic_subscribers("muting.named"));
    let both = registry.mute(by_pattern);
    assert!(!registry.has_subscribers::<Typed>());
    assert!(!registry.has_subscribers_from::<Typed, _>("import"));
    assert!(!registry.has_topic_subscribers("muting.named"));
    assert!(!registry.has_subscribers::<Later>());
    drop(guard);
    assert!(registry.has_subscribers::<Typed>());
    drop(both);
    assert!(registry.has_subscribers::<Later>());
    assert!(!registry.has_subscribers::<Other>());
}

#[test]
fn a_guard_may_outlive_its_registry() {
    let (registry, _) = with(subscribers![first]);
    let guard = registry.mute(first);
    assert_eq!(
        format!("{guard:?}"),
        "MuteGuard(\"it::explain::mute::first\")"
    );
    drop(registry);
    drop(guard);
}
