//! The own hooks of an observed entity, which the compiler finds if they are there.
//!
//! The derive implements `ActiveModelBehavior`, and calls the own hooks through [`Own`]: a method of [`OwnBehavior`] needs one
//! reference less than that of [`NoBehavior`], so it is chosen wherever the active model implements [`Behavior`].

use std::{future::Ready, future::ready, marker::PhantomData};

use async_trait::async_trait;
use sea_orm::{ActiveModelTrait, ConnectionTrait, DbErr};

use super::observed::ModelOf;

/// The own hooks of an entity that is [observed](macro@crate::Observed), in place of those of `ActiveModelBehavior`, which the derive
/// implements. An entity without own hooks does not implement it.
///
/// `before_save` and `before_delete` are called before the "-ing" event of the write, which has what they have changed. The others are
/// called after the write; the event of the write has been emitted then, or waits for the commit.
///
/// An error of a hook before the write prevents the write, and is returned. An error of a hook after it is returned as well, and the
/// write remains, unless a transaction around it is rolled back.
///
/// ```
/// mod post {
///     use events_seaorm::{Behavior, Observed};
///     use sea_orm::{Set, entity::prelude::*};
///
///     #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Observed)]
///     #[sea_orm(table_name = "post")]
///     pub struct Model {
///         #[sea_orm(primary_key)]
///         pub id: i32,
///         pub title: String,
///         pub slug: String,
///     }
///
///     #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
///     pub enum Relation {}
///
///     #[async_trait::async_trait]
///     impl Behavior for ActiveModel {
///         async fn before_save<C: ConnectionTrait>(mut self, _: &C, _: bool) -> Result<Self, DbErr> {
///             if let Some(title) = self.title.try_as_ref() {
///                 self.slug = Set(title.to_lowercase().replace(' ', "-"));
///             }
///             Ok(self)
///         }
///     }
/// }
/// # fn main() {}
/// ```
#[async_trait]
#[allow(unused_variables)]
pub trait Behavior: ActiveModelTrait + Send + 'static {
    /// A new active model; by default one without values.
    #[must_use]
    fn new() -> Self {
        <Self as ActiveModelTrait>::default()
    }

    /// Called before an INSERT or an UPDATE.
    async fn before_save<C: ConnectionTrait>(self, db: &C, insert: bool) -> Result<Self, DbErr> {
        Ok(self)
    }

    /// Called after an INSERT or an UPDATE.
    async fn after_save<C: ConnectionTrait>(
        model: ModelOf<Self>,
        db: &C,
        insert: bool,
    ) -> Result<ModelOf<Self>, DbErr> {
        Ok(model)
    }

    /// Called before a DELETE.
    async fn before_delete<C: ConnectionTrait>(self, db: &C) -> Result<Self, DbErr> {
        Ok(self)
    }

    /// Called after a DELETE.
    async fn after_delete<C: ConnectionTrait>(self, db: &C) -> Result<Self, DbErr> {
        Ok(self)
    }
}

/// The own hooks of an active model, if it has some.
#[doc(hidden)]
pub struct Own<A>(PhantomData<fn() -> A>);

impl<A> Own<A> {
    pub const VALUE: Self = Self(PhantomData);
}

#[doc(hidden)]
#[async_trait]
pub trait OwnBehavior<A: Behavior> {
    fn own_new(&self) -> A {
        A::new()
    }

    async fn own_before_save<C: ConnectionTrait>(
        &self,
        model: A,
        db: &C,
        insert: bool,
    ) -> Result<A, DbErr> {
        A::before_save(model, db, insert).await
    }

    async fn own_after_save<C: ConnectionTrait>(
        &self,
        model: ModelOf<A>,
        db: &C,
        insert: bool,
    ) -> Result<ModelOf<A>, DbErr>
    where
        ModelOf<A>: Send,
    {
        A::after_save(model, db, insert).await
    }

    async fn own_before_delete<C: ConnectionTrait>(&self, model: A, db: &C) -> Result<A, DbErr> {
        A::before_delete(model, db).await
    }

    async fn own_after_delete<C: ConnectionTrait>(&self, model: A, db: &C) -> Result<A, DbErr> {
        A::after_delete(model, db).await
    }
}

impl<A: Behavior> OwnBehavior<A> for Own<A> {}

#[doc(hidden)]
pub trait NoBehavior<A: ActiveModelTrait> {
    fn own_new(&self) -> A {
        A::default()
    }

    fn own_before_save<C>(&self, model: A, _: &C, _: bool) -> Ready<Result<A, DbErr>> {
        ready(Ok(model))
    }

    fn own_after_save<C>(
        &self,
        model: ModelOf<A>,
        _: &C,
        _: bool,
    ) -> Ready<Result<ModelOf<A>, DbErr>> {
        ready(Ok(model))
    }

    fn own_before_delete<C>(&self, model: A, _: &C) -> Ready<Result<A, DbErr>> {
        ready(Ok(model))
    }

    fn own_after_delete<C>(&self, model: A, _: &C) -> Ready<Result<A, DbErr>> {
        ready(Ok(model))
    }
}

impl<A: ActiveModelTrait> NoBehavior<A> for &Own<A> {}
