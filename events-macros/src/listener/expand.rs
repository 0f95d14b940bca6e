//! What the attribute writes beside the impl block: a static in the link-time slice for each handler,
//! and the trait by which the listener is added by hand.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use super::{method::this, model::Listener};
use crate::{
    spans::{at, located, place},
    subscriber::{
        Subscriber,
        expand::{background, declared},
    },
};

pub(super) fn expand(listener: &Listener) -> TokenStream {
    let Listener {
        core,
        this: ty,
        cfgs,
        handlers,
    } = listener;
    let private = quote!(#core::__private);
    let alias = this(Span::mixed_site());
    let names: Vec<_> = (0..handlers.len())
        .map(|index| format_ident!("__HANDLER{index}", span = Span::mixed_site()))
        .collect();
    let each = handlers.iter().zip(&names).zip(0..);
    let each = each.map(|((handler, name), index)| registered(listener, handler, name, index));
    let listed = handlers
        .iter()
        .zip(&names)
        .map(|(Subscriber { cfgs, .. }, name)| quote!(#(#cfgs)* #name));
    let place = place(ty);
    let (at_type, named) = (located(core, at(place)), this(place));
    let implemented = quote_spanned! {place=>
        impl #at_type::Listener for #named {
            const HANDLERS: &'static [#at_type::__private::Subscriber] = &[#(#listed),*];
        }
    };
    quote_spanned! {Span::mixed_site()=>
        #(#cfgs)*
        const _: () = {
            type #alias = #ty;

            const __BY_DEFAULT: ::core::option::Option<fn() -> #alias> = {
                use #private::ByHand as _;
                #private::Made::<#alias>::BY_DEFAULT
            };

            #(#each)*

            #implemented
        };
    }
}

/// One handler.
fn registered(
    Listener { core, .. }: &Listener,
    handler: &Subscriber,
    name: &Ident,
    index: usize,
) -> TokenStream {
    let cfgs = &handler.cfgs;
    let (background, declared) = (background(handler), declared(handler));
    let slot = format_ident!("__SUBSCRIBER{index}", span = Span::mixed_site());
    let value = match background {
        None => declared,
        Some(background) => quote!({ #background #declared }),
    };
    quote_spanned! {Span::mixed_site()=>
        #(#cfgs)*
        const #name: #core::__private::Subscriber = #value;
        #(#cfgs)*
        #core::__register! {
            static #slot: Subscriber in SUBSCRIBERS = #name
        }
    }
}
