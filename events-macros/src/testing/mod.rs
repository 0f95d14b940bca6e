//! `#[events_testing::test]`.

mod expand;
mod model;

use proc_macro2::TokenStream;
use quote::quote;

/// The function as a test with a mock; or as it was, and beside it what is wrong with it.
pub(crate) fn attribute(options: TokenStream, item: &TokenStream) -> TokenStream {
    match model::Test::of(options, item.clone()) {
        Ok(test) => expand::expand(&test),
        Err(error) => {
            let error = error.into_compile_error();
            quote!(#item #error)
        }
    }
}
