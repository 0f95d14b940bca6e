//! A module without the prelude, in which names of the standard library are shadowed.

#![no_implicit_prelude]
#![allow(
    clippy::missing_const_for_fn,
    reason = "about the subscribers themselves"
)]

use ::events_core::{Emission, Event, State, emit, flush_queue, listener, subscriber};

/// Not the standard library.
pub mod std {}
/// Not the core library.
pub mod core {}
/// Not this crate.
pub mod events_core {}

macro_rules! shadow {
    ($($name:ident)*) => {
        $(
            /// Shadows a name of the prelude or of generated code.
            #[derive(::std::fmt::Debug, ::std::clone::Clone, ::std::marker::Copy)]
            pub struct $name;
        )*
    };
}

shadow!(Option Result Some None Ok Err Into From Default Box String Vec Sized Send Sync Fn Drop);
shadow!(Unset Set Build Take Given Slot Family Subscriber Installer Outcome Step PhantomData);
shadow!(Listener Arc Made ByHand);

/// With all options.
#[derive(Event, ::std::fmt::Debug, ::std::clone::Clone)]
#[event(no_implicit_prelude)]
pub struct Named {
    /// Converted.
    #[event(into)]
    pub name: ::std::string::String,
    /// Has a default.
    #[event(default)]
    pub count: u8,
    /// Optional.
    pub note: ::std::option::Option<u8>,
    /// Of a shadowing type.
    pub option: Option,
    /// Of a shadowing type.
    #[event(default = String)]
    pub text: String,
}

/// Borrows.
#[derive(Event, ::std::fmt::Debug)]
#[event(no_implicit_prelude)]
pub struct Borrowed<'a, T: ::std::fmt::Debug> {
    /// The borrowed item.
    pub item: &'a T,
}

/// Has no field.
#[derive(Event, ::std::fmt::Debug)]
pub struct Unit;

#[subscriber(priority = 3, when = |event: &Named| event.count == 0, once, origin = "here")]
fn named(event: &mut Named, _: State<'_, u8>, _: &Emission) -> ::std::ops::ControlFlow<()> {
    event.count = 9;
    ::std::ops::ControlFlow::Continue(())
}

#[subscriber(when = |event: &Named| event.count == 9, once, concurrency = 2)]
async fn later(
    event: &Named,
    _: State<'_, u8>,
    _: &Emission,
) -> ::std::result::Result<(), ::std::string::String> {
    ::std::future::ready(event).await;
    ::std::result::Result::Ok(())
}

#[subscriber(deferred, origin = "here")]
fn deferred(_: &Named) {}

/// A listener.
#[derive(::std::fmt::Debug, ::std::default::Default)]
pub struct Recorder(u8);

#[listener]
impl Recorder {
    #[on(priority = 3, when = |event: &Named| event.count == 9, once, origin = "here")]
    fn named(&self, event: &mut Named, _: State<'_, u8>, _: &Emission) {
        event.count += self.0;
    }

    #[on(when = |event: &Named| event.count == 9, once, concurrency = 2)]
    async fn later(
        &self,
        event: &Named,
        _: State<'_, u8>,
    ) -> ::std::result::Result<(), ::std::string::String> {
        ::std::future::ready((self, event)).await;
        ::std::result::Result::Ok(())
    }
}

/// Flushes.
#[flush_queue]
pub fn flushed() -> ::std::string::String {
    let _ = Unit.enqueue();
    ::std::string::String::new()
}

/// Flushes.
#[flush_queue]
pub async fn flushed_later() -> ::std::option::Option<u8> {
    Unit.emit_async().await;
    ::std::option::Option::Some(1)
}

/// Emits all of them.
#[must_use]
pub fn emit_all() -> u8 {
    let _ = Unit::builder().emit();
    let _ = Borrowed { item: &1 }.emit();
    emit!(Named, name = "a", option = Option; origin = "here").count
}
