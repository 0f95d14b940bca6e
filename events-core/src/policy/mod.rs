//! The policy of a registry: hooks that receive the failures of its subscribers, and middleware around their calls and
//! around whole emissions.
//!
//! A plan holds the policy of its registry. So a failure is reported where it is recorded, on the thread that does so,
//! and an emit without a failure pays nothing for it. Middleware sets the depth limit of the fast path to 0, as an
//! interceptor does, which forces every emit onto the slow path.
//!
//! - `entry`: a hook or a middleware that its guard can close, and the list of those of one kind;
//! - `failure_hooks`: calling the hooks;
//! - `call`: a call of a subscriber, as middleware receives it;
//! - `middleware`: around sync calls; `async_middleware`: around the others;
//! - `emission`: middleware around whole emissions;
//! - `registry_policy`: all of these of one registry; `policy_ref` and `plan_type`: how a plan has it.

mod async_middleware;
mod call;
mod emission;
mod entry;
mod failure_hooks;
mod middleware;
mod plan_type;
mod policy_ref;
mod registry_policy;

pub use async_middleware::{BoxFuture, NextAsync};
pub use call::Call;
pub(crate) use call::CallData;
pub use emission::{EmitCall, EmitMiddleware, EmitOutcome, NextEmit, NextEmitAsync};
pub(crate) use emission::{
    EmitCallData, EmitCounts, EmitDetails, EmitRest, RunEmit, SyncEmit, WrappedEmit,
};
pub(crate) use entry::{Entries, Entry, PolicyName};
pub(crate) use failure_hooks::{FailureHook, InFailureHook, is_in_failure_hook};
pub use middleware::{Middleware, Next};
pub(crate) use middleware::{SyncCall, SyncHandler, WrappedCall};
pub(crate) use plan_type::PlanType;
pub(crate) use policy_ref::PolicyRef;
pub(crate) use registry_policy::{Policy, PolicyPart};
