//! Prove that an event of [`events_core`] was emitted, in parallel with other tests, and without touching
//! the code under test.
//!
//! ```test_harness
//! use events_core::Event;
//!
//! #[derive(Event)]
//! struct UserRegistered {
//!     email: String,
//! }
//!
//! fn signup(email: &str) {
//!     UserRegistered { email: email.into() }.emit();
//! }
//!
//! #[events_testing::test]
//! fn signup_announces_itself() {
//!     let events = events_testing::current();
//!     events.expect::<UserRegistered>().times(1).matching(|event| event.email.ends_with("@x.org"));
//!     signup("a@x.org");
//! } // here it fails if that has not happened, and says what has
//! ```
//!
//! - [`macro@test`] makes a function a test with a mock of its own, [`current()`] gives the mock; without
//!   the attribute [`EventMock::install`] does.
//! - [`expect`](Events::expect) says beforehand what is to be emitted; it is recorded and **not**
//!   delivered, everything else is. [`fake_only`](Events::fake_only), [`fake_except`](Events::fake_except)
//!   and [`fake_all`](Events::fake_all) keep events from their subscribers without expecting them.
//! - [`assert_emitted`](Events::assert_emitted) and its relatives ask afterwards, and
//!   [`emitted`](Events::emitted) gives the events themselves.
//! - [`settle`](Events::settle) waits until the queue is empty and its workers are through, without
//!   sleeping.
//!
//! # Isolation
//!
//! A mock has a registry of its own, which is the current one of its thread. Threads and tasks that a test
//! starts are brought in with [`bring`](Events::bring) and [`bring_future`](Events::bring_future); tasks on
//! the test's own thread, as `#[tokio::test]` has them, are part of it anyway. When a test panics nothing
//! stays installed.
//!
//! # Tests that cannot fail
//!
//! What would pass whatever happens is told: a `matching` that was never asked under `never()`, an order of
//! one, an expectation of what was emitted before it, `at_least(0)`.
//!
//! # Where things are
//!
//! From below: `words`, `values` (fields in words), `seen` (one emitted event), `rule` (one expectation,
//! as the mock keeps it), `shared` (what a mock knows, and the one place where events arrive), `similar` and
//! `report` (what a failing test says), `expectation` and `order` (what tests write), `mute`, `events` and
//! `asserted` (the handle), `here` (which one it is), `mock` (the guard), `private` (the door of the
//! attribute).

mod assertions;
mod current;
mod events;
mod expectation;
mod mock;
mod mute;
mod order;
mod report;
mod state;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

pub use assertions::Emissions;
pub use current::{current, muted};
pub use events::Events;
pub use events_core::__testing::EventSet;
pub use events_macros::test;
pub use expectation::{ByTopic, ByValue, Expectation};
pub use mock::EventMock;
pub use mute::{Body, Muted};
pub use order::{Expected, InOrder};
