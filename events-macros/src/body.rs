//! The body of a function, for attributes that put something around it.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::quote_spanned;
use syn::{
    AttrStyle, Attribute, Error, Result, ReturnType, Signature, Type,
    parse::{ParseStream, Parser},
    spanned::Spanned,
    visit_mut::{VisitMut, visit_type_mut},
};

use crate::spans::{at, located};

/// The body of a function.
pub(crate) struct Body {
    /// What stands at its beginning as `#![..]`, as it stands before a function.
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) inside: TokenStream,
    /// The place of its braces.
    pub(crate) span: Span,
}

/// What stands before the body, and the body; `bodiless` says what to do with a function that has none.
pub(crate) fn split(
    item: TokenStream,
    signature: &Signature,
    bodiless: &str,
) -> Result<(TokenStream, Body)> {
    let mut head: Vec<_> = item.into_iter().collect();
    // The whole item, or its body, may come from a macro as one piece in invisible delimiters.
    while let [TokenTree::Group(whole)] = &head[..]
        && whole.delimiter() == Delimiter::None
    {
        head = whole.stream().into_iter().collect();
    }
    let body = match head.pop() {
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
            Body::of(group.stream(), group.span())
        }
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::None => Body {
            attrs: Vec::new(),
            span: group.span(),
            inside: TokenTree::Group(group).into(),
        },
        _ => {
            return Err(Error::new(signature.ident.span(), bodiless));
        }
    };
    Ok((head.into_iter().collect(), body))
}

impl Body {
    fn of(inside: TokenStream, span: Span) -> Self {
        let parts = |input: ParseStream<'_>| {
            let attrs = input.call(Attribute::parse_inner)?;
            Ok((attrs, input.parse()?))
        };
        let (mut attrs, inside) = parts
            .parse2(inside.clone())
            .unwrap_or_else(|_| (Vec::new(), inside));
        for attr in &mut attrs {
            attr.style = AttrStyle::Outer;
        }
        Self {
            attrs,
            inside,
            span,
        }
    }
}

/// The type, as far as an expression may say it.
pub(crate) fn said(signature: &Signature) -> Option<Type> {
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

/// Tells a block inside the function what it returns, as the function tells its own body: by a
/// `return` of that type, which is never reached.
pub(crate) fn returned(returns: Option<&Type>, private: &TokenStream) -> Option<TokenStream> {
    let ty = returns?;
    let place = at(ty.span());
    let private = located(private, place);
    Some(quote_spanned! {place=>
        if let ::core::option::Option::Some(returned) = #private::returned::<#ty>() {
            return returned;
        }
    })
}

/// The braces of the user's, with something else in them: a lint that counts what stands before an
/// item in them knows them for ours.
pub(crate) fn braced(inside: TokenStream, span: Span) -> Group {
    let mut group = Group::new(Delimiter::Brace, inside);
    group.set_span(at(span));
    group
}
