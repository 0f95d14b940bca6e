//! `#[events_testing::test]`.

mod expand;
mod model;

use proc_macro2::TokenStream;

use crate::syntax::errors::item_with_error;

/// Expands to a test that runs with a mock, or to the unchanged item and an error.
pub(crate) fn attribute(options: TokenStream, item: &TokenStream) -> TokenStream {
    match model::Test::parse(options, item.clone()) {
        Ok(test) => expand::expand(&test),
        Err(error) => item_with_error(item, &error),
    }
}
