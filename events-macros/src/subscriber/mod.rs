//! `#[subscriber]`.

mod background;
mod checks;
pub(crate) mod expand;
mod filters;
mod install;
pub(crate) mod method;
pub(crate) mod model;
mod options;
mod params;
mod tokens;

use proc_macro2::TokenStream;
use quote::quote;

use self::model::Subscriber;
use crate::syntax::errors::item_with_error;

/// The unchanged item, followed by its registration or an error.
pub(crate) fn attribute(options: TokenStream, item: &TokenStream) -> TokenStream {
    if let Some(registration) = expand::unwrap_registration(&options) {
        return registration;
    }
    match Subscriber::parse(options, item.clone()) {
        Ok(subscriber) => {
            let registration = expand::wrapped_registration(&subscriber);
            quote!(#item #registration)
        }
        Err(error) => item_with_error(item, &error),
    }
}

/// The registration without the item and without its wrapper.
#[cfg(test)]
pub(crate) fn registration(options: TokenStream, item: TokenStream) -> TokenStream {
    Subscriber::parse(options, item).map_or_else(syn::Error::into_compile_error, |subscriber| {
        expand::registration(&subscriber)
    })
}
