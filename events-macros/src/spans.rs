//! Where an error points.
//!
//! A span says two things: a place, which the compiler underlines, and who wrote the token, which
//! decides what its names mean and whether lints look at it.

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Type, spanned::Spanned};

/// At that place, written by the macro; the names of local variables are our own.
pub(crate) fn at(place: Span) -> Span {
    Span::mixed_site().located_at(place)
}

/// The place where a type is underlined: its name, without the path before it.
pub(crate) fn place(ty: &Type) -> Span {
    match ty {
        Type::Path(path) => path
            .path
            .segments
            .last()
            .map_or_else(|| ty.span(), |segment| segment.ident.span()),
        Type::Reference(reference) => place(&reference.elem),
        _ => ty.span(),
    }
}

/// The tokens, all of them at one place: the compiler tells an error once for each place.
pub(crate) fn located(tokens: &impl ToTokens, place: Span) -> TokenStream {
    respanned(tokens, &|span| span.located_at(place))
}

/// The tokens as if the user had written them there.
pub(crate) fn written_at(tokens: &impl ToTokens, place: Span) -> TokenStream {
    respanned(tokens, &|_| place)
}

fn respanned(tokens: &impl ToTokens, span: &impl Fn(Span) -> Span) -> TokenStream {
    let tokens = tokens.to_token_stream().into_iter();
    tokens
        .map(|mut token| {
            if let TokenTree::Group(group) = token {
                let inside = respanned(&group.stream(), span);
                token = Group::new(group.delimiter(), inside).into();
            }
            token.set_span(span(token.span()));
            token
        })
        .collect()
}
