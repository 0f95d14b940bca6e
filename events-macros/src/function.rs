//! A function as an attribute sees it: up to its body, which is none of our business. What is wrong
//! there, rustc tells.

use proc_macro2::TokenStream;
use syn::{
    Attribute, Error, Result, Signature, Visibility,
    parse::{ParseStream, Parser},
};

/// A function up to its body.
pub(crate) struct Function {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) signature: Signature,
}

impl Function {
    /// The function that an item is; `otherwise` says what to do with one that is none.
    pub(crate) fn of(item: TokenStream, otherwise: &str) -> Result<Self> {
        let parse = |input: ParseStream<'_>| {
            let attrs = input.call(Attribute::parse_outer)?;
            let vis = input.parse()?;
            let start = input.span();
            let signature = input.parse().map_err(|_| Error::new(start, otherwise))?;
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
