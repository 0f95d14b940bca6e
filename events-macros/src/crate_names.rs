//! Errors in the names of crates that `scan!` and `scanner!` receive. These are `macro_rules!` macros, whose errors are
//! located at the whole call; a procedural macro can locate an error at the wrong token.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use syn::{
    Error, LitStr, Result, Token,
    ext::IdentExt,
    parse::{ParseStream, Parser},
};

const EXPECTED: &str = "expected the name of a crate; write `scan!(orders, shipping)`";

/// The first error in a list of names that `scanner!` does not accept.
pub(crate) fn error(input: TokenStream) -> Error {
    let error = list.parse2(input).err();
    error.unwrap_or_else(|| Error::new(Span::call_site(), EXPECTED))
}

/// Parses a list of `name` or `name = package`.
fn list(input: ParseStream<'_>) -> Result<()> {
    while !input.is_empty() {
        name(input)?;
        if input.peek(Token![=]) {
            input.parse::<Token![=]>()?;
            name(input)?;
        }
        if !input.is_empty() {
            input.parse::<Token![,]>().map_err(|error| {
                Error::new(error.span(), "expected `,` and the name of another crate")
            })?;
        }
    }
    Ok(())
}

/// Parses the name of a crate. The error for one that is written with `-` or as text suggests the correct name.
fn name(input: ParseStream<'_>) -> Result<()> {
    let mut tokens = TokenStream::new();
    let mut text = String::new();
    let is_text = input.peek(LitStr);
    if is_text {
        let literal: LitStr = input.parse()?;
        text = literal.value();
        tokens.extend([TokenTree::from(literal.token())]);
    }
    while tokens.is_empty() || input.peek(Token![-]) {
        if !tokens.is_empty() {
            let dash: Token![-] = input.parse()?;
            tokens.extend(quote::quote!(#dash));
            text.push('-');
        }
        let part = input.call(Ident::parse_any);
        let part = part.map_err(|error| Error::new(error.span(), EXPECTED))?;
        text.push_str(&part.to_string());
        tokens.extend([TokenTree::from(part)]);
    }
    let is_name = |text: &str| syn::parse_str::<Ident>(text).is_ok();
    if !is_text && is_name(&text) {
        return Ok(());
    }
    let name = text.replace('-', "_");
    let text = if is_name(&name) {
        format!(
            "the name of a crate has `_` in place of `-`, and no quotation marks; write `{name}`"
        )
    } else {
        EXPECTED.to_owned()
    };
    Err(Error::new_spanned(tokens, text))
}
