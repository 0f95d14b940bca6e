//! The macros of `events-durable`, which re-exports and documents them.

mod derive;
mod options;
mod serde_attributes;
#[cfg(test)]
mod tests;
mod upcast;

use proc_macro::TokenStream;
use syn::{DeriveInput, ItemFn, parse_macro_input};

/// Makes an event durable; documented in `events-durable`, which re-exports it.
#[proc_macro_derive(Durable, attributes(durable))]
pub fn durable(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    match derive::expand(&input) {
        Ok(tokens) => tokens.into(),
        Err(error) => error.into_compile_error().into(),
    }
}

/// Brings a stored payload to the next version; documented in `events-durable`, which re-exports it.
#[proc_macro_attribute]
pub fn upcast(options: TokenStream, item: TokenStream) -> TokenStream {
    let function = parse_macro_input!(item as ItemFn);
    match upcast::expand(options.into(), &function) {
        Ok(tokens) => tokens.into(),
        Err(error) => {
            let error = error.into_compile_error();
            quote::quote!(#function #error).into()
        }
    }
}
