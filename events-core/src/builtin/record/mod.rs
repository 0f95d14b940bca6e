//! Events of the records of a model: before and after each is created, updated or deleted.
//!
//! | before the write, can be vetoed | after it | topic, for a model `shop::User` |
//! |---|---|---|
//! | [`Creating<M>`] | [`Created<M>`] | `events::db::shop::User::creating`, `..::created` |
//! | [`Updating<M>`] | [`Updated<M>`] | `events::db::shop::User::updating`, `..::updated` |
//! | [`Deleting<M>`] | [`Deleted<M>`] | `events::db::shop::User::deleting`, `..::deleted` |
//!
//! A *model* is a type whose values, the *records*, are stored, for example in a database. Any `'static`
//! type can be a model. Each model has six topics of its own, and each event is emitted with the model
//! as its origin, [`Origin::of::<M>()`](crate::Origin::of).
//!
//! Guide: [the records of a model](crate::guide::listeners#the-records-of-a-model).
//!
//! # Subscribing
//!
//! ```
//! use events_core::{Event, Registry, record::{Creating, Diff, Updated}, subscriber, subscribers};
//!
//! #[derive(Clone)]
//! struct User {
//!     email: String,
//! }
//!
//! /// A handler before the write may change the record, or veto the write.
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
//! # Failures
//!
//! The three events before a write fail closed: the failure of a subscriber is a veto, after any emit. So a write does not
//! happen when a check of it returned an error (a database did not answer in time), panicked, or was not run, as an awaited
//! one that meets a sync emit. [`veto_reason`](Creating::veto_reason) contains the name of the subscriber, and not the
//! text of its error, which may be secret; [`failed_subscribers`](Creating::failed_subscribers) returns the subscribers, and the
//! log, or the error of `try_emit`, has the details. An emit that is refused as nested too deep is vetoed as well.
//!
//! ```
//! use events_core::{Event, Registry, record::Creating, subscriber, subscribers};
//!
//! struct User;
//!
//! #[subscriber]
//! async fn email_is_free(_: &mut Creating<User>) -> Result<(), std::io::Error> {
//!     Err(std::io::ErrorKind::TimedOut.into()) // of a query of a database
//! }
//!
//! /// May fail without an effect on the write.
//! #[subscriber(optional)]
//! fn count(_: &Creating<User>) -> Result<(), &'static str> {
//!     Err("the metrics server cannot be reached")
//! }
//!
//! let registry = Registry::with(subscribers![email_is_free, count]);
//! let event = smol::block_on(registry.emit_async(Creating::new(User)));
//! assert!(event.is_vetoed());
//! assert!(event.veto_reason().unwrap().ends_with("::email_is_free` returned an error"));
//! assert_eq!(event.failed_subscribers().len(), 1);
//!
//! // A sync emit cannot await the check.
//! let event = registry.emit(Creating::new(User));
//! assert!(event.veto_reason().unwrap().contains("use `emit_async`"));
//! ```
//!
//! - The option `optional` of a subscriber opts it out: its failure is reported, and is no veto. It has no effect on the
//!   subscribers of other events. A pattern subscriber that receives all events counts here as well: with `optional`, what
//!   only observes cannot prevent a write.
//! - A subscriber that is filtered out, or that another one stopped, has not failed.
//! - The failures of the sync and awaited subscribers veto the event when the last of them has ended, so that the async and
//!   deferred ones read it. Those of async ones under `emit_async`, and of those that the full queue does not accept,
//!   veto it at the end of the emit. A failure from the queue is no veto: the emitter has the event by then.
//!
//! # They cannot be enqueued
//!
//! `Creating`, `Updating` and `Deleting` ask, and the write does not wait for the queue: to enqueue one of them, at once or
//! for later, is an error of the build. It is found when code is generated, by `cargo build` and not by `cargo check`. Enqueue
//! the event after the write.
//!
//! ```
//! use events_core::{Registry, record::{Created, Creating}};
//!
//! struct User;
//!
//! let registry = Registry::new();
//! assert!(!registry.emit(Creating::new(User)).is_vetoed());
//! registry.enqueue(Created::new(User))?;
//! # Ok::<(), events_core::queues::QueueFull<Created<User>>>(())
//! ```
//!
//! ```compile_fail,E0080
//! # use events_core::{Registry, record::{Created, Creating}};
//! # struct User;
//! # let registry = Registry::new();
//! let _ = registry.enqueue(Creating::new(User)); // the answer comes too late
//! ```
//!
//! ```compile_fail,E0080
//! # use std::time::Duration;
//! # use events_core::{Event, record::Deleting};
//! # struct User;
//! let _ = Deleting::new(User).enqueue_after(Duration::from_secs(1));
//! ```
//!
//! # Subscribers of the events of all models
//!
//! A subscriber of a pattern, such as `topic = "events::db::.*"`, receives the events of all models. If it is async or
//! deferred, it takes a copy of them, which an event has if its model is `Clone + Send + Sync` and is registered: by
//! [`register_copies`], by an [`observer`](macro@crate::observer) of the model, or by a registered function with
//! [`subscriber`](macro@crate::subscriber) or method of a [`listener`](macro@crate::listener) whose parameter is one of
//! these events, written with its name and its model, as in `&Created<User>`. A closure that is subscribed at run time,
//! and an alias of an event, do not register the model, and neither does an emit: the event is generic there, so that it
//! is unknown whether its model is `Clone`.
//!
//! Such a subscriber reads the events as JSON if the model is registered with `register_json`, which needs the cargo feature
//! `serde`, and states which fields are secret.
//!
//! # Emitting, from an integration with an ORM
//!
//! Before a write, emit the "-ing" event with the record. If the returned event is vetoed, do not write;
//! otherwise write the [`record`](Creating::record) of the returned event. After the write, emit the
//! other event.
//!
//! If the caller has not set all columns, [`with_unset`](Creating::with_unset) states that; leave those that are
//! [`unset`](Creating::unset) after the emit out of the INSERT.
//!
//! An event that is emitted without an origin has its model as origin, whichever verb emits it:
//! `Creating::new(user).emit()` is `Creating::new(user).emit_from(Origin::of::<User>())`, and the same holds
//! for the other verbs, for the methods of a [`Registry`](crate::Registry), for
//! [`emit_mut`](crate::emit_mut()), and for bridges.

mod creating;
mod diff;
mod draft;
mod events;
#[cfg(feature = "serde")]
mod json;
mod probe;
mod register;
mod vetoes;

pub use crate::declared::{Model, models, registered_model};
pub use diff::{Change, Diff};
pub use draft::UnknownColumn;
pub use events::{Created, Creating, Deleted, Deleting, Updated, Updating};
#[cfg(feature = "serde")]
pub use json::{JsonFields, register_json};
pub use probe::NotAModel;
#[doc(hidden)]
pub use probe::{AnyModel, ModelCheck, OtherEvent, RecordProbe, check_model};
pub use register::{register_copies, register_model};
