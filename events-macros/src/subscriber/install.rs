//! Writes the body of a sync subscriber's `install` function.
//!
//! It resolves the function's further parameters, then registers a closure that calls the function. A
//! subscription of a listener may end while its filters are evaluated, and so may one of a handler of several
//! types: there the filters are a closure of their own. That of any other function checks them itself.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::{
    filters::{Filters, checks},
    model::Subscriber,
    params::{ParamTokens, acquire_params, prepare_params},
    tokens::{
        call_spans, find_listener, function_path, hygienic_ident, parameter_family,
        subscribe_selected,
    },
};
use crate::syntax::spans::located_at;

/// The body of the function that registers the subscriber.
pub(super) fn install(subscriber: &Subscriber) -> TokenStream {
    let core = &subscriber.core;
    let private = quote!(#core::__private);
    let [installer, event, run] = ["installer", "event", "run"].map(hygienic_ident);

    let params = ParamTokens::of(subscriber);
    let prepared = prepare_params(&params);
    let acquired = acquire_params(&params, None, &run);
    let items = params.iter().map(ParamTokens::item);
    let (location, span) = call_spans(subscriber);
    let core = located_at(core, span);
    let function = function_path(subscriber, location);
    let listener = subscriber
        .method
        .as_ref()
        .map(|_| hygienic_ident("listener"));
    let receiver = listener.as_ref().map(|listener| quote!(&#listener,));
    let call = quote_spanned!(span=> #function(#receiver #event, #(#items),*));
    let call = if subscriber.never_returns() {
        call
    } else {
        quote_spanned!(span=> #core::__private::Outcome::into_step(#call))
    };
    let find_listener = find_listener(subscriber);
    let handler = quote! {
        #acquired
        #call
    };
    if subscriber.selects() {
        let any = hygienic_ident("any");
        let selected = subscribe_selected(subscriber, &any, "subscribe_type");
        let Filters {
            captures, filter, ..
        } = Filters::new(subscriber, None);
        return quote! {
            #prepared
            #find_listener
            #captures
            let #any = #installer.topic_handler(#filter, move |#event, #run| { #handler });
            #selected
        };
    }
    let family = parameter_family(subscriber);
    if listener.is_some() {
        let Filters {
            captures, filter, ..
        } = Filters::new(subscriber, Some(&family));
        return quote! {
            #prepared
            #find_listener
            #captures
            #installer.subscribe_method::<#family, _>(#filter, move |#event, #run| { #handler });
        };
    }
    let (captures, checks) = checks(subscriber, &run, &quote!(#private::Step::Skipped));
    quote! {
        #prepared
        #captures
        #installer.subscribe::<#family, _>(move |#event, #run| {
            #checks
            #handler
        });
    }
}
