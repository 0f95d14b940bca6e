//! Writes the registration of a listener: for each handler a static in the slice that the linker
//! collects, and the implementation of the trait `Listener`, by which the program adds one itself.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use super::{model::Listener, on_attributes::Overlap};
use crate::{
    subscriber::{
        expand::{background_type, declaration},
        method::listener_alias,
        model::Subscriber,
    },
    syntax::spans::{located_at, mixed_site_at, type_name_span},
};

pub(super) fn expand(listener: &Listener) -> TokenStream {
    let Listener {
        core,
        self_type,
        cfgs,
        lints,
        handlers,
        overlaps,
    } = listener;
    let private = quote!(#core::__private);
    let alias = listener_alias(Span::mixed_site());
    let names: Vec<_> = (0..handlers.len())
        .map(|index| format_ident!("__HANDLER{index}", span = Span::mixed_site()))
        .collect();
    let registrations = handlers.iter().zip(&names).zip(0..);
    let registrations = registrations
        .map(|((handler, name), index)| handler_registration(listener, handler, name, index));
    let listed = handlers
        .iter()
        .zip(&names)
        .map(|(Subscriber { cfgs, .. }, name)| quote!(#(#cfgs)* #name));
    let overlaps = overlaps.iter().map(|Overlap { conditions, error }| {
        let error = error.to_compile_error();
        quote!(#[cfg(all(#(#conditions),*))] #error)
    });
    let span = type_name_span(self_type);
    let core_at_type = located_at(core, mixed_site_at(span));
    let alias_at_type = listener_alias(span);
    let listener_impl = quote_spanned! {span=>
        impl #core_at_type::__private::OneListenerBlockPerType for #alias_at_type {
            const HANDLERS: &'static [#core_at_type::__private::Subscriber] = &[#(#listed),*];
        }
    };
    quote_spanned! {Span::mixed_site()=>
        #(#cfgs)*
        #(#lints)*
        const _: () = {
            type #alias = #self_type;

            const __CONSTRUCTOR: ::core::option::Option<fn() -> #alias> = {
                use #private::NoDefault as _;
                #private::DefaultProbe::<#alias>::CONSTRUCTOR
            };

            #(#registrations)*

            #(#overlaps)*

            #listener_impl
        };
    }
}

/// The registration of one handler.
fn handler_registration(
    Listener { core, .. }: &Listener,
    handler: &Subscriber,
    name: &Ident,
    index: usize,
) -> TokenStream {
    let Subscriber { cfgs, lints, .. } = handler;
    let (background_type, declaration) = (background_type(handler), declaration(handler));
    let entry = format_ident!("__SUBSCRIBER{index}", span = Span::mixed_site());
    let value = match background_type {
        None => declaration,
        Some(background_type) => quote!({ #background_type #declaration }),
    };
    quote_spanned! {Span::mixed_site()=>
        #(#cfgs)*
        #(#lints)*
        const #name: #core::__private::Subscriber = #value;
        #(#cfgs)*
        #core::__register! {
            static #entry: Subscriber in SUBSCRIBERS = #name
        }
    }
}
