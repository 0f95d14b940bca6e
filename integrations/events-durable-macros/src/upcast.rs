//! `#[upcast(Event, from = 1)]`.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{
    Error, ItemFn, LitInt, Result, Token, Type,
    parse::{Parse, ParseStream},
};

/// The options: the event and the version of the old payload.
struct Options {
    event: Type,
    from: LitInt,
}

impl Parse for Options {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let text = "write the event and the version of the old payload: `#[upcast(OrderPlaced, from = 1)]`";
        let event = input
            .parse()
            .map_err(|error| Error::new(error.span(), text))?;
        input
            .parse::<Token![,]>()
            .map_err(|error| Error::new(error.span(), text))?;
        let name: syn::Ident = input
            .parse()
            .map_err(|error| Error::new(error.span(), text))?;
        if name != "from" {
            return Err(Error::new(name.span(), text));
        }
        input.parse::<Token![=]>()?;
        let from: LitInt = input
            .parse()
            .map_err(|error| Error::new(error.span(), text))?;
        match from.base10_parse::<i32>() {
            Ok(1..) => {}
            _ => return Err(Error::new(from.span(), "a version is a number from 1 on")),
        }
        input.parse::<Option<Token![,]>>()?;
        Ok(Self { event, from })
    }
}

pub(crate) fn expand(options: TokenStream, function: &ItemFn) -> Result<TokenStream> {
    let Options { event, from } = syn::parse2(options)?;
    let name = &function.sig.ident;
    if let Some(asyncness) = &function.sig.asyncness {
        let text = "an upcast is not async; it computes the new payload from the old one";
        return Err(Error::new(asyncness.span, text));
    }
    let check = quote_spanned! {from.span()=>
        const _: () = ::core::assert!(
            #from < <#event as ::events_durable::DurableEvent>::VERSION,
            "the event has no later version; raise `#[durable(version = ..)]` of it",
        );
    };
    Ok(quote! {
        #function

        const _: () = {
            use ::events_durable::__derive as __durable;
            #check
            #[__durable::linkme::distributed_slice(__durable::UPCASTS)]
            #[linkme(crate = __durable::linkme)]
            static UPCAST: __durable::Upcast = __durable::Upcast::new::<#event>(#from, #name);
        };
    })
}
