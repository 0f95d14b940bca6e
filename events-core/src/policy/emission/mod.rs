//! Middleware around whole emissions.
//!
//! - `outcome`: what became of an emission; `emit_call`: what the middleware around one shares;
//! - `middleware`: the trait, and sync emissions; `async_middleware`: the others, and `wrapped_emit`: how these are polled.

mod async_middleware;
mod emit_call;
mod middleware;
mod outcome;
mod wrapped_emit;

pub use async_middleware::NextEmitAsync;
pub use emit_call::EmitCall;
pub(crate) use emit_call::{EmitCallData, EmitDetails, ReportFailure};
pub use middleware::{EmitMiddleware, NextEmit};
pub(crate) use middleware::{RunEmit, SyncEmit};
pub(crate) use outcome::EmitCounts;
pub use outcome::EmitOutcome;
pub(crate) use wrapped_emit::{EmitRest, WrappedEmit};
