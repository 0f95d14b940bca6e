//! What an entity needs so that its writes emit events.

use events_core::record::Diff;
use sea_orm::{
    ActiveModelBehavior, ActiveModelTrait, EntityTrait, FromQueryResult, IntoActiveModel,
    ModelTrait, TryIntoModel, Value,
};

/// A model whose writes emit events; implemented by [`derive(Observed)`](macro@crate::Observed).
///
/// It compares two rows, so that the difference of two records that a program has is found as that of an update is:
///
/// ```
/// # mod user {
/// #     use events_seaorm::Observed;
/// #     use sea_orm::entity::prelude::*;
/// #     #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Observed)]
/// #     #[sea_orm(table_name = "user")]
/// #     pub struct Model {
/// #         #[sea_orm(primary_key)]
/// #         pub id: i32,
/// #         pub email: String,
/// #     }
/// #     #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
/// #     pub enum Relation {}
/// # }
/// use events_seaorm::Observed;
///
/// let old = user::Model { id: 1, email: "a@x.org".into() };
/// let new = user::Model { email: "b@x.org".into(), ..old.clone() };
/// assert_eq!(user::Model::diff(&old, &new).to_string(), r#"email: "a@x.org" -> "b@x.org""#);
/// ```
pub trait Observed: ModelTrait + 'static {
    /// The columns whose values differ.
    fn diff(old: &Self, new: &Self) -> Diff;

    /// Whether the events after its writes are stored: each write is in a transaction then.
    #[doc(hidden)]
    const __IS_DURABLE: bool = false;

    /// The names of the fields that are columns, in their order.
    #[doc(hidden)]
    #[must_use]
    fn __fields() -> &'static [&'static str] {
        &[]
    }

    /// Registers how the events of the model are shown as JSON.
    #[doc(hidden)]
    fn __register_json() {}
}

/// The model of an active model.
pub(super) type ModelOf<A> = <<A as ActiveModelTrait>::Entity as EntityTrait>::Model;
pub(crate) type ColumnOf<A> = <<A as ActiveModelTrait>::Entity as EntityTrait>::Column;
pub(super) type KeyOf<A> = <<A as ActiveModelTrait>::Entity as EntityTrait>::PrimaryKey;

/// The active model of an entity that is [observed](macro@crate::Observed), a bound of code for any of them. It is implemented by all that
/// qualify.
///
/// ```
/// use events_seaorm::{ObservedActiveModel, Tx, bulk};
/// use sea_orm::DbErr;
///
/// /// Inserts what a file has.
/// async fn import<A: ObservedActiveModel>(tx: &Tx, records: Vec<A>) -> Result<usize, DbErr> {
///     let inserted = bulk::insert_many(tx, records).await?;
///     Ok(inserted.len())
/// }
/// ```
pub trait ObservedActiveModel:
    ActiveModelTrait<Entity: EntityTrait<Model = Self::Model>>
    + ActiveModelBehavior
    + TryIntoModel<Self::Model>
    + Send
    + 'static
{
    /// Its model.
    type Model: Observed
        + ModelTrait<Entity = <Self as ActiveModelTrait>::Entity>
        + IntoActiveModel<Self>
        + FromQueryResult
        + Clone
        + Send
        + Sync;
}

impl<A> ObservedActiveModel for A
where
    A: ActiveModelTrait + ActiveModelBehavior + TryIntoModel<ModelOf<A>> + Send + 'static,
    ModelOf<A>: Observed
        + ModelTrait<Entity = A::Entity>
        + IntoActiveModel<A>
        + FromQueryResult
        + Clone
        + Send
        + Sync,
{
    type Model = ModelOf<A>;
}

/// Whether two values differ for the database: a NaN does not differ from itself.
#[doc(hidden)]
pub fn is_changed<T: PartialEq + Clone + Into<Value>>(old: &T, new: &T) -> bool {
    old != new && old.clone().into() != new.clone().into()
}
