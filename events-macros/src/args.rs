//! `args!{ name: value, secret name: value }`: the arguments of a named event.

use std::collections::HashSet;

use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::{
    Error, LitStr, Result, Token,
    ext::IdentExt,
    parse::{Parse, ParseStream},
    spanned::Spanned,
};

use crate::syntax::{errors::Errors, spans::mixed_site_at};

/// The parsed input: the path of `events-core`, which `events_core::args!` inserts, and the arguments.
struct Args {
    core: TokenTree,
    args: Vec<Arg>,
}

/// `name: value`, or `secret name: value`.
struct Arg {
    name: Ident,
    is_secret: bool,
    value: TokenStream,
}

pub(crate) fn expand(input: TokenStream) -> TokenStream {
    syn::parse2::<Args>(input).map_or_else(Error::into_compile_error, Args::expand)
}

impl Parse for Args {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let core = input.parse()?;
        input.parse::<Token![;]>()?;
        let (mut args, mut names) = (Vec::new(), HashSet::new());
        let mut errors = Errors::default();
        while !input.is_empty() {
            let arg = Arg::parse(input)?;
            if !names.insert(arg.name.unraw().to_string()) {
                let text = format!("argument `{}` is set twice; remove one of them", arg.name);
                errors.push(Error::new(arg.name.span(), text));
            }
            args.push(arg);
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        errors.finish(Self { core, args })
    }
}

impl Parse for Arg {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let first = input.call(Ident::parse_any).map_err(|error| {
            let text = "expected the name of an argument; write `name: value`";
            Error::new(error.span(), text)
        })?;
        let second = input
            .peek(Ident::peek_any)
            .then(|| input.call(Ident::parse_any));
        let (name, is_secret) = match second.transpose()? {
            None => (first, false),
            Some(name) if first == "secret" => (name, true),
            Some(name) => {
                let text = format!(
                    "unexpected `{first}`; write `{name}: value`, or `secret {name}: value` for a value that no text may \
                     show"
                );
                return Err(Error::new(first.span(), text));
            }
        };
        let text = format!("`{name}` has no value; write `{name}: value`");
        let has_no_value = |input: ParseStream<'_>| input.is_empty() || input.peek(Token![,]);
        if has_no_value(input) {
            return Err(Error::new(name.span(), text));
        }
        if !input.peek(Token![:]) {
            return Err(input.error(format!("expected `:`; write `{name}: value`")));
        }
        input.parse::<Token![:]>()?;
        if has_no_value(input) {
            return Err(Error::new(name.span(), text));
        }
        // `args!` has parsed the value, so that its tokens are in a group.
        let mut value = TokenStream::new();
        while !has_no_value(input) {
            value.extend([input.parse::<TokenTree>()?]);
        }
        Ok(Self {
            name,
            is_secret,
            value,
        })
    }
}

impl Args {
    fn expand(self) -> TokenStream {
        let Self { core, args } = self;
        let args = args.into_iter().map(|arg| arg.expand(&core));
        let span = Span::mixed_site();
        quote_spanned!(span=> {
            let args = #core::emitting::Args::new();
            #(#args)*
            args
        })
    }
}

impl Arg {
    /// Adds the argument to the variable `args`. The name is also that of a type, which the compiler shows in the error
    /// for a value that is not `Send` and `Sync`. The value is outside of the scope of that type.
    fn expand(self, core: &TokenTree) -> TokenStream {
        let Self {
            name,
            is_secret,
            value,
        } = self;
        let span = mixed_site_at(written(&value).span());
        let text = LitStr::new(&name.unraw().to_string(), name.span());
        let type_of_name = type_of_name(&name);
        let private = quote!(#core::__private);
        quote_spanned!(span=>
            let value = #value;
            let args = {
                struct #type_of_name {}
                let json = #private::ArgProbe::of(&value).json();
                args.__with::<#type_of_name, _>(#text, value, json, #is_secret)
            };
        )
    }
}

/// The tokens of a value as they are written, without the group in which `args!` has put them: a group has the span of
/// the whole call.
fn written(value: &TokenStream) -> TokenStream {
    let mut tokens = value.clone().into_iter();
    match (tokens.next(), tokens.next()) {
        (Some(TokenTree::Group(group)), None) if group.delimiter() == Delimiter::None => {
            written(&group.stream())
        }
        _ => value.clone(),
    }
}

/// The name as that of a type.
fn type_of_name(name: &Ident) -> Ident {
    let text = name.unraw().to_string();
    let span = mixed_site_at(name.span());
    if syn::parse_str::<Ident>(&text).is_ok() {
        return Ident::new(&text, span);
    }
    match text.as_str() {
        "self" | "Self" | "super" | "crate" => Ident::new(&format!("{text}_"), span),
        _ => Ident::new_raw(&text, span),
    }
}
