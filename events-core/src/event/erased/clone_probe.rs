//! How events are cloned without their type: the function that the derive selects, and the functions that are registered
//! for types of which the derive cannot find out whether they are `Clone`.

use std::{
    any::{Any, TypeId},
    marker::PhantomData,
    sync::Arc,
};

use super::typed_copy::TypedCopy;
use crate::{
    event::{
        any_event::SharedEvent,
        snapshot::{HeldCopy, Snapshot},
        statics::CloneFn,
        traits::{Event, Family},
    },
    primitives::TypeMap,
};

/// Finds out whether `E` is `Clone`, `Send` and `Sync`, without a bound on it. If it is, the constants are the inherent
/// ones; else those of [`UnknownClone`], since an inherent constant takes precedence over one of a trait.
#[derive(Debug)]
pub struct CloneProbe<E>(PhantomData<E>);

impl<E: Clone + Send + Sync + Event + 'static> CloneProbe<E> {
    /// The function that clones an `E`.
    pub const CLONE_FN: Option<CloneFn> = Some(clone_event::<E>);

    /// Whether there is one.
    pub const HAS_COPY: bool = true;
}

/// The constants of [`CloneProbe`] for a type that is not known to be `Clone`, `Send` and `Sync`.
pub trait UnknownClone {
    /// No function.
    const CLONE_FN: Option<CloneFn> = None;

    /// There is none.
    const HAS_COPY: bool = false;
}

impl<E> UnknownClone for CloneProbe<E> {}

/// The function that clones an `E`, which the option `clone` of the derive requires.
#[inline]
#[must_use]
pub fn required_clone_fn<E: Snapshot>() -> Option<CloneFn> {
    Some(clone_event::<E>)
}

/// The same, which the option `after_commit` of the derive requires.
#[inline]
#[must_use]
pub fn held_clone_fn<E: HeldCopy>() -> Option<CloneFn> {
    Some(clone_event::<E>)
}

fn clone_event<E: Clone + Send + Sync + Event + 'static>(event: &dyn Any) -> Option<SharedEvent> {
    let event: &E = event.downcast_ref()?;
    Some(Arc::new(TypedCopy(event.clone())))
}

/// The registered functions, by family. There is at most one for each type in the source of the program.
static REGISTERED: TypeMap<CloneFn, 64> = TypeMap::new();

/// Registers how an `E` is cloned, unless the derive has found that out.
pub(crate) fn register_clone_fn<E: Snapshot>() {
    if E::statics().clone_fn.is_none() {
        REGISTERED.get_or_insert(TypeId::of::<E>(), || clone_event::<E>);
    }
}

/// The function that clones the events of a family, if they can be cloned.
pub(crate) fn clone_fn_of<F: Family>() -> Option<CloneFn> {
    let registered = || REGISTERED.get(TypeId::of::<F>()).copied();
    F::statics().clone_fn.or_else(registered)
}
