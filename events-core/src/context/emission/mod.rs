//! Emissions: what is stored of each, and what its handlers receive.
//!
//! - `state`: where and when it was emitted
//! - `own_subscription`: the handle of an emission on the subscription of its handler
//! - `parameter`: `Emission`, a parameter of handlers

mod own_subscription;
mod parameter;
pub(super) mod state;

pub(crate) use own_subscription::EndSubscription;
pub use own_subscription::{OwnSubscription, Subscribed};
pub use parameter::{Emission, EmissionSource};
pub(crate) use state::{CallSite, EmissionState, EmitTime, UNKNOWN_SITE};
