//! The table "What emits what" of the README, over every method of SeaORM 2.0.4 that writes, with the pool and in a transaction.
//!
//! A row is a method, and the events that it emits: with the pool all of them, in a transaction the "-ing" events, and the others at
//! its commit. Each is preceded by rows of which nothing is emitted.
//!
//! Not in the table: connections that wrap another one and are no pool (`RestrictedConnection`, mocks and proxies), whose methods are
//! these; the hidden methods that nested saves call.

mod of_entities;
mod of_records;

use events_seaorm::Db;
use sea_orm::{ActiveModelTrait, ConnectionTrait, EntityTrait, IntoActiveModel, Set};

use super::{
    entities::{comment, create_tables, label, observed, post, user},
    new_user,
};
use crate::{Journal, database::Database};

/// The rows of a table.
struct Rows {
    db: Db,
    quiet: Db,
    journal: Journal,
}

impl Rows {
    async fn create(database: &Database) -> Self {
        create_tables(database).await;
        let (registry, journal) = observed();
        let db = database.db(&registry);
        Self {
            quiet: db.quietly(),
            db,
            journal,
        }
    }

    /// Removes all rows, and writes a user, and a post with a comment and a label.
    async fn refill(&self) -> (user::Model, post::Model) {
        for table in ["post_label", "comment", "label", "post", "user"] {
            let delete = format!("DELETE FROM \"{table}\"");
            self.quiet.execute_unprepared(&delete).await.unwrap();
        }
        let user = new_user("a@x").insert(&self.quiet).await.unwrap();
        let post = post::ActiveModel::builder()
            .set_title("T")
            .add_comment(comment::ActiveModel::builder().set_text("a"))
            .add_label(label::ActiveModel::builder().set_name("l"));
        let post = post.insert(&self.quiet).await.unwrap();
        let post = post::Entity::find_by_id(post.id)
            .one(&self.quiet)
            .await
            .unwrap();
        (user, post.unwrap())
    }

    fn check(&self, what: &str, expected: &[&str]) {
        assert_eq!(self.journal.take(), expected, "{what}");
    }
}

fn is_before(event: &&&str) -> bool {
    let moment = event.split('(').next().unwrap_or_default();
    moment.ends_with("ing")
}

/// A method that writes, as an expression with a connection and the rows that there are, and what it emits.
macro_rules! row {
    ($rows:ident, |$db:ident, $user:ident, $post:ident| $write:expr, $expected:expr) => {{
        let expected: &[&str] = &$expected;
        let ($user, $post) = $rows.refill().await;
        {
            let $db = &$rows.db;
            let _ = (&$user, &$post);
            Box::pin(async move { $write.await.map(drop) })
                .await
                .expect(stringify!($write));
        }
        $rows.check(stringify!($write), expected);

        let ($user, $post) = $rows.refill().await;
        let (before, after): (Vec<&str>, Vec<&str>) =
            expected.iter().partition(|event| is_before(&event));
        let tx = $rows.db.begin().await.unwrap();
        {
            let $db = &tx;
            let _ = (&$user, &$post);
            Box::pin(async move { $write.await.map(drop) })
                .await
                .expect(stringify!($write));
        }
        $rows.check(concat!("in a transaction: ", stringify!($write)), &before);
        tx.commit().await.unwrap();
        $rows.check(concat!("at the commit: ", stringify!($write)), &after);
    }};
}
use row;

fn with_email(user: user::Model, email: &str) -> user::ActiveModel {
    let mut active = user.into_active_model();
    active.email = Set(email.to_owned());
    active
}
