//! One table, and two entities of it: `plain`, of SeaORM alone, and `observed`.

use sea_orm::{
    ActiveModelBehavior, ActiveModelTrait, EntityTrait, FromQueryResult, IntoActiveModel,
    ModelTrait,
};

/// What both entities offer.
pub(crate) trait Record:
    ActiveModelTrait<Entity: EntityTrait<Model = Self::Row>> + ActiveModelBehavior + Send + 'static
{
    type Row: ModelTrait<Entity = <Self as ActiveModelTrait>::Entity>
        + FromQueryResult
        + IntoActiveModel<Self>
        + Send
        + Sync;

    /// A row that is not there yet.
    fn numbered(number: i32) -> Self;

    /// Two columns of a row, changed.
    fn changed(row: Self::Row) -> Self;

    fn visits() -> <<Self as ActiveModelTrait>::Entity as EntityTrait>::Column;
}

macro_rules! entity {
    ($module:ident, $($derive:ident)?, $($behavior:tt)*) => {
        pub(crate) mod $module {
            use sea_orm::{Set, entity::prelude::*};

            #[derive(Clone, Debug, PartialEq, DeriveEntityModel $(, events_seaorm::$derive)?)]
            #[sea_orm(table_name = "user")]
            pub(crate) struct Model {
                #[sea_orm(primary_key)]
                pub(crate) id: i32,
                pub(crate) email: String,
                pub(crate) password: String,
                #[sea_orm(default_value = true)]
                pub(crate) active: bool,
                pub(crate) visits: i64,
                pub(crate) note: Option<String>,
            }

            #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
            pub(crate) enum Relation {}

            $($behavior)*

            impl super::Record for ActiveModel {
                type Row = Model;

                fn numbered(number: i32) -> Self {
                    Self {
                        email: Set(format!("user{number}@example.org")),
                        password: Set("12345".to_owned()),
                        active: Set(true),
                        visits: Set(0),
                        ..Default::default()
                    }
                }

                fn changed(row: Model) -> Self {
                    let visits = row.visits + 1;
                    let mut row = Self::from(row);
                    row.note = Set(Some(format!("visit {visits}")));
                    row.visits = Set(visits);
                    row
                }

                fn visits() -> Column {
                    Column::Visits
                }
            }
        }
    };
}

entity!(plain,, impl ActiveModelBehavior for ActiveModel {});
entity!(observed, Observed,);
