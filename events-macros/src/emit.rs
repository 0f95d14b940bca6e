//! `emit!(Event, field = value, ..; origin = place)`: builds an event with its builder and emits it.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::{
    Error, Expr, Path, PathArguments, Result, Token,
    ext::IdentExt,
    parse::{Parse, ParseStream},
    spanned::Spanned,
};

use crate::syntax::{errors::Errors, fragments, spans::located_at};

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
        let event = input.parse().map_err(|error: Error| {
            let text = "expected the type of an event; write `emit!(MyEvent, field = value)`";
            Error::new(error.span(), text)
        })?;
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

/// Parses `name = value`.
fn named_value(input: ParseStream<'_>) -> Result<(Ident, Expr)> {
    let name = input.call(Ident::parse_any).map_err(|error| {
        let text = "expected a field's name; write `field = value`";
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
        let setters = fields
            .iter()
            .map(|(name, value)| quote_spanned!(span=> .#name(#value)));
        let private = located_at(&quote!(#core::__private), span);
        let event = quote_spanned!(span=> #private::Build::build(#event::builder()#(#setters)*));
        match origin {
            None => quote!(#core::Event::emit(#event)),
            Some(origin) => {
                let span = origin.span();
                let core = located_at(&core, span);
                quote_spanned!(span=> #core::Event::emit_from(#event, #origin))
            }
        }
    }
}
