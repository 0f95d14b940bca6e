//! Methods that call no hook.

use std::future::poll_fn;

use futures_core::Stream as _;
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, Deleter, EntityTrait, Inserter, IntoActiveModel, ModelTrait,
    QueryTrait, Statement, StreamTrait, TransactionTrait,
    sea_query::{Expr, OnConflict, Query},
};

use super::{Rows, is_before, row, with_email};
use crate::{
    database::{Database, on_both},
    records::{
        entities::{comment, label, user},
        new_user,
    },
};

/// No hook is called: inserts.
async fn methods_of_entities_that_insert(database: &Database) {
    use user::{ActiveModel, Column, Entity};
    let rows = &Rows::create(database).await;
    let new = || new_user("b@x");
    let two = || [new_user("b@x"), new_user("c@x")];
    row!(rows, |db, _u, _p| Entity::insert(new()).exec(db), []);
    row!(
        rows,
        |db, _u, _p| Entity::insert(new()).exec_without_returning(db),
        []
    );
    row!(
        rows,
        |db, _u, _p| Entity::insert(new()).exec_with_returning(db),
        []
    );
    row!(
        rows,
        |db, _u, _p| Entity::insert(new()).exec_with_returning_keys(db),
        []
    );
    row!(
        rows,
        |db, _u, _p| Entity::insert(new()).exec_with_returning_many(db),
        []
    );
    row!(rows, |db, _u, _p| Entity::insert_many(two()).exec(db), []);
    row!(
        rows,
        |db, _u, _p| Entity::insert_many(two()).exec_without_returning(db),
        []
    );
    row!(
        rows,
        |db, _u, _p| Entity::insert_many(two()).exec_with_returning(db),
        []
    );
    row!(
        rows,
        |db, _u, _p| Entity::insert_many(two()).exec_with_returning_keys(db),
        []
    );
    // Upserts: the row is there.
    let same = |user: user::Model| user.into_active_model().reset_all();
    let update = || {
        OnConflict::column(Column::Id)
            .update_column(Column::Email)
            .to_owned()
    };
    row!(
        rows,
        |db, u, _p| Entity::insert(same(u)).on_conflict(update()).exec(db),
        []
    );
    row!(
        rows,
        |db, u, _p| Entity::insert(same(u))
            .on_conflict(update())
            .exec_with_returning(db),
        []
    );
    row!(
        rows,
        |db, u, _p| Entity::insert_many([same(u)])
            .on_conflict(update())
            .exec_with_returning(db),
        []
    );
    row!(
        rows,
        |db, u, _p| Entity::insert(same(u)).on_conflict_do_nothing().exec(db),
        []
    );
    row!(
        rows,
        |db, u, _p| Entity::insert(same(u))
            .on_conflict_do_nothing_on([Column::Id])
            .exec_without_returning(db),
        []
    );
    row!(
        rows,
        |db, _u, _p| Entity::insert(new()).try_insert().exec_with_returning(db),
        []
    );
    row!(
        rows,
        |db, _u, _p| Entity::insert_many(two())
            .on_conflict_do_nothing()
            .exec_with_returning_keys(db),
        []
    );
    row!(
        rows,
        |db, _u, _p| Entity::insert_many(two())
            .on_conflict_do_nothing()
            .exec_with_returning_many(db),
        []
    );
    let statement = || Entity::insert(new()).into_query();
    row!(
        rows,
        |db, _u, _p| Inserter::<ActiveModel>::new(None, statement()).exec_without_returning(db),
        []
    );
    row!(
        rows,
        |db, _u, _p| Inserter::<ActiveModel>::new(None, statement()).exec_with_returning(db),
        []
    );
}

/// No hook is called: updates and deletes.
async fn methods_of_entities_that_change(database: &Database) {
    use user::{Column, Entity};
    let rows = &Rows::create(database).await;
    let all = || Entity::update_many().col_expr(Column::Email, Expr::value("b@x"));
    row!(
        rows,
        |db, u, _p| Entity::update(with_email(u, "b@x")).exec(db),
        []
    );
    row!(
        rows,
        |db, u, _p| Entity::update(with_email(u, "b@x")).exec_without_returning(db),
        []
    );
    row!(
        rows,
        |db, u, _p| {
            let update = Entity::update(with_email(u, "b@x")).validate().unwrap();
            update.exec(db)
        },
        []
    );
    row!(rows, |db, _u, _p| all().exec(db), []);
    row!(rows, |db, _u, _p| all().exec_with_returning(db), []);
    row!(
        rows,
        |db, u, _p| Entity::update_many().set(with_email(u, "b@x")).exec(db),
        []
    );
    row!(
        rows,
        |db, u, _p| Entity::delete(u.into_active_model()).exec(db),
        []
    );
    row!(
        rows,
        |db, u, _p| Entity::delete(u.into_active_model()).exec_with_returning(db),
        []
    );
    row!(rows, |db, u, _p| Entity::delete_by_id(u.id).exec(db), []);
    row!(
        rows,
        |db, u, _p| Entity::delete_by_id(u.id).exec_with_returning(db),
        []
    );
    row!(
        rows,
        |db, _u, _p| comment::Entity::delete_by_text("a").exec(db),
        []
    );
    row!(rows, |db, _u, _p| Entity::delete_many().exec(db), []);
    row!(
        rows,
        |db, _u, _p| Entity::delete_many().exec_with_returning(db),
        []
    );
    let statement = || Entity::delete_many().into_query();
    row!(rows, |db, _u, _p| Deleter::new(statement()).exec(db), []);
    row!(
        rows,
        |db, _u, _p| Deleter::new(statement()).exec_with_returning::<Entity, _>(db),
        []
    );
}

/// Statements of the program, and changes of the database itself.
async fn methods_of_connections(database: &Database) {
    let rows = &Rows::create(database).await;
    const INSERT: &str = "INSERT INTO \"label\" (name) VALUES ('m') RETURNING id, name";
    let raw = || Statement::from_string(rows.quiet.connection().get_database_backend(), INSERT);
    row!(rows, |db, _u, _p| db.execute_unprepared(INSERT), []);
    row!(rows, |db, _u, _p| db.execute_raw(raw()), []);
    row!(rows, |db, _u, _p| db.query_one_raw(raw()), []);
    row!(rows, |db, _u, _p| db.query_all_raw(raw()), []);
    row!(
        rows,
        |db, _u, _p| async move {
            let mut stream = Box::pin(db.stream_raw(raw()).await?);
            let row = poll_fn(|context| stream.as_mut().poll_next(context));
            row.await.unwrap()
        },
        []
    );
    row!(
        rows,
        |db, _u, _p| label::Entity::find().from_raw_sql(raw()).all(db),
        []
    );
    let insert = || {
        Query::insert()
            .into_table(label::Entity)
            .columns([label::Column::Name])
            .values_panic(["m".into()])
            .to_owned()
    };
    row!(
        rows,
        |db, _u, _p| async move { db.execute(&insert()).await },
        []
    );
    // A cascade of the database: the post alone has its events.
    let cascade = match database.aborts() {
        true => {
            "ALTER TABLE comment ADD FOREIGN KEY (post_id) REFERENCES post ON DELETE CASCADE; \
             ALTER TABLE comment DROP CONSTRAINT \"fk-comment-post_id\"; \
             ALTER TABLE post_label DROP CONSTRAINT \"fk-post_label-post_id\""
        }
        false => {
            "CREATE TRIGGER cascade BEFORE DELETE ON post BEGIN \
             DELETE FROM comment WHERE post_id = OLD.id; DELETE FROM post_label; END"
        }
    };
    rows.quiet.execute_unprepared(cascade).await.unwrap();
    row!(
        rows,
        |db, _u, p| p.delete(db),
        ["post.deleting", "post.deleted"]
    );
    assert!(
        comment::Entity::find()
            .one(&rows.quiet)
            .await
            .unwrap()
            .is_none()
    );
}

on_both! {
    methods_of_entities_that_insert;
    methods_of_entities_that_change;
    methods_of_connections;
}
