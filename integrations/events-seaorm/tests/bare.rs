//! What is warned of, once for the process: a write through a connection that is not of this crate, and a subscriber of an entity type.
//! A binary of its own.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
};

use events_core::{
    Registry,
    record::{Created, Updated},
};
use events_seaorm::Db;
use sea_orm::{ActiveModelTrait, ConnectionTrait, Database, DbErr, Schema, Set};

mod user {
    use events_seaorm::Observed;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Observed)]
    #[sea_orm(table_name = "user")]
    pub(crate) struct Model {
        #[sea_orm(primary_key)]
        pub(crate) id: i32,
        pub(crate) email: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub(crate) enum Relation {}
}

/// What is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        let log = self.0.lock().expect("no thread has panicked");
        String::from_utf8_lossy(&log).into_owned()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut log = self.0.lock().expect("no thread has panicked");
        log.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

mod order {
    use events_seaorm::Observed;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Observed)]
    #[sea_orm(table_name = "purchase")]
    pub(crate) struct Model {
        #[sea_orm(primary_key)]
        pub(crate) id: i32,
        pub(crate) cents: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub(crate) enum Relation {}
}

/// Any type can be a model of the events of records; the one of a write is `Model`.
#[tokio::test]
async fn a_subscriber_of_the_entity_is_warned_of_once() -> Result<(), DbErr> {
    let (log, _logged) = logged();
    let registry = Registry::new();
    registry
        .on_topic(".*", |_: &dyn events_core::AnyEvent| ())
        .expect("it is a pattern")
        .detach();
    let db = Db::new(Database::connect("sqlite::memory:").await?).with_registry(&registry);
    let schema = Schema::new(db.get_database_backend());
    db.execute(&schema.create_table_from_entity(order::Entity))
        .await?;
    let new = || order::ActiveModel {
        cents: Set(100),
        ..Default::default()
    };
    new().insert(&db).await?;
    assert_eq!(log.text(), "");
    registry.on(|_: &Updated<order::Entity>| ()).detach();
    new().insert(&db.quietly()).await?;
    assert_eq!(log.text(), "");
    new().insert(&db).await?;
    new().insert(&db).await?;
    let text = log.text();
    assert_eq!(text.matches("WARN").count(), 1, "{text}");
    for part in [
        "no write emits events of `bare::order::Entity`",
        "subscribe to events of the model: `Updated<bare::order::Model>`",
    ] {
        assert!(text.contains(part), "{text}");
    }
    Ok(())
}

/// What this thread logs from now on.
fn logged() -> (Log, tracing::subscriber::DefaultGuard) {
    let log = Log::default();
    let writer = log.clone();
    let logged = tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::WARN)
        .with_writer(move || writer.clone())
        .with_ansi(false)
        .finish();
    (log, tracing::subscriber::set_default(logged))
}

#[tokio::test]
async fn a_write_that_emits_nothing_is_warned_of_once() -> Result<(), DbErr> {
    let (log, _logged) = logged();
    let bare = Database::connect("sqlite::memory:").await?;
    let schema = Schema::new(bare.get_database_backend());
    bare.execute(&schema.create_table_from_entity(user::Entity))
        .await?;
    let ada = user::ActiveModel {
        email: Set("secret@example.org".to_owned()),
        ..Default::default()
    };

    let registry = Registry::new();
    let _current = registry.enter();
    // No subscriber misses an event.
    ada.clone().insert(&bare).await?;
    assert_eq!(log.text(), "");

    registry.on(|_: &Created<user::Model>| ()).detach();
    let db = Db::new(bare.clone());
    ada.clone().insert(&db).await?;
    ada.clone().insert(&db.quietly()).await?;
    assert_eq!(log.text(), "");

    ada.clone().insert(&bare).await?;
    ada.insert(&bare).await?;
    let text = log.text();
    assert_eq!(text.matches("WARN").count(), 1, "{text}");
    assert!(
        text.contains("make a `Db` of the pool with `events_seaorm::Db::new(pool)`, and pass that"),
        "{text}"
    );
    assert!(text.contains("user::Model"), "{text}");
    assert!(!text.contains("secret@"), "{text}");
    Ok(())
}
