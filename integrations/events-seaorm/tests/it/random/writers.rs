//! Many writers at the same time, which commit, roll back, are refused, fail, panic, time out, or are cut off.

use std::{future::pending, pin::Pin, time::Duration};

use events_core::{
    Registry,
    record::{Created, Creating, Deleting, Updated, Updating},
};
use events_seaorm::{Db, Tx, bulk, failed_check, veto_reason};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, ModelTrait, Set, TransactionTrait,
};

use super::{Random, Tally, audit, check, ended, journal_of, many, tasks_at_rest, writers};
use crate::{
    Journal, cut_off_after,
    database::{Database, on_both},
    records::{
        entities::{create_tables, user},
        new_user,
    },
};

/// What a writer has.
struct Writer {
    random: Random,
    /// Its own number, and how many names it has given.
    number: usize,
    names: usize,
    /// The record that all writers change.
    hot: i32,
    own: Vec<user::Model>,
    tally: Tally,
}

type Writing<'w> = Pin<Box<dyn Future<Output = Result<(), DbErr>> + Send + 'w>>;

fn changed(id: i32, email: String) -> user::ActiveModel {
    user::ActiveModel {
        id: Set(id),
        email: Set(email),
        ..Default::default()
    }
}

impl Writer {
    /// A name that no other record has at any time.
    fn name(&mut self) -> String {
        self.names += 1;
        format!("{}.{}", self.number, self.names)
    }

    /// What the checks do with a record of this name.
    fn refused_name(&mut self) -> String {
        let kinds = ["veto", "error", "panic", "timeout"];
        let kind = kinds[self.random.below(kinds.len())];
        format!("{kind}{}", self.name())
    }

    fn note(&self, result: &Result<(), DbErr>) {
        self.tally.count(match result {
            Ok(()) => "a write",
            Err(error) => match failed_check(error).map(|failed| failed.cause()) {
                Some("panicked") => "a panic in a check",
                Some("returned an error") => "an error in a check",
                Some(_) => "a time-out in a check",
                None if veto_reason(error) == Some("no") => "a veto",
                None => "an error of the database",
            },
        });
    }

    /// A write of one record. What fails is ignored by the writer in most cases.
    async fn write(&mut self, db: &impl ConnectionTrait) -> Result<(), DbErr> {
        let name = self.name();
        let own = match self.own.len() {
            0 => None,
            len => Some(self.own[self.random.below(len)].clone()),
        };
        let result = match (self.random.below(10), own) {
            (0..=2, _) | (3..=6, None) => match new_user(&name).insert(db).await {
                Ok(user) => {
                    self.own.push(user);
                    Ok(())
                }
                Err(error) => Err(error),
            },
            (3 | 4, Some(own)) => changed(own.id, name).update(db).await.map(drop),
            (5, Some(own)) => {
                let update = changed(own.id, name).update_without_returning(db);
                update.await.map(drop)
            }
            (6, Some(own)) => own.delete(db).await.map(drop),
            (7, _) => changed(self.hot, name).update(db).await.map(drop),
            (8, _) => {
                let name = self.refused_name();
                new_user(&name).insert(db).await.map(drop)
            }
            // The key is taken.
            _ => {
                let same = user::ActiveModel {
                    id: Set(self.hot),
                    ..new_user(&name)
                };
                same.insert(db).await.map(drop)
            }
        };
        self.note(&result);
        match self.random.below(4) {
            0 => result,
            _ => Ok(()),
        }
    }

    /// Writes of many records.
    async fn write_many(&mut self, db: &impl TransactionTrait<Transaction = Tx>) {
        let names = [self.name(), self.name(), self.refused_name()];
        let some = match self.random.one_in(3) {
            true => &names[..],
            false => &names[..2],
        };
        let result = bulk::insert_many(db, some.iter().map(|name| new_user(name))).await;
        self.note(&result.map(drop));
        let result = bulk::delete_many::<user::Entity>(db, user::Column::Email.eq(&names[0])).await;
        self.note(&result.map(drop));
    }

    /// Some writes in a transaction or in a savepoint, with savepoints in it.
    fn steps<'w>(&'w mut self, tx: &'w Tx, depth: usize) -> Writing<'w> {
        Box::pin(async move {
            for _ in 0..=self.random.below(3) {
                match self.random.below(8) {
                    0..=4 => self.write(tx).await?,
                    5 => self.write_many(tx).await,
                    _ if depth == 2 => {}
                    kind => {
                        let point = tx.begin().await?;
                        // With the handle around it, or with its own.
                        let of = if kind == 6 { &point } else { tx };
                        let written = self.steps(of, depth + 1).await;
                        match self.random.below(4) {
                            0 => point.rollback().await?,
                            1 => drop(point),
                            _ => point.commit().await?,
                        }
                        if self.random.one_in(2) {
                            written?;
                        }
                    }
                }
            }
            Ok(())
        })
    }

    async fn run(&mut self, db: &Db) -> Result<(), DbErr> {
        if self.random.one_in(4) {
            // Each write by itself.
            for _ in 0..=self.random.below(3) {
                self.write(db).await?;
            }
            if self.random.one_in(3) {
                self.write_many(db).await;
            }
            return Ok(());
        }
        let tx = db.begin().await?;
        self.steps(&tx, 0).await?;
        match self.random.below(8) {
            0 => {
                self.tally.count("a rollback");
                tx.rollback().await
            }
            1 => {
                self.tally.count("a drop");
                drop(tx);
                Ok(())
            }
            2 => {
                self.tally.count("a panic");
                panic!("on purpose")
            }
            _ => {
                let committed = tx.commit().await;
                if committed.is_ok() {
                    self.tally.count("a commit");
                }
                committed
            }
        }
    }
}

/// Refuses records by their names.
async fn check_name(email: &str) -> Result<Option<&'static str>, &'static str> {
    match email {
        name if name.starts_with("veto") => return Ok(Some("no")),
        name if name.starts_with("error") => return Err("on purpose"),
        name if name.starts_with("panic") => panic!("on purpose"),
        // For ever: it times out whatever the time is.
        name if name.starts_with("timeout") => pending().await,
        _ => {}
    }
    Ok(None)
}

fn subscribe_checks(registry: &Registry) {
    let creating = async |event: &mut Creating<user::Model>| {
        let reason = check_name(&event.record.email).await?;
        if let Some(reason) = reason {
            event.veto(reason);
        }
        Ok::<_, &str>(())
    };
    let creating = registry.subscribe_awaited(creating);
    let creating = creating.timeout(Duration::from_millis(1));
    creating.register().unwrap().detach();
    registry.on(|_: &Updating<user::Model>| ()).detach();
    registry.on(|_: &Deleting<user::Model>| ()).detach();
}

/// Some subscribers fail after the commit.
fn subscribe_failures(registry: &Registry) {
    registry
        .on(|event: &Created<user::Model>| {
            assert!(!event.record.email.ends_with('3'), "on purpose");
        })
        .detach();
    registry
        .on(
            |event: &Updated<user::Model>| match event.record.email.ends_with('2') {
                true => Err("on purpose"),
                false => Ok(()),
            },
        )
        .detach();
}

async fn what_is_received_is_committed(database: &Database) {
    create_tables(database).await;
    audit(database).await;
    let (checked, announced, journal) = (Registry::new(), Registry::new(), Journal::default());
    subscribe_checks(&checked);
    for registry in [&checked, &announced] {
        subscribe_failures(registry);
        journal_of(registry, &journal);
    }
    let db = many(database, &checked).await;
    let dbs = [db.clone(), db.with_registry(&announced)];
    let hot = new_user("start").insert(&dbs[0]).await.unwrap().id;
    let before = tasks_at_rest().await;
    let tally = Tally::default();
    let mut running = Vec::new();
    for number in 0..writers(200) {
        let mut random = Random::new(number);
        let (db, polls) = (dbs[random.below(2)].clone(), random.below(25));
        let is_cut_off = random.one_in(4);
        let mut writer = Writer {
            random,
            number,
            names: 0,
            hot,
            own: Vec::new(),
            tally: tally.clone(),
        };
        running.push(tokio::spawn(async move {
            if !is_cut_off {
                return drop(writer.run(&db).await);
            }
            let tally = writer.tally.clone();
            if cut_off_after(polls, writer.run(&db)).await.is_none() {
                tally.count("cut off");
            }
        }));
    }
    for task in running {
        if let Err(error) = task.await {
            assert!(error.is_panic());
        }
    }
    ended(before).await;
    check(database, &journal, Some((hot, "start")), "writers").await;
    tally.check(&[
        "a write",
        "a veto",
        "a panic in a check",
        "an error in a check",
        "a time-out in a check",
        "an error of the database",
        "a rollback",
        "a drop",
        "a panic",
        "a commit",
        "cut off",
    ]);
    database.check_clean("writers").await;
}

on_both! {
    threads:
    what_is_received_is_committed;
}
