//! `#[derive(Event)]`.

mod builder;
mod expand;
mod json;
mod json_model;
mod model;
mod names;
mod places;
mod serde_attributes;

use proc_macro2::TokenStream;
use syn::{DeriveInput, Error, parse::Parse};

use crate::syntax::fragments;

/// Expands to the implementations of the event and its builder, or to an error.
pub(crate) fn derive(input: TokenStream) -> TokenStream {
    fragments::parse(input, DeriveInput::parse)
        .and_then(|input| model::Event::new(&input))
        .map_or_else(Error::into_compile_error, |event| expand::expand(&event))
}
