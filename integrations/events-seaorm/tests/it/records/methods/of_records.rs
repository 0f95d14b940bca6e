//! Methods that call hooks, and those of this crate for many records.

use events_seaorm::bulk;
use sea_orm::{
    ActiveModelAction, ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityLoaderTrait,
    EntityTrait, IntoActiveModel, ModelTrait, TransactionTrait, sea_query::Expr,
};

use super::{Rows, is_before, row, with_email};
use crate::{
    database::{Database, on_both},
    records::{
        entities::{comment, label, post, user},
        new_user,
    },
};

const CREATED: [&str; 2] = ["user.creating", "user.created"];
const DELETED: [&str; 2] = ["user.deleting", "user.deleted"];
const UPDATED: [&str; 2] = [
    r#"user.updating(email: "a@x" -> "b@x")"#,
    r#"user.updated(email: "a@x" -> "b@x")"#,
];

/// Hooks are called, so that these are seen.
async fn methods_of_records(database: &Database) {
    let rows = &Rows::create(database).await;
    row!(rows, |db, _u, _p| new_user("b@x").insert(db), CREATED);
    row!(rows, |db, _u, _p| new_user("b@x").save(db), CREATED);
    row!(rows, |db, u, _p| with_email(u, "b@x").update(db), UPDATED);
    row!(rows, |db, u, _p| with_email(u, "b@x").save(db), UPDATED);
    row!(
        rows,
        |db, u, _p| with_email(u, "b@x").update_without_returning(db),
        UPDATED
    );
    row!(rows, |db, u, _p| u.delete(db), DELETED);
    row!(rows, |db, u, _p| u.into_active_model().delete(db), DELETED);
    // Nothing changes.
    row!(rows, |db, u, _p| with_email(u, "a@x").update(db), []);
    row!(rows, |db, u, _p| u.into_active_model().save(db), []);
}

fn new_label(name: &str) -> label::ActiveModelEx {
    label::ActiveModel::builder().set_name(name)
}

fn new_comment(text: &str) -> comment::ActiveModelEx {
    comment::ActiveModel::builder().set_text(text)
}

fn new_post() -> post::ActiveModelEx {
    post::ActiveModel::builder().set_title("U")
}

const POST_CREATED: [&str; 2] = ["post.creating", "post.created"];

async fn loaded(db: &impl ConnectionTrait, post: &post::Model) -> post::ActiveModelEx {
    let post = post::Entity::load().filter_by_id(post.id);
    let post = post.with(comment::Entity);
    post.one(db).await.unwrap().unwrap().into_active_model()
}

async fn the_label(db: &impl ConnectionTrait) -> label::ActiveModel {
    let label = label::Entity::find().one(db).await.unwrap();
    label.unwrap().into_active_model()
}

/// Nested saves: the methods of `ActiveModelEx`, each in a transaction that SeaORM begins.
async fn methods_of_nested_records(database: &Database) {
    let rows = &Rows::create(database).await;
    row!(rows, |db, _u, _p| new_post().insert(db), POST_CREATED);
    row!(rows, |db, _u, _p| new_post().save(db), POST_CREATED);
    row!(
        rows,
        |db, _u, _p| new_post().action(ActiveModelAction::Insert, db),
        POST_CREATED
    );
    // With what belongs to it.
    row!(
        rows,
        |db, _u, _p| new_post().add_comment(new_comment("b")).insert(db),
        [
            "post.creating",
            "comment.creating",
            "post.created",
            "comment.created"
        ]
    );
    // With what is at many: the rows in between are written by one statement.
    row!(
        rows,
        |db, _u, _p| new_post()
            .add_label(new_label("m"))
            .add_label(new_label("n"))
            .insert(db),
        [
            "post.creating",
            "label.creating",
            "label.creating",
            "post_label.creating",
            "post_label.creating",
            "post.created",
            "label.created",
            "label.created",
            "post_label.created",
            "post_label.created"
        ]
    );
    // A label that is there: the row in between alone.
    row!(
        rows,
        |db, _u, _p| new_post().add_label(the_label(db).await).insert(db),
        [
            "post.creating",
            "post_label.creating",
            "post.created",
            "post_label.created"
        ]
    );
    // One that is at the post already: the database ignores the row.
    row!(
        rows,
        |db, _u, p| p
            .into_active_model()
            .into_ex()
            .add_label(the_label(db).await)
            .save(db),
        ["post_label.creating"]
    );
    let slug = [
        r#"post.updating(slug: "t" -> "s")"#,
        r#"post.updated(slug: "t" -> "s")"#,
    ];
    row!(
        rows,
        |db, _u, p| loaded(db, &p).await.set_slug("s").update(db),
        slug
    );
    row!(
        rows,
        |db, _u, p| loaded(db, &p).await.set_slug("s").save(db),
        slug
    );
    row!(
        rows,
        |db, _u, p| loaded(db, &p).await.add_comment(new_comment("b")).save(db),
        ["comment.creating", "comment.created"]
    );
    // Others in place of those that are there.
    row!(
        rows,
        |db, _u, p| {
            let mut post = loaded(db, &p).await;
            post.comments.replace_all([new_comment("b")]);
            post.save(db)
        },
        [
            "comment.deleting",
            "comment.creating",
            "comment.deleted",
            "comment.created"
        ]
    );
    row!(
        rows,
        |db, _u, p| {
            let mut post = loaded(db, &p).await;
            post.labels.replace_all([new_label("n")]);
            post.save(db)
        },
        [
            "label.creating",
            "post_label.deleting",
            "post_label.creating",
            "label.created",
            "post_label.deleted",
            "post_label.created"
        ]
    );
    // Deleted with what belongs to it; the rows in between without a hook.
    let deleted = [
        "comment.deleting",
        "post.deleting",
        "comment.deleted",
        "post.deleted",
    ];
    row!(rows, |db, _u, p| p.cascade_delete(db), deleted);
    row!(
        rows,
        |db, _u, p| p.into_active_model().into_ex().delete(db),
        deleted
    );
    row!(
        rows,
        |db, _u, p| async move { p.into_ex().delete(db).await },
        deleted
    );
}

/// Those of this crate for many records.
async fn methods_of_bulk(database: &Database) {
    use user::{Column, Entity};
    let rows = &Rows::create(database).await;
    row!(
        rows,
        |db, _u, _p| bulk::insert_many(db, [new_user("b@x")]),
        CREATED
    );
    row!(
        rows,
        |db, _u, _p| bulk::update_many::<Entity>()
            .col_expr(Column::Email, Expr::value("b@x"))
            .exec(db),
        UPDATED
    );
    row!(
        rows,
        |db, _u, _p| bulk::delete_many::<Entity>(db, Column::Email.eq("a@x")),
        DELETED
    );
}

/// SeaORM calls the hook of each row between records at many of each other, and then one statement for all: what the hooks hand on
/// does not reach a later statement.
async fn a_statement_for_several_hooks_takes_what_they_hand_on(database: &Database) {
    let rows = Rows::create(database).await;
    for is_replaced in [false, true] {
        let (_, post) = rows.refill().await;
        let mut post = loaded(&rows.quiet, &post).await;
        let label = new_label("m");
        match is_replaced {
            true => drop(post.labels.replace_all([label])),
            false => drop(post.labels.push(label)),
        }
        post.save(&rows.db).await.unwrap();
        rows.journal.take();
        let late = user::Entity::insert(new_user("late"));
        late.exec_with_returning(&rows.db).await.unwrap();
        rows.check("an insert", &[]);
        let late = user::Entity::delete_many();
        late.exec_with_returning(&rows.db).await.unwrap();
        rows.check("a delete", &[]);
    }
}

on_both! {
    methods_of_records;
    methods_of_nested_records;
    methods_of_bulk;
    a_statement_for_several_hooks_takes_what_they_hand_on;
}
