//! background.

mod background_plan;
mod background_result;
mod background_run;
mod concurrency_limit;
mod filtered_handler;
mod future_set;

pub(crate) use background_plan::{
    BackgroundHandler, BackgroundPlan, DeferredRun, ErasedBackgroundRun, Select,
};
pub(crate) use background_run::BackgroundRun;
pub use concurrency_limit::ConcurrencyLimited;
pub(crate) use filtered_handler::FilteredHandler;
