//! How events are cloned without their type: the function that the derive selects, and the functions that are registered
//! for types of which the derive cannot find out whether they are `Clone`.

use std::{
    any::{Any, TypeId},
    fmt,
    marker::PhantomData,
    ops::Deref,
    sync::Arc,
};

use super::typed_copy::TypedCopy;
use crate::{
    event::{
        any_event::SharedEvent,
        snapshot::Snapshot,
        statics::{BoxedEvent, CloneFn},
        traits::{Event, Family},
    },
    primitives::TypeMap,
};

/// Finds out whether `E` is `Clone`, `Send` and `Sync`, without a bound on it. If it is, method resolution selects
/// [`clone_fn`](Self::clone_fn); else that of [`BoxedProbe`], to which this dereferences, or of [`NotClone`].
pub struct CloneProbe<E>(pub PhantomData<E>);

impl<E: Clone + Send + Sync + Event + 'static> CloneProbe<E> {
    /// The function that clones an `E`.
    #[inline]
    #[must_use]
    pub fn clone_fn(&self) -> Option<CloneFn> {
        Some(CloneFn::Shared(clone_shared::<E>))
    }
}

impl<E> Deref for CloneProbe<E> {
    type Target = BoxedProbe<E>;

    #[inline]
    fn deref(&self) -> &BoxedProbe<E> {
        &BoxedProbe(PhantomData)
    }
}

/// The target of [`CloneProbe`] for a type that is not known to be `Clone`, `Send` and `Sync`: finds out whether it is
/// `Clone` and `Send`.
pub struct BoxedProbe<E>(PhantomData<E>);

impl<E: Clone + Send + 'static> BoxedProbe<E> {
    /// The function that clones an `E`.
    #[inline]
    #[must_use]
    pub fn clone_fn(&self) -> Option<CloneFn> {
        Some(CloneFn::Boxed(clone_boxed::<E>))
    }
}

impl<E> Deref for BoxedProbe<E> {
    type Target = NotClone;

    #[inline]
    fn deref(&self) -> &NotClone {
        &NotClone
    }
}

/// The target of [`BoxedProbe`] for a type that is not known to be `Clone` and `Send`.
#[derive(Debug)]
pub struct NotClone;

impl NotClone {
    /// No function.
    #[inline]
    #[must_use]
    pub fn clone_fn(&self) -> Option<CloneFn> {
        None
    }
}

impl<E> fmt::Debug for CloneProbe<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CloneProbe")
    }
}

impl<E> fmt::Debug for BoxedProbe<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BoxedProbe")
    }
}

/// The function that clones an `E`, which the option `clone` of the derive requires.
#[inline]
#[must_use]
pub fn required_clone_fn<E: Snapshot>() -> Option<CloneFn> {
    Some(CloneFn::Shared(clone_shared::<E>))
}

fn clone_shared<E: Clone + Send + Sync + Event + 'static>(event: &dyn Any) -> Option<SharedEvent> {
    let event: &E = event.downcast_ref()?;
    Some(Arc::new(TypedCopy(event.clone())))
}

fn clone_boxed<E: Clone + Send + 'static>(event: &dyn Any) -> Option<BoxedEvent> {
    let event: &E = event.downcast_ref()?;
    Some(Box::new(event.clone()))
}

/// The registered functions, by family. There is at most one for each type in the source of the program.
static REGISTERED: TypeMap<CloneFn, 64> = TypeMap::new();

/// Registers how an `E` is cloned, unless the derive has found that out.
pub(crate) fn register_clone_fn<E: Snapshot>() {
    if !matches!(E::statics().clone_fn, Some(CloneFn::Shared(_))) {
        REGISTERED.get_or_insert(TypeId::of::<E>(), || CloneFn::Shared(clone_shared::<E>));
    }
}

/// The function that clones the events of a family, if they can be cloned.
pub(crate) fn clone_fn_of<F: Family>() -> Option<CloneFn> {
    let registered = || REGISTERED.get(TypeId::of::<F>()).copied();
    match F::statics().clone_fn {
        Some(clone) => registered().or(Some(clone)),
        None => registered(),
    }
}
