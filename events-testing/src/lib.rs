//! A test kit for `events_core`: a test checks which events the code under test emits. Such tests run in
//! parallel, and the code under test does not change.
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
//! fn signup_emits_an_event() {
//!     let events = events_testing::current();
//!     events.expect::<UserRegistered>().times(1).matching(|event| event.email.ends_with("@x.org"));
//!     signup("a@x.org");
//! } // the expectation is checked here; if it fails, the text lists what was emitted instead
//! ```
//!
//! - [`macro@test`] makes a function a test with a mock of its own. The mock records the events that the
//!   test emits. [`current()`] returns its handle. Without the attribute, [`EventMock::install`] installs a
//!   mock. Neither scans: a test that needs the declared subscribers calls `events_core::scan()` first.
//! - [`expect`](Events::expect) states before the code runs which event it must emit. An expected event is
//!   recorded and **not** delivered to its subscribers; all other events are delivered.
//! - [`fake_only`](Events::fake_only), [`fake_except`](Events::fake_except) and
//!   [`fake_all`](Events::fake_all) keep events from their subscribers without expecting them.
//! - [`assert_emitted`](Events::assert_emitted) and the other assertions check the recorded events
//!   afterwards. [`emitted`](Events::emitted) returns the events themselves.
//! - [`wait_for`](Events::wait_for) waits for an event that another thread or task emits.
//! - [`expect_failure`](Events::expect_failure): a subscriber that fails or panics fails the test, unless the test
//!   expects it.
//! - [`settle`](Events::settle) waits, without sleeping, until the queue is empty and its workers are idle.
//!
//! # Isolation
//!
//! A mock has its own registry, which is the current registry of its thread. To include a thread or task that
//! the test starts, wrap its closure in [`bring`](Events::bring) or its future in
//! [`bring_future`](Events::bring_future). Tasks on the thread of the test, as with `#[tokio::test]`, are
//! included anyway until the test ends; a task that the runtime cancels after that is included only with
//! `bring_future`. When a test panics, its mock is removed.
//!
//! # Tests that cannot fail
//!
//! A check that holds whatever the code does is an error: a `matching` that was never called under `never()`,
//! an order of one expectation, an expectation of an event that was already emitted, `at_least(0)`.
//!
//! # Cargo features
//!
//! `tokio`, enabled by default: [`macro@test`] on an `async fn` that has no other test attribute runs it on a
//! runtime of tokio.

// The private modules. Each imports only from the modules before it:
//
// - `evidence/`: what a mock records beside its events. `failures` (of subscribers), `outside` (what is emitted
//   outside of the test).
// - `state/`: the state of a mock. `discard` (how values of the user are dropped), `event_clone`,
//   `field_values` (the fields of an event as text), `nesting`, `rule` (one expectation), `recorded_event`,
//   `mock_data` and `mock_state` (where the registry calls the mock with each event), `waiting`.
// - `runtime`: the runtime of tokio that a thread is inside of.
// - `report/`: the texts of a failing test. `plural`, `did_you_mean`, `explanation`, `failing_subscribers`,
//   `failure_text`, `unsettled` (a queue that does not settle).
// - `expectation`: how a test configures a rule; `expect/`: `order`, and `expected_failure` of a subscriber.
// - `mute`: the guard that mutes events.
// - `events`: the handle of a mock; `assertions`: its assertions; `wait`: waiting for an event; `current`: the
//   mock of this thread.
// - `mock`: the guard of a mock.
// - `guide`: the examples of the guide, as tests.
// - `private`: the functions that the expansion of the attribute calls.

mod assertions;
mod current;
mod events;
mod evidence;
mod expect;
mod expectation;
#[cfg(doctest)]
mod guide;
mod mock;
mod mute;
mod report;
mod runtime;
mod state;
mod wait;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

pub use assertions::Emissions;
pub use current::{current, muted};
pub use events::Events;
pub use events_core::__testing::{EventSet, Recorded};
pub use events_macros::test;
pub use expect::{
    expected_failure::ExpectedFailure,
    order::{Expected, InOrder},
};
pub use expectation::{ByTopic, ByValue, Expectation};
pub use mock::EventMock;
pub use mute::{Body, Muted};
