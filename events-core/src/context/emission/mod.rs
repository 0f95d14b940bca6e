//! Emissions: what is stored of each, and what its handlers receive.
//!
//! - `id`: the id, which is unique beyond the process
//! - `state`: where and when it was emitted
//! - `own_subscription`: the handle of an emission on the subscription of its handler
//! - `parameter`: `Emission`, a parameter of handlers

pub(super) mod id;
mod own_subscription;
mod parameter;
pub(super) mod state;

pub use id::EmissionId;
pub(crate) use own_subscription::EndSubscription;
pub use own_subscription::{OwnSubscription, Subscribed};
pub use parameter::{Emission, EmissionSource};
pub(crate) use state::{CallSite, EmissionState, EmitTime, UNKNOWN_SITE};
