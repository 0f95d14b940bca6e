//! What the attribute writes beside the function: a static in the link-time slice.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{ext::IdentExt, spanned::Spanned};

use super::model::Subscriber;
use crate::lifetimes::{all_static, inferred};

pub(crate) fn expand(subscriber: &Subscriber) -> TokenStream {
    let Subscriber {
        core,
        ident,
        cfgs,
        changes,
        once,
        before,
        after,
        ..
    } = subscriber;
    let name = ident.unraw().to_string();
    let location = quote_spanned! {ident.span()=>
        #core::Location::new(::core::file!(), ::core::line!(), ::core::column!())
    };
    let priority = match &subscriber.priority {
        Some(priority) => quote!(#priority),
        None => quote!(0),
    };
    let event = all_static(&subscriber.event);
    let install = install(subscriber);
    quote! {
        #(#cfgs)*
        const _: () = {
            #core::__register! {
                static __SUBSCRIBER: Subscriber in SUBSCRIBERS = #core::__private::Subscriber {
                    name: ::core::concat!(::core::module_path!(), "::", #name),
                    module: ::core::module_path!(),
                    location: #location,
                    priority: #priority,
                    changes: #changes,
                    once: #once,
                    key: || #core::__private::key(#ident),
                    event: #core::__private::event::<#event>,
                    before: &[#(|| #core::__private::key(#before)),*],
                    after: &[#(|| #core::__private::key(#after)),*],
                    install: |installer| { #install },
                }
            }
        };
    }
}

/// The body of the function that registers the handler: what it captures, then the handler.
fn install(subscriber: &Subscriber) -> TokenStream {
    let Subscriber {
        core,
        ident,
        params,
        ..
    } = subscriber;
    let private = quote!(#core::__private);
    let skip = quote!(return #private::Step::Skipped;);
    let event = all_static(&subscriber.event);

    let types: Vec<_> = params.iter().map(all_static).collect();
    let kept: Vec<_> = (0..params.len())
        .map(|index| format_ident!("kept{index}"))
        .collect();
    let made: Vec<_> = (0..params.len())
        .map(|index| format_ident!("made{index}"))
        .collect();
    let find = quote! {
        #(let #kept = installer.find::<#types>();)*
        #(let ::core::option::Option::Some(#kept) = #kept else { return; };)*
    };
    let make = quote!(#(let #made = <#types as #core::Param>::make(&#kept, run);)*);

    let (keep_origin, ask_origin) = match &subscriber.origin {
        None => (quote!(), quote!()),
        Some(origin) => (
            quote!(let origin = installer.origin(#private::key(#origin));),
            quote!(if !run.is_from(&origin) { #skip }),
        ),
    };
    let ask_when = subscriber.when.as_ref().map(|when| {
        let event = inferred(&subscriber.event, &subscriber.signature.generics);
        quote_spanned! {at(when.span())=>
            let when: fn(&#event) -> bool = #when;
            if !when(event) { #skip }
        }
    });
    let (keep_once, ask_once) = if subscriber.once {
        (
            quote!(let once = #private::Once::new();),
            quote!(if !once.claim() { #skip }),
        )
    } else {
        (quote!(), quote!())
    };

    let lent = types
        .iter()
        .zip(&made)
        .map(|(ty, made)| quote!(<#ty as #core::Param>::lend(&#made)));
    let span = subscriber
        .returns
        .as_ref()
        .map_or_else(|| ident.span(), Spanned::span);
    let call = quote_spanned!(at(span)=> #ident(event, #(#lent),*));
    quote! {
        #find
        #keep_origin
        #keep_once
        installer.subscribe::<<#event as #core::Event>::Family, _>(move |event, run| {
            #ask_origin
            #ask_when
            #ask_once
            #make
            #private::Outcome::into_step(#call)
        });
    }
}

/// A place in the user's code, where our own names keep their meaning: the function may be written
/// by a macro, and then its tokens do not see ours.
fn at(span: Span) -> Span {
    Span::call_site().located_at(span)
}
