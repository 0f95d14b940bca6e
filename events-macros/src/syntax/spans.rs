//! Spans of generated tokens.
//!
//! A span has two parts: a location, which the compiler underlines in an error, and a hygiene context,
//! which decides what names resolve to and whether lints apply.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Type, spanned::Spanned};

/// A span of the macro at that location; local variables are invisible to the user's code.
pub(crate) fn mixed_site_at(location: Span) -> Span {
    Span::mixed_site().located_at(location)
}

/// A span of the macro at that location; all names resolve as at the macro's call site.
pub(crate) fn call_site_at(location: Span) -> Span {
    Span::call_site().located_at(location)
}

/// The span where errors underline a type: its name, without the path.
pub(crate) fn type_name_span(ty: &Type) -> Span {
    match ty {
        Type::Path(path) => path
            .path
            .segments
            .last()
            .map_or_else(|| ty.span(), |segment| segment.ident.span()),
        Type::Reference(reference) => type_name_span(&reference.elem),
        _ => ty.span(),
    }
}

/// The identifier with another span.
pub(crate) fn ident_with_span(ident: &Ident, span: Span) -> Ident {
    let mut ident = ident.clone();
    ident.set_span(span);
    ident
}

/// Moves all tokens to one location and keeps their hygiene: the compiler reports an error once per
/// location.
pub(crate) fn located_at(tokens: &impl ToTokens, location: Span) -> TokenStream {
    map_spans(tokens, &|span| span.located_at(location))
}

/// The tokens with this span, as if the user had written them there.
pub(crate) fn with_span(tokens: &impl ToTokens, span: Span) -> TokenStream {
    map_spans(tokens, &|_| span)
}

fn map_spans(tokens: &impl ToTokens, map: &impl Fn(Span) -> Span) -> TokenStream {
    let tokens = tokens.to_token_stream().into_iter();
    tokens
        .map(|mut token| {
            if let TokenTree::Group(group) = token {
                let stream = map_spans(&group.stream(), map);
                token = Group::new(group.delimiter(), stream).into();
            }
            token.set_span(map(token.span()));
            token
        })
        .collect()
}
