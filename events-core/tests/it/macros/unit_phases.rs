//! Section 13: the options of subscribers and of events that decide when a subscriber runs in a unit of work.

use events_core::{
    AnyEvent, Event, EventCopy, Registry, UnitOfWork,
    bounds::Snapshot,
    listener, observer,
    record::{Created, Creating, Deleted},
    scanning::Subscribers,
    subscriber, subscribers,
    units::{UnitEvent, UnitHandle},
};

use crate::{Journal, awaited::suspend, block_on};

/// An event whose subscribers run at once, unless they say otherwise.
#[derive(Event, Clone, Default)]
#[event(topic = "phases::plain")]
struct Plain {
    journal: Journal,
}

/// An event whose subscribers run after the commit, unless they say otherwise.
#[derive(Event, Clone, Default)]
#[event(topic = "phases::held", after_commit)]
struct Held {
    journal: Journal,
}

#[derive(Event, Clone, Default)]
#[event(after_commit)]
struct Generic<T> {
    journal: Journal,
    value: T,
}

#[subscriber]
fn plain(event: &Plain) {
    event.journal.note("ran");
}

#[subscriber(after_commit)]
fn plain_after_commit(event: &mut Plain) {
    event.journal.note("ran");
}

#[subscriber(after_rollback)]
fn plain_after_rollback(event: &Plain) {
    event.journal.note("ran");
}

#[subscriber(at_once)]
fn plain_at_once(event: &Plain) {
    event.journal.note("ran");
}

#[subscriber]
fn held(event: &Held) {
    event.journal.note("ran");
}

#[subscriber(at_once)]
fn held_at_once(event: &Held) {
    event.journal.note("ran");
}

#[subscriber(after_rollback, when = |_| true, once)]
fn held_after_rollback(event: &Held) {
    event.journal.note("ran");
}

#[subscriber]
fn generic(event: &Generic<u8>) {
    event
        .journal
        .note(if event.value == 0 { "ran" } else { "other" });
}

#[subscriber(after_commit)]
async fn awaited_after_commit(event: &mut Plain) {
    suspend().await;
    event.journal.note("ran");
}

#[subscriber(at_once)]
async fn awaited_at_once(event: &mut Held) {
    suspend().await;
    event.journal.note("ran");
}

#[subscriber(after_rollback)]
async fn concurrent_after_rollback(event: &Plain) {
    suspend().await;
    event.journal.note("ran");
}

#[subscriber(deferred, after_commit)]
fn deferred_after_commit(event: &Plain) {
    event.journal.note("ran");
}

#[subscriber(Plain, Held, after_commit)]
fn listed_after_commit(event: &dyn AnyEvent) {
    event
        .downcast_ref::<Plain>()
        .expect("it is one")
        .journal
        .note("ran");
}

#[subscriber(topic = "phases::.*", after_rollback)]
fn topic_after_rollback(event: &dyn AnyEvent) {
    event
        .downcast_ref::<Plain>()
        .expect("it is one")
        .journal
        .note("ran");
}

#[subscriber(topic = "phases::.*", after_rollback)]
async fn topic_async_after_rollback(event: &EventCopy) {
    event
        .downcast_ref::<Plain>()
        .expect("it is one")
        .journal
        .note("ran");
}

#[derive(Default)]
struct Listening;

#[listener]
impl Listening {
    #[on(after_commit)]
    fn committed(&self, event: &Plain) {
        event.journal.note("ran");
    }

    #[on(at_once)]
    fn at_once(&self, event: &Held) {
        event.journal.note("ran");
    }
}

#[derive(Clone)]
struct User(Journal);

#[derive(Default)]
struct UserObserver;

#[observer(User)]
impl UserObserver {
    fn creating(&self, event: &mut Creating<User>) {
        event.record.0.note("ran");
    }

    #[on(at_once)]
    fn created(&self, event: &Created<User>) {
        event.record.0.note("ran");
    }

    #[on(after_rollback)]
    fn deleted(&self, event: &Deleted<User>) {
        event.record.0.note("ran");
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum When {
    AtOnce,
    Commit,
    Rollback,
}

/// Emits an event in a unit that is committed and in one that is rolled back, by value and in an entered unit, and compares
/// when its subscriber runs.
#[track_caller]
fn check<E>(subscribers: impl Fn() -> Subscribers, event: impl Fn(&Journal) -> E, expected: When)
where
    E: Snapshot + UnitEvent,
{
    check_with(subscribers, event, expected, |registry, unit, event| {
        block_on(registry.try_emit_in_async(unit, event)).expect("none fails");
    });
}

/// The same with another way to emit with a handle.
#[track_caller]
fn check_with<E: Snapshot>(
    subscribers: impl Fn() -> Subscribers,
    event: impl Fn(&Journal) -> E,
    expected: When,
    emit_in: impl Fn(&Registry, &UnitHandle, E),
) {
    for is_entered in [false, true] {
        for commits in [true, false] {
            let (registry, journal) = (Registry::with(subscribers()), Journal::default());
            let work = UnitOfWork::begin();
            if is_entered {
                let _entered = work.handle().enter();
                block_on(registry.try_emit_async(event(&journal))).expect("none fails");
            } else {
                emit_in(&registry, &work.handle(), event(&journal));
            }
            let at_once = journal.take().len();
            if commits {
                work.commit().expect("it commits");
            } else {
                work.rollback();
            }
            registry.queue().flush();
            let later = journal.take().len();
            let counts = match (expected, commits) {
                (When::AtOnce, _) => (1, 0),
                (When::Commit, true) | (When::Rollback, false) => (0, 1),
                (When::Commit, false) | (When::Rollback, true) => (0, 0),
            };
            let place = format!("entered: {is_entered}, commits: {commits}");
            assert_eq!((at_once, later), counts, "{place}");
        }
    }
}

#[test]
fn subscribers_run_when_their_option_says() {
    let plain_event = |journal: &Journal| Plain {
        journal: journal.clone(),
    };
    let held_event = |journal: &Journal| Held {
        journal: journal.clone(),
    };
    check(|| subscribers![plain], plain_event, When::AtOnce);
    check(|| subscribers![plain_at_once], plain_event, When::AtOnce);
    check(
        || subscribers![plain_after_commit],
        plain_event,
        When::Commit,
    );
    check(
        || subscribers![plain_after_rollback],
        plain_event,
        When::Rollback,
    );
    check(|| subscribers![held], held_event, When::Commit);
    check(|| subscribers![held_at_once], held_event, When::AtOnce);
    check(
        || subscribers![held_after_rollback],
        held_event,
        When::Rollback,
    );
    check(
        || subscribers![awaited_after_commit],
        plain_event,
        When::Commit,
    );
    check(|| subscribers![awaited_at_once], held_event, When::AtOnce);
    check(
        || subscribers![concurrent_after_rollback],
        plain_event,
        When::Rollback,
    );
    check(
        || subscribers![deferred_after_commit],
        plain_event,
        When::Commit,
    );
    check(
        || subscribers![listed_after_commit],
        plain_event,
        When::Commit,
    );
    check(
        || subscribers![topic_after_rollback],
        plain_event,
        When::Rollback,
    );
    check(
        || subscribers![topic_async_after_rollback],
        plain_event,
        When::Rollback,
    );
}

#[test]
fn a_generic_event_has_the_option_too() {
    let event = |journal: &Journal| Generic {
        journal: journal.clone(),
        value: 0_u8,
    };
    check(|| subscribers![generic], event, When::Commit);
}

#[test]
fn methods_of_listeners_and_observers_have_the_options() {
    let plain_event = |journal: &Journal| Plain {
        journal: journal.clone(),
    };
    let held_event = |journal: &Journal| Held {
        journal: journal.clone(),
    };
    let user = |journal: &Journal| User(journal.clone());
    check(
        || subscribers![Listening::committed],
        plain_event,
        When::Commit,
    );
    check(
        || subscribers![Listening::at_once],
        held_event,
        When::AtOnce,
    );
    check(
        || subscribers![UserObserver::created],
        |j: &Journal| Created::new(user(j)),
        When::AtOnce,
    );
    let deleted = |j: &Journal| Deleted::new(user(j));
    check(
        || subscribers![UserObserver::deleted],
        deleted,
        When::Rollback,
    );
    // An event that can be vetoed is returned.
    check_with(
        || subscribers![UserObserver::creating],
        |j: &Journal| Creating::new(user(j)),
        When::AtOnce,
        |registry, unit, event| {
            let emit = registry.emitting().in_unit(unit).try_emit_async(event);
            block_on(emit).expect("none fails");
        },
    );
}
