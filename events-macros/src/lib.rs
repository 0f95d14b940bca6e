//! The procedural macros of `events-core` and `events-testing`, which re-export them. Use them from there.
//!
//! Each macro has a *model*, which parses and validates the input and creates every error, located at
//! the user's token, and an *expand* step, which turns the model into tokens and cannot fail. The generated
//! code is small: the logic is in generic functions of `events-core`, in its module `__private`.

mod emit;
mod event;
mod flush;
#[cfg(test)]
mod golden;
mod listener;
mod subscriber;
mod syntax;
mod testing;

use proc_macro::TokenStream;

/// Derives `Event` for a struct or an enum: it implements the trait, defines the event's topic, and
/// generates a builder for structs with named fields and for unit structs.
///
/// ```
/// use events_core::Event;
///
/// /// User logs in for the first time.
/// #[derive(Event, Debug, Clone)]
/// pub struct FirstLogin {
///     pub user: u64,
///     #[event(into)]
///     pub ip: String,
///     #[event(default)]
///     pub attempts: u32,
///     pub referrer: Option<String>,
/// }
///
/// let event = FirstLogin::builder().ip("10.0.0.1").user(7).emit();
/// assert_eq!((event.user, event.attempts, event.referrer), (7, 0, None));
/// assert!(FirstLogin::topic().ends_with("::FirstLogin"));
/// ```
///
/// # Options on the type
///
/// - `#[event(topic = "user.first_login")]` sets the topic. The default is the module path, `::`, and
///   the name of the type. All instances of a generic type have the same topic.
/// - `#[event(serialize)]` makes the event available as JSON to subscribers that do not know its type,
///   through `AnyEvent::to_json`. The type of each field must implement `serde::Serialize`, except for
///   secret fields; for an enum, the enum itself must implement it. This option requires the cargo
///   feature `serde` of `events-core`.
/// - `#[event(crate = path)]` is the path of `events-core`, for crates that rename or re-export it.
/// - `#[event(no_implicit_prelude)]` is for a module with `#![no_implicit_prelude]`. The builder is then
///   generated without `#[diagnostic::..]` attributes, which do not resolve in such a module, so errors
///   about missing fields have the compiler's own text.
///
/// # Options on a field
///
/// - `into`: the setter accepts `impl Into<T>`; for an `Option<T>` as well.
/// - `default`, `default = expr`: the field may be left out. The default is evaluated when the event is
///   built; with `into` it is converted.
/// - `required`: an `Option` that must be set, and whose setter accepts the `Option`.
/// - `secret`: the value does not appear in logs, JSON or reports.
///
/// A field of type `Option<T>` may be left out, and its setter accepts a `T`. Each field that may be left
/// out has a second setter, `maybe_<field>`, which accepts an `Option`.
///
/// # Fields named like a method of the builder
///
/// A field may be called `build`, `emit`, `try_emit`, `emit_async` or `enqueue`. The name refers to its
/// setter until the field is set, and to the builder's method afterwards: `.build(1).build()`.
///
/// # Events that borrow
///
/// An event may have one lifetime parameter, for any number of references: `struct Login<'a> { request:
/// &'a Request, user: &'a mut User }`.
///
/// # Errors
///
/// A missing required field, a field that is set twice, an unknown option, a second lifetime parameter
/// and a union are compile errors.
#[proc_macro_derive(Event, attributes(event))]
pub fn derive_event(input: TokenStream) -> TokenStream {
    event::derive(input.into()).into()
}

/// Declares a function as a subscriber: the next scan registers it, and from then on each emit of its event
/// calls it.
///
/// ```
/// use events_core::{Event, Registry, subscriber, subscribers};
///
/// #[derive(Event)]
/// struct BeforeSend {
///     text: String,
///     draft: bool,
/// }
///
/// #[subscriber(priority = 10, when = |event: &BeforeSend| !event.draft)]
/// fn watermark(event: &mut BeforeSend) {
///     event.text.push_str(" (sent from Canvas)");
/// }
///
/// let registry = Registry::with(subscribers![watermark]);
/// let sent = registry.emit(BeforeSend { text: "hi".into(), draft: false });
/// assert_eq!(sent.text, "hi (sent from Canvas)");
/// ```
///
/// The first parameter is the event, as `&E` or `&mut E`. Further parameters, all optional, are
/// `State<'_, T>` and `&Emission`. The function returns an `Outcome`: `()`, `Result<(), E>`,
/// `ControlFlow<()>`, or `Result<ControlFlow<()>, E>`. It remains an ordinary function that can be called
/// and tested directly.
///
/// # Async and deferred functions
///
/// An `async fn` takes the event as `&E` and receives a copy of it, so the event must be `Clone`, `Send`
/// and `Sync`, and must not borrow. It returns `()` or `Result<(), E>`: it runs concurrently with other
/// subscribers and cannot stop them. `emit_async` runs it and waits for it; any other emit puts it into the
/// queue, and it runs when the queue is flushed. With `deferred`, a sync or async function always goes
/// through the queue; the same rules apply to it.
///
/// ```
/// use events_core::{Event, State, subscriber};
///
/// #[derive(Event, Clone)]
/// struct FirstLogin {
///     address: String,
/// }
///
/// struct Mailer;
///
/// impl Mailer {
///     async fn send(&self, to: &str) -> Result<(), std::io::Error> {
///         # let _ = to;
///         // ..
///         # Ok(())
///     }
/// }
///
/// #[subscriber(concurrency = 8)]
/// async fn welcome(event: &FirstLogin, mailer: State<'_, Mailer>) -> Result<(), std::io::Error> {
///     mailer.send(&event.address).await
/// }
///
/// #[subscriber(deferred)]
/// fn count(event: &FirstLogin) {
///     // Runs when the queue is flushed, after the emit.
///     # let _ = event;
/// }
/// ```
///
/// # Options
///
/// - `topic = "shop::orders::.*"`: subscribes to all events whose whole topic matches this regular
///   expression. The function takes `&dyn AnyEvent`. An invalid pattern is a compile error.
/// - `FirstLogin, Login`: subscribes to events of these types. The function takes `&dyn AnyEvent`.
/// - `priority = 10`: subscribers with a higher priority run first. The default is 0.
/// - `when = |event: &E| ..`: runs only if the condition holds. It is evaluated immediately before the
///   call; for an async or deferred function, during the emit.
/// - `origin = checkout`: runs only for events that were emitted with this origin: a function,
///   `Origin::of::<Type>()`, or a string.
/// - `once`: runs at most once.
/// - `before = audit`, `after = [audit, charge]`: the order relative to other subscribers of the same
///   event, which takes precedence over priorities. Sync subscribers run first, then async ones, then
///   deferred ones; among async and deferred ones, `after` means after the other has finished.
/// - `deferred`: runs from the queue.
/// - `concurrency = 1`: the maximum number of concurrent calls of an async or deferred function. The
///   default is no limit.
/// - `crate = path`: the path of `events-core`, for crates that rename or re-export it.
///
/// # Errors
///
/// A function that cannot be a subscriber does not compile: a generic or unsafe function, a method (use
/// [`macro@listener`]), and an async or deferred function whose event borrows or is taken as `&mut`.
#[proc_macro_attribute]
pub fn subscriber(options: TokenStream, item: TokenStream) -> TokenStream {
    subscriber::attribute(options.into(), &item.into()).into()
}

/// Declares a type as a listener: the methods with `#[on]` in this impl block are handlers, which share
/// the data of the type.
///
/// ```
/// use std::sync::atomic::{AtomicU64, Ordering};
/// use events_core::{Event, Registry, listener, subscribers};
///
/// #[derive(Event)]
/// struct Deposited {
///     cents: u64,
/// }
///
/// #[derive(Event)]
/// struct BalanceRequested {
///     cents: u64,
/// }
///
/// #[derive(Default)]
/// struct Account {
///     cents: AtomicU64,
/// }
///
/// #[listener]
/// impl Account {
///     #[on]
///     fn deposited(&self, event: &Deposited) {
///         self.add(event.cents);
///     }
///
///     #[on(priority = 5, when = |event: &BalanceRequested| event.cents == 0)]
///     fn requested(&self, event: &mut BalanceRequested) {
///         event.cents = self.cents.load(Ordering::Relaxed);
///     }
///
///     fn add(&self, cents: u64) {
///         self.cents.fetch_add(cents, Ordering::Relaxed);
///     }
/// }
///
/// // In a program: `events_core::scan()`.
/// let registry = Registry::with(subscribers![Account::deposited, Account::requested]);
/// registry.emit(Deposited { cents: 995 });
/// assert_eq!(registry.emit(BalanceRequested { cents: 0 }).cents, 995);
/// ```
///
/// It remains an ordinary impl block: all its methods can be called directly.
///
/// # Handlers
///
/// A handler takes `&self`, then its event, then the further parameters of a [`macro@subscriber`]. It has
/// the return types of a subscriber, and may be an `async fn`. `#[on(..)]` has the options of
/// [`macro@subscriber`] except `crate`. Handlers run on any thread, several at once: state that changes
/// belongs in a `Mutex` or an atomic.
///
/// In `before`, `after` and `subscribers!`, a handler has the path of the method: `Account::requested`, and in
/// its own block also `Self::requested`.
///
/// # Registration
///
/// If the type implements `Default`, a scan creates one instance per registry, which all handlers share,
/// and registers it. Otherwise the scan skips the type, and `registry.add(Account::open(..))` registers all
/// its handlers; dropping the returned subscription unsubscribes them together.
///
/// A type has at most one such block. The type cannot be generic or borrow: `impl Account`,
/// `impl Account<Euro>`.
///
/// # Options
///
/// - `crate = path`: the path of `events-core`, for crates that rename or re-export it.
#[proc_macro_attribute]
pub fn listener(options: TokenStream, item: TokenStream) -> TokenStream {
    listener::listener(options.into(), item.into()).into()
}

/// Marks a handler in the impl block of a [`macro@listener`], and sets the options of a handler in that of an
/// [`macro@observer`]. Those attributes consume it, so it does not have to be imported. Elsewhere it is a
/// compile error.
#[proc_macro_attribute]
pub fn on(_: TokenStream, item: TokenStream) -> TokenStream {
    listener::misplaced_on(&item.into()).into()
}

/// Declares a type as a listener to the record events of a model: each method of this impl block is a
/// handler, and its name determines the event.
///
/// ```
/// use events_core::{Registry, observer, record::{Created, Creating}, subscribers};
///
/// struct User {
///     name: String,
/// }
///
/// #[derive(Default)]
/// struct UserObserver;
///
/// #[observer(User)]
/// impl UserObserver {
///     fn creating(&self, event: &mut Creating<User>) {
///         event.record.name = event.record.name.trim().to_owned();
///     }
///
///     #[on(deferred)]
///     fn created(&self, event: &Created<User>) {
///         println!("welcome, {}", event.record.name);
///     }
/// }
/// # impl Clone for User { fn clone(&self) -> Self { Self { name: self.name.clone() } } }
///
/// // In a program: `events_core::scan()`.
/// let registry = Registry::with(subscribers![UserObserver::creating]);
/// let event = registry.emit(Creating::new(User { name: " Ada ".into() }));
/// assert_eq!(event.record.name, "Ada");
/// ```
///
/// The possible methods are `creating`, `created`, `updating`, `updated`, `deleting` and `deleted`. Each
/// takes the event of that name in `events_core::record`. Other methods belong in another impl block. A
/// handler receives the event from any origin.
///
/// Otherwise an observer is a [`macro@listener`]: with the same parameters and return types of handlers,
/// the same registration, and the same options in `#[on(..)]`.
///
/// # Options
///
/// - `crate = path`, after the model: the path of `events-core`, for crates that rename or re-export it:
///   `#[observer(User, crate = my_framework::events)]`.
#[proc_macro_attribute]
pub fn observer(options: TokenStream, item: TokenStream) -> TokenStream {
    listener::observer(options.into(), item.into()).into()
}

/// Flushes the queue of the current registry when the function ends: by its last expression, `return`,
/// `?`, or a panic.
///
/// ```
/// use events_core::{Event, Registry, flush_queue};
///
/// #[derive(Event, Clone)]
/// struct Uploaded {
///     bytes: u64,
/// }
///
/// #[flush_queue]
/// fn upload(bytes: &str) -> Result<u64, std::num::ParseIntError> {
///     let bytes = bytes.parse()?;
///     let _ = Uploaded { bytes }.enqueue();
///     Ok(bytes)
/// }
///
/// # use std::sync::atomic::{AtomicU64, Ordering};
/// # static TOTAL: AtomicU64 = AtomicU64::new(0);
/// let registry = Registry::new();
/// let _count = registry.on(|event: &Uploaded| {
///     TOTAL.fetch_add(event.bytes, Ordering::Relaxed);
/// });
/// let _scope = registry.enter();
///
/// assert_eq!(upload("7"), Ok(7));
/// assert_eq!(TOTAL.load(Ordering::Relaxed), 7);
/// ```
///
/// It applies to functions and methods of any kind except `const fn`. An `async fn` awaits the flush after
/// its body, also if the body panics. If the future is dropped before it completes, pending jobs remain in the
/// queue until the next flush. A function that is not an `async fn` but returns a
/// future flushes when it returns that future, not when the future completes.
///
/// # Options
///
/// - `crate = path`: the path of `events-core`, for crates that rename or re-export it.
#[proc_macro_attribute]
pub fn flush_queue(options: TokenStream, item: TokenStream) -> TokenStream {
    flush::attribute(options.into(), &item.into()).into()
}

/// Turns a function into a test with its own mock, which `events_testing::current()` returns. The
/// expectations are verified when the function has ended. Use it from `events_testing`.
///
/// ```test_harness
/// use events_core::Event;
///
/// #[derive(Event)]
/// struct Saved(&'static str);
///
/// #[events_testing::test]
/// fn saves() {
///     let events = events_testing::current();
///     events.expect::<Saved>().matching(|event| event.0 == "notes");
///     Saved("notes").emit();
/// }
/// ```
///
/// It replaces `#[test]`. It can be combined with another test attribute above or below it, for instance
/// `#[tokio::test]` or `#[rstest]`, which keeps its effect. Without one, an `async fn` runs on a
/// current-thread runtime of tokio, which requires the cargo feature `tokio` of `events-testing`, enabled by
/// default. A test that returns an error fails with that error; unmet expectations are reported in addition.
///
/// # Options
///
/// - `empty`: the mock starts without subscribers instead of with those that a scan finds.
/// - `crate = path`: the path of `events-testing`, for crates that rename or re-export it.
#[proc_macro_attribute]
pub fn test(options: TokenStream, item: TokenStream) -> TokenStream {
    testing::attribute(options.into(), &item.into()).into()
}

/// The implementation of `events_core::emit!`, which passes its input after the path of its crate.
#[doc(hidden)]
#[proc_macro]
pub fn emit_keywords(input: TokenStream) -> TokenStream {
    emit::expand(input.into()).into()
}
