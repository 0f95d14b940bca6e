//! Which call of SeaORM emits what.

use events_core::{Registry, record::Creating};
use events_seaorm::{Db, transaction, veto_reason};
use sea_orm::{
    ActiveModelBehavior, ActiveModelTrait, DbErr, EntityTrait, IntoActiveModel, ModelTrait,
    PaginatorTrait, Set, TransactionTrait, sea_query::Expr,
};

use super::{
    emits,
    entities::{comment, create_tables, journal_of, link, observed, post, user},
    new_post, new_user, users, write_all,
};
use crate::database::{Database, on_both};

async fn each_call_emits_its_events(database: &Database) {
    create_tables(database).await;
    let (registry, journal) = observed();
    let db = database.db(&registry);

    let ada = emits!(
        journal,
        new_user("a@x").insert(&db),
        "user.creating user.created"
    )
    .unwrap();
    assert!(ada.active && ada.id > 0);

    let mut change = ada.clone().into_active_model();
    change.email = Set("b@x".to_owned());
    change.password = Set("hunter2".to_owned());
    let email = r#"(email: "a@x" -> "b@x", password: [redacted])"#;
    let ada = emits!(
        journal,
        change.update(&db),
        format!("user.updating{email} user.updated{email}")
    )
    .unwrap();
    assert_eq!(ada.email, "b@x");

    let mut change = ada.clone().into_active_model();
    change.note = Set(Some("x".to_owned()));
    let note = r#"(note: None -> Some("x"))"#;
    let result = emits!(
        journal,
        change.update_without_returning(&db),
        format!("user.updating{note} user.updated{note}")
    );
    assert_eq!(result.unwrap().rows_affected, 1);

    let partial = user::ActiveModel {
        id: Set(ada.id),
        active: Set(false),
        ..Default::default()
    };
    let active = "(active: true -> false)";
    emits!(
        journal,
        partial.save(&db),
        format!("user.updating{active} user.updated{active}")
    )
    .unwrap();
    let saved = emits!(
        journal,
        new_user("s@x").save(&db),
        "user.creating user.created"
    )
    .unwrap();

    // By its key alone.
    let by_key = user::ActiveModel {
        id: saved.id,
        ..Default::default()
    };
    let result = emits!(
        journal,
        by_key.clone().delete(&db),
        "user.deleting user.deleted"
    );
    assert_eq!(result.unwrap().rows_affected, 1);
    let result = emits!(
        journal,
        ada.clone().delete(&db),
        "user.deleting user.deleted"
    );
    assert_eq!(result.unwrap().rows_affected, 1);

    // Nothing is changed.
    let result = emits!(journal, by_key.delete(&db), "");
    assert_eq!(result.unwrap().rows_affected, 0);
    let mut gone = ada.into_active_model();
    gone.email = Set("c@x".to_owned());
    emits!(journal, gone.clone().update(&db), "").unwrap_err();
    emits!(journal, gone.update_without_returning(&db), "").unwrap_err();
    let bob = emits!(
        journal,
        new_user("bob@x").insert(&db),
        "user.creating user.created"
    )
    .unwrap();
    let mut same = bob.clone().into_active_model();
    same.email = Set("bob@x".to_owned());
    emits!(journal, same.update(&db), "").unwrap();
    emits!(journal, bob.clone().into_active_model().update(&db), "").unwrap();
    let mut skipped = bob.clone().into_active_model();
    skipped.visits = Set(7);
    let bob = emits!(journal, skipped.update(&db), "").unwrap();
    assert_eq!(bob.visits, 7);

    // Calls that have no hooks.
    emits!(journal, user::Entity::insert(new_user("c@x")).exec(&db), "").unwrap();
    emits!(
        journal,
        user::Entity::insert_many([new_user("d@x"), new_user("e@x")]).exec(&db),
        ""
    )
    .unwrap();
    let update = user::Entity::update_many().col_expr(user::Column::Visits, Expr::value(1));
    emits!(journal, update.exec(&db), "").unwrap();
    let mut direct = bob.clone().into_active_model();
    direct.email = Set("f@x".to_owned());
    emits!(journal, user::Entity::update(direct).exec(&db), "").unwrap();
    emits!(journal, user::Entity::delete_by_id(bob.id).exec(&db), "").unwrap();
    emits!(journal, user::Entity::delete_many().exec(&db), "").unwrap();
    assert_eq!(users(database).await, 0);
}

/// A hook whose baton no statement takes would leave it to a later one.
async fn a_hook_leaves_nothing_to_other_statements(database: &Database) {
    create_tables(database).await;
    let (registry, journal) = observed();
    let db = database.db(&registry);
    let ada = new_user("a@x").insert(&db).await.unwrap();
    journal.take();
    let mut failing = ada.clone().into_active_model();
    failing.email = Set("b@x".to_owned());
    failing.id = Set(ada.id + 1);
    failing.update(&db).await.unwrap_err();
    new_user("c@x").update(&db).await.unwrap_err(); // without a key
    user::ActiveModel {
        ..Default::default()
    }
    .delete(&db)
    .await
    .unwrap_err();
    let duplicate = user::ActiveModel {
        id: Set(ada.id),
        ..new_user("d@x")
    };
    emits!(journal, duplicate.insert(&db), "user.creating").unwrap_err();
    let mut other = ada.clone().into_active_model();
    other.email = Set("e@x".to_owned());
    emits!(journal, user::Entity::update(other).exec(&db), "").unwrap();
    emits!(journal, user::Entity::insert(new_user("f@x")).exec(&db), "").unwrap();
    emits!(journal, user::Entity::delete_by_id(ada.id).exec(&db), "").unwrap();
}

/// A program calls a hook itself, and no statement follows.
async fn a_hook_without_its_statement_emits_nothing_later(database: &Database) {
    create_tables(database).await;
    let registry = Registry::new();
    let journal = journal_of(&registry, "events::db::.*ed");
    let db = database.db(&registry);
    let ada = new_user("a@x").insert(&db.quietly()).await.unwrap();
    for is_insert in [true, false] {
        let mut change = ada.clone().into_active_model();
        change.email = Set("b@x".to_owned());
        let hook = async || ActiveModelBehavior::before_save(change.clone(), &db, is_insert).await;
        hook().await.unwrap();
        emits!(journal, user::Entity::find_by_id(ada.id).one(&db), "").unwrap();
        hook().await.unwrap();
        let quiet = db.quietly();
        emits!(journal, new_user("q@x").insert(&quiet), "").unwrap();
        hook().await.unwrap();
        let mut change = ada.clone().into_active_model();
        change.score = Set(1.5);
        emits!(journal, change.update(&quiet), "").unwrap();
        database.check_clean("the transaction of the hook").await;
    }
}

/// Each "-ed" event alone needs no other subscriber.
async fn only_events_with_subscribers_are_emitted(database: &Database) {
    create_tables(database).await;
    for (moment, expected) in [
        ("created", "user.created"),
        ("updated", r#"user.updated(email: "a@x" -> "b@x")"#),
        ("deleted", "user.deleted"),
        ("creating", "user.creating"),
        ("updating", r#"user.updating(email: "a@x" -> "b@x")"#),
        ("deleting", "user.deleting"),
        ("none", ""),
    ] {
        let registry = Registry::new();
        let journal = journal_of(&registry, &format!("events::db::.*::{moment}"));
        let write = async |db: &dyn Fn() -> Db, is_in_tx: bool| -> Result<(), DbErr> {
            let db = db();
            if is_in_tx {
                return transaction(&db, async |tx| write_all(tx).await).await;
            }
            write_all(&db).await
        };
        for is_in_tx in [false, true] {
            write(&|| database.db(&registry), is_in_tx).await.unwrap();
            assert_eq!(journal.take().join(" "), expected, "{moment}");
            assert_eq!(users(database).await, 0);
        }
    }
}

async fn events_of_a_transaction_wait_for_its_commit(database: &Database) {
    create_tables(database).await;
    let (registry, journal) = observed();
    let db = database.db(&registry);
    let run = async |is_ok: bool| {
        transaction(&db, async |tx| -> Result<(), DbErr> {
            let mut ada = new_user("a@x").insert(tx).await?.into_active_model();
            for email in ["b@x", "c@x"] {
                ada.email = Set(email.to_owned());
                ada = ada.update(tx).await?.into_active_model();
            }
            let point = tx.begin().await?;
            new_user("lost@x").insert(&point).await?;
            new_user("around@x").insert(tx).await?;
            point.rollback().await?;
            ada.delete(tx).await?;
            assert_eq!(
                journal.take().join(" "),
                "user.creating \
                user.updating(email: \"a@x\" -> \"b@x\") user.updating(email: \"b@x\" -> \"c@x\") \
                user.creating user.creating user.deleting"
            );
            is_ok.then_some(()).ok_or(DbErr::RecordNotUpdated)
        })
        .await
    };
    run(false).await.unwrap_err();
    assert_eq!(journal.take(), [""; 0]);
    run(true).await.unwrap();
    assert_eq!(
        journal.take().join(" "),
        "user.created \
        user.updated(email: \"a@x\" -> \"b@x\") user.updated(email: \"b@x\" -> \"c@x\") user.deleted"
    );
    assert_eq!(users(database).await, 0);
    database.check_clean("it has ended").await;
}

async fn own_hooks_are_called(database: &Database) {
    create_tables(database).await;
    let (registry, journal) = observed();
    let db = database.db(&registry);
    let post = post::ActiveModel {
        title: Set("Hello".to_owned()),
        ..Default::default()
    };
    let post = emits!(journal, post.insert(&db), "post.creating post.created").unwrap();
    assert_eq!(post.slug, "hello");
    let mut change = post.clone().into_active_model();
    change.slug = Set("kept".to_owned());
    let diff = r#"(slug: "hello" -> "kept")"#;
    let kept = emits!(
        journal,
        change.update(&db),
        format!("post.updating{diff} post.updated{diff}")
    )
    .unwrap();
    let error = emits!(journal, kept.delete(&db), "").unwrap_err();
    assert!(error.to_string().contains("it is kept"));
}

async fn a_nested_save_is_one_transaction(database: &Database) {
    create_tables(database).await;
    let (registry, journal) = observed();
    let db = database.db(&registry);
    let comment = |text: &str| comment::ActiveModel::builder().set_text(text);
    let post = || post::ActiveModel::builder().set_title("T");
    let nested = post().add_comment(comment("a")).add_comment(comment("b"));
    emits!(journal, nested.save(&db),
        "post.creating comment.creating comment.creating post.created comment.created comment.created").unwrap();
    // It fails half way: the text is unique.
    let nested = post().add_comment(comment("c")).add_comment(comment("a"));
    let result = emits!(
        journal,
        nested.save(&db),
        "post.creating comment.creating comment.creating"
    );
    result.unwrap_err();
    database.check_clean("failed").await;
    assert_eq!(
        post::Entity::find().count(&database.other).await.unwrap(),
        1
    );
}

async fn keys_of_several_columns(database: &Database) {
    create_tables(database).await;
    let (registry, journal) = observed();
    let db = database.db(&registry);
    let post = new_post(&db).await;
    let link = |tag: &str| link::ActiveModel {
        post_id: Set(post),
        tag: Set(tag.to_owned()),
        weight: Set(1),
    };
    for tag in ["a", "b"] {
        emits!(journal, link(tag).insert(&db), "link.creating link.created").unwrap();
    }
    let heavy = link::ActiveModel {
        weight: Set(2),
        ..link("a")
    };
    let diff = "(weight: 1 -> 2)";
    emits!(
        journal,
        heavy.update(&db),
        format!("link.updating{diff} link.updated{diff}")
    )
    .unwrap();
    let by_key = link::ActiveModel {
        post_id: Set(post),
        tag: Set("a".to_owned()),
        ..Default::default()
    };
    emits!(journal, by_key.delete(&db), "link.deleting link.deleted").unwrap();
    assert_eq!(
        link::Entity::find()
            .one(&database.other)
            .await
            .unwrap()
            .unwrap()
            .tag,
        "b"
    );
}

async fn other_connections(database: &Database) {
    create_tables(database).await;
    let (registry, journal) = observed();
    let db = database.db(&registry);
    let quiet = db.quietly();
    emits!(journal, write_all(&quiet), "").unwrap();
    let tx = quiet.begin().await.unwrap();
    emits!(journal, write_all(&tx), "").unwrap();
    tx.commit().await.unwrap();
    // A connection that is not of this crate emits to the current registry, and not after the write.
    let _current = registry.enter();
    registry
        .on(|event: &mut Creating<user::Model>| {
            if event.record.email == "bad" {
                event.veto("it is bad");
            }
        })
        .detach();
    let diff = r#"(email: "a@x" -> "b@x")"#;
    emits!(
        journal,
        write_all(&database.other),
        format!("user.creating user.updating{diff} user.deleting")
    )
    .unwrap();
    let error = emits!(
        journal,
        new_user("bad").insert(&database.other),
        "user.creating"
    )
    .unwrap_err();
    assert_eq!(veto_reason(&error), Some("it is bad"));
}

on_both! {
    each_call_emits_its_events;
    a_hook_leaves_nothing_to_other_statements;
    a_hook_without_its_statement_emits_nothing_later;
    only_events_with_subscribers_are_emitted;
    events_of_a_transaction_wait_for_its_commit;
    own_hooks_are_called;
    a_nested_save_is_one_transaction;
    keys_of_several_columns;
    other_connections;
}
