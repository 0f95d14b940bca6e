//! Entities of both formats, and what their writes emit.

use events_core::{AnyEvent, Registry, record::Diff};
use sea_orm::{ConnectionTrait, Schema};

use crate::{Journal, database::Database};

/// The compact format.
pub(crate) mod user {
    use events_seaorm::Observed;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Observed)]
    #[sea_orm(table_name = "user")]
    pub(crate) struct Model {
        #[sea_orm(primary_key)]
        pub(crate) id: i32,
        pub(crate) email: String,
        #[observed(secret)]
        pub(crate) password: String,
        #[sea_orm(default_value = true)]
        pub(crate) active: bool,
        #[observed(skip)]
        pub(crate) visits: i32,
        pub(crate) score: f64,
        pub(crate) note: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub(crate) enum Relation {}
}

/// The dense format, with own hooks.
pub(crate) mod post {
    use events_seaorm::{Behavior, Observed};
    use sea_orm::{Set, entity::prelude::*};

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Observed)]
    #[sea_orm(table_name = "post")]
    pub(crate) struct Model {
        #[sea_orm(primary_key)]
        pub(crate) id: i32,
        #[observed(secret)]
        pub(crate) title: String,
        pub(crate) slug: String,
        #[sea_orm(has_many)]
        pub(crate) links: HasMany<super::link::Entity>,
        #[sea_orm(has_many)]
        pub(crate) comments: HasMany<super::comment::Entity>,
        #[sea_orm(has_many, via = "post_label")]
        pub(crate) labels: HasMany<super::label::Entity>,
    }

    #[async_trait::async_trait]
    impl Behavior for ActiveModel {
        async fn before_save<C: ConnectionTrait>(mut self, _: &C, _: bool) -> Result<Self, DbErr> {
            if self.slug.is_not_set()
                && let Some(title) = self.title.try_as_ref()
            {
                self.slug = Set(title.to_lowercase());
            }
            Ok(self)
        }

        async fn before_delete<C: ConnectionTrait>(self, _: &C) -> Result<Self, DbErr> {
            match self.slug.try_as_ref().map(String::as_str) {
                Some("kept") => Err(DbErr::Custom("it is kept".to_owned())),
                _ => Ok(self),
            }
        }
    }
}

/// A part of a post.
pub(crate) mod comment {
    use events_seaorm::Observed;
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Observed)]
    #[sea_orm(table_name = "comment")]
    pub(crate) struct Model {
        #[sea_orm(primary_key)]
        pub(crate) id: i32,
        pub(crate) post_id: i32,
        #[sea_orm(unique)]
        pub(crate) text: String,
        #[sea_orm(belongs_to, from = "post_id", to = "id")]
        pub(crate) post: HasOne<super::post::Entity>,
    }
}

/// A composite key.
pub(crate) mod link {
    use events_seaorm::Observed;
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Observed)]
    #[sea_orm(table_name = "link")]
    pub(crate) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub(crate) post_id: i32,
        #[sea_orm(primary_key, auto_increment = false)]
        pub(crate) tag: String,
        pub(crate) weight: i32,
        #[sea_orm(belongs_to, from = "post_id", to = "id")]
        pub(crate) post: HasOne<super::post::Entity>,
    }
}

/// Many of them at many posts.
pub(crate) mod label {
    use events_seaorm::Observed;
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Observed)]
    #[sea_orm(table_name = "label")]
    pub(crate) struct Model {
        #[sea_orm(primary_key)]
        pub(crate) id: i32,
        #[sea_orm(unique)]
        pub(crate) name: String,
        #[sea_orm(has_many, via = "post_label")]
        pub(crate) posts: HasMany<super::post::Entity>,
    }
}

/// Which label is at which post: rows that SeaORM writes in a nested save.
pub(crate) mod post_label {
    use events_seaorm::Observed;
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Observed)]
    #[sea_orm(table_name = "post_label")]
    pub(crate) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub(crate) post_id: i32,
        #[sea_orm(primary_key, auto_increment = false)]
        pub(crate) label_id: i32,
        #[sea_orm(belongs_to, from = "post_id", to = "id")]
        pub(crate) post: HasOne<super::post::Entity>,
        #[sea_orm(belongs_to, from = "label_id", to = "id")]
        pub(crate) label: HasOne<super::label::Entity>,
    }
}

/// Values that the database does not keep as they are.
pub(crate) mod measure {
    use events_seaorm::Observed;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Observed)]
    #[sea_orm(table_name = "measure")]
    pub(crate) struct Model {
        #[sea_orm(primary_key)]
        pub(crate) id: i32,
        /// SQLite stores a NaN as NULL.
        pub(crate) value: Option<f64>,
        /// Both databases round in this cast, PostgreSQL to the nearest number, SQLite down.
        #[sea_orm(save_as = "integer")]
        pub(crate) whole: f64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub(crate) enum Relation {}
}

/// A column without a default, of a type without one.
pub(crate) mod ticket {
    use events_seaorm::Observed;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Observed)]
    #[sea_orm(table_name = "ticket")]
    pub(crate) struct Model {
        #[sea_orm(primary_key)]
        pub(crate) id: i32,
        pub(crate) state: State,
    }

    #[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
    #[sea_orm(rs_type = "String", db_type = "String(StringLen::N(10))")]
    pub(crate) enum State {
        #[sea_orm(string_value = "open")]
        Open,
        #[sea_orm(string_value = "shut")]
        Shut,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub(crate) enum Relation {}
}

/// Creates the tables of the entities.
pub(crate) async fn create_tables(database: &Database) {
    let connection = &database.other;
    let schema = Schema::new(connection.get_database_backend());
    for table in [
        schema.create_table_from_entity(user::Entity),
        schema.create_table_from_entity(post::Entity),
        schema.create_table_from_entity(comment::Entity),
        schema.create_table_from_entity(link::Entity),
        schema.create_table_from_entity(label::Entity),
        schema.create_table_from_entity(post_label::Entity),
        schema.create_table_from_entity(measure::Entity),
        schema.create_table_from_entity(ticket::Entity),
    ] {
        connection.execute(&table).await.unwrap();
    }
}

/// A registry, and the journal of its events of records: `user.updated(email: "a" -> "b")`.
pub(crate) fn observed() -> (Registry, Journal) {
    let registry = Registry::new();
    let journal = journal_of(&registry, "events::db::.*");
    (registry, journal)
}

/// The journal of the events of records whose topics match.
pub(crate) fn journal_of(registry: &Registry, pattern: &str) -> Journal {
    let journal = Journal::default();
    let notes = journal.clone();
    let note = move |event: &dyn AnyEvent| {
        let mut path = event.topic().rsplit("::");
        let (moment, model) = (path.next().unwrap(), path.nth(1).unwrap());
        let diff = event.arg::<Diff>("diff");
        let diff = diff.map_or(String::new(), |diff| format!("({diff})"));
        notes.note(format!("{model}.{moment}{diff}"));
    };
    registry.on_topic(pattern, note).unwrap().detach();
    journal
}
