//! What is found out of the type of an event of a model: whether it can be copied, and whether any write emits it.

use std::marker::PhantomData;

use super::{
    events::{Created, Creating, Deleted, Deleting, Updated, Updating},
    register::register_copies,
};

/// Registers the copies of a model, for a subscriber whose parameter has the name of an event of this module. The constant is
/// the inherent one for an event of a model that is `Clone`, `Send` and `Sync`; else that of [`OtherEvent`].
#[derive(Debug)]
pub struct RecordProbe<E>(PhantomData<E>);

/// The constant of [`RecordProbe`] for other events, and for models that are not known to be `Clone`, `Send` and `Sync`.
pub trait OtherEvent {
    /// Nothing.
    const REGISTER_COPIES: fn() = || ();
}

impl<E> OtherEvent for RecordProbe<E> {}

/// A type beside a model that is not one, such as the entity of an ORM: no write emits its events. A declared subscriber of them is an
/// error of the compiler, with the remedy. Derives of integrations implement it.
///
/// ```compile_fail
/// use events_core::{record::{NotAModel, Updated}, subscriber};
///
/// struct UserTable;
///
/// impl NotAModel for UserTable {
///     const REMEDY: &'static str = "no write emits an event of `UserTable`; subscribe to that of `User`";
/// }
///
/// #[subscriber]
/// fn log(event: &Updated<UserTable>) {}
/// ```
pub trait NotAModel {
    /// What to write.
    const REMEDY: &'static str;
}

/// Whether the type of an event of records has a model. The constant is the inherent one for a type that is [`NotAModel`]; else that of
/// [`AnyModel`].
#[derive(Debug)]
pub struct ModelCheck<E>(PhantomData<E>);

/// The constant of [`ModelCheck`] for models.
pub trait AnyModel {
    /// Nothing: it is a model.
    const REMEDY: Option<&'static str> = None;
}

impl<E> AnyModel for ModelCheck<E> {}

/// Called in a constant of generated code: a panic is an error of the compiler, at the call.
///
/// # Panics
///
/// If there is a remedy.
#[track_caller]
pub const fn check_model(remedy: Option<&str>) {
    if let Some(remedy) = remedy {
        panic!("{}", remedy);
    }
}

macro_rules! probes {
    ($($event:ident)*) => {
        $(
            impl<M: Clone + Send + Sync + 'static> RecordProbe<$event<M>> {
                /// Registers how the events of the model are copied.
                pub const REGISTER_COPIES: fn() = register_copies::<M>;
            }

            impl<M: NotAModel> ModelCheck<$event<M>> {
                /// What to write.
                pub const REMEDY: Option<&'static str> = Some(M::REMEDY);
            }
        )*
    };
}

probes! { Creating Created Updating Updated Deleting Deleted }
