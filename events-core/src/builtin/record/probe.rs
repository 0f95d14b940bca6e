//! Whether the events of a model can be copied, determined from the type of one of them.

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

macro_rules! probes {
    ($($event:ident)*) => {
        $(
            impl<M: Clone + Send + Sync + 'static> RecordProbe<$event<M>> {
                /// Registers how the events of the model are copied.
                pub const REGISTER_COPIES: fn() = register_copies::<M>;
            }
        )*
    };
}

probes! { Creating Created Updating Updated Deleting Deleted }
