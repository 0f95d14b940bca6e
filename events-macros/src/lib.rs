//! The macros of `events-core`; use them from there.
//!
//! Each macro has a *model*, which holds what was read and checked (every error is born there, on
//! the user's token), and an *expand*, which quotes the model and cannot fail. What they write is
//! thin: the logic lives in generics of `events-core`, reached through its `__private` door.

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

/// Makes a struct or an enum an event: the trait `Event`, a topic, and for structs with named
/// fields and unit structs a builder.
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
/// # On the type
///
/// - `#[event(topic = "user.first_login")]` replaces the topic, which is the path of the module,
///   `::`, and the name of the type. All instances of a generic type share it.
/// - `#[event(serialize)]` has the event read as JSON by subscribers that do not know its type, with
///   `AnyEvent::to_json`: the type of each field is `serde::Serialize`, but for those that are secret; of an
///   enum the enum itself is. It needs the cargo feature `serde` of `events-core`.
/// - `#[event(crate = path)]` says where `events-core` is, when a crate renames or re-exports it.
/// - `#[event(no_implicit_prelude)]` is for a module with `#![no_implicit_prelude]`, which does not
///   know the attributes that give the builder's errors their text: they are the compiler's own.
///
/// # On a field
///
/// - `into`: the setter takes `impl Into<T>`; of an `Option<T>`, likewise.
/// - `default`, `default = expr`: may be left out; the value is made when the event is built, and
///   with `into` it is converted.
/// - `required`: an `Option` that may *not* be left out, and is set as an `Option`.
/// - `secret`: the value appears in no log, no JSON and no report.
///
/// A field of type `Option<T>` may be left out, and its setter takes the `T`. Each field that may
/// be left out has a second setter, `maybe_<field>`, which takes an `Option`.
///
/// # Fields that are named like a method of the builder
///
/// A field `build`, `emit`, `try_emit`, `emit_async` or `enqueue` has a setter like any other. Until
/// it is called, that is what the name means; afterwards it finishes: `.build(1).build()`.
///
/// # Events that borrow
///
/// One lifetime is enough for any number of references: `struct Login<'a> { request: &'a Request,
/// user: &'a mut User }`.
#[proc_macro_derive(Event, attributes(event))]
pub fn derive_event(input: TokenStream) -> TokenStream {
    event::derive(input.into()).into()
}

/// Registers a function to be called when an event is emitted, from the next scan on.
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
/// The function takes the event as `&E` or `&mut E`, then perhaps `State<'_, T>` and `&Emission`;
/// it returns an `Outcome`: nothing, `Result<(), E>`, `ControlFlow<()>`, or
/// `Result<ControlFlow<()>, E>`. It stays an ordinary function, callable and testable as before.
///
/// # Functions that run later
///
/// An `async fn` takes `&E` and gets a copy of the event, so the event is `Clone`, can go to another
/// thread, and borrows nothing. What it returns is nothing or `Result<(), E>`: it runs beside others
/// and cannot stop them. `emit_async` runs it while the emitter waits; after any other emit it runs
/// from the queue, when that is flushed. With `deferred` a function, sync or async, always goes
/// through the queue, and the same holds for it.
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
///     // Runs when the queue is flushed, not while somebody waits for the login.
///     # let _ = event;
/// }
/// ```
///
/// # Options
///
/// - `topic = "shop::orders::.*"`: hears all events whose topic this regular expression matches as a
///   whole, and takes `&dyn AnyEvent`. A pattern that is none does not compile.
/// - `FirstLogin, Login`: hears events of these types, and takes `&dyn AnyEvent`.
/// - `priority = 10`: high runs first; 0 unless told.
/// - `when = |event: &E| ..`: runs only when this holds, asked when it is the function's turn; of a
///   function that runs later, when the event is emitted.
/// - `origin = checkout`: runs only when the event was emitted from there: a function,
///   `Origin::of::<Type>()`, or a text.
/// - `once`: runs the first time only.
/// - `before = audit`, `after = [audit, charge]`: the order relative to other subscribers of the
///   same event; outweighs priorities. Sync ones run first, then async ones, then deferred ones; of
///   those that run later, one that comes after another begins when that has ended.
/// - `deferred`: runs later, from the queue.
/// - `concurrency = 1`: how many calls may be under way at once, of a function that runs later; as
///   many as come unless told.
/// - `crate = path`: where `events-core` is, when a crate renames or re-exports it.
#[proc_macro_attribute]
pub fn subscriber(options: TokenStream, item: TokenStream) -> TokenStream {
    subscriber::attribute(options.into(), &item.into()).into()
}

/// Makes a struct a listener: the methods with `#[on]` in this impl block are handlers, which share
/// what the struct holds.
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
/// struct BalanceAsked {
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
///     #[on(priority = 5, when = |event: &BalanceAsked| event.cents == 0)]
///     fn asked(&self, event: &mut BalanceAsked) {
///         event.cents = self.cents.load(Ordering::Relaxed);
///     }
///
///     fn add(&self, cents: u64) {
///         self.cents.fetch_add(cents, Ordering::Relaxed);
///     }
/// }
///
/// // In a program: `events_core::scan()`.
/// let registry = Registry::with(subscribers![Account::deposited, Account::asked]);
/// registry.emit(Deposited { cents: 995 });
/// assert_eq!(registry.emit(BalanceAsked { cents: 0 }).cents, 995);
/// ```
///
/// It stays an ordinary impl block: all its methods can be called as before.
///
/// # Handlers
///
/// A handler takes `&self`, then its event, and then what a [`macro@subscriber`] may take; it returns
/// what a subscriber may return, and may be an `async fn`. `#[on(..)]` has the options of
/// [`macro@subscriber`], but for `crate`. Handlers run on any thread, several at once: state that
/// changes goes into a `Mutex` or an atomic.
///
/// A handler is named as a function is, where others are ordered around it and in `subscribers!`:
/// `Account::asked`, and in its own block also `Self::asked`.
///
/// # Registration
///
/// When the type is `Default`, a scan makes a listener and registers it: one for each registry, which
/// all its handlers share. When it is not, the scan passes it over, and
/// `registry.add(Account::open(..))` registers all its handlers; dropping what comes back unsubscribes
/// them as a unit.
///
/// A type has one such block, of a type without parameters: `impl Account`, `impl Account<Euro>`.
///
/// # Options
///
/// - `crate = path`: where `events-core` is, when a crate renames or re-exports it.
#[proc_macro_attribute]
pub fn listener(options: TokenStream, item: TokenStream) -> TokenStream {
    listener::listener(options.into(), item.into()).into()
}

/// Marks a handler in the impl block of a [`macro@listener`], and gives one of an [`macro@observer`]
/// its options. These attributes read it, so there is no need to import it; elsewhere it is an error.
#[proc_macro_attribute]
pub fn on(_: TokenStream, item: TokenStream) -> TokenStream {
    listener::misplaced_on(&item.into()).into()
}

/// Makes a struct a listener to what happens to the records of a model: each method of this impl block
/// is a handler, and its name says of which event.
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
/// The methods are `creating`, `created`, `updating`, `updated`, `deleting` and `deleted`, any of
/// them; each takes the event of that name in `events_core::record`. Other methods go into another
/// impl block. A handler hears of the record wherever the event comes from.
///
/// In all else an observer is a [`macro@listener`]: what a handler may take and return, how it is
/// registered, and, in an `#[on(..)]`, the options of a handler. `crate = path` stands behind the
/// model: `#[observer(User, crate = my_framework::events)]`.
#[proc_macro_attribute]
pub fn observer(options: TokenStream, item: TokenStream) -> TokenStream {
    listener::observer(options.into(), item.into()).into()
}

/// Flushes the queue of the current registry when the function ends, however it ends: by its last
/// expression, `return`, `?`, or a panic.
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
/// # static HEARD: AtomicU64 = AtomicU64::new(0);
/// let registry = Registry::new();
/// let _count = registry.on(|event: &Uploaded| {
///     HEARD.fetch_add(event.bytes, Ordering::Relaxed);
/// });
/// let _scope = registry.enter();
///
/// assert_eq!(upload("7"), Ok(7));
/// assert_eq!(HEARD.load(Ordering::Relaxed), 7);
/// ```
///
/// It goes on functions and methods of any kind, but for a `const fn`. An `async fn` awaits the flush
/// when its body has ended; when that panics, or when its future is dropped, nobody awaits anything,
/// and what is pending waits for the next flush. A function that is not an `async fn` and returns a
/// future flushes when it has made that future.
///
/// Its one option is `crate = path`: where `events-core` is, when a crate renames or re-exports it.
#[proc_macro_attribute]
pub fn flush_queue(options: TokenStream, item: TokenStream) -> TokenStream {
    flush::attribute(options.into(), &item.into()).into()
}

/// Makes a function a test with a mock of its own, which `events_testing::current()` gives; what was
/// expected of it is looked at when the function has ended. Use it from `events_testing`.
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
/// It takes the place of `#[test]`. Another attribute that makes a function a test may stand above or
/// below it, `#[tokio::test]` or `#[rstest]` for instance, and keeps what it does. An `async fn` without
/// one runs on a runtime of tokio for this thread (the feature `tokio` of `events-testing`, which is on
/// unless told otherwise). A test that returns an error fails by that; what was expected and does not hold
/// is then said beside it.
///
/// # Options
///
/// - `empty`: the mock begins with no subscribers, not with those that were scanned.
/// - `crate = path`: where `events-testing` is, when a crate renames or re-exports it.
#[proc_macro_attribute]
pub fn test(options: TokenStream, item: TokenStream) -> TokenStream {
    testing::attribute(options.into(), &item.into()).into()
}

/// What `events_core::emit!` hands its input to, with the path of the crate in front.
#[doc(hidden)]
#[proc_macro]
pub fn emit_keywords(input: TokenStream) -> TokenStream {
    emit::expand(input.into()).into()
}
