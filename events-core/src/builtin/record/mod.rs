//! What becomes of the records of a model: created, updated, deleted, and just before each.
//!
//! | before the write, can be vetoed | after it | topic, for a model `shop::User` |
//! |---|---|---|
//! | [`Creating<M>`] | [`Created<M>`] | `events::db::shop::User::creating`, `..::created` |
//! | [`Updating<M>`] | [`Updated<M>`] | `events::db::shop::User::updating`, `..::updated` |
//! | [`Deleting<M>`] | [`Deleted<M>`] | `events::db::shop::User::deleting`, `..::deleted` |
//!
//! A model is any type that borrows nothing. Each model has six topics of its own, and each event is
//! emitted with the model as its origin, [`Origin::of::<M>()`](crate::Origin::of).
//!
//! # Listening
//!
//! ```
//! use events_core::{Event, Registry, record::{Creating, Diff, Updated}, subscriber, subscribers};
//!
//! #[derive(Clone)]
//! struct User {
//!     email: String,
//! }
//!
//! /// The record may still be changed, and the write refused.
//! #[subscriber]
//! fn check(event: &mut Creating<User>) {
//!     event.record.email.make_ascii_lowercase();
//!     if !event.record.email.contains('@') {
//!         event.veto("an e-mail address has an @");
//!     }
//! }
//!
//! #[subscriber]
//! fn confirm(event: &Updated<User>) {
//!     if let Some(change) = event.diff.get("email") {
//!         println!("{change}"); // email: "a@x.org" -> "b@x.org"
//!     }
//! }
//!
//! let _scope = Registry::with(subscribers![check, confirm]).enter();
//!
//! let event = Creating::new(User { email: "A@X.org".into() }).emit();
//! assert!(!event.is_vetoed());
//! let old = event.record;
//!
//! let new = User { email: "b@x.org".into() };
//! let diff = Diff::new().field("email", &old.email, &new.email);
//! Updated::new(new, diff).emit();
//!
//! let event = Creating::new(User { email: "nobody".into() }).emit();
//! assert_eq!(event.veto_reason(), Some("an e-mail address has an @"));
//! ```
//!
//! # Emitting, from an integration with an ORM
//!
//! Before a write: emit the "-ing" event with the record, do not write when it comes back vetoed, and
//! otherwise write [`record`](Creating::record) as it comes back. After the write: emit the other one.
//!
//! The verbs of these events say the origin themselves: `Creating::new(user).emit()` is
//! `Creating::new(user).emit_from(Origin::of::<User>())`, and so it is with `try_emit`, `emit_async`,
//! `try_emit_async` and `enqueue`. A registry that is named, and [`emit_mut`](crate::emit_mut()), are
//! general and say none, so there it is
//! `registry.emit_from(Creating::new(user), Origin::of::<User>())`.

mod diff;
mod events;
mod model;

pub use diff::{Change, Diff};
pub use events::{Created, Creating, Deleted, Deleting, Updated, Updating, register_model};
pub use model::{Model, models};
