//! Plans: the subscribers of each event type in running order, and how emits read them without a lock.
//!
//! A *slot* is the place of one event type in one registry. It stores an *entry* for each subscriber and
//! publishes the *plan* that is built from the entries: the *chain* of sync handlers, and the
//! *background plan* of the async and deferred handlers, which run after the chain. A *declared*
//! subscriber was left by an attribute at link time; a *run-time* one was subscribed by a call.
//!
//! - `entry`: one subscriber in a slot, and building a plan from entries
//! - `event_plan`: the plan
//! - `muted`: the subscribers that are not called for the present
//! - `order`: sorts subscribers by `before`, `after` and priority
//! - `constraints`: which subscribers must run before which, and cycles among them
//! - `phases`: when subscribers run, in an emit and in a unit of work, and the plans of a unit
//! - `pattern_entry`: a subscriber to a pattern of topics, which has an entry in each matching slot
//! - `plan_cell`: lock-free publication of a plan
//! - `slot`: the slot
//! - `slot_entries`: the entries of a slot, and the plans that are built from them
//! - `slot_table`: finds the slot of an event type

mod constraints;
mod entry;
mod event_plan;
mod muted;
mod order;
mod pattern_entry;
mod phases;
mod plan_cell;
mod slot;
mod slot_entries;
mod slot_table;

pub(crate) use entry::{Conflict, Entry, Registration, SubscriberId, order_of, plan};
pub(crate) use event_plan::{HandlerKind, Plan};
pub(crate) use muted::Muted;
pub(crate) use order::{Position, Rank};
pub(crate) use pattern_entry::{AnyEventHandler, PatternEntry};
pub(crate) use phases::{Phase, Selection, unit_phase_of};
pub(crate) use plan_cell::Found;
pub use slot::Slot;
pub(crate) use slot::{Retired, Staged};
pub(crate) use slot_table::{EventType, Slots, default_slot};
