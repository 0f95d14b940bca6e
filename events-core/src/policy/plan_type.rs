//! What a plan is made for: an event type, its topic, and the policy of the registry.

use std::{any::TypeId, borrow::Cow};

use super::policy_ref::PolicyRef;
use crate::metadata::EventInfo;

/// The event type of a plan, and what its registry adds.
#[derive(Clone)]
pub(crate) struct PlanType {
    pub(crate) family: TypeId,
    pub(crate) info: &'static EventInfo,
    /// The topic of the event type, or that of a named event.
    pub(crate) topic: Cow<'static, str>,
    pub(crate) policy: PolicyRef,
}
