//! Typed events: one part of a program emits an event; other parts subscribe functions to it, which may read and
//! change the event. The two sides need not refer to each other: both refer only to the event type.
//!
//! ```standalone_crate
//! use events_core::{Event, subscriber};
//!
//! /// Emitted just before a message is sent.
//! #[derive(Event)]
//! struct BeforeSend {
//!     #[event(into)]
//!     text: String,
//!     #[event(default)]
//!     tags: Vec<&'static str>,
//! }
//!
//! /// Changes the event. A subscriber may be in any module, and in any linked crate.
//! #[subscriber]
//! fn tag(event: &mut BeforeSend) {
//!     if event.text.ends_with('?') {
//!         event.tags.push("question");
//!     }
//! }
//!
//! /// Fails if there is no text. The other subscribers still run.
//! #[subscriber(before = tag)]
//! fn check(event: &BeforeSend) -> Result<(), &'static str> {
//!     if event.text.is_empty() { Err("there is no text") } else { Ok(()) }
//! }
//!
//! fn main() {
//!     events_core::scan(); // registers the subscribers of all linked crates
//!
//!     let event = BeforeSend::builder().text("Tea?").emit();
//!     assert_eq!(event.tags, ["question"]);
//!
//!     let error = BeforeSend::builder().text("").try_emit().expect_err("`check` fails");
//!     assert!(error.to_string().ends_with("returned an error: there is no text"));
//! }
//! ```
//!
//! A **handler** is a function or closure that is called with an event. A **subscriber** is a handler that is
//! registered for an event, with its options. To **emit** an event is to call the handlers of its subscribers in order. A
//! **registry** stores subscribers; most programs use the default one only.
//!
//! # What to know before
//!
//! - **Scan first.** Call [`scan()`] first in `main`: the subscribers that attributes declare are called only after a scan. A
//!   crate that no code names is not linked, and its subscribers are missing without an error: name it in [`scan!`]. See
//!   [scanning and linking](guide::scanning).
//! - **Failures are logged with the crate `tracing`.** Without a `tracing::Subscriber`, nothing shows them:
//!   `tracing_subscriber::fmt::init();` first in `main`. See [failures](guide::failures).
//! - **The queue does not run by itself.** Deferred subscribers, the async ones of a plain `emit`, and enqueued events need a
//!   worker or a flush, and the end of `main` does not wait for them. See [the queue](guide::queue).
//! - A subscriber that is not called: [why was it not called?](guide::why_not_called) Another symptom is listed in [symptoms and remedies](guide::troubleshooting), with its remedy.
//!
//! # How to ..
//!
//! 1. **Define** an event: [`#[derive(Event)]`](derive@Event) on a struct or enum; guide:
//!    [declare and emit](guide::events#declare-and-emit-an-event).
//! 2. **Change** an event in a handler: take `&mut E`; `emit` returns the changed event; guide:
//!    [change an event](guide::events#change-an-event), [declare a subscriber](guide::subscribers#declare-a-subscriber).
//! 3. Give a field a **default**: `#[event(default)]`, `#[event(default = 100)]`; guide:
//!    [options of a field](guide::events#options-of-a-field).
//! 4. **Stop** the subscribers after this one: return [`ControlFlow::Break`](std::ops::ControlFlow), one of the return types
//!    in [`Outcome`]; guide: [what a handler returns](guide::subscribers#what-a-handler-returns).
//! 5. **Order** subscribers: `before`, `after`, `priority`; guide: [before, after, priority](guide::order#before-after-priority).
//! 6. **Veto** a write: [`Creating::veto`](record::Creating::veto), also of `Updating` and `Deleting`. Which of a stop, a
//!    veto and an error to use; guide: [stop, veto or error](guide::failures#stop-veto-or-error),
//!    [the records of a model](guide::listeners#the-records-of-a-model). A check that fails is a veto as well, unless it is
//!    `optional`; guide: [a check that fails](guide::listeners#a-check-that-fails).
//! 7. Pass **state** to handlers: a parameter [`State<'_, T>`](State), and [`Scanner::state`](scanning::Scanner::state);
//!    guide: [parameters](guide::subscribers#parameters-state-and-emission), [states](guide::scanning#states).
//! 8. Subscribe an **async** function: `async fn`, which [`emit_async`](Event::emit_async) waits for; guide:
//!    [what runs where](guide::queue#what-runs-where). One that takes `&mut E` is **awaited** in its place among the sync
//!    ones, to query a database before a write, for example; guide: [awaited subscribers](guide::subscribers#awaited-subscribers).
//! 9. Run a **worker**: [`Queue::spawn_thread`], or `spawn_tokio` of [`Queue`](struct@Queue); guide:
//!    [on a thread](guide::queue#a-worker-on-a-thread), [on tokio](guide::queue#a-worker-on-tokio).
//! 10. **Shut down**: [`Queue::shutdown`], in async code [`Queue::shutdown_async`]; guide:
//!     [shut down](guide::queue#shut-down-and-the-end-of-main).
//! 11. Subscribe to a **pattern** of topics: [`#[subscriber(topic = "shop::.*")]`](macro@subscriber),
//!     [`Registry::on_topic`]; guide: [subscribe to a pattern](guide::topics#subscribe-to-a-pattern).
//! 12. Emit an event **by name**, without a type: [`emit_topic`] with [`args!`]; guide:
//!     [emit by topic](guide::topics#emit-by-topic-without-a-type).
//! 13. Receive **every event**: `#[subscriber(topic = ".*")]` with the parameter [`&dyn AnyEvent`](AnyEvent);
//!     guide: [receive every event](guide::topics#receive-every-event). An `async fn` takes [`&EventCopy`](EventCopy); guide:
//!     [an audit of all events](guide::topics#an-audit-of-all-events-as-json).
//! 14. Set and filter by the **origin**: [`emit_from`](Event::emit_from), `#[subscriber(origin = checkout)]`, [`Origin`];
//!     guide: [origins](guide::topics#origins-where-an-event-was-emitted-from).
//! 15. **Test** which events are emitted: the crate `events-testing`; guide: [add the kit](guide::testing#add-the-kit),
//!     [expect events](guide::testing#expect-events).
//! 16. Subscribe a closure and **unsubscribe** it: [`Registry::on`] returns a [`Subscription`], and dropping it unsubscribes;
//!     guide: [subscribe at run time](guide::subscribers#subscribe-at-run-time), [unsubscribe](guide::subscribers#unsubscribe).
//! 17. **Wait for one** event: [`Registry::next`]; for all of a type: [`Registry::stream`]; guide:
//!     [wait for an event](guide::queue#wait-for-one-event-or-for-all-of-a-type).
//! 18. **Bridge a channel**, a stream or a future to events: [`bridge()`]; callbacks: [`signal_to_event`]; guide:
//!     [a channel](guide::bridges#bridge-a-channel), [a timer or a stream](guide::bridges#timers-and-other-streams-of-your-own),
//!     [a future](guide::bridges#a-future), [callbacks](guide::bridges#callbacks).
//! 19. **See failures**: install a `tracing::Subscriber`, or receive them with [`try_emit`](Event::try_emit);
//!     guide: [see the failures](guide::failures#see-the-failures-install-a-tracing-subscriber),
//!     [receive them](guide::failures#try_emit-receive-the-failures).
//! 20. Use events in a web server **with axum**; guide: [a complete server](guide::axum#a-complete-server),
//!     [which call to use](guide::axum#which-call-to-use-in-a-request-handler). **Complete** an emit whose client disconnects:
//!     `.spawn_tokio()` of [`EmitAsync`](emitting::EmitAsync); guide: [a client that disconnects](guide::axum#when-a-client-disconnects).
//! 21. **Retry** a subscriber that fails: `#[subscriber(deferred, retry = 3)]`, [`Retry`]; guide:
//!     [retries](guide::failures#retries). **Limit its time**: `timeout = Duration::from_secs(5)` of an `async fn`; guide:
//!     [timeouts](guide::failures#timeouts).
//! 22. Run the calls of **each key in order**: `per_key = |event| event.account`; guide:
//!     [in order, also over retries](guide::failures#in-order-also-over-retries). Call with the **last event** only:
//!     `debounce`; guide: [debounce](guide::failures#only-the-last-event-debounce).
//! 23. Run an event or a subscriber at a **later time**: [`enqueue_after`](Event::enqueue_after),
//!     [`enqueue_at`](Event::enqueue_at), the option `delay`; guide: [time](guide::time).
//! 24. **Report failures** to a service: [`Registry::on_failure`]; guide:
//!     [report them](guide::failures#on_failure-report-them). **Count and measure** calls: the crate `events-metrics`; guide:
//!     [metrics](guide::metrics).
//! 25. Run code **around each call** or around each emission: [`Registry::wrap`], [`Registry::wrap_emit`]; guide:
//!     [around each call](guide::failures#middleware-around-each-call),
//!     [around each emission](guide::failures#middleware-around-each-emission).
//! 26. Find out **why a subscriber is not called**: [`Registry::explain`], [`Emitted::outcomes`]; leave one out for a while:
//!     [`Registry::mute`]; guide: [why was it not called?](guide::why_not_called)
//!
//! # The guide
//!
//! [`guide`] has a page for each subject. The tests of the repository compile and run each of its examples.
//!
//! | Subject | Page |
//! |---|---|
//! | Declare and emit | [events and builders](guide::events), [topics and patterns](guide::topics) |
//! | Subscribe | [subscribers](guide::subscribers), [order](guide::order), [listeners and observers](guide::listeners) |
//! | Failures | [failures](guide::failures), [why was it not called?](guide::why_not_called), [spans and log records](guide::tracing), [OpenTelemetry](guide::opentelemetry), [symptoms and remedies](guide::troubleshooting) |
//! | Retry, limit, measure | [retries](guide::failures#retries), [timeouts](guide::failures#timeouts), [keys](guide::failures#in-order-also-over-retries), [debounce](guide::failures#only-the-last-event-debounce), [middleware](guide::failures#middleware-around-each-call), [metrics](guide::metrics) |
//! | Run later | [async subscribers and the queue](guide::queue), [time](guide::time) |
//! | A program | [scanning and linking](guide::scanning), [registries and scopes](guide::registries), [bridges](guide::bridges), [a web server with axum](guide::axum) |
//! | Tests | [testing](guide::testing) |
//! | From Django, Laravel, Symfony, Spring, Node, bevy | [coming from another system](guide::coming_from) |
//!
//! # Items by subject
//!
//! The root of the crate has what most programs use. The modules have the names that a signature or an error text needs.
//!
//! | Subject | In the root | Modules |
//! |---|---|---|
//! | Events | [`#[derive(Event)]`](derive@Event), [`Event`](trait@Event), [`AnyEvent`], [`events()`] | [`builder`], [`bounds`], [`info`] |
//! | Emitting | [`emit!`], [`emit_mut`], [`emit_topic`], [`emit_topic_async`], [`enqueue_topic`], [`args!`], [`Origin`], [`Emission`] | [`emitting`] |
//! | Results | [`Emitted`], [`EmitError`], [`Failure`] | [`failures`] |
//! | Subscribing | [`#[subscriber]`](macro@subscriber), [`#[listener]`](macro@listener), [`#[observer]`](macro@observer), [`#[on]`](macro@on), [`Subscription`], [`State`], [`Outcome`] | [`subscribing`], [`handlers`] |
//! | Policies of subscribers | [`Retry`] | options of [`subscribing::NewSubscription`] |
//! | Hooks and middleware | [`Registry::on_failure`], [`Registry::wrap`], [`Registry::wrap_emit`], [`Registry::set_unheard_hook`] | [`middleware`] |
//! | Scanning | [`scan()`], [`scan!`], [`try_scan`], [`scanner()`], [`scanner!`], [`subscribers!`], [`ScanReport`] | [`scanning`] |
//! | Registries | [`Registry`], [`WeakRegistry`], [`registry()`], [`with_registry`] | [`scopes`] |
//! | The queue | [`Queue`], [`#[flush_queue]`](macro@flush_queue), [`Event::enqueue_after`] | [`queues`] |
//! | Questions | [`Event::has_subscribers`], [`Registry::explain`], [`Emitted::outcomes`], [`Registry::mute`] | [`explaining`], [`outcomes`] |
//! | Stores of events | [`Registry::durable_subscribers`] | [`delivering`] |
//! | Waiting | [`Registry::next`], [`Registry::stream`] | [`streams`] |
//! | Bridges | [`bridge()`], [`signal_to_event`] | [`bridges`] |
//! | Built-in events | | [`record`]: the records of a model; [`auth`]: user accounts |
//!
//! # Features
//!
//! All are off by default: `events-core = { .., features = ["tokio", "serde"] }`.
//!
//! | Feature | What it adds |
//! |---|---|
//! | `tokio` | [`Queue::spawn_tokio`](Queue), [`Bridge::spawn_tokio`](bridges::Bridge) and [`EmitAsync::spawn_tokio`](emitting::EmitAsync), which run a worker, a bridge or an emit as a tokio task; [`bridge()`] accepts the receivers of tokio; a call that would block the only thread of a tokio runtime for an unlimited time panics instead |
//! | `serde` | `#[event(serialize)]` and [`AnyEvent::to_json`](AnyEvent): events as JSON for handlers that do not know their type |
//! | `uuid` | [`EmissionId::uuid`](info::EmissionId): the id of an emission as a UUID |
//!
//! The macros are those of `events-macros`, which no program needs to depend on. The crate contains `unsafe` in two files only,
//! and generated code contains none.

// Marks each item with the feature that it needs, where the toolchain can.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod background;
mod bridge;
mod builtin;
mod context;
mod current;
mod declared;
mod delivery;
mod diagnostics;
mod emit;
mod event;
mod explain;
#[cfg(all(doc, not(doctest)))]
pub mod guide;
mod handler;
mod macros;
mod metadata;
mod modules;
mod plan;
mod policy;
mod primitives;
mod queue;
mod receive;
mod registry;
mod result;
mod scan;
mod subscribe;
mod time;
mod unit;
mod worker;

/// README, whose examples are tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

/// The pages of the macros, whose examples are tests here: `events-macros` does not depend on this crate.
#[cfg(doctest)]
mod macro_pages {
    #[doc = include_str!("../docs/macros/event.md")]
    mod event {}
    #[doc = include_str!("../docs/macros/flush_queue.md")]
    mod flush_queue {}
    #[doc = include_str!("../docs/macros/listener.md")]
    mod listener {}
    #[doc = include_str!("../docs/macros/observer.md")]
    mod observer {}
    #[doc = include_str!("../docs/macros/on.md")]
    mod on {}
    #[doc = include_str!("../docs/macros/subscriber.md")]
    mod subscriber {}
}

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

#[doc(hidden)]
#[path = "testing.rs"]
pub mod __testing;

pub use crate::{
    bridge::{bridge, signal_to_event},
    builtin::{auth, record},
    context::Emission,
    current::{
        emit_mut, emit_topic, emit_topic_async, emit_topic_async_from, emit_topic_from,
        enqueue_topic, enqueue_topic_after, enqueue_topic_after_from, enqueue_topic_at,
        enqueue_topic_at_from, enqueue_topic_from, registry, try_emit_topic, try_emit_topic_async,
        try_emit_topic_async_from, try_emit_topic_from, with_registry,
    },
    declared::events,
    event::{AnyEvent, Event, EventCopy},
    handler::{Outcome, State},
    metadata::{Origin, Retry},
    modules::{
        bounds, bridges, builder, delivering, emitting, explaining, failures, handlers, info,
        middleware, outcomes, queues, scanning, scopes, streams, subscribing, units,
    },
    registry::{Registry, WeakRegistry},
    result::{EmitError, Emitted, Failure},
    scan::{ScanReport, scan, scanner, try_scan},
    subscribe::Subscription,
    unit::UnitOfWork,
    worker::Queue,
};
pub use events_macros::{Event, flush_queue, listener, observer, on, subscriber};
