//! The registration of models, for pattern subscribers, before their first event.

use std::marker::PhantomData;

use events_core::record::{register_copies, register_model};
use sea_orm::EntityTrait;

use super::observed::Observed;

/// Registers the models of entities with their topics, how their events are copied, and how those of observed ones are shown as JSON: for
/// reports of the scan, and for async and deferred subscribers of patterns. Entities that are not
/// [observed](macro@crate::Observed), whose events the program emits itself, can be listed as well.
///
/// The first write of an observed entity registers it too. Repeated calls have no effect.
///
/// ```
/// mod user {
///     use events_seaorm::Observed;
///     use sea_orm::entity::prelude::*;
///
///     #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Observed)]
///     #[sea_orm(table_name = "user")]
///     pub struct Model {
///         #[sea_orm(primary_key)]
///         pub id: i32,
///     }
///
///     #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
///     pub enum Relation {}
/// }
///
/// fn main() {
///     events_seaorm::register_models!(user::Entity);
///     events_core::scan();
///     assert!(events_core::record::models().iter().any(|model| model.name().ends_with("user::Model")));
/// }
/// ```
#[macro_export]
macro_rules! register_models {
    ($($entity:ty),+ $(,)?) => {
        $({
            #[allow(unused_imports)]
            use $crate::__derive::OtherEntity as _;
            $crate::__derive::register_entity::<$entity>();
            $crate::__derive::EntityProbe::<$entity>::REGISTER_JSON();
        })+
    };
}

/// Registers the model of an entity.
#[doc(hidden)]
pub fn register_entity<E>()
where
    E: EntityTrait<Model: Clone + Send + Sync + 'static>,
{
    register_model::<E::Model>();
    register_copies::<E::Model>();
}

/// Registers an observed model, before its events are emitted.
pub(crate) fn register_observed<M: Observed + Clone + Send + Sync>() {
    register_model::<M>();
    register_copies::<M>();
    M::__register_json();
}

/// Whether an entity is observed: if it is, the constant is the inherent one, else that of [`OtherEntity`].
#[doc(hidden)]
#[derive(Debug)]
pub struct EntityProbe<E>(PhantomData<E>);

impl<E: EntityTrait<Model: Observed>> EntityProbe<E> {
    pub const REGISTER_JSON: fn() = <E::Model as Observed>::__register_json;
}

/// The constant of other entities.
#[doc(hidden)]
pub trait OtherEntity {
    const REGISTER_JSON: fn() = || ();
}

impl<E> OtherEntity for EntityProbe<E> {}
