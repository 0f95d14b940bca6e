//! Writes that are cut off after a random number of polls.

use events_core::{
    Registry,
    record::{Creating, Deleting, Updating},
};
use events_seaorm::Db;
use sea_orm::{ActiveModelTrait, DbErr, Set, TransactionTrait};

use super::{Random, Tally, audit, check, ended, journal_of, many, tasks_at_rest, writers};
use crate::{
    Journal, cut_off_after,
    database::{Database, on_both},
    records::{
        entities::{create_tables, user},
        new_user,
    },
};

/// Where a write is made.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    Pool,
    /// The transaction is cut off with it.
    Transaction,
    /// The write alone is cut off, and then the transaction is committed.
    Continued,
    /// The write alone is cut off in a savepoint, and then both are committed.
    Savepoint,
    /// The COMMIT is cut off.
    Commit,
}

const PLACES: [Place; 5] = [
    Place::Pool,
    Place::Transaction,
    Place::Continued,
    Place::Savepoint,
    Place::Commit,
];

/// An insert, or an update of this record.
fn record(id: Option<i32>, number: usize) -> user::ActiveModel {
    match id {
        None => new_user(&format!("new{number}")),
        Some(id) => user::ActiveModel {
            id: Set(id),
            email: Set(format!("changed{number}")),
            ..Default::default()
        },
    }
}

/// Writes it, and is cut off after this many polls. Returns whether the write was ready by then.
async fn write(
    db: &Db,
    place: Place,
    record: user::ActiveModel,
    polls: usize,
) -> Result<bool, DbErr> {
    let in_transaction = async {
        let tx = db.begin().await?;
        record.clone().save(&tx).await?;
        tx.commit().await
    };
    match place {
        Place::Pool => cut_off_after(polls, record.clone().save(db))
            .await
            .transpose()
            .map(|ok| ok.is_some()),
        Place::Transaction => {
            let written = cut_off_after(polls, in_transaction).await;
            written.transpose().map(|ok| ok.is_some())
        }
        Place::Continued => {
            let tx = db.begin().await?;
            let written = cut_off_after(polls, record.clone().save(&tx)).await;
            tx.commit().await?;
            Ok(written.is_some())
        }
        Place::Savepoint => {
            let tx = db.begin().await?;
            let point = tx.begin().await?;
            let written = cut_off_after(polls, record.clone().save(&point)).await;
            point.commit().await?;
            tx.commit().await?;
            Ok(written.is_some())
        }
        Place::Commit => {
            let tx = db.begin().await?;
            record.clone().save(&tx).await?;
            let committed = cut_off_after(polls % 4, tx.commit()).await;
            committed.transpose().map(|ok| ok.is_some())
        }
    }
}

async fn no_row_is_without_its_event(database: &Database) {
    create_tables(database).await;
    audit(database).await;
    let (checked, announced, journal) = (Registry::new(), Registry::new(), Journal::default());
    journal_of(&checked, &journal);
    journal_of(&announced, &journal);
    checked.on(|_: &Creating<user::Model>| ()).detach();
    checked.on(|_: &Updating<user::Model>| ()).detach();
    checked.on(|_: &Deleting<user::Model>| ()).detach();
    let db = many(database, &checked).await;
    let dbs = [db.clone(), db.with_registry(&announced)];
    let mut ids = Vec::new();
    for number in 0..50 {
        let user = new_user(&format!("old{number}")).insert(&dbs[0]).await;
        ids.push(user.unwrap().id);
    }
    let before = tasks_at_rest().await;
    let tally = Tally::default();
    let mut random = Random::new(7);
    for chunk in 0..writers(300).div_ceil(30) {
        let mut writes = Vec::new();
        for number in chunk * 60..chunk * 60 + 60 {
            let id = (number % 2 == 1).then(|| ids[random.below(ids.len())]);
            let place = PLACES[random.below(PLACES.len())];
            let (db, polls) = (dbs[random.below(2)].clone(), random.below(9));
            let tally = tally.clone();
            writes.push(tokio::spawn(async move {
                let written = write(&db, place, record(id, number), polls).await;
                tally.count(match (written, place) {
                    (Ok(true), _) => "it was ready",
                    (Ok(false), Place::Pool) => "cut off with the pool",
                    (Ok(false), Place::Commit) => "cut off at the commit",
                    (Ok(false), Place::Transaction) => "cut off with its transaction",
                    (Ok(false), _) => "cut off, and committed",
                    // SQLite is busy, or a savepoint was cut off in its first statement.
                    (Err(_), _) => "failed",
                });
            }));
        }
        for write in writes {
            write.await.unwrap();
        }
        ended(before).await;
    }
    check(database, &journal, None, "cut off").await;
    tally.check(&[
        "it was ready",
        "cut off with the pool",
        "cut off at the commit",
        "cut off with its transaction",
        "cut off, and committed",
    ]);
    database.check_clean("cut off").await;
}

on_both! {
    threads:
    no_row_is_without_its_event;
}
