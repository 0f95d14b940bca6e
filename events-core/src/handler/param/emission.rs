//! `&`[`Emission`] as a parameter.

use super::{
    call_context::CallContext,
    prepare::{Prepare, PrepareError},
    trait_param::Param,
};
use crate::{context::Emission, result::BoxError};

impl Param for &Emission {
    type Kept = ();
    type Held<'c> = &'c Emission;
    type Item<'i> = &'i Emission;

    fn prepare(_: &Prepare<'_>) -> Result<(), PrepareError> {
        Ok(())
    }

    #[inline]
    fn acquire<'c>((): &'c (), call: &'c CallContext<'c>) -> Result<&'c Emission, BoxError> {
        Ok(call.emission())
    }

    #[inline]
    fn item<'i, 'c: 'i>(held: &'i mut &'c Emission) -> &'i Emission {
        held
    }
}
