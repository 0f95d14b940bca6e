//! `#[listener]` and `#[observer]`: an impl block whose methods are handlers.

mod block;
mod expand;
mod method;
mod model;
mod observer;

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{Error, Result};

pub(crate) use self::method::Method;
use self::model::Listener;

/// The impl block as it was, and beside it the registration of its handlers, or what is wrong.
pub(crate) fn listener(options: TokenStream, item: TokenStream) -> TokenStream {
    let model = Listener::of(options, item.clone());
    beside(item, model)
}

/// As [`listener`]; the handlers observe the records of a model.
pub(crate) fn observer(options: TokenStream, item: TokenStream) -> TokenStream {
    let model = Listener::of_observer(options, item.clone());
    beside(item, model)
}

/// `#[on]` where nobody reads it: the item, and what is wrong.
pub(crate) fn stray(item: &TokenStream) -> TokenStream {
    let text = "`#[on]` marks a method of a listener; put `#[listener]` on the impl block, or \
                `#[subscriber]` on a function outside of one";
    let error = Error::new(Span::call_site(), text).into_compile_error();
    quote!(#item #error)
}

fn beside(item: TokenStream, model: Result<Listener>) -> TokenStream {
    let block = block::without_marks(item);
    let beside = written(model);
    quote!(#block #beside)
}

/// What stands beside the block.
fn written(model: Result<Listener>) -> TokenStream {
    model.map_or_else(Error::into_compile_error, |listener| {
        expand::expand(&listener)
    })
}

/// The registration alone.
#[cfg(test)]
pub(crate) fn registered(options: TokenStream, item: TokenStream) -> TokenStream {
    written(Listener::of(options, item))
}

/// The registration of an observer alone.
#[cfg(test)]
pub(crate) fn observed(options: TokenStream, item: TokenStream) -> TokenStream {
    written(Listener::of_observer(options, item))
}
