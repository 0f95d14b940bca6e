//! Floor 4, engine: who listens, in which order, and how an event reaches them.
//!
//! - `order` sorts, `plan` holds the sorted handlers, `slot` publishes a plan to emitters;
//! - `dispatch` runs the handlers of the plan it is given, and knows no registry;
//! - `core` is a registry's inside: its slots, and the one lock that every change takes;
//! - `registry`, `subscribe` and `install` are the ways in: verbs, run time, link time.

mod core;
mod dispatch;
mod install;
mod order;
mod panics;
mod plan;
mod registry;
mod slot;
mod slots;
mod subscribe;
mod subscription;

pub(crate) use self::core::Core;
pub(crate) use install::Batch;
pub use install::{Installer, Once, Subscriber};
pub use registry::Registry;
pub use slots::Home;
pub use subscribe::{NewSubscription, SubscribeError};
pub use subscription::Subscription;
