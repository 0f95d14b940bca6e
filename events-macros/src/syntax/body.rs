//! The body of a function, for attributes that wrap it.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::quote_spanned;
use syn::{
    AttrStyle, Attribute, Error, Result, ReturnType, Signature, Type,
    parse::{ParseStream, Parser},
    spanned::Spanned,
    visit_mut::{VisitMut, visit_type_mut},
};

use super::{
    fragments::without_fragments,
    spans::{located_at, mixed_site_at},
};

/// The body of a function.
pub(crate) struct Body {
    /// The inner attributes `#![..]` of the body, converted to outer ones.
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) statements: TokenStream,
    /// The span of the braces.
    pub(crate) span: Span,
}

/// Splits a function into the tokens before its body and the body; `no_body` is the error text for a
/// function without one.
pub(crate) fn split_body(
    item: TokenStream,
    signature: &Signature,
    no_body: &str,
) -> Result<(TokenStream, Body)> {
    let mut head: Vec<_> = item.into_iter().collect();
    // A macro may pass the whole item, or its body, as one group with invisible delimiters.
    while let [TokenTree::Group(whole)] = &head[..]
        && whole.delimiter() == Delimiter::None
    {
        head = whole.stream().into_iter().collect();
    }
    let body = match head.pop() {
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
            Body::parse(&group.stream(), group.span())
        }
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::None => Body {
            attrs: Vec::new(),
            span: group.span(),
            statements: TokenTree::Group(group).into(),
        },
        _ => {
            return Err(Error::new(signature.ident.span(), no_body));
        }
    };
    Ok((head.into_iter().collect(), body))
}

impl Body {
    fn parse(content: &TokenStream, span: Span) -> Self {
        // Statements that are passed on as they are keep their fragments.
        let parts = |input: ParseStream<'_>| {
            let attrs = input.call(Attribute::parse_inner)?;
            let statements = input.parse()?;
            Ok(if attrs.is_empty() {
                (attrs, content.clone())
            } else {
                (attrs, without_fragments(statements))
            })
        };
        let (mut attrs, statements) = parts
            .parse2(content.clone())
            .unwrap_or_else(|_| (Vec::new(), content.clone()));
        for attr in &mut attrs {
            attr.style = AttrStyle::Outer;
        }
        Self {
            attrs,
            statements,
            span,
        }
    }
}

/// The return type as an expression may name it: `None` for `!`, and with `_` for each `impl Trait`.
pub(crate) fn nameable_return_type(signature: &Signature) -> Option<Type> {
    struct Infer;

    impl VisitMut for Infer {
        fn visit_type_mut(&mut self, ty: &mut Type) {
            match ty {
                Type::ImplTrait(_) => *ty = syn::parse_quote!(_),
                _ => visit_type_mut(self, ty),
            }
        }
    }

    let mut ty = match &signature.output {
        ReturnType::Default => syn::parse_quote_spanned!(signature.ident.span()=> ()),
        ReturnType::Type(_, ty) => (**ty).clone(),
    };
    Infer.visit_type_mut(&mut ty);
    (!matches!(ty, Type::Never(_))).then_some(ty)
}

/// Fixes the type that a block returns, for type inference: a `return` of that type that is never
/// executed.
pub(crate) fn return_type_hint(
    return_type: Option<&Type>,
    private: &TokenStream,
) -> Option<TokenStream> {
    let ty = return_type?;
    let span = mixed_site_at(ty.span());
    let private = located_at(private, span);
    Some(quote_spanned! {span=>
        if let ::core::option::Option::Some(returned) = #private::returned::<#ty>() {
            return returned;
        }
    })
}

/// The tokens in braces with the location of the user's braces and the hygiene of the macro: lints that
/// check the statements before an item then ignore generated ones.
pub(crate) fn braced(statements: TokenStream, span: Span) -> Group {
    let mut group = Group::new(Delimiter::Brace, statements);
    group.set_span(mixed_site_at(span));
    group
}
