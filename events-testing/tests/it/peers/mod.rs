//! Tests of the fakes of other event systems, as tests of this one.

mod django;
pub(crate) mod laravel;
