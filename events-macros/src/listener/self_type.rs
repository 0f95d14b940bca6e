//! Replaces `Self` in the options of a handler, whose registration is written outside the impl block.

use proc_macro2::{Group, TokenStream, TokenTree};
use syn::{PathArguments, Token, Type, spanned::Spanned};

use crate::syntax::spans::with_span;

/// The tokens with `Self` replaced by the listener's type. A type alias would not do: options may call
/// `Self` as a constructor or match it as a pattern.
pub(super) fn without_self(tokens: TokenStream, self_type: &Type) -> TokenStream {
    let mut self_type = self_type.clone();
    if let Type::Path(path) = &mut self_type {
        for segment in &mut path.path.segments {
            if let PathArguments::AngleBracketed(arguments) = &mut segment.arguments {
                arguments.colon2_token = Some(Token![::](arguments.span()));
            }
        }
    }
    replace_self(tokens, &self_type)
}

fn replace_self(tokens: TokenStream, self_type: &Type) -> TokenStream {
    let tokens = tokens.into_iter().flat_map(|token| match token {
        TokenTree::Ident(ident) if ident == "Self" => with_span(self_type, ident.span()),
        TokenTree::Group(group) => {
            let content = replace_self(group.stream(), self_type);
            let mut replaced = Group::new(group.delimiter(), content);
            replaced.set_span(group.span());
            TokenTree::from(replaced).into()
        }
        token => token.into(),
    });
    tokens.collect()
}
