//! `#[flush_queue]`.

mod expand;
mod model;

use proc_macro2::TokenStream;
use quote::quote;

/// The function with a flush at its end; or as it was, and beside it what is wrong with it.
pub(crate) fn attribute(options: TokenStream, item: &TokenStream) -> TokenStream {
    match model::Flushed::of(options, item.clone()) {
        Ok(flushed) => expand::expand(&flushed),
        Err(error) => {
            let error = error.into_compile_error();
            quote!(#item #error)
        }
    }
}
