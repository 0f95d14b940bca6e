//! Collecting and reporting errors.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{Error, Result};

/// Errors that are independent of each other, all reported together.
#[derive(Default)]
pub(crate) struct Errors(Option<Error>);

impl Errors {
    pub(crate) fn push(&mut self, error: Error) {
        match &mut self.0 {
            Some(errors) => errors.combine(error),
            None => self.0 = Some(error),
        }
    }

    /// Stores the error of a failed result.
    pub(crate) fn record<T>(&mut self, result: Result<T>) -> Option<T> {
        result.map_err(|error| self.push(error)).ok()
    }

    /// Fails with the recorded errors if the value is missing.
    pub(crate) fn require<T>(&mut self, value: Option<T>) -> Result<T> {
        value.ok_or_else(|| {
            let recorded = self.0.take();
            recorded.unwrap_or_else(|| Error::new(Span::call_site(), "this cannot be parsed"))
        })
    }

    pub(crate) fn finish<T>(self, value: T) -> Result<T> {
        match self.0 {
            Some(errors) => Err(errors),
            None => Ok(value),
        }
    }
}

/// The unchanged item, followed by the error.
pub(crate) fn item_with_error(item: &TokenStream, error: &Error) -> TokenStream {
    let error = error.to_compile_error();
    quote!(#item #error)
}
