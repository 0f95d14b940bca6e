//! `#[derive(Event)]`.

mod builder;
mod expand;
mod json;
mod model;
mod places;
mod serde_attributes;

use proc_macro2::TokenStream;
use syn::{DeriveInput, Error};

/// Expands to the implementations of the event and its builder, or to an error.
pub(crate) fn derive(input: TokenStream) -> TokenStream {
    syn::parse2::<DeriveInput>(input)
        .and_then(|input| model::Event::new(&input))
        .map_or_else(Error::into_compile_error, |event| expand::expand(&event))
}
