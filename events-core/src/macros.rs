//! The `macro_rules!` macros of the crate.

/// [`scan()`](crate::scan()) that links crates and checks that each of them declares something.
///
/// The compiler does not link a crate that the program does not name, and the subscribers of such a
/// crate are silently missing. `scan!(orders, shipping)` names them: it is
/// `use orders as _; use shipping as _; scan()`, and a check. If Cargo.toml renames a package, write the
/// new name and the name of the package: `scan!(parcels = shipping)`. Without arguments it is `scan()`.
///
/// Guide: [the crate that is not linked](crate::guide::scanning#the-crate-that-is-not-linked).
///
/// ```standalone_crate
/// # #![crate_name = "shipping"]
/// # extern crate self as shipping;
/// # use events_core::{Event, subscriber};
/// # #[derive(Event)]
/// # struct OrderPlaced;
/// # #[subscriber]
/// # fn pack(_: &OrderPlaced) {}
/// # fn main() {
/// // First in `main`, for the crate `shipping`, in which a subscriber is declared:
/// let report = events_core::scan!(shipping);
/// assert!(report.crates().any(|(name, counts)| name == "shipping" && counts.subscribers == 1));
/// # }
/// ```
///
/// # Panics
///
/// As [`scan()`](crate::scan()), and if a crate declares neither a subscriber nor an event.
#[macro_export]
macro_rules! scan {
    ($($crates:tt)*) => {
        $crate::scanner!($($crates)*).run()
    };
}

/// [`scanner()`](crate::scanner()) that links crates and checks that each of them declares something:
/// `scanner!(orders, shipping).state(ledger).run()`. See [`scan!`](crate::scan!).
///
/// ```standalone_crate
/// # #![crate_name = "shipping"]
/// # extern crate self as shipping;
/// # use events_core::{Event, State, subscriber};
/// # #[derive(Event)]
/// # struct OrderPlaced;
/// # #[subscriber]
/// # fn book(_: &OrderPlaced, _ledger: State<'_, Ledger>) {}
/// # struct Ledger;
/// # fn main() {
/// // The crate `shipping` declares a subscriber that takes a `State<'_, Ledger>`:
/// let report = events_core::scanner!(shipping).state(Ledger).run();
/// assert_eq!(report.subscribers().len(), 1);
///
/// // A crate that declares nothing is a problem:
/// let error = events_core::scanner!(serde_json).try_run().unwrap_err();
/// assert!(error.to_string().contains("the crate `serde_json` was named in the scan"));
/// # }
/// ```
#[macro_export]
macro_rules! scanner {
    ($($name:ident $(= $package:ident)?),* $(,)?) => {{
        $(
            use $name as _;
        )*
        $crate::scanner().crates([
            $($crate::__private::Linked($crate::__linked!($name $($package)?))),*
        ])
    }};
    // Not a list of names: a procedural macro locates the error.
    ($($crates:tt)*) => {
        $crate::__private::wrong_crates!($($crates)*)
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __linked {
    ($name:ident) => {
        ::core::stringify!($name)
    };
    ($name:ident $package:ident) => {
        ::core::stringify!($package)
    };
}

/// A list of `#[subscriber]` functions, for [`Registry::with`](crate::Registry::with) and
/// [`Scanner::subscribers`](crate::scanning::Scanner::subscribers): `subscribers![greet, mail::welcome]`.
///
/// ```
/// use events_core::{Event, Registry, subscriber, subscribers};
///
/// #[derive(Event)]
/// struct Greeting(String);
///
/// #[subscriber(priority = 10)]
/// fn trim(event: &mut Greeting) {
///     event.0 = event.0.trim().to_owned();
/// }
///
/// #[subscriber]
/// fn shout(event: &mut Greeting) {
///     event.0.push('!');
/// }
///
/// let registry = Registry::with(subscribers![shout, trim]); // their order here has no effect
/// assert_eq!(registry.emit(Greeting(" hello ".into())).0, "hello!");
/// ```
#[macro_export]
macro_rules! subscribers {
    ($($function:path),* $(,)?) => {
        $crate::scanning::Subscribers::new([$($crate::scanning::Subscribers::key($function)),*])
    };
}

/// Builds an event from named values and emits it: `emit!(Paid, cents = 995, by = "card")` is
/// `Paid::builder().cents(995).by("card").emit()`. It returns the event, as
/// [`Event::emit`](crate::Event::emit) does.
///
/// The names are those of the setters that [`#[derive(Event)]`](derive@crate::Event) generates. A missing,
/// unknown or repeated name is a compile error. After the fields, `; origin = place` sets the origin, as
/// [`Event::emit_from`](crate::Event::emit_from) does. The macro does not accept a value, an event whose fields have no
/// names, or a variant of an enum: construct the event, and call its method `emit` or `emit_from`.
///
/// ```
/// use events_core::{Event, emit};
///
/// #[derive(Event)]
/// struct Paid {
///     cents: u64,
///     #[event(into)]
///     by: String,
///     note: Option<String>,
/// }
///
/// let paid = emit!(Paid, cents = 995, by = "card");
/// assert_eq!((paid.cents, paid.by.as_str(), paid.note), (995, "card", None));
///
/// fn refund() {}
/// emit!(Paid, cents = 1, by = "cash"; origin = refund);
/// ```
#[macro_export]
macro_rules! emit {
    () => {
        ::core::compile_error!("nothing to emit; write `emit!(MyEvent, field = value)`")
    };
    ($($input:tt)*) => {
        $crate::__private::emit_keywords!($crate; $($input)*)
    };
}

/// The arguments of a named event, for [`emit_topic`](crate::emit_topic):
/// `args! { user: id, mode: "signin", secret password: text }`.
///
/// A value has any type that is `Send + Sync + 'static`; the compile error for another one names the argument.
/// [`arg`](trait@crate::AnyEvent#method.arg) reads it with exactly this type, and
/// [`get`](trait@crate::AnyEvent#method.get) converts numbers.
///
/// A handler reads a value that is marked `secret` as any other. All texts show `[redacted]` in its place: `Debug`, the
/// JSON of the event, the reports of `events-testing`.
///
/// ```
/// use events_core::{AnyEvent, Registry, args};
///
/// let registry = Registry::new();
/// let _mail = registry.on_topic("user::.*", |event: &dyn AnyEvent| {
///     println!("{event:?}"); // user::logged_in { user: .., mode: .., password: [redacted] }
///     match event.arg::<&str>("mode") {
///         Some(mode) => Ok(println!("a new session of mode {mode}")),
///         None => Err("no mode"),
///     }
/// })?;
///
/// let password = String::from("hunter2");
/// let args = args! { user: 7_u32, mode: "signin", secret password: password };
/// let emitted = registry.try_emit_topic("user::logged_in", args).unwrap();
/// assert_eq!(emitted.arg::<u32>("user"), Some(&7));
/// assert_eq!(emitted.arg::<u64>("user"), None); // another type
/// assert_eq!(emitted.get::<u64>("user"), Ok(7)); // converted
/// # Ok::<(), events_core::subscribing::PatternError>(())
/// ```
///
/// # The arguments as JSON
///
/// With the feature `serde`, [`to_json`](trait@crate::AnyEvent#method.to_json) contains the values whose types are
/// `Serialize`, and those that are events with `#[event(serialize)]`, without their secrets. The macro finds that out
/// from the type of the value at its call. So a value whose type is a generic parameter there is left out, also if the
/// caller passes one that is `Serialize`. With the bound `T: Serialize` it is written by its `Serialize`, which for an event
/// may show the fields that are marked `secret`. So is an event in a tuple, or in a type that is no event: mark that
/// argument `secret`.
///
/// ```
/// # #[cfg(feature = "serde")] {
/// use events_core::{AnyEvent, Registry, args, emitting::Args};
///
/// /// Here `T` may be any type.
/// fn moved<T: Send + Sync + 'static>(to: T) -> Args {
///     args! { user: 7, to: to }
/// }
///
/// let registry = Registry::new();
/// let _export = registry.on_topic("user::.*", |event: &dyn AnyEvent| {
///     assert_eq!(event.to_json().unwrap().to_string(), r#"{"user":7}"#);
/// })?;
/// assert_eq!(registry.try_emit_topic("user::moved", moved("Rome")).unwrap().ran(), 1);
/// # }
/// # Ok::<(), events_core::subscribing::PatternError>(())
/// ```
#[macro_export]
macro_rules! args {
    () => {
        $crate::emitting::Args::new()
    };
    ($($($name:ident)+ : $value:expr),+ $(,)?) => {
        $crate::__private::named_args!($crate; $($($name)+ : $value),+)
    };
    // Not a list of arguments: the procedural macro locates the error.
    ($($input:tt)*) => {
        $crate::__private::named_args!($crate; $($input)*)
    };
}
