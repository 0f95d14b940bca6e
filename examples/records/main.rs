//! Users in a database: subscribers check what is written, and log what has changed, from plain calls of SeaORM.
//!
//! ```text
//! cargo run -p records
//! ```
//!
//! What to look for:
//!
//! - `insert`, `update` and `delete` of SeaORM emit the events: the program has no `emit`.
//! - `Log` prints the fields that an update has changed, with their old and new values, and no secret.
//! - `email_is_free` queries in the transaction of the write, and may refuse it. `has_no_debt` and `has_no_points` refuse an update and a
//!   delete.
//! - Nothing of a rollback is logged, and of a savepoint that is rolled back nothing either.

#![expect(clippy::print_stdout, reason = "an example shows what happened")]

use std::{error::Error, fs};

use events_core::{
    observer,
    record::{Created, Creating, Deleted, Deleting, Updated, Updating},
    subscriber,
};
use events_seaorm::{Db, Tx, bulk, transaction, veto_reason};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, Database, DbErr, EntityTrait, IntoActiveModel,
    ModelTrait, PaginatorTrait, QueryFilter, Schema, Set, TransactionTrait,
    sea_query::{Expr, ExprTrait},
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
        pub(crate) email: String,
        #[observed(secret)]
        pub(crate) password: String,
        #[sea_orm(default_value = 0)]
        pub(crate) points: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub(crate) enum Relation {}
}

/// Before the write: it may change the record, or refuse the write.
#[subscriber]
fn normalize(event: &mut Creating<user::Model>) {
    event.record.email.make_ascii_lowercase();
}

/// In the transaction of the write.
#[subscriber(after = normalize)]
async fn email_is_free(event: &mut Creating<user::Model>, tx: &Tx) -> Result<(), DbErr> {
    let same = user::Entity::find().filter(user::Column::Email.eq(&event.record.email));
    if same.count(tx).await? > 0 {
        event.veto("this address is taken");
    }
    Ok(())
}

/// The diff is what the update changes.
#[subscriber]
fn has_no_debt(event: &mut Updating<user::Model>) {
    if event.diff.contains("points") && event.record.points < 0 {
        event.veto("points cannot be negative");
    }
}

/// The record is the row, as the database has it.
#[subscriber]
fn has_no_points(event: &mut Deleting<user::Model>) {
    if event.record.points > 0 {
        event.veto(format!("{} points would be lost", event.record.points));
    }
}

/// After the commit.
#[derive(Default)]
struct Log;

#[observer(user::Model)]
impl Log {
    fn created(&self, event: &Created<user::Model>) {
        println!("  log: {} was created", event.record.email);
    }

    fn updated(&self, event: &Updated<user::Model>) {
        println!("  log: user {}: {}", event.record.id, event.diff);
    }

    fn deleted(&self, event: &Deleted<user::Model>) {
        println!("  log: {} was deleted", event.record.email);
    }
}

fn new_user(email: &str) -> user::ActiveModel {
    user::ActiveModel {
        email: Set(email.to_owned()),
        password: Set("12345".to_owned()),
        ..Default::default()
    }
}

fn print_refusal<T>(result: Result<T, DbErr>) {
    if let Err(error) = result {
        let reason = veto_reason(&error).unwrap_or("not by a veto");
        println!("  refused: {reason}");
    }
}

async fn change_email(tx: &Tx, user: &user::Model, email: &str) -> Result<user::Model, DbErr> {
    let mut user = user.clone().into_active_model();
    user.email = Set(email.to_owned());
    user.update(tx).await
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    events_core::scan();
    let file = std::env::temp_dir().join(format!("records-{}.db", std::process::id()));
    let db = Db::new(Database::connect(format!("sqlite://{}?mode=rwc", file.display())).await?);
    let schema = Schema::new(db.get_database_backend());
    db.execute(&schema.create_table_from_entity(user::Entity))
        .await?;

    println!("an insert");
    let ada = new_user("Ada@example.org").insert(&db).await?;

    println!("an update, with a secret");
    let mut change = ada.into_active_model();
    change.points = Set(10);
    change.password = Set("hunter2".to_owned());
    let ada = change.update(&db).await?;

    println!("vetoes of an insert, an update and a delete");
    print_refusal(new_user("ADA@example.org").insert(&db).await);
    let mut change = ada.clone().into_active_model();
    change.points = Set(-5);
    print_refusal(change.update(&db).await);
    print_refusal(ada.clone().delete(&db).await);

    println!("a rollback");
    let rolled_back = transaction(&db, async |tx| -> Result<(), DbErr> {
        change_email(tx, &ada, "lost@example.org").await?;
        Err(DbErr::Custom("the payment failed".to_owned()))
    });
    if let Err(error) = rolled_back.await {
        println!("  {error}");
    }

    println!("a transaction with a savepoint that is rolled back");
    transaction(&db, async |tx| -> Result<(), DbErr> {
        let point = tx.begin().await?;
        change_email(&point, &ada, "lost@example.org").await?;
        point.rollback().await?;
        change_email(tx, &ada, "ada@example.com").await?;
        new_user("bob@example.org").insert(tx).await?;
        println!("  written; the log waits for the commit");
        Ok(())
    })
    .await?;

    println!("many at once");
    bulk::insert_many(
        &db,
        [new_user("cy@example.org"), new_user("di@example.org")],
    )
    .await?;
    bulk::update_many::<user::Entity>()
        .col_expr(user::Column::Points, Expr::col(user::Column::Points).add(1))
        .filter(user::Column::Email.ends_with("@example.org"))
        .exec(&db)
        .await?;

    println!("a delete");
    let ada = user::Entity::find_by_id(ada.id).one(&db).await?;
    if let Some(ada) = ada {
        let mut change = ada.into_active_model();
        change.points = Set(0);
        change.update(&db).await?.delete(&db).await?;
    }

    println!("{} users are left", user::Entity::find().count(&db).await?);
    db.connection().close_by_ref().await?;
    fs::remove_file(&file)?;
    Ok(())
}
