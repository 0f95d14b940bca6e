//! Floor 4, engine: who listens, in which order, and how an event reaches them.
//!
//! - `order` sorts, `entry` makes a plan of what is sorted, `slot` keeps both, `exchange` publishes
//!   the plan to emitters, and `slots` says where that is;
//! - `dispatch` runs the handlers of the plan it is given, and knows no registry;
//! - `core` is a registry's inside: its slots, and the one lock that every change takes; `emit` leads from
//!   there to the dispatch, past `intercept`, where a test may keep an event;
//! - `registry`, `subscribe`, `batch`, `install` and `listener` are the ways in: verbs, run time, link
//!   time, and structs that come either way;
//! - `waiting` is a way out: futures and streams of events, each behind it an `inbox`.

mod batch;
mod change;
mod core;
mod crew;
mod declared_any;
mod dispatch;
mod emit;
mod emit_async;
mod enqueued;
mod entry;
mod exchange;
mod flights;
mod hand_over;
mod hearing;
mod hearing_any;
mod inbox;
mod install;
mod intercept;
mod item;
mod lanes;
mod listener;
mod listening;
mod named;
mod on;
mod order;
mod registry;
mod rests;
mod sleepers;
mod slot;
mod slots;
mod store;
mod subscribe;
mod subscribe_error;
mod subscription;
mod sync;
mod through;
mod unheard;
mod waiting;

pub(crate) use self::core::Core;
pub use batch::Batch;
pub use emit_async::{EmitAsync, TryEmitAsync};
pub(crate) use entry::Conflict;
pub(crate) use flights::{Flights, Place};
pub use inbox::Lagged;
pub(crate) use install::Group;
pub use install::{Hears, Installer, Once, Subscriber};
pub(crate) use intercept::Site;
pub use intercept::{Intercepted, Interceptor, Way};
pub(crate) use item::{Ended, InTurn, Left, Running, Started, is_inside};
pub use listener::{ByHand, Listener, Made};
pub use registry::Registry;
pub(crate) use registry::WeakRegistry;
pub(crate) use sleepers::Waiter;
pub use slot::Slot;
pub use subscribe::{Afterwards, ByTopic, NewSubscription, Now};
pub use subscribe_error::SubscribeError;
pub use subscription::Subscription;
pub use waiting::{EventStream, Next};
