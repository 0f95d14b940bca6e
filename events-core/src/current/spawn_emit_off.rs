//! Without the feature `tokio`: methods whose errors name it.

use std::{convert::Infallible, future::Pending};

use crate::{
    diagnostics::FeatureTokio,
    emit::{EmitAsync, TryEmitAsync},
    event::Event,
    result::{EmitError, Emitted},
};

impl<E: Event> EmitAsync<E> {
    /// Does not compile when called; the error names the feature.
    #[doc(hidden)]
    pub fn spawn_tokio(self) -> Pending<Result<E, Infallible>>
    where
        Self: FeatureTokio,
    {
        unreachable!("the feature is off")
    }
}

impl<E: Event> TryEmitAsync<E> {
    /// Does not compile when called; the error names the feature.
    #[doc(hidden)]
    pub fn spawn_tokio(self) -> Pending<Result<Result<Emitted<E>, EmitError<E>>, Infallible>>
    where
        Self: FeatureTokio,
    {
        unreachable!("the feature is off")
    }
}
