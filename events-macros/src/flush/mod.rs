//! `#[flush_queue]`.

mod expand;
mod model;

use proc_macro2::TokenStream;

use crate::syntax::errors::item_with_error;

/// Expands to the function with a flush at its end, or to the unchanged item and an error.
pub(crate) fn attribute(options: TokenStream, item: &TokenStream) -> TokenStream {
    match model::FlushedFunction::parse(options, item.clone()) {
        Ok(function) => expand::expand(&function),
        Err(error) => item_with_error(item, &error),
    }
}
