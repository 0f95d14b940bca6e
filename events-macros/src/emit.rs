//! `emit!(Event, field = value, ..; origin = place)`: the builder in keyword form.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::{
    Error, Expr, Path, PathArguments, Result, Token,
    ext::IdentExt,
    parse::{Parse, ParseStream},
    spanned::Spanned,
};

/// What was written, with the path of the crate before it.
struct Emit {
    core: TokenTree,
    event: Path,
    fields: Vec<(Ident, Expr)>,
    origin: Option<Expr>,
}

pub(crate) fn expand(input: TokenStream) -> TokenStream {
    syn::parse2::<Emit>(input).map_or_else(Error::into_compile_error, Emit::expand)
}

impl Parse for Emit {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let core = input.parse()?;
        input.parse::<Token![;]>()?;
        if input.is_empty() {
            let text = "nothing to emit; write `emit!(MyEvent, field = value)`";
            return Err(Error::new(proc_macro2::Span::call_site(), text));
        }
        let mut emit = Self {
            core,
            event: input.parse()?,
            fields: Vec::new(),
            origin: None,
        };
        while input.peek(Token![,]) {
            input.parse::<Token![,]>()?;
            if input.is_empty() || input.peek(Token![;]) {
                break;
            }
            emit.fields.push(keyword(input)?);
        }
        if input.peek(Token![;]) {
            input.parse::<Token![;]>()?;
            let (name, value) = keyword(input)?;
            if name != "origin" {
                let text = format!("unknown option `{name}`; after `;` stands `origin = place`");
                return Err(Error::new(name.span(), text));
            }
            emit.origin = Some(value);
        }
        if input.is_empty() {
            Ok(emit)
        } else {
            Err(input.error("expected `,` and `field = value`, or `; origin = place`"))
        }
    }
}

fn keyword(input: ParseStream<'_>) -> Result<(Ident, Expr)> {
    let name = input.call(Ident::parse_any).map_err(|error| {
        Error::new(
            error.span(),
            "expected a field's name: write `field = value`",
        )
    })?;
    if !input.peek(Token![=]) {
        let text = format!("expected `=`: write `{name} = value`");
        return Err(input.error(text));
    }
    input.parse::<Token![=]>()?;
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
        let setters = fields.iter().map(|(name, value)| quote!(.#name(#value)));
        let builder = quote_spanned!(event.span()=> #event::builder()#(#setters)*);
        let built = quote_spanned!(event.span()=> #core::__private::Build::build(#builder));
        match origin {
            None => quote!(#core::Event::emit(#built)),
            Some(origin) => quote!(#core::Event::emit_from(#built, #origin)),
        }
    }
}
