//! A function without its body. Errors in the body are the compiler's to report.

use proc_macro2::TokenStream;
use syn::{
    Attribute, Error, Result, Signature, Visibility,
    parse::{ParseStream, Parser},
};

/// A function without its body.
pub(crate) struct Function {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) signature: Signature,
}

impl Function {
    /// Parses an item; `not_a_function` is the error text for an item of another kind.
    pub(crate) fn parse(item: TokenStream, not_a_function: &str) -> Result<Self> {
        let parse = |input: ParseStream<'_>| {
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
        };
        parse.parse2(item)
    }
}
