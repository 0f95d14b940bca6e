//! `#[subscriber]`.

mod chosen;
pub(crate) mod expand;
mod install;
mod later;
mod model;

use proc_macro2::TokenStream;
use quote::quote;
use syn::Error;

pub(crate) use self::model::Subscriber;

/// The item as it was, and beside it its registration, or what is wrong with it.
pub(crate) fn attribute(options: TokenStream, item: &TokenStream) -> TokenStream {
    if let Some(registration) = expand::unwrap(&options) {
        return registration;
    }
    let beside = Subscriber::of(options, item.clone())
        .map_or_else(Error::into_compile_error, |subscriber| {
            expand::wrapped(&subscriber)
        });
    quote!(#item #beside)
}

/// The registration alone.
#[cfg(test)]
pub(crate) fn registration(options: TokenStream, item: TokenStream) -> TokenStream {
    Subscriber::of(options, item).map_or_else(Error::into_compile_error, |subscriber| {
        expand::expand(&subscriber)
    })
}
