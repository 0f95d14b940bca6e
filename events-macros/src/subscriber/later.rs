//! What the attribute writes for a function that runs when the emit is over, `async` or deferred.
//!
//! A closure cannot lend what it captures to a future that it returns. So what the function takes is
//! kept in a type of its own, whose method makes the future: it borrows what is kept and the event.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Token;

use super::{
    expand::{family, function},
    install::{Asked, Filters, find, find_listener, own, returned},
    model::Subscriber,
};
use crate::{
    lifetimes::all_static,
    listener::Method,
    spans::{at, located, place},
};

/// The type that keeps what the function takes, and calls it.
///
/// Its parameters are the types that are kept, and bounds say which: wherever else one were named, the
/// compiler would tell once more what is wrong with it. The bound on the event holds as if it had a lifetime: so it is not looked at
/// here, where nothing can be done about it, but where the handler is registered, and only there.
pub(super) fn background(subscriber: &Subscriber) -> TokenStream {
    let Subscriber { core, ident, .. } = subscriber;
    // Where the compiler tells that something cannot be taken: once for each place.
    let params = Asked::of(subscriber);
    let name = ident.span();
    let asked = params.first().map_or(name, |param| param.place);
    let (this, asked) = (Ident::new("self", asked), at(asked));
    let at_asked = located(core, asked);
    let private = quote_spanned!(asked=> #at_asked::__private);
    let [event, call] = ["event", "call"].map(own);
    let event_type = {
        let ty = &subscriber.event;
        located(&all_static(ty), place(ty))
    };

    let fields: Vec<_> = params.iter().map(|param| &param.kept).collect();
    let types: Vec<_> = (0..params.len())
        .map(|index| format_ident!("__{index}", span = Span::mixed_site()))
        .collect();
    let keeps = params.iter().zip(&types);
    let keeps = keeps.map(|(param, kept)| param.keeps(core, kept));
    let makes = params.iter().map(|param| {
        let kept = &param.kept;
        param.make(&quote!(#this.#kept), &call)
    });
    let lends = params.iter().map(Asked::lend);

    let (place, span) = returned(subscriber);
    let function = function(subscriber, place);
    let listener = subscriber.method.as_ref().map(|_| own("__listener"));
    let lent = listener.as_ref().map(|listener| quote!(&#this.#listener,));
    let listener = subscriber
        .method
        .as_ref()
        .map(|method| method.kept(&own("__listener")));
    let awaited = subscriber.is_async().then(|| quote_spanned!(span=> .await));
    let at_return = located(core, span);
    let step = quote_spanned! {span=>
        #at_return::__private::AsyncOutcome::into_step(#function(#lent #event, #(#lends),*) #awaited)
    };
    // At the function's name, for a future that cannot go to another thread is its matter.
    let (ours, at_name) = (at(name), located(core, at(name)));
    let future = quote_spanned! {ours=>
        ::core::future::Future<Output = #at_name::__private::Step> + ::core::marker::Send
    };
    let future = quote_spanned!(name=> impl #future + '__call);
    let this_type = quote_spanned!(this.span()=> __Background<#(#types),*>);
    let shared = subscriber.method.as_ref().map(Method::shared);
    let kept = quote!(#(#types: ::core::marker::Send + ::core::marker::Sync + 'static),*);
    let header =
        quote_spanned! {asked=> impl<#kept> #private::Background<#event_type> for #this_type };
    let by_ref = quote_spanned!(this.span()=> &'__call #this);
    let method = quote_spanned! {asked=>
        fn call<'__call>(
            #by_ref,
            #event: &'__call #event_type,
            #call: &'__call #private::Call,
        )
    };
    let body = quote_spanned!(name=> async move { #(#makes)* #step });
    quote! {
        struct __Background<#(#types),*> {
            #listener
            #(#fields: #types,)*
        }

        #header
        where
            for<'__any> #event_type: #private::Snapshot,
            #(#keeps,)*
            #shared
        {
            #method -> #future {
                #body
            }
        }
    }
}

/// The body of the function that registers the handler: what is kept, the filters, the handler.
pub(super) fn install(subscriber: &Subscriber) -> TokenStream {
    let [installer, event, source] = ["installer", "event", "source"].map(own);
    let params = Asked::of(subscriber);
    let finds = find(&params);
    let kept = params.iter().map(|param| &param.kept);
    let Filters { keep, ask } = Filters::of(subscriber, &source, &quote!(false));
    let family = family(subscriber);
    let heard = place(&subscriber.event);
    let handler = Token![_](params.first().map_or(heard, |param| param.place));
    let (finds_listener, method) = (find_listener(subscriber), subscriber.method.as_ref());
    let later = located(&own(method.map_or("later", |_| "listen_later")), heard);
    let later = quote_spanned!(heard=> #later::<#family, #handler>);
    let listener = method.map(|_| {
        let listener = own("listener");
        quote!(__listener: #listener,)
    });
    let background = quote!(__Background { #listener #(#kept,)* });
    let background = if subscriber.concurrency.is_some() {
        let core = &subscriber.core;
        quote!(#core::__private::Gated::new(#installer.concurrency(), #background))
    } else {
        background
    };
    quote! {
        #finds
        #finds_listener
        #keep
        #installer.#later(
            move |#event, #source| {
                #ask
                true
            },
            #background,
        );
    }
}
