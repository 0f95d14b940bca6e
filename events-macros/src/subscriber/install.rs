//! Writes the body of a sync subscriber's `install` function.
//!
//! It resolves the function's further parameters, then registers a closure that checks the filters and
//! calls the function.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::{
    filters::Filters,
    model::{EventSelector, Subscriber},
    params::{ParamTokens, find_params},
    tokens::{
        call_spans, find_listener, function_path, hygienic_ident, listed_families, parameter_family,
    },
};
use crate::syntax::spans::located_at;

/// The body of the function that registers the subscriber.
pub(super) fn install(subscriber: &Subscriber) -> TokenStream {
    let core = &subscriber.core;
    let private = quote!(#core::__private);
    let [installer, event, run] = ["installer", "event", "run"].map(hygienic_ident);

    let params = ParamTokens::of(subscriber);
    let find_params = find_params(&params);
    let makes = params.iter().map(|param| {
        let kept = &param.kept;
        param.make(&quote!(#kept), &run)
    });
    let lends = params.iter().map(ParamTokens::lend);
    let filters = Filters::new(subscriber, &run, &quote!(#private::Step::Skipped));
    let Filters { captures, checks } = filters;

    let (location, span) = call_spans(subscriber);
    let core = located_at(core, span);
    let function = function_path(subscriber, location);
    let listener = subscriber
        .method
        .as_ref()
        .map(|_| hygienic_ident("listener"));
    let receiver = listener.as_ref().map(|listener| quote!(&#listener,));
    let call = quote_spanned! {span=>
        #core::__private::Outcome::into_step(#function(#receiver #event, #(#lends),*))
    };
    let find_listener = find_listener(subscriber);
    let subscribe = hygienic_ident(if listener.is_some() {
        "subscribe_method"
    } else {
        "subscribe"
    });
    if !matches!(subscriber.selector, EventSelector::Parameter) {
        let any = hygienic_ident("any");
        let families = listed_families(subscriber);
        let has_topic = matches!(subscriber.selector, EventSelector::Topic(_));
        let add_topic = has_topic.then(|| quote!(#installer.subscribe_topic(&#any);));
        return quote! {
            #find_params
            #find_listener
            #captures
            let #any = #installer.topic_handler(move |#event, #run| {
                #checks
                #(#makes)*
                #call
            });
            #(#installer.subscribe_type::<#families>(&#any);)*
            #add_topic
        };
    }
    let family = parameter_family(subscriber);
    quote! {
        #find_params
        #find_listener
        #captures
        #installer.#subscribe::<#family, _>(move |#event, #run| {
            #checks
            #(#makes)*
            #call
        });
    }
}
