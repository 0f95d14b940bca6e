//! No text has a value that is `secret` or `skip`: errors, log records at `TRACE`, `Debug` and `Display`, of diffs as well. A binary of its own, since what is logged on
//! other threads is read as well.
//!
//! Texts of others are passed on as they are: those of subscribers that fail, which this test keeps clean, and those of the database.
//! Of the latter, `Display` has no value for a refused constraint; `Debug` has, with PostgreSQL (`Key (email)=(..)`).

#![allow(clippy::unwrap_used, reason = "an error is a failure of the test")]
#![allow(dead_code, reason = "not all of the shared modules is used")]

#[path = "it/database.rs"]
mod database;
#[path = "it/gate.rs"]
mod gate;
#[path = "it/server.rs"]
mod server;

use std::{
    fmt::Debug,
    io::{self, Write},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use database::{Database, on_both};
use events_core::{
    AnyEvent, EventCopy, Registry,
    record::{Change, Created, Creating, Deleted, Deleting, Updated, Updating},
    subscriber, subscribers,
};
use events_seaorm::{Db, Tx, bulk, failed_check, transaction, veto_reason};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel,
    ModelTrait, QueryFilter, Schema, Set, Statement, StreamTrait, TransactionTrait,
    sea_query::Expr,
};

mod user {
    use events_seaorm::Observed;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Observed)]
    #[sea_orm(table_name = "user")]
    pub(crate) struct Model {
        #[sea_orm(primary_key)]
        pub(crate) id: i32,
        #[sea_orm(unique)]
        #[observed(secret)]
        pub(crate) email: String,
        #[observed(secret)]
        pub(crate) password: String,
        #[observed(skip)]
        pub(crate) token: String,
        pub(crate) visits: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub(crate) enum Relation {}
}

/// In each value.
const SECRET: &str = "hunter2";

/// What is logged, by all threads.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn bytes(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn log() -> Log {
    static LOG: std::sync::LazyLock<Log> = std::sync::LazyLock::new(|| {
        let log = Log::default();
        let writer = log.clone();
        tracing_subscriber::fmt()
            .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
            .with_span_events(tracing_subscriber::fmt::format::FmtSpan::NEW)
            .with_writer(move || writer.clone())
            .init();
        log
    });
    LOG.clone()
}

/// The texts that a program has: those of errors, and `Debug`.
#[derive(Clone, Default)]
struct Texts(Arc<Mutex<Vec<String>>>);

impl Texts {
    fn add(&self, text: impl Into<String>) {
        let mut texts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        texts.push(text.into());
    }

    fn debug(&self, value: &dyn Debug) {
        self.add(format!("{value:?}"));
        self.add(format!("{value:#?}"));
    }

    /// An error of this crate; `Debug` as well.
    fn own<T>(&self, what: &str, result: Result<T, DbErr>) {
        let Err(error) = result else {
            panic!("{what} is an error")
        };
        self.debug(&error);
        self.add(error.to_string());
        self.add(veto_reason(&error).unwrap_or_default());
        self.debug(&failed_check(&error));
    }

    /// An error of the database, which is passed on as it is.
    fn database<T>(&self, what: &str, result: Result<T, DbErr>) {
        let Err(error) = result else {
            panic!("{what} is an error")
        };
        assert!(
            matches!(error, DbErr::Query(_) | DbErr::Exec(_)),
            "{what}: {error:?}"
        );
        self.add(error.to_string());
    }

    fn check(&self, database: &Database) {
        let texts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        assert!(texts.len() > 50, "there are texts");
        for text in &*texts {
            assert!(!text.contains(SECRET), "{text}");
        }
        let logged = String::from_utf8_lossy(&log().bytes()).into_owned();
        for part in [
            "INSERT INTO",
            "subscribers of a write failed",
            "panicked",
            "events",
        ] {
            assert!(logged.contains(part), "{part} is logged");
        }
        let shown = logged.lines().find(|line| line.contains(SECRET));
        assert_eq!(shown, None, "postgres: {}", database.aborts());
    }
}

fn new(kind: &str) -> user::ActiveModel {
    user::ActiveModel {
        email: Set(format!("{kind} {SECRET}")),
        password: Set(format!("{SECRET} of {kind}")),
        token: Set(SECRET.to_owned()),
        visits: Set(0),
        ..Default::default()
    }
}

fn change(user: &user::Model, kind: &str) -> user::ActiveModel {
    user::ActiveModel {
        id: Set(user.id),
        ..new(kind)
    }
}

#[subscriber]
async fn check_created(event: &mut Creating<user::Model>, tx: &Tx) -> Result<(), &'static str> {
    let same = user::Entity::find().filter(user::Column::Email.eq(&event.record.email));
    if same.one(tx).await.is_err() {
        return Err("the query failed");
    }
    match event.record.email.split(' ').next() {
        Some("veto") => event.veto("no"),
        Some("error") => return Err("on purpose"),
        Some("panic") => panic!("on purpose"),
        _ => {}
    }
    Ok(())
}

#[subscriber]
fn check_updated(event: &mut Updating<user::Model>) -> Result<(), &'static str> {
    match event.record.email.split(' ').next() {
        Some("veto") => event.veto("no"),
        Some("error") => return Err("on purpose"),
        Some("key") => event.record.id += 1,
        _ => {}
    }
    Ok(())
}

#[subscriber]
fn check_deleted(event: &mut Deleting<user::Model>) {
    if event.record.email.starts_with("kept") {
        event.veto("no");
    }
}

/// Fails after the commit.
#[subscriber]
fn fails(event: &Created<user::Model>) -> Result<(), &'static str> {
    match event.record.email.split(' ').next() {
        Some("late") => Err("on purpose"),
        Some("boom") => panic!("on purpose"),
        _ => Ok(()),
    }
}

/// Fails in the write, after its statement.
#[subscriber(at_once)]
fn fails_at_once(event: &Created<user::Model>) -> Result<(), &'static str> {
    match event.record.email.starts_with("bulk") {
        true => Err("on purpose"),
        false => Ok(()),
    }
}

/// `Debug` of the events, and of what they contain, for every kind of subscriber.
fn read_events(registry: &Registry, texts: &Texts) {
    macro_rules! read {
        ($($event:ty),+) => {$({
            let texts = texts.clone();
            registry.on(move |event: &$event| texts.debug(event)).detach();
        })+};
    }
    read!(
        Creating<user::Model>,
        Created<user::Model>,
        Updating<user::Model>,
        Updated<user::Model>,
        Deleting<user::Model>,
        Deleted<user::Model>
    );
    let diffs = texts.clone();
    let read = move |event: &Updated<user::Model>| {
        diffs.debug(&event.diff);
        diffs.add(event.diff.to_string());
        // A panic here would not fail the test: what is wrong is noted as a text that does.
        let fields = event.diff.changes().iter().map(Change::name);
        if !fields.eq(["email", "password"]) {
            diffs.add(SECRET);
        }
        event
            .diff
            .changes()
            .iter()
            .for_each(|change| diffs.debug(change));
    };
    registry.on(read).detach();
    let any = texts.clone();
    let read = move |event: &dyn AnyEvent| any.debug(&event.topic());
    registry.on_topic(".*", read).unwrap().detach();
    let copies = texts.clone();
    let read = move |event: &EventCopy| copies.debug(event);
    registry.on_topic_deferred(".*", read).unwrap().detach();
}

async fn write(db: &Db, texts: &Texts, database: &Database) -> Result<(), DbErr> {
    let ada = new("ada").insert(db).await?;
    change(&ada, "eve").update(db).await?;
    change(&ada, "eva").update_without_returning(db).await?;
    new("late").insert(db).await?;
    new("boom").insert(db).await?;
    for kind in ["veto", "error", "panic"] {
        texts.own(kind, new(kind).insert(db).await);
        texts.own(kind, bulk::insert_many(db, [new(kind)]).await);
    }
    for kind in ["veto", "error", "key"] {
        texts.own(kind, change(&ada, kind).update(db).await);
    }
    bulk::insert_many(db, [new("bulk1"), new("bulk2")]).await?;
    let update =
        bulk::update_many::<user::Entity>().col_expr(user::Column::Password, Expr::value(SECRET));
    texts.debug(&update);
    let kept = new("kept").insert(db).await?;
    texts.own("kept", kept.delete(db).await);
    let by_email = user::Column::Email.contains("kept");
    texts.own(
        "kept",
        bulk::delete_many::<user::Entity>(db, by_email).await,
    );

    // The database refuses a value.
    texts.database("unique", new("late").insert(db).await);
    texts.database("unique", change(&ada, "late").update(db).await);
    texts.database("unique", bulk::insert_many(db, [new("late")]).await);
    texts.database("unique", new("late").insert(&db.quietly()).await);
    let error = new("late").insert(db).await.unwrap_err();
    assert_eq!(
        format!("{error:?}").contains(SECRET),
        database.aborts(),
        "as documented"
    );

    // In transactions.
    let tx = db.begin().await?;
    texts.debug(&tx);
    new("in").insert(&tx).await?;
    texts.debug(&tx.handle());
    let select = "SELECT email FROM \"user\"";
    let select = Statement::from_string(ConnectionTrait::get_database_backend(&tx), select);
    texts.debug(&tx.stream_raw(select).await?);
    let point = tx.begin().await?;
    new("point").insert(&point).await?;
    texts.own("an open savepoint", tx.commit().await);
    texts.own("it has ended", new("ended").insert(&point).await);
    drop(point);
    let tx = db.begin().await?;
    texts.database("unique", new("late").insert(&tx).await);
    let committed = tx.commit().await;
    match database.aborts() {
        true => texts.own("aborted", committed),
        false => committed?,
    }
    let rolled_back = transaction(db, async |tx| -> Result<(), DbErr> {
        change(&ada, "lost").update(tx).await?;
        Err(DbErr::RecordNotUpdated)
    });
    rolled_back.await.unwrap_err();
    ada.into_active_model().delete(db).await?;
    Ok(())
}

async fn no_text_has_a_secret(database: &Database) {
    let log = log();
    let schema = Schema::new(database.other.get_database_backend());
    let table = schema.create_table_from_entity(user::Entity);
    database.other.execute(&table).await.unwrap();
    let registry = Registry::with(subscribers![
        check_created,
        check_updated,
        check_deleted,
        fails,
        fails_at_once
    ]);
    let texts = Texts::default();
    read_events(&registry, &texts);
    let db = database.db(&registry);
    write(&db, &texts, database).await.unwrap();
    texts.debug(&db);
    texts.debug(&registry);
    registry.queue().flush_async().await;
    // A connection that is not of this crate.
    let registry = Registry::with(subscribers![check_updated, check_deleted, fails]);
    let veto = |event: &mut Creating<user::Model>| event.veto("no");
    read_events(&registry, &texts);
    let _current = registry.enter();
    let ada = new("bare").insert(&database.other).await.unwrap();
    change(&ada, "bare2").update(&database.other).await.unwrap();
    ada.delete(&database.other).await.unwrap();
    registry.on(veto).detach();
    texts.own("veto", new("veto").insert(&database.other).await);
    drop(log);
    texts.check(database);
}

on_both! {
    no_text_has_a_secret;
}
