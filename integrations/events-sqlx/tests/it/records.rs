//! The events of records, by hand around the statements.

use events_core::{
    Registry,
    record::{Created, Creating, Deleted, Deleting, Diff, Updated, Updating},
    subscriber, subscribers,
};
use events_sqlx::{Tx, TxError, Vetoed};
use sqlx::{Postgres, Sqlite};

use crate::{
    Journal, Saved,
    database::{Database, TestBackend, on_both, save},
};

struct User {
    email: String,
}

impl User {
    fn new(email: &str) -> Self {
        let email = email.to_owned();
        Self { email }
    }
}

/// A registry whose subscribers note what they receive, change what is written, and veto some.
fn registry() -> (Registry, Journal) {
    let (registry, journal) = (Registry::new(), Journal::default());
    macro_rules! note {
        ($event:ident) => {
            let notes = journal.clone();
            registry
                .on(move |event: &$event<User>| {
                    notes.note(format!("{} {}", stringify!($event), event.record.email));
                })
                .detach();
        };
    }
    macro_rules! check {
        ($event:ident) => {
            let notes = journal.clone();
            registry
                .on(move |event: &mut $event<User>| {
                    notes.note(format!("{} {}", stringify!($event), event.record.email));
                    event.record.email = event.record.email.to_lowercase();
                    match event.record.email.as_str() {
                        "bad" => event.veto("it is bad"),
                        "panics" => panic!("on purpose"),
                        _ => {
                            // Its own events wait for the commit.
                            events_core::registry()
                                .emit(Saved(format!("in {}", stringify!($event))));
                        }
                    }
                })
                .detach();
        };
    }
    check!(Creating);
    check!(Updating);
    check!(Deleting);
    note!(Created);
    note!(Updated);
    note!(Deleted);
    let notes = journal.clone();
    registry
        .on(move |event: &Saved| notes.note(&event.0))
        .detach();
    (registry, journal)
}

fn diff() -> Diff {
    Diff::new().field("email", "a", "b")
}

async fn those_before_a_write_are_at_once<DB: TestBackend>(database: &Database<DB>) {
    let (registry, journal) = registry();
    let mut tx = Tx::begin(&database.pool)
        .await
        .unwrap()
        .with_registry(&registry);
    let user = tx.creating(User::new("Ada")).await.unwrap();
    assert_eq!(
        (journal.take(), &*user.email),
        (vec!["Creating Ada".to_owned()], "ada")
    );
    save::<DB>(tx.conn(), &user.email).await;
    tx.created(user).await.unwrap();
    let user = tx.updating(User::new("Bob"), diff()).await.unwrap();
    tx.updated(user, diff()).await.unwrap();
    // One record more than once: each event as it was then.
    tx.updated(User::new("bob2"), diff()).await.unwrap();
    let user = tx.deleting(User::new("Eve")).await.unwrap();
    tx.deleted(user).await.unwrap();
    assert_eq!(journal.take(), ["Updating Bob", "Deleting Eve"]);
    tx.commit().await.unwrap();
    assert_eq!(
        journal.take(),
        [
            "in Creating",
            "Created ada",
            "in Updating",
            "Updated bob",
            "Updated bob2",
            "in Deleting",
            "Deleted eve"
        ],
    );
    // After a rollback: those before the write only.
    let mut tx = Tx::begin(&database.pool)
        .await
        .unwrap()
        .with_registry(&registry);
    let user = tx.creating(User::new("Ada")).await.unwrap();
    tx.created(user).await.unwrap();
    tx.rollback().await.unwrap();
    assert_eq!(journal.take(), ["Creating Ada"]);
}

async fn a_veto_is_an_error_that_can_be_read<DB: TestBackend>(database: &Database<DB>) {
    let (registry, _) = registry();
    let mut tx = Tx::begin(&database.pool)
        .await
        .unwrap()
        .with_registry(&registry);
    let vetoed = |result: Result<User, Vetoed>| result.err().expect("it is vetoed");
    for vetoed in [
        vetoed(tx.creating(User::new("bad")).await),
        vetoed(tx.updating(User::new("bad"), diff()).await),
        vetoed(tx.deleting(User::new("bad")).await),
    ] {
        assert_eq!(vetoed.veto_reason(), Some("it is bad"));
        assert_eq!(vetoed.reasons(), ["it is bad"]);
        assert!(vetoed.failed_check().is_none());
        assert_eq!(
            TxError::from(vetoed).to_string(),
            "the write was vetoed: it is bad"
        );
    }
    let failed = vetoed(tx.creating(User::new("panics")).await);
    let check = failed.failed_check().unwrap();
    assert_eq!(check.name(), Some("it::records::registry::{{closure}}"));
    assert_eq!(check.cause(), "panicked");
    let error = TxError::from(failed);
    assert_eq!(error.veto_reason(), None);
    assert!(error.failed_check().is_some());
    assert_eq!(
        error.to_string(),
        "the write was refused: the subscriber `it::records::registry::{{closure}}` panicked"
    );
    // The transaction is well.
    save::<DB>(tx.conn(), "a").await;
    tx.commit().await.unwrap();
    assert_eq!(database.committed().await, ["a"]);
}

/// The subscribers for a database: they check and write in the transaction.
macro_rules! of_database {
    ($module:ident, $database:ty) => {
        mod $module {
            use super::*;

            #[subscriber]
            async fn check(
                event: &mut Creating<User>,
                mut tx: Tx<'_, $database>,
            ) -> Result<(), sqlx::Error> {
                let names = <$database as TestBackend>::items(tx.conn()).await?;
                if names.contains(&event.record.email) {
                    event.veto("this address is taken");
                }
                tx.after_commit(|| ());
                save::<$database>(tx.conn(), "audit").await;
                Ok(())
            }

            #[subscriber(awaited, at_once)]
            async fn index(event: &Created<User>, mut tx: Tx<'_, $database>) {
                save::<$database>(tx.conn(), &format!("index of {}", event.record.email)).await;
            }

            impl Declared for $database {
                fn registry() -> Registry {
                    Registry::with(subscribers![check, index])
                }
            }
        }
    };
}
of_database!(of_sqlite, Sqlite);
of_database!(of_postgres, Postgres);

trait Declared: TestBackend {
    fn registry() -> Registry;
}

async fn subscribers_take_the_transaction<DB: Declared>(database: &Database<DB>) {
    let registry = DB::registry();
    let mut tx = Tx::begin(&database.pool)
        .await
        .unwrap()
        .with_registry(&registry);
    let user = tx.creating(User::new("ada")).await.unwrap();
    save::<DB>(tx.conn(), &user.email).await;
    tx.created(user).await.unwrap();
    let vetoed = tx.creating(User::new("ada")).await.err().unwrap();
    assert_eq!(vetoed.veto_reason(), Some("this address is taken"));
    tx.commit().await.unwrap();
    assert_eq!(
        database.committed().await,
        ["audit", "ada", "index of ada", "audit"]
    );
}

on_both! {
    those_before_a_write_are_at_once;
    a_veto_is_an_error_that_can_be_read;
    subscribers_take_the_transaction;
}
