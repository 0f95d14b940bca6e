//! The registry: it stores the subscribers of events, and changes them while events are emitted.
//!
//! A *subscriber* is a handler registered for an event type (*exact*) or for a regular expression over
//! topics (*pattern*). A *slot* is the place of one event type in one registry; it holds the *plan*: the
//! handlers of that type in running order.
//!
//! - `handle`: [`Registry`], a cheap handle on a `core`: the slots, the settings, the queue, and the
//!   lock under which subscribers change;
//! - `transaction`: adding and removing subscribers, all or nothing; `group`: what is added together;
//!   `incomplete`: the conflicts of order of subscribers that a scan cannot install;
//! - `topics`: which pattern subscribers match an event type or a topic; the plans of topics that were emitted
//!   without a type;
//! - `scope`: the registry that a thread has entered;
//! - `unscanned`: the warning that no scan has registered the linked subscribers;
//! - `audience`: whether an event would be received, and muting subscribers;
//! - `settings`: the depth limit, the hook and the interceptor; `emit_limits`: the depth limits, and how
//!   a hook, an interceptor or middleware keeps emits off the fast path; `interceptor`: its interface.
//!
//! # How a pattern matches an event type
//!
//! A pattern is matched against the topic of an event type once, not in each emit. A registry *knows* an event
//! type once a handler is subscribed to it, or once it is emitted after the first pattern was subscribed. The
//! slot of a known type has an entry for each pattern subscriber that matches: its patterns are *resolved*.
//!
//! - A new pattern subscriber is matched against all known types. It gets an entry in the slot of each one
//!   that matches, in one order with the exact subscribers.
//! - The first emit of a type that is not known matches all pattern subscribers against it, under the lock
//!   (`resolve_patterns`). Later emits find the entries in the plan and match nothing.
//! - A topic without an event type (`emit_topic`) has no slot. Its plan is kept in a cache of fixed size, until
//!   a pattern subscriber is added or removed, or another topic takes its place; a very long topic is matched
//!   in each emit.
//! - Removing a pattern subscriber removes its entries from the slots of all known types; they stay known.

mod audience;
mod core;
mod emit_limits;
mod group;
mod handle;
mod incomplete;
mod interceptor;
mod scope;
mod settings;
mod topics;
mod transaction;
mod unscanned;

pub(crate) use audience::Receiver;
pub use audience::{MuteError, MuteGuard};
pub(crate) use core::{AWAITS_SCAN, Core, DefaultHooks, EventQueue, OBSERVES_EMITS, Writer};
pub(crate) use emit_limits::EmitLimits;
pub(crate) use group::{Incomplete, SubscriberGroup};
pub use handle::{Registry, WeakRegistry};
pub use interceptor::{Intercepted, Interceptor, Viewer};
pub use scope::Entered;
pub(crate) use scope::{
    Current, HandlerScope, current, enter_for_handlers, is_current_without_scopes,
    is_default_current, is_scoped, note_scope,
};
pub(crate) use transaction::{DeclaredOfEvent, Removal};
