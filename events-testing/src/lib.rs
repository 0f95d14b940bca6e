//! A test kit for `events-core`: a test checks which events the code under test emits. Such tests run in
//! parallel, and the code under test does not change.
//!
//! The crate is a dev-dependency; outside of tests, an emit performs no additional check for it:
//!
//! ```toml
//! [dev-dependencies]
//! events-testing = { path = "../events/events-testing" }
//! ```
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
//! The guide has a page about tests, with examples of the subjects below: `events_core::guide::testing`, in the
//! documentation of `events-core`.
//!
//! # What to know before
//!
//! - **A test does not scan.** A test that needs the declared subscribers calls `events_core::scan()` first, or
//!   `events_core::scan!(my_crate)` in an integration test.
//! - **An expected event is not delivered.** It is recorded, and its subscribers do not receive it; all other events are
//!   delivered.
//! - **A failure of a subscriber fails the test**, unless the test expects it or the code under test receives it as a result.
//! - **Other threads, and tasks on them, are not part of the test** until their closure or future is wrapped in
//!   [`bring`](Events::bring) or [`bring_future`](Events::bring_future).
//!
//! # How to ..
//!
//! - Make a function **a test with a mock of its own**: [`#[events_testing::test]`](macro@test), also on an `async fn` or
//!   beside `#[tokio::test]`. The mock records the events that the test emits; [`current()`] returns its handle, [`Events`].
//! - Install a mock **without the attribute**: [`EventMock::install`]; on a registry that the code holds:
//!   [`EventMock::over`].
//! - **Expect** an event before the code runs: [`expect`](Events::expect), [`expect_topic`](Events::expect_topic), with
//!   [`times`](Expectation::times), [`at_least`](Expectation::at_least), [`never`](Expectation::never),
//!   [`matching`](Expectation#method.matching) and [`from`](Expectation::from) an origin; in an order:
//!   [`in_order`](Events::in_order).
//! - **Check** the events afterwards: [`assert_emitted`](Events::assert_emitted),
//!   [`assert_not_emitted`](Events::assert_not_emitted), [`assert_nothing_emitted`](Events::assert_nothing_emitted).
//!   [`emitted`](Events::emitted) returns the events themselves.
//! - **Fake** events, so that no subscriber receives them: [`fake_only`](Events::fake_only),
//!   [`fake_except`](Events::fake_except), [`fake_all`](Events::fake_all).
//! - Run what a **unit of work** holds, in a test whose transaction is rolled back: [`run_held`](Events::run_held). How many
//!   events it holds: [`held`](Events::held).
//! - **Mute** events, so that they are neither delivered nor counted: [`muted()`], [`Events::mute`].
//! - Expect that **a subscriber fails**: [`expect_failure`](Events::expect_failure).
//! - Check **which subscribers are registered**: [`assert_subscribed`](Events::assert_subscribed),
//!   [`assert_not_subscribed`](Events::assert_not_subscribed).
//! - Run **queued events**, and wait for the workers, without sleeping: [`settle`](Events::settle), in async code
//!   [`settle_async`](Events::settle_async).
//! - Let **time pass** without sleeping: [`advance`](Events::advance), in async code
//!   [`advance_async`](Events::advance_async).
//! - Check **how often a subscriber was tried again**: [`assert_retried`](Events::assert_retried).
//! - **Wait for an event** that another thread or task emits: [`wait_for`](Events::wait_for), in async code
//!   [`wait_for_async`](Events::wait_for_async).
//! - Include **a thread or a task** that the test starts: [`bring`](Events::bring), [`bring_future`](Events::bring_future).
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
//! # Features
//!
//! | Feature | Default | What it adds |
//! |---|---|---|
//! | `tokio` | on | [`macro@test`] on an `async fn` that has no other test attribute runs it on a runtime of tokio |

// Marks each item with the feature that it needs, where the toolchain can.
#![cfg_attr(docsrs, feature(doc_cfg))]

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
mod unit;
mod wait;

/// README, whose examples are tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

/// The page of the macro `test`, whose examples are tests here: `events-macros` does not depend on this crate.
#[cfg(doctest)]
#[doc = include_str!("../docs/macros/test.md")]
mod macro_page {}

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

pub use assertions::Emissions;
pub use current::{current, muted};
pub use events::Events;
pub use events_macros::test;
pub use expect::{
    expected_failure::ExpectedFailure,
    order::{Expected, InOrder},
};
pub use expectation::{ByTopic, ByValue, Expectation};
pub use mock::EventMock;
pub use mute::{Body, Muted};

// Each of these two traits is documented here, not where it is defined: events-core cannot run the examples.

/// A set of event types: one event, or a tuple of events.
///
/// A tuple has at most twelve events.
///
/// ```
/// use events_core::Event;
/// use events_testing::{EventMock, EventSet, Events};
///
/// #[derive(Event)]
/// struct MailQueued;
/// #[derive(Event)]
/// struct InvoicePrinted;
///
/// /// Withholds events whose subscribers call other services, in all tests of a program.
/// fn isolate<E: EventSet>(events: &Events) {
///     events.fake_only::<E>();
/// }
///
/// let events = EventMock::install();
/// events.registry().on(|_: &MailQueued| panic!("a mail is sent")).detach();
/// isolate::<(MailQueued, InvoicePrinted)>(&events);
/// MailQueued.emit();
/// events.assert_emitted::<MailQueued>().times(1);
/// ```
pub use events_core::__testing::EventSet;

/// An event of which a mock keeps a clone: any owned one, but for the generic events of `events-core`. Their
/// type parameter has no bound, so whether it is `Clone` is not known where they are emitted.
///
/// ```
/// use events_core::Event;
/// use events_testing::{EventMock, Events, Recorded};
///
/// #[derive(Event, Clone)]
/// struct Placed {
///     number: u32,
/// }
///
/// /// The last event of this type, as it was before its subscribers ran.
/// fn last<E: Recorded + Clone + Send + Sync>(events: &Events) -> E {
///     events.emitted::<E>().pop().expect("it was emitted")
/// }
///
/// let events = EventMock::install();
/// Placed { number: 7 }.emit();
/// Placed { number: 8 }.emit();
/// assert_eq!(last::<Placed>(&events).number, 8);
/// ```
pub use events_core::__testing::Recorded;
