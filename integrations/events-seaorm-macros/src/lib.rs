//! The derive of `events-seaorm`, which re-exports and documents it.

mod durable;
mod expand;
mod expand_durable;
mod model;
mod serde_attributes;
#[cfg(test)]
mod tests;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Emits the six events of records when the entity is written; documented in `events-seaorm`, which re-exports it.
#[proc_macro_derive(Observed, attributes(observed))]
pub fn observed(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    match model::Model::parse(&input) {
        Ok(Some(model)) => {
            let mut expansion = expand::expand(&model);
            expansion.extend(model.error.map(syn::Error::into_compile_error));
            expansion.into()
        }
        Ok(None) => TokenStream::new(),
        Err(error) => error.into_compile_error().into(),
    }
}
