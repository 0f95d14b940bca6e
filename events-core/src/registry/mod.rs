//! The registry: it stores the subscribers of events, and changes them while events are emitted.
//!
//! A *subscriber* is a handler registered for an event type (*exact*) or for a regular expression over
//! topics (*pattern*). A *slot* is the place of one event type in one registry; it holds the *plan*: the
//! handlers of that type in running order.
//!
//! - `handle`: [`Registry`], a cheap handle on a `core`: the slots, the settings, the queue, and the
//!   lock under which subscribers change;
//! - `transaction`: adding and removing subscribers, all or nothing; `group`: what is added together;
//! - `topic_matching`: which pattern subscribers match an event type or a topic; `topic_cache`: the
//!   plans of topics that were emitted without a type;
//! - `settings`: the depth limit, the hook and the interceptor; `emit_limits`: the depth limits, and how
//!   a hook or an interceptor keeps emits off the fast path; `interceptor`: its interface.

mod core;
mod emit_limits;
mod group;
mod handle;
mod interceptor;
mod settings;
mod topic_cache;
mod topic_matching;
mod transaction;

pub(crate) use core::{Core, EventQueue, INTERCEPTED, Writer};
pub(crate) use emit_limits::EmitLimits;
pub(crate) use group::SubscriberGroup;
pub use handle::Registry;
pub(crate) use handle::{CoreRef, WeakRegistry};
pub use interceptor::{EmitVerb, Intercepted, Interceptor, Viewer};
pub(crate) use topic_cache::TopicPlan;
pub(crate) use transaction::Removal;
