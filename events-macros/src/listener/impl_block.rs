//! An impl block without the bodies of its methods.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{
    Attribute, Error, Generics, Meta, Path, Result, Signature, Token, Type, Visibility,
    WhereClause, braced,
    parse::{Parse, ParseStream, Parser, discouraged::Speculative},
    token::Brace,
};

use crate::syntax::{attributes::filter_map, fragments};

/// An impl block.
pub(super) struct ImplBlock {
    /// The attributes before the block and at its start.
    pub(super) attrs: Vec<Attribute>,
    pub(super) generics: Generics,
    /// The implemented trait, if there is one.
    pub(super) trait_type: Option<Type>,
    pub(super) self_type: Type,
    pub(super) items: Vec<ImplItem>,
}

/// An item of an impl block.
pub(super) struct ImplItem {
    pub(super) attrs: Vec<Attribute>,
    /// The signature, if the item is a function.
    pub(super) signature: Option<Signature>,
}

impl ImplBlock {
    /// Parses an item; `not_an_impl` is the error text for an item of another kind.
    pub(super) fn parse(item: TokenStream, not_an_impl: &str) -> Result<Self> {
        fragments::parse(item, |input| {
            let mut attrs = input.call(Attribute::parse_outer)?;
            let start = input.span();
            let not_an_impl = |_| Error::new(start, not_an_impl);
            let _unsafe: Option<Token![unsafe]> = input.parse()?;
            let _impl: Token![impl] = input.parse().map_err(not_an_impl)?;
            let generics = input.parse()?;
            let _not: Option<Token![!]> = input.parse()?;
            let first: Type = input.parse()?;
            let (trait_type, self_type) = if input.peek(Token![for]) {
                let _for: Token![for] = input.parse()?;
                (Some(first), input.parse()?)
            } else {
                (None, first)
            };
            let _where: Option<WhereClause> = input.parse()?;
            let content;
            braced!(content in input);
            attrs.extend(content.call(Attribute::parse_inner)?);
            let mut items = Vec::new();
            while !content.is_empty() {
                items.push(content.parse()?);
            }
            Ok(Self {
                attrs,
                generics,
                trait_type,
                self_type,
                items,
            })
        })
    }
}

impl Parse for ImplItem {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let attrs = input.call(Attribute::parse_outer)?;
        let _: Visibility = input.parse()?;
        let ahead = input.fork();
        let signature = ahead.parse().ok();
        if signature.is_some() {
            input.advance_to(&ahead);
            let _body: TokenTree = input.parse()?;
        } else {
            skip_item(input)?;
        }
        Ok(Self { attrs, signature })
    }
}

/// Skips an item that is not a function.
fn skip_item(input: ParseStream<'_>) -> Result<()> {
    let is_macro = !input.peek(Token![const]) && !input.peek(Token![type]);
    loop {
        let ends = input.peek(Token![;]) || (is_macro && input.peek(Brace));
        let _: TokenTree = input.parse()?;
        if ends || input.is_empty() {
            return Ok(());
        }
    }
}

/// Whether this is the path of the attribute `#[on]`.
pub(super) fn is_on_path(path: &Path) -> bool {
    path.segments.last().is_some_and(|last| last.ident == "on")
}

/// Whether this is the path of the attribute `#[subscriber]`, which a method cannot have.
pub(super) fn is_subscriber_path(path: &Path) -> bool {
    path.segments
        .last()
        .is_some_and(|last| last.ident == "subscriber")
}

/// Whether the block is written without this attribute. `#[subscriber]` would cause a second error.
fn is_consumed(path: &Path) -> bool {
    is_on_path(path) || is_subscriber_path(path)
}

/// The impl block without the attributes `#[on]`, which `#[listener]` consumes.
pub(super) fn without_on_attributes(item: TokenStream) -> TokenStream {
    map_groups(item, &|group| match group.delimiter() {
        Delimiter::Brace => Some(items_without_on(group.stream())),
        Delimiter::None => Some(without_on_attributes(group.stream())),
        _ => None,
    })
}

fn items_without_on(items: TokenStream) -> TokenStream {
    let mut kept: Vec<TokenTree> = Vec::new();
    for token in items {
        let after_hash =
            matches!(kept.last(), Some(TokenTree::Punct(hash)) if hash.as_char() == '#');
        match &token {
            TokenTree::Group(group) if after_hash && group.delimiter() == Delimiter::Bracket => {
                match attribute_without_on(group.stream()) {
                    Without::Unchanged => kept.push(token),
                    Without::Removed => {
                        kept.pop();
                    }
                    Without::Replaced(content) => {
                        let mut replaced = Group::new(Delimiter::Bracket, content);
                        replaced.set_span(group.span());
                        kept.push(replaced.into());
                    }
                }
            }
            _ => kept.push(token),
        }
    }
    map_groups(kept.into_iter().collect(), &|group| {
        let is_item = group.delimiter() == Delimiter::None;
        is_item.then(|| items_without_on(group.stream()))
    })
}

/// An attribute without `#[on]`.
enum Without {
    Unchanged,
    Removed,
    /// A `cfg_attr` with other attributes.
    Replaced(TokenStream),
}

fn attribute_without_on(attribute: TokenStream) -> Without {
    let path = |input: ParseStream<'_>| {
        let path = input.call(Path::parse_mod_style)?;
        let _: TokenStream = input.parse()?;
        Ok(path)
    };
    match path.parse2(attribute.clone()) {
        Ok(path) if is_consumed(&path) => return Without::Removed,
        Ok(path) if path.is_ident("cfg_attr") => {}
        _ => return Without::Unchanged,
    }
    let Ok(meta) = fragments::parse(attribute, Meta::parse) else {
        return Without::Unchanged;
    };
    let not_on = |meta: &Meta| (!is_consumed(meta.path())).then(|| meta.clone());
    match filter_map(&meta, &not_on) {
        Some(meta) => Without::Replaced(meta.into_token_stream()),
        None => Without::Removed,
    }
}

/// Replaces the content of the groups for which `map` returns `Some`.
fn map_groups(tokens: TokenStream, map: &impl Fn(&Group) -> Option<TokenStream>) -> TokenStream {
    let tokens = tokens.into_iter().map(|token| match token {
        TokenTree::Group(group) => {
            let mapped = map(&group).map(|content| {
                let mut mapped = Group::new(group.delimiter(), content);
                mapped.set_span(group.span());
                mapped
            });
            mapped.unwrap_or(group).into()
        }
        token => token,
    });
    tokens.collect()
}
