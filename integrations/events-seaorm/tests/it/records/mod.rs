//! Writes of entities, and their events.

mod bulk;
mod calls;
mod checks;
mod cut_off;
mod drafts;
pub(crate) mod entities;
mod interference;
mod json;
mod locks;
mod methods;
mod unchecked;
mod values;

use std::collections::HashMap;

use events_seaorm::Db;
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, ModelTrait,
    PaginatorTrait, Set,
};

use crate::database::Database;
use entities::{post, user};

pub(crate) fn new_user(email: &str) -> user::ActiveModel {
    user::ActiveModel {
        email: Set(email.to_owned()),
        password: Set("12345".to_owned()),
        visits: Set(0),
        score: Set(0.5),
        ..Default::default()
    }
}

/// The key of a new post, of which nothing is emitted.
pub(crate) async fn new_post(db: &Db) -> i32 {
    let post = post::ActiveModel {
        title: Set("T".to_owned()),
        ..Default::default()
    };
    post.insert(&db.quietly()).await.unwrap().id
}

pub(crate) async fn users(database: &Database) -> u64 {
    user::Entity::find().count(&database.other).await.unwrap()
}

pub(crate) async fn write_all(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    let mut ada = new_user("a@x").insert(db).await?.into_active_model();
    ada.email = Set("b@x".to_owned());
    let ada = ada.update(db).await?;
    ada.delete(db).await.map(drop)
}

/// Shows that the changes, each an old and a new value, follow one another from the first value on, and returns the last value.
pub(crate) fn check_chain<'c>(
    changes: impl IntoIterator<Item = (&'c str, &'c str)>,
    first: &'c str,
    what: &str,
) -> &'c str {
    let mut next = HashMap::new();
    for (old, new) in changes {
        assert_eq!(next.insert(old, new), None, "{what}: two changes of {old}");
    }
    let mut last = first;
    while let Some(new) = next.remove(last) {
        last = new;
    }
    assert!(next.is_empty(), "{what}: a gap: {next:?}");
    last
}

/// Runs what writes, and checks what is emitted.
macro_rules! emits {
    ($journal:ident, $write:expr, $expected:expr) => {{
        let output = $write.await;
        assert_eq!($journal.take().join(" "), $expected, stringify!($write));
        output
    }};
}
use emits;
