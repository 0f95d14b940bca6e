//! `#[listener]` and `#[observer]`: an impl block whose methods are handlers.

mod expand;
mod impl_block;
mod model;
mod observer_args;
mod on_attributes;
mod self_type;

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{Error, Result};

use self::model::Listener;
use crate::syntax::errors::item_with_error;

/// The impl block without `#[on]`, followed by the registration of its handlers or an error.
pub(crate) fn listener(options: TokenStream, item: TokenStream) -> TokenStream {
    let listener = Listener::parse(options, item.clone());
    item_with_registration(item, listener)
}

/// As [`listener`], for an impl block whose handlers are named after record events.
pub(crate) fn observer(options: TokenStream, item: TokenStream) -> TokenStream {
    let listener = Listener::parse_observer(options, item.clone());
    item_with_registration(item, listener)
}

/// `#[on]` outside a listener: the unchanged item and an error.
pub(crate) fn misplaced_on(item: &TokenStream) -> TokenStream {
    let text = "`#[on]` marks a method of a listener; put `#[listener]` on the impl block, or \
                `#[subscriber]` on a function outside of one";
    item_with_error(item, &Error::new(Span::call_site(), text))
}

fn item_with_registration(item: TokenStream, listener: Result<Listener>) -> TokenStream {
    let block = impl_block::without_on_attributes(item);
    let registration = registration(listener);
    quote!(#block #registration)
}

fn registration(listener: Result<Listener>) -> TokenStream {
    listener.map_or_else(Error::into_compile_error, |listener| {
        expand::expand(&listener)
    })
}

/// The registration of a listener without the impl block.
#[cfg(test)]
pub(crate) fn listener_registration(options: TokenStream, item: TokenStream) -> TokenStream {
    registration(Listener::parse(options, item))
}

/// The registration of an observer without the impl block.
#[cfg(test)]
pub(crate) fn observer_registration(options: TokenStream, item: TokenStream) -> TokenStream {
    registration(Listener::parse_observer(options, item))
}
