//! Writes of many records at once, with the events of each: the calls of SeaORM with the same names emit none.
//!
//! Each is one transaction, or a savepoint in the one that it is given: a veto of one record, and an error, rolls back all. The rows that an
//! update or a delete selects are read and locked first, and an event is emitted for each. If no subscriber would receive one, the rows are not read.
//!
//! ```
//! # mod user {
//! #     use events_seaorm::Observed;
//! #     use sea_orm::entity::prelude::*;
//! #     #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Observed)]
//! #     #[sea_orm(table_name = "user")]
//! #     pub struct Model {
//! #         #[sea_orm(primary_key)]
//! #         pub id: i32,
//! #         pub visits: i32,
//! #     }
//! #     #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
//! #     pub enum Relation {}
//! # }
//! use events_core::{Registry, record::Updated};
//! use events_seaorm::{Db, bulk};
//! use sea_orm::{ColumnTrait, ConnectionTrait, Database, DbErr, Schema, Set, sea_query::Expr};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), DbErr> {
//! let registry = Registry::new();
//! registry.on(|event: &Updated<user::Model>| println!("{}: {}", event.record.id, event.diff)).detach();
//!
//! let db = Db::new(Database::connect("sqlite::memory:").await?).with_registry(&registry);
//! # db.execute(&Schema::new(db.get_database_backend()).create_table_from_entity(user::Entity)).await?;
//! let new = |visits| user::ActiveModel { visits: Set(visits), ..Default::default() };
//! let users = bulk::insert_many(&db, [new(0), new(1)]).await?;
//! assert_eq!(users.len(), 2);
//!
//! bulk::update_many::<user::Entity>()
//!     .col_expr(user::Column::Visits, Expr::value(1))
//!     .exec(&db)
//!     .await?; // 1: visits: 0 -> 1
//!
//! let deleted = bulk::delete_many::<user::Entity>(&db, user::Column::Visits.eq(1)).await?;
//! assert_eq!(deleted, 2);
//! # Ok(())
//! # }
//! ```

mod delete;
mod insert;
mod keys;
mod locked_tx;
mod update;

pub use delete::delete_many;
pub use insert::insert_many;
pub use update::{UpdateMany, update_many};
