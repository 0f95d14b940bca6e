//! What generated code uses for the parameters of a call.

use std::{any::type_name, marker::PhantomData};

use super::{call_context::CallContext, trait_param::Param};
use crate::{
    context::{EmissionSource, OwnSubscription},
    handler::outcome::Step,
    result::{BoxError, ParamError, RefusedCall},
};

/// Whether a parameter of a subscriber needs the context of a call.
#[doc(hidden)]
#[derive(Debug)]
pub struct NeedsCall<const NEEDED: bool>;

/// Whether a parameter needs the context of a call: [`NEEDED`](Self::NEEDED), or that of [`NoParam`] for a type that is no
/// parameter, about which the compiler reports one error elsewhere.
#[doc(hidden)]
#[derive(Debug)]
pub struct CallProbe<P>(PhantomData<P>);

impl<P: Param> CallProbe<P> {
    /// Whether it needs the context.
    pub const NEEDED: bool = P::NEEDS_CALL;
}

/// A type that is no parameter.
#[doc(hidden)]
pub trait NoParam {
    /// It needs nothing.
    const NEEDED: bool = false;
}

impl<P> NoParam for CallProbe<P> {}

/// Makes what the parameters of a call borrow: its context, or nothing. An async subscriber stores it in its future.
#[doc(hidden)]
pub trait CallSlot<'c> {
    /// The context, or nothing.
    type Slot;

    /// Makes the slot for the innermost emission of this thread.
    fn new(source: &'c (impl EmissionSource + ?Sized), own: &'c OwnSubscription) -> Self::Slot;

    /// The context in the slot.
    fn context<'s>(slot: &'s Self::Slot) -> &'s CallContext<'s>
    where
        'c: 's;
}

impl<'c> CallSlot<'c> for NeedsCall<true> {
    type Slot = CallContext<'c>;

    #[inline]
    fn new(
        source: &'c (impl EmissionSource + ?Sized),
        own: &'c OwnSubscription,
    ) -> CallContext<'c> {
        CallContext::new(source, own)
    }

    #[inline]
    fn context<'s>(slot: &'s CallContext<'c>) -> &'s CallContext<'s>
    where
        'c: 's,
    {
        slot
    }
}

impl<'c> CallSlot<'c> for NeedsCall<false> {
    type Slot = ();

    #[inline]
    fn new(_: &'c (impl EmissionSource + ?Sized), _: &'c OwnSubscription) {}

    #[inline]
    fn context<'s>((): &'s ()) -> &'s CallContext<'s>
    where
        'c: 's,
    {
        const { &CallContext::NONE }
    }
}

/// The result of a subscriber whose parameter `P` could not be acquired: a failure; it is not called.
#[doc(hidden)]
#[cold]
#[must_use]
pub fn not_acquired<P: Param>(error: BoxError) -> Step {
    let error = ParamError::new(type_name::<P>(), error);
    Step::Failed(Box::new(RefusedCall::Param(error)))
}
