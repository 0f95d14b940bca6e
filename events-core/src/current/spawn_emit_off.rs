//! Without the feature `tokio`: methods whose errors name it.

use std::{convert::Infallible, future::Pending};

use crate::{
    diagnostics::FeatureTokio,
    emit::{EmitAsync, EmitTopicAsync, TryEmitAsync, TryEmitTopicAsync},
    event::{Args, Event},
    result::{EmitError, Emitted},
};

/// A future for a result, so that an `.await` of it causes no second error.
type Never<T> = Pending<Result<T, Infallible>>;

impl<E: Event> EmitAsync<E> {
    /// Does not compile when called; the error names the feature.
    #[doc(hidden)]
    pub fn spawn_tokio(self) -> Never<E>
    where
        Self: FeatureTokio,
    {
        unreachable!("the feature is off")
    }
}

impl<E: Event> TryEmitAsync<E> {
    /// Does not compile when called; the error names the feature.
    #[doc(hidden)]
    pub fn spawn_tokio(self) -> Never<Result<Emitted<E>, EmitError<E>>>
    where
        Self: FeatureTokio,
    {
        unreachable!("the feature is off")
    }
}

impl EmitTopicAsync {
    /// Does not compile when called; the error names the feature. `for<'__any>` moves the check of the bound, which
    /// never holds, from here to the caller.
    #[doc(hidden)]
    pub fn spawn_tokio(self) -> Never<Args>
    where
        for<'__any> Self: FeatureTokio,
    {
        unreachable!("the feature is off")
    }
}

impl TryEmitTopicAsync {
    /// Does not compile when called; the error names the feature. `for<'__any>` moves the check of the bound, which
    /// never holds, from here to the caller.
    #[doc(hidden)]
    pub fn spawn_tokio(self) -> Never<Result<Emitted<Args>, EmitError<Args>>>
    where
        for<'__any> Self: FeatureTokio,
    {
        unreachable!("the feature is off")
    }
}
