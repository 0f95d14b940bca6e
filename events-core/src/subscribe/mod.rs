//! Subscribing at run time: the methods of the registry, and what they register.
//!
//! A *handler* is a function or closure. A *subscriber* is a handler that is registered for an
//! event, with an id, options and a position in the order. An *exact subscriber* receives the
//! events of one type, a *pattern subscriber* those of every type whose topic matches a regular
//! expression. A sync handler runs inside of the emit; a *background handler* (async or deferred)
//! runs after the sync ones. A *plan* is the ordered list of all handlers of one event type; each
//! registration and each removal builds a new one.
//!
//! - `methods`: `Registry::on`, `Registry::subscribe` and their variants for events of one type;
//! - `builder`: the builder of one subscription; `kinds`: the kinds of subscriptions; `options`: its methods that set options;
//! - `by_topic`: those that subscribe to a pattern of topics;
//! - `batch`: several subscriptions at once;
//! - `register`: checks ids and targets, and registers all subscribers or none;
//! - `subscription`: the guard, which unsubscribes when it is dropped;
//! - `policies`: hooks and middleware of a registry;
//! - `filter`: the filters `origin`, `when` and `once`;
//! - `filtered_handlers`: handlers with their filters, which the guard can close;
//! - `error`: why a registration failed, and the text of an ordering conflict.

mod batch;
mod builder;
mod by_topic;
mod error;
mod filter;
mod filtered_handlers;
mod kinds;
mod methods;
mod options;
mod policies;
mod register;
mod subscription;

pub use batch::Batch;
pub use builder::NewSubscription;
pub(crate) use by_topic::copy_handler;
pub use by_topic::register_copy;
pub use error::SubscribeError;
pub(crate) use error::{
    OTHER_COPY, fmt_cycle, fmt_divided, fmt_invalid_pattern, fmt_param, fmt_unawaited,
    provided_states,
};
pub(crate) use filtered_handlers::{SubscribedHandler, SubscribedTopicHandler};
pub use kinds::{AwaitedKind, BackgroundKind, BackgroundPatternKind, PatternKind, SyncKind};
pub(crate) use register::register;
pub use subscription::Subscription;
pub(crate) use subscription::{Closable, Freed, SubscriptionPart, Unsubscribe, weak};
