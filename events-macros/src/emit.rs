//! `emit!(Event, field = value, ..; origin = place)`: builds an event with its builder and emits it.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::{
    Error, Expr, Path, PathArguments, Result, Token,
    ext::IdentExt,
    parse::{Parse, ParseStream},
    parse_quote,
    spanned::Spanned,
};

use crate::syntax::{
    errors::Errors,
    fragments,
    spans::{located_at, mixed_site_at},
};

/// The parsed input: the path of `events-core`, which `events_core::emit!` inserts, and the arguments.
struct Emit {
    core: TokenTree,
    event: Path,
    fields: Vec<(Ident, Expr)>,
    origin: Option<Expr>,
}

pub(crate) fn expand(input: TokenStream) -> TokenStream {
    fragments::parse(input, Emit::parse).map_or_else(Error::into_compile_error, Emit::expand)
}

impl Parse for Emit {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let core = input.parse()?;
        input.parse::<Token![;]>()?;
        let event = event_type(input)?;
        let mut fields = Vec::new();
        while input.peek(Token![,]) {
            input.parse::<Token![,]>()?;
            if input.is_empty() || input.peek(Token![;]) {
                break;
            }
            fields.push(named_value(input)?);
        }
        let mut origin = None;
        if input.peek(Token![;]) {
            input.parse::<Token![;]>()?;
            let (name, value) = named_value(input)?;
            if name != "origin" {
                let text = format!("unknown option `{name}`; only `origin = place` may follow `;`");
                return Err(Error::new(name.span(), text));
            }
            origin = Some(value);
        }
        if !input.is_empty() {
            let text = if origin.is_some() {
                "unexpected input after the origin; write the fields before `;`"
            } else {
                "expected `,` and `field = value`, or `; origin = place`"
            };
            return Err(input.error(text));
        }
        let mut errors = Errors::default();
        for (index, (name, _)) in fields.iter().enumerate() {
            if fields[..index].iter().any(|(before, _)| before == name) {
                let text = format!("field `{name}` is set twice; remove one of them");
                errors.push(Error::new(name.span(), text));
            }
        }
        errors.finish(Self {
            core,
            event,
            fields,
            origin,
        })
    }
}

/// Parses the type of an event, and reports a value or a variant in its place.
fn event_type(input: ParseStream<'_>) -> Result<Path> {
    if let Some(value) = value_in_place_of_type(input) {
        let text = "`emit!` builds an event: write its type and its fields, `emit!(MyEvent, field = value)`; a \
                    value is emitted with `.emit()`, or with `.emit_from(origin)`";
        return Err(Error::new_spanned(value, text));
    }
    let event: Path = input.parse().map_err(|error| {
        let text = "expected the type of an event; write `emit!(MyEvent, field = value)`";
        Error::new(error.span(), text)
    })?;
    if is_variant(&event) {
        let text =
            "a variant of an enum has no builder; construct it, and call `.emit()` on the value";
        return Err(Error::new_spanned(event, text));
    }
    Ok(event)
}

/// The value that is written where the type of an event is expected, if one is. Nothing is consumed.
fn value_in_place_of_type(input: ParseStream<'_>) -> Option<Expr> {
    let ends =
        |input: ParseStream<'_>| input.is_empty() || input.peek(Token![,]) || input.peek(Token![;]);
    let after_path = input.fork();
    let path = after_path.parse::<Path>();
    if path.is_err() || !ends(&after_path) {
        let after_value = input.fork();
        if let Ok(value) = after_value.parse::<Expr>()
            && !matches!(value, Expr::Lit(_) | Expr::Path(_))
            && ends(&after_value)
        {
            return Some(value);
        }
    }
    let path = path.ok()?;
    // A variable, or else a type that is named against the conventions.
    let is_variable = path.get_ident().is_some_and(|name| !is_upper(name));
    (is_variable && !after_path.peek(Token![,])).then(|| parse_quote!(#path))
}

/// Whether the path is that of a variant: the last two names begin with an upper-case letter. A name without a
/// lower-case letter is that of a type parameter, and the path then that of an associated type.
fn is_variant(path: &Path) -> bool {
    let is_parameter = |name: &Ident| !name.to_string().contains(char::is_lowercase);
    let mut names = path.segments.iter().map(|segment| &segment.ident).rev();
    let (last, before) = (names.next(), names.next());
    last.is_some_and(is_upper)
        && before.is_some_and(|name| name != "Self" && is_upper(name) && !is_parameter(name))
}

fn is_upper(name: &Ident) -> bool {
    name.to_string().starts_with(char::is_uppercase)
}

/// Parses `name = value`.
fn named_value(input: ParseStream<'_>) -> Result<(Ident, Expr)> {
    let name = input.call(Ident::parse_any).map_err(|error| {
        let text = "expected a field's name; write `field = value`, or construct an event whose fields have no \
                    names and emit that: `MyEvent(..).emit()`";
        Error::new(error.span(), text)
    })?;
    let text = format!("`{name}` has no value; write `{name} = value`");
    if input.is_empty() || input.peek(Token![,]) || input.peek(Token![;]) {
        return Err(Error::new(name.span(), text));
    }
    if !input.peek(Token![=]) {
        return Err(input.error(format!("expected `=`; write `{name} = value`")));
    }
    input.parse::<Token![=]>()?;
    if input.is_empty() || input.peek(Token![,]) || input.peek(Token![;]) {
        return Err(Error::new(name.span(), text));
    }
    Ok((name, input.parse()?))
}

impl Emit {
    fn expand(mut self) -> TokenStream {
        if let Some(last) = self.event.segments.last_mut()
            && let PathArguments::AngleBracketed(arguments) = &mut last.arguments
        {
            arguments.colon2_token.get_or_insert_default();
        }
        let Self {
            core,
            event,
            fields,
            origin,
        } = self;
        let span = event.span();
        let private = located_at(&quote!(#core::__private), span);
        let setters = fields
            .iter()
            .map(|(name, value)| quote_spanned!(span=> .#name(#value)));
        let checks_origin = origin.is_none() && may_mean_origin(&fields);
        let fallback = checks_origin
            .then(|| quote_spanned!(mixed_site_at(span)=> use #private::NoFieldOrigin as _;));
        let event = quote_spanned!(span=> #private::Build::build(#event::builder()#(#setters)*));
        let emit = match origin {
            None => quote!(#core::Event::emit(#event)),
            Some(origin) => {
                let span = origin.span();
                let core = located_at(&core, span);
                quote_spanned!(span=> #core::Event::emit_from(#event, #origin))
            }
        };
        match fallback {
            None => emit,
            Some(fallback) => quote!({ #fallback #emit }),
        }
    }
}

/// Whether one of the fields is called `origin` and may be meant as the origin of the emit. The trait
/// `NoFieldOrigin`, which reports that, is then in scope for the values, too. So no value may contain this name or a
/// macro: it could call a method `origin`, and the trait could change which one.
fn may_mean_origin(fields: &[(Ident, Expr)]) -> bool {
    fn contains_origin(tokens: TokenStream) -> bool {
        tokens.into_iter().any(|token| match token {
            TokenTree::Ident(ident) => ident == "origin",
            TokenTree::Punct(punct) => punct.as_char() == '!',
            TokenTree::Group(group) => contains_origin(group.stream()),
            TokenTree::Literal(_) => false,
        })
    }

    let mut values = fields.iter().map(|(_, value)| value.to_token_stream());
    fields.iter().any(|(name, _)| name == "origin") && !values.any(contains_origin)
}
