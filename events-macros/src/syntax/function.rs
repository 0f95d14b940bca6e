//! A function without its body. Errors in the body are the compiler's to report.

use proc_macro2::TokenStream;
use syn::{Attribute, Error, Result, Signature, Visibility};

use super::fragments;

/// A function without its body.
#[derive(Clone)]
pub(crate) struct Function {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) signature: Signature,
}

impl Function {
    /// Parses an item; `not_a_function` is the error text for an item of another kind.
    pub(crate) fn parse(item: TokenStream, not_a_function: &str) -> Result<Self> {
        fragments::parse(item, |input| {
            let attrs = input.call(Attribute::parse_outer)?;
            let vis = input.parse()?;
            let start = input.span();
            let signature = input
                .parse()
                .map_err(|_| Error::new(start, not_a_function))?;
            let _body: TokenStream = input.parse()?;
            Ok(Self {
                attrs,
                vis,
                signature,
            })
        })
    }
}
