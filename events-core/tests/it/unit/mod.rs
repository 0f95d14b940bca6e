//! The unit of work: which subscribers receive an event that is emitted in one, and when.

mod async_forms;
mod at_commit;
mod edges;
mod entered;
mod entered_async;
mod misuse;
mod panics;
mod queue;
mod savepoints;
mod threads;
mod when;

use events_core::{Event, Registry, UnitOfWork, units::Savepoint};

use crate::Journal;

/// An event that can be copied.
#[derive(Event, Clone)]
struct Did(&'static str);

/// An event that cannot be copied.
#[derive(Event)]
struct Moved(&'static str);

/// A registry whose subscribers note the name of a `Did`, with when they run.
fn registry(journal: &Journal) -> Registry {
    let registry = Registry::new();
    let note = |when: &'static str| {
        let journal = journal.clone();
        move |event: &Did| journal.note(format!("{when} {}", event.0))
    };
    registry.on(note("now")).detach();
    let after_commit = registry.subscribe(note("committed")).after_commit();
    after_commit.register().expect("it is subscribed").detach();
    let after_rollback = registry.subscribe(note("undone")).after_rollback();
    after_rollback
        .register()
        .expect("it is subscribed")
        .detach();
    registry.on_deferred(note("later")).detach();
    registry
}

/// Runs a script in a unit, and then what is queued. A word in lower case is the name of an event that is emitted; the others:
///
/// - `(` opens a savepoint, `)` releases it, `!` rolls it back, and `~` drops it;
/// - `COMMIT`, `ROLLBACK` and `DROP` end the unit, and `PANIC` drops it while the stack unwinds.
fn run(registry: &Registry, script: &'static str) {
    let mut work = Some(UnitOfWork::begin());
    let mut points: Vec<Savepoint> = Vec::new();
    for word in script.split_whitespace() {
        let unit = || work.as_ref().expect("the unit is open");
        let mut point = || points.pop().expect("a savepoint is open");
        match word {
            "(" => points.push(unit().savepoint()),
            ")" => point().release().expect("it is the innermost one"),
            "!" => point().rollback(),
            "~" => drop(point()),
            "COMMIT" => work
                .take()
                .expect("it is open")
                .commit()
                .expect("it is committed"),
            "ROLLBACK" => work.take().expect("it is open").rollback(),
            "DROP" => drop(work.take()),
            "PANIC" => {
                let work = work.take();
                let unwound = std::panic::catch_unwind(move || {
                    let _work = work;
                    std::panic::resume_unwind(Box::new(()));
                });
                assert!(unwound.is_err());
            }
            name => registry.emit_in(&unit().handle(), Did(name)),
        }
    }
    registry.queue().flush();
}

/// Runs a script, and checks what the subscribers have noted.
#[track_caller]
fn check(script: &'static str, expected: &str) {
    let journal = Journal::default();
    run(&registry(&journal), script);
    assert_eq!(journal.take().join(", "), expected, "{script}");
}
