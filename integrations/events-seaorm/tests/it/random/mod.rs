//! Random programs on many connections, with what the database itself notes as the judge: each row that is committed has its event,
//! and each event its row.
//!
//! In `cargo test` they are few; a longer run:
//!
//! ```text
//! EVENTS_WRITERS=1000 cargo test -p events-seaorm --test it random
//! ```

mod interrupted;
mod writers;

use std::{
    collections::BTreeMap,
    env,
    sync::{Arc, Mutex, PoisonError},
};

use events_core::{
    Registry,
    record::{Created, Deleted, Updated},
};
use events_seaorm::Db;
use sea_orm::{ConnectionTrait, Statement};
use tokio::runtime::Handle;

use crate::{
    Journal,
    database::Database,
    records::{check_chain, entities::user},
};

/// How many writers there are, and how many writes are cut off of each kind.
fn writers(in_cargo_test: usize) -> usize {
    let number = env::var("EVENTS_WRITERS").map(|number| number.parse().expect("a number"));
    number.unwrap_or(in_cargo_test)
}

/// Xorshift: the same numbers from the same seed.
struct Random(u64);

impl Random {
    fn new(seed: usize) -> Self {
        // Seeds that are close to one another begin far apart.
        Self((seed as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }

    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }

    /// Whether it is the one of so many.
    fn one_in(&mut self, number: usize) -> bool {
        self.below(number) == 0
    }
}

/// How often each thing happened.
#[derive(Clone, Default)]
struct Tally(Arc<Mutex<BTreeMap<&'static str, usize>>>);

impl Tally {
    fn count(&self, what: &'static str) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.entry(what).or_default() += 1;
    }

    /// Fails if one of these has not happened.
    fn check(&self, expected: &[&str]) {
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let missing = expected.iter().filter(|what| !counts.contains_key(**what));
        let missing: Vec<_> = missing.collect();
        assert!(missing.is_empty(), "never: {missing:?}; {counts:?}");
    }
}

/// Has the database note each change of a user, in the transaction of the change.
async fn audit(database: &Database) {
    const SQLITE: &str = "
        CREATE TABLE audit (entry TEXT NOT NULL);
        CREATE TRIGGER created AFTER INSERT ON \"user\" BEGIN
            INSERT INTO audit VALUES ('created ' || NEW.id || ' ' || NEW.email); END;
        CREATE TRIGGER updated AFTER UPDATE ON \"user\" WHEN OLD.email <> NEW.email BEGIN
            INSERT INTO audit VALUES ('updated ' || NEW.id || ' ' || OLD.email || ' ' || NEW.email); END;
        CREATE TRIGGER deleted AFTER DELETE ON \"user\" BEGIN
            INSERT INTO audit VALUES ('deleted ' || OLD.id || ' ' || OLD.email); END;
    ";
    const POSTGRES: &str = "
        CREATE TABLE audit (entry TEXT NOT NULL);
        CREATE FUNCTION audit() RETURNS trigger AS $$ BEGIN
            IF TG_OP = 'INSERT' THEN
                INSERT INTO audit VALUES ('created ' || NEW.id || ' ' || NEW.email);
            ELSIF TG_OP = 'DELETE' THEN
                INSERT INTO audit VALUES ('deleted ' || OLD.id || ' ' || OLD.email);
            ELSIF OLD.email <> NEW.email THEN
                INSERT INTO audit VALUES ('updated ' || NEW.id || ' ' || OLD.email || ' ' || NEW.email);
            END IF;
            RETURN NULL; END $$ LANGUAGE plpgsql;
        CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON \"user\"
            FOR EACH ROW EXECUTE FUNCTION audit();
    ";
    let statements = match database.aborts() {
        true => POSTGRES,
        false => SQLITE,
    };
    let audited = database.other.execute_unprepared(statements).await;
    audited.unwrap();
}

/// What the database has noted, sorted.
async fn audited(database: &Database) -> Vec<String> {
    let select = "SELECT entry FROM audit";
    let select = Statement::from_string(database.other.get_database_backend(), select);
    let rows = database.other.query_all_raw(select).await.unwrap();
    let entries = rows.iter().map(|row| row.try_get("", "entry"));
    let mut entries: Vec<String> = entries.collect::<Result<_, _>>().unwrap();
    entries.sort();
    entries
}

/// Notes the events in the words of the database.
fn journal_of(registry: &Registry, journal: &Journal) {
    let notes = journal.clone();
    registry
        .on(move |event: &Created<user::Model>| {
            notes.note(format!(
                "created {} {}",
                event.record.id, event.record.email
            ));
        })
        .detach();
    let notes = journal.clone();
    registry
        .on(move |event: &Updated<user::Model>| {
            let email = event.diff.get("email").unwrap();
            let (old, new) = (email.old::<String>(), email.new::<String>());
            let (old, new) = (old.unwrap(), new.unwrap());
            assert_eq!(*new, event.record.email);
            notes.note(format!("updated {} {old} {new}", event.record.id));
        })
        .detach();
    let notes = journal.clone();
    registry
        .on(move |event: &Deleted<user::Model>| {
            notes.note(format!(
                "deleted {} {}",
                event.record.id, event.record.email
            ));
        })
        .detach();
}

/// How many tasks the runtime has.
fn tasks() -> usize {
    Handle::current().metrics().num_alive_tasks()
}

/// How many tasks the runtime has at rest: a connection that returns to its pool is one for a moment.
async fn tasks_at_rest() -> usize {
    let mut least = tasks();
    for _ in 0..10_000 {
        tokio::task::yield_now().await;
        least = least.min(tasks());
    }
    least
}

/// Waits until there are as many tasks as before: what was cut off has ended, with its events.
async fn ended(before: usize) {
    while tasks() > before {
        tokio::task::yield_now().await;
    }
}

/// The events are those that the database has noted, each once; the changes of this record follow one another without a gap.
async fn check(database: &Database, journal: &Journal, hot: Option<(i32, &str)>, what: &str) {
    let mut received = journal.take();
    received.sort();
    let committed = audited(database).await;
    let missing = difference(&committed, &received);
    let phantom = difference(&received, &committed);
    assert!(
        missing.is_empty() && phantom.is_empty(),
        "{what}: missing {missing:?}, phantom {phantom:?}"
    );
    let Some((id, first)) = hot else { return };
    let changes = received.iter().filter_map(|entry| {
        let change = entry
            .strip_prefix("updated ")?
            .strip_prefix(&format!("{id} "))?;
        change.split_once(' ')
    });
    let last = check_chain(changes, first, what);
    assert_ne!(last, first, "{what}: it was never changed");
}

/// Those entries of the one that the other has not, or not as often; both are sorted.
fn difference(of: &[String], without: &[String]) -> Vec<String> {
    let mut without = without.iter().peekable();
    let mut difference = Vec::new();
    for entry in of {
        while without.next_if(|other| *other < entry).is_some() {}
        if without.next_if(|other| *other == entry).is_none() {
            difference.push(entry.clone());
        }
    }
    difference
}

/// The database with several connections.
async fn many(database: &Database, registry: &Registry) -> Db {
    database.many(registry, 8).await
}
