//! The procedural macros of `events-core` and `events-testing`. Programs do not depend on this crate: the two crates
//! re-export the macros, and the generated code refers to these crates.
//!
//! | Macro | Use it as | What it does |
//! |---|---|---|
//! | [`derive@Event`] | `#[derive(events_core::Event)]` | makes a struct or an enum an event, with a builder |
//! | [`macro@subscriber`] | `#[events_core::subscriber]` | declares a function as a subscriber |
//! | [`macro@listener`], [`macro@on`] | `#[events_core::listener]` | declares methods of a struct as subscribers |
//! | [`macro@observer`] | `#[events_core::observer(Model)]` | declares methods as subscribers to the records of a model |
//! | [`macro@flush_queue`] | `#[events_core::flush_queue]` | flushes the queue when a function ends |
//! | [`macro@test`] | `#[events_testing::test]` | makes a function a test that records its events |
//!
//! The pages of the macros document all their options. The macros by example, `emit!`, `scan!` and others, are defined in
//! `events-core`, which also contains the guide.
//!
//! # How the crate is organised
//!
//! Each macro has a *model*, which parses and validates the input and creates every error, located at
//! the user's token, and an *expand* step, which turns the model into tokens and cannot fail. The generated
//! code is small: the logic is in generic functions of `events-core`, in its module `__private`.
//!
//! The documentation of the macros for users is in the folder `docs` of this crate, a file for each macro.
//! That of `emit!` is in `events-core/src/macros.rs`, where the macro is defined.
//!
//! The examples use `events-core` and `events-testing`, which depend on this crate. So they are tests of those crates, in
//! their modules `macro_pages` and `macro_page`, and not of this one: hence `not(doctest)`.

mod args;
#[cfg(test)]
mod attribute_places;
mod crate_names;
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

#[cfg_attr(not(doctest), doc = include_str!("../docs/event.md"))]
#[doc(alias = "define")]
#[proc_macro_derive(Event, attributes(event))]
pub fn derive_event(input: TokenStream) -> TokenStream {
    event::derive(input.into()).into()
}

#[cfg_attr(not(doctest), doc = include_str!("../docs/subscriber.md"))]
#[proc_macro_attribute]
pub fn subscriber(options: TokenStream, item: TokenStream) -> TokenStream {
    subscriber::attribute(options.into(), &item.into()).into()
}

#[cfg_attr(not(doctest), doc = include_str!("../docs/listener.md"))]
#[proc_macro_attribute]
pub fn listener(options: TokenStream, item: TokenStream) -> TokenStream {
    listener::listener(options.into(), item.into()).into()
}

#[cfg_attr(not(doctest), doc = include_str!("../docs/on.md"))]
#[proc_macro_attribute]
pub fn on(_: TokenStream, item: TokenStream) -> TokenStream {
    listener::misplaced_on(&item.into()).into()
}

#[cfg_attr(not(doctest), doc = include_str!("../docs/observer.md"))]
#[proc_macro_attribute]
pub fn observer(options: TokenStream, item: TokenStream) -> TokenStream {
    listener::observer(options.into(), item.into()).into()
}

#[cfg_attr(not(doctest), doc = include_str!("../docs/flush_queue.md"))]
#[proc_macro_attribute]
pub fn flush_queue(options: TokenStream, item: TokenStream) -> TokenStream {
    flush::attribute(options.into(), &item.into()).into()
}

#[cfg_attr(not(doctest), doc = include_str!("../docs/test.md"))]
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

/// The error of `events_core::scan!` and `events_core::scanner!`, which pass names of crates that they cannot parse.
#[doc(hidden)]
#[proc_macro]
pub fn wrong_crates(input: TokenStream) -> TokenStream {
    crate_names::error(input.into()).into_compile_error().into()
}

/// The implementation of `events_core::args!`, which passes its input after the path of its crate.
#[doc(hidden)]
#[proc_macro]
pub fn named_args(input: TokenStream) -> TokenStream {
    args::expand(input.into()).into()
}
