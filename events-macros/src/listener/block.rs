//! An impl block as an attribute sees it: its head, and of its methods all but the bodies.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use syn::{
    Attribute, Error, Generics, Path, Result, Signature, Token, Type, Visibility, WhereClause,
    braced,
    parse::{Parse, ParseStream, Parser, discouraged::Speculative},
    token::Brace,
};

/// An impl block.
pub(super) struct Block {
    pub(super) attrs: Vec<Attribute>,
    pub(super) generics: Generics,
    /// The trait that is implemented, if one is.
    pub(super) of_trait: Option<Type>,
    pub(super) this: Type,
    pub(super) items: Vec<Item>,
}

/// What stands in an impl block.
pub(super) struct Item {
    pub(super) attrs: Vec<Attribute>,
    /// Of a function.
    pub(super) signature: Option<Signature>,
}

impl Block {
    /// The impl block that an item is; `otherwise` says what to do with one that is none.
    pub(super) fn of(item: TokenStream, otherwise: &str) -> Result<Self> {
        let parse = |input: ParseStream<'_>| {
            let attrs = input.call(Attribute::parse_outer)?;
            let start = input.span();
            let no_block = |_| Error::new(start, otherwise);
            let _unsafe: Option<Token![unsafe]> = input.parse()?;
            let _impl: Token![impl] = input.parse().map_err(no_block)?;
            let generics = input.parse()?;
            let _not: Option<Token![!]> = input.parse()?;
            let first: Type = input.parse()?;
            let (of_trait, this) = if input.peek(Token![for]) {
                let _for: Token![for] = input.parse()?;
                (Some(first), input.parse()?)
            } else {
                (None, first)
            };
            let _where: Option<WhereClause> = input.parse()?;
            let inside;
            braced!(inside in input);
            let _ = inside.call(Attribute::parse_inner)?;
            let mut items = Vec::new();
            while !inside.is_empty() {
                items.push(inside.parse()?);
            }
            Ok(Self {
                attrs,
                generics,
                of_trait,
                this,
                items,
            })
        };
        parse.parse2(item)
    }
}

impl Parse for Item {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let attrs = input.call(Attribute::parse_outer)?;
        let _: Visibility = input.parse()?;
        let ahead = input.fork();
        let signature = ahead.parse().ok();
        if signature.is_some() {
            input.advance_to(&ahead);
            let _body: TokenTree = input.parse()?;
        } else {
            skip(input)?;
        }
        Ok(Self { attrs, signature })
    }
}

/// Goes past an item that is no function.
fn skip(input: ParseStream<'_>) -> Result<()> {
    let is_macro = !input.peek(Token![const]) && !input.peek(Token![type]);
    loop {
        let ends = input.peek(Token![;]) || (is_macro && input.peek(Brace));
        let _: TokenTree = input.parse()?;
        if ends || input.is_empty() {
            return Ok(());
        }
    }
}

/// Whether this is the path of the attribute that marks a handler.
pub(super) fn is_mark(path: &Path) -> bool {
    path.segments.last().is_some_and(|last| last.ident == "on")
}

/// The impl block without the attributes that mark its handlers: these are ours, and nobody else
/// knows them.
pub(super) fn without_marks(item: TokenStream) -> TokenStream {
    each_group(item, &|group| match group.delimiter() {
        Delimiter::Brace => Some(unmarked(group.stream())),
        Delimiter::None => Some(without_marks(group.stream())),
        _ => None,
    })
}

fn unmarked(items: TokenStream) -> TokenStream {
    let mut left: Vec<TokenTree> = Vec::new();
    for token in items {
        if let TokenTree::Group(group) = &token
            && group.delimiter() == Delimiter::Bracket
            && matches!(left.last(), Some(TokenTree::Punct(hash)) if hash.as_char() == '#')
            && marks(group.stream())
        {
            left.pop();
        } else {
            left.push(token);
        }
    }
    each_group(left.into_iter().collect(), &|group| {
        let is_item = group.delimiter() == Delimiter::None;
        is_item.then(|| unmarked(group.stream()))
    })
}

fn marks(attribute: TokenStream) -> bool {
    let path = |input: ParseStream<'_>| {
        let path = input.call(Path::parse_mod_style)?;
        let _: TokenStream = input.parse()?;
        Ok(path)
    };
    path.parse2(attribute).is_ok_and(|path| is_mark(&path))
}

/// The tokens, with something else in some of the groups.
fn each_group(tokens: TokenStream, inside: &impl Fn(&Group) -> Option<TokenStream>) -> TokenStream {
    let tokens = tokens.into_iter().map(|token| match token {
        TokenTree::Group(group) => {
            let changed = inside(&group).map(|inside| {
                let mut changed = Group::new(group.delimiter(), inside);
                changed.set_span(group.span());
                changed
            });
            changed.unwrap_or(group).into()
        }
        token => token,
    });
    tokens.collect()
}
