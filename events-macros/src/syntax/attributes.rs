//! Selecting attributes of an item, also those inside `#[cfg_attr(condition, ..)]`, which the compiler
//! resolves after an attribute macro has run.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::{
    AttrStyle, Attribute, Meta, Path, Result, Token,
    parse::{Parse, ParseStream},
    parse_quote,
    punctuated::Punctuated,
};

use super::spans::with_span;

/// The arguments of `#[cfg_attr(..)]`.
struct CfgAttr {
    condition: TokenStream,
    attributes: Punctuated<Meta, Token![,]>,
}

impl Parse for CfgAttr {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut condition = TokenStream::new();
        while !input.peek(Token![,]) {
            condition.extend([input.parse::<proc_macro2::TokenTree>()?]);
        }
        input.parse::<Token![,]>()?;
        let attributes = input.call(Punctuated::parse_terminated)?;
        Ok(Self {
            condition,
            attributes,
        })
    }
}

impl CfgAttr {
    fn of(meta: &Meta) -> Option<Self> {
        let is_cfg_attr = meta.path().is_ident("cfg_attr");
        let list = is_cfg_attr.then(|| meta.require_list().ok())??;
        list.parse_args().ok()
    }
}

/// The attribute, mapped; one that is a `cfg_attr` with those of its attributes that are mapped to `Some`,
/// and `None` if there are none.
pub(crate) fn filter_map(meta: &Meta, map: &impl Fn(&Meta) -> Option<Meta>) -> Option<Meta> {
    let Some(CfgAttr {
        condition,
        attributes,
    }) = CfgAttr::of(meta)
    else {
        return map(meta);
    };
    let attributes: Vec<_> = attributes
        .iter()
        .filter_map(|attribute| filter_map(attribute, map))
        .collect();
    (!attributes.is_empty()).then(|| parse_quote!(cfg_attr(#condition, #(#attributes),*)))
}

/// Each selected attribute, with its condition if it is inside a `cfg_attr`.
pub(crate) fn conditional(
    meta: &Meta,
    is_selected: &impl Fn(&Meta) -> bool,
) -> Vec<(Option<TokenStream>, Meta)> {
    let Some(CfgAttr {
        condition,
        attributes,
    }) = CfgAttr::of(meta)
    else {
        let selected = is_selected(meta).then(|| (None, meta.clone()));
        return selected.into_iter().collect();
    };
    let inner = attributes
        .iter()
        .flat_map(|attribute| conditional(attribute, is_selected));
    let within = inner.map(|(inner, attribute)| {
        let condition = match inner {
            None => condition.clone(),
            Some(inner) => quote!(all(#condition, #inner)),
        };
        (Some(condition), attribute)
    });
    within.collect()
}

/// The `#[cfg(..)]` attributes, which generated items repeat.
pub(crate) fn cfg_attributes(attrs: &[Attribute]) -> Vec<Attribute> {
    mapped(attrs, &|meta| {
        meta.path().is_ident("cfg").then(|| meta.clone())
    })
}

/// The attributes by which a generated item allows what the item itself allows or expects. In code that is
/// generated for a deprecated item, its use is allowed.
pub(crate) fn lint_attributes(attrs: &[Attribute]) -> Vec<Attribute> {
    mapped(attrs, &|meta| {
        let path = meta.path();
        let allow = Ident::new("allow", Span::mixed_site());
        if path.is_ident("deprecated") {
            return Some(parse_quote!(#allow(deprecated)));
        }
        // An `expect` is fulfilled by the item, and perhaps not by generated code. Code that allows `dead_code`
        // counts as used, and so would the item, which then does not fulfil it.
        let is_expected = path.is_ident("expect");
        let list = meta.require_list().ok();
        let list = list.filter(|_| is_expected || path.is_ident("allow"))?;
        let lints = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
        let is_copied = |lint: &Meta| {
            let finds_unused = ["dead_code", "unused"]
                .iter()
                .any(|unused| lint.path().is_ident(unused));
            let is_reason = matches!(lint, Meta::NameValue(_));
            !(is_reason || is_expected && finds_unused)
        };
        let lints: Vec<_> = lints.ok()?.into_iter().filter(is_copied).collect();
        if lints.is_empty() {
            return None;
        }
        let lints = quote!(#(#lints),*);
        // With the hygiene of the macro no lint reports one that is allowed twice.
        let lints = with_span(&lints, Span::mixed_site());
        Some(parse_quote!(#allow(#lints)))
    })
}

/// The `#[deprecated]` attributes, which items with a name of their own repeat.
pub(crate) fn deprecations(attrs: &[Attribute]) -> Vec<Attribute> {
    mapped(attrs, &|meta| {
        meta.path().is_ident("deprecated").then(|| meta.clone())
    })
}

/// The attributes that are mapped to `Some`, as outer attributes.
fn mapped(attrs: &[Attribute], map: &impl Fn(&Meta) -> Option<Meta>) -> Vec<Attribute> {
    let mapped = attrs.iter().filter_map(|attr| {
        let meta = filter_map(&attr.meta, map)?;
        Some(Attribute {
            style: AttrStyle::Outer,
            meta,
            ..attr.clone()
        })
    });
    mapped.collect()
}

/// The first attribute that is one of these macros of ours, by the last segment of its path.
pub(crate) fn find_macro<'a>(attrs: &'a [Attribute], names: &[&str]) -> Option<&'a Path> {
    let mut paths = attrs.iter().map(Attribute::path);
    paths.find(|path| {
        let last = path.segments.last();
        last.is_some_and(|last| names.iter().any(|name| last.ident == name))
    })
}
