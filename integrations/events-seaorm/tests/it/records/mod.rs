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

/// Runs what writes, and checks what is emitted.
macro_rules! emits {
    ($journal:ident, $write:expr, $expected:expr) => {{
        let output = $write.await;
        assert_eq!($journal.take().join(" "), $expected, stringify!($write));
        output
    }};
}
use emits;
