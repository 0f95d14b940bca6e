//! Writes the registration of a background handler: one that is async or deferred, and runs after the
//! emit with a copy of the event; and that of an awaited handler, which is async and borrows the event itself.
//!
//! A closure cannot lend its captures to a future that it returns. The parameters are therefore stored in
//! a generated struct whose method returns the future, which borrows the struct and the event.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{Token, spanned::Spanned};

use super::{
    checks::event_param::is_event_copy,
    filters::Filters,
    method::Method,
    model::Subscriber,
    params::{ParamTokens, acquire_params, prepare_params},
    tokens::{
        call_spans, find_listener, function_path, hygienic_ident, parameter_family,
        subscribe_selected,
    },
};
use crate::syntax::{
    lifetimes::{all_static, inferred},
    spans::{located_at, mixed_site_at, type_name_span},
};

/// The struct that stores the parameters, and the implementation that calls the function.
///
/// The struct is generic over the stored types; bounds on the impl determine them. Naming a stored type
/// in any further place would make the compiler report an unsupported parameter once more.
///
/// The bound on the event has a higher-ranked lifetime, which delays its check from this impl to the
/// registration: an error is then reported once, where the user can fix it.
pub(super) fn background_type(subscriber: &Subscriber) -> TokenStream {
    let Subscriber { core, ident, .. } = subscriber;
    // The compiler reports an unsupported parameter once per location, so the impl has the location of the
    // first parameter.
    let params = ParamTokens::of(subscriber);
    let name_span = ident.span();
    let param_span = params.first().map_or(name_span, |param| param.span);
    let (this, param_span) = (Ident::new("self", param_span), mixed_site_at(param_span));
    let core_at_param = located_at(core, param_span);
    let private = quote_spanned!(param_span=> #core_at_param::__private);
    let [event, call] = ["event", "call"].map(hygienic_ident);
    let event_type = {
        let ty = &subscriber.event;
        located_at(&all_static(ty), type_name_span(ty))
    };

    let fields: Vec<_> = params.iter().map(|param| &param.kept).collect();
    let own = own_field_name(&params);
    let own_field = own
        .as_ref()
        .map(|own| quote!(#own: #core::__private::OwnSubscription,));
    // Parameters of one type have one kept type: with two of them the compiler would not know which one that is.
    let type_param = |index| format_ident!("__{index}", span = Span::mixed_site());
    let first_of_type = |param: &ParamTokens| params.iter().position(|first| first.is_as(param));
    let field_types = params.iter().filter_map(first_of_type).map(type_param);
    let distinct = params.iter().enumerate();
    let distinct = distinct.filter(|(index, param)| first_of_type(param) == Some(*index));
    let (types, kept_bounds): (Vec<_>, Vec<_>) = distinct
        .map(|(index, param)| {
            let kept = type_param(index);
            let bound = param.kept_bound(core, &kept);
            (kept, bound)
        })
        .unzip();
    let acquired = acquire_params(&params, Some(&quote!(#this.)), &call);
    let items = params.iter().map(ParamTokens::item);

    let (location, span) = call_spans(subscriber);
    let function = function_path(subscriber, location);
    let listener = subscriber
        .method
        .as_ref()
        .map(|_| hygienic_ident("__listener"));
    let receiver = listener.as_ref().map(|listener| quote!(&#this.#listener,));
    let listener_field = subscriber
        .method
        .as_ref()
        .map(|method| method.listener_field(&hygienic_ident("__listener")));
    let EventTokens {
        handler_trait,
        outcome,
        lifetimes,
        event_ref,
        argument,
        event_bound,
    } = EventTokens::of(subscriber, &event, &event_type, &private, param_span);
    let (handler_trait, outcome) = (
        Ident::new(handler_trait, param_span),
        Ident::new(outcome, span),
    );
    let awaited = subscriber.is_async().then(|| quote_spanned!(span=> .await));
    let core_at_return = located_at(core, span);
    let step = quote_spanned!(span=> #function(#receiver #argument, #(#items),*) #awaited);
    let step = if subscriber.never_returns() {
        step
    } else {
        quote_spanned!(span=> #core_at_return::__private::#outcome::into_step(#step))
    };
    // A future that is not `Send` is reported at the function's name.
    let (generated, core_at_name) = (
        mixed_site_at(name_span),
        located_at(core, mixed_site_at(name_span)),
    );
    let future = quote_spanned! {generated=>
        ::core::future::Future<Output = #core_at_name::__private::Step> + ::core::marker::Send
    };
    let future = quote_spanned!(name_span=> impl #future + '__call);
    let self_type = quote_spanned!(this.span()=> __Background<#(#types),*>);
    let listener_bound = subscriber.method.as_ref().map(Method::thread_safe_bound);
    let type_params = quote!(#(#types: ::core::marker::Send + ::core::marker::Sync + 'static),*);
    let header = quote_spanned! {param_span=>
        impl<#type_params> #private::#handler_trait<#event_type> for #self_type
    };
    let self_ref = quote_spanned!(this.span()=> &'__call #this);
    let method = quote_spanned! {param_span=>
        fn call<#lifetimes>(
            #self_ref,
            #event: #event_ref,
            #call: &'__call #private::BackgroundCall,
        )
    };
    let body = quote_spanned!(name_span=> async move { #acquired #step });
    quote! {
        struct __Background<#(#types),*> {
            #listener_field
            #(#fields: #field_types,)*
            #own_field
        }

        #header
        where
            #event_bound
            #(#kept_bounds,)*
            #listener_bound
        {
            #method -> #future {
                #body
            }
        }
    }
}

/// What the event is in the implementation of the handler's trait, which differs between an awaited handler and a
/// background one.
struct EventTokens {
    handler_trait: &'static str,
    /// The trait of the function's output.
    outcome: &'static str,
    /// The lifetimes of the method.
    lifetimes: TokenStream,
    /// The type of the method's parameter.
    event_ref: TokenStream,
    /// The argument of the function.
    argument: TokenStream,
    event_bound: TokenStream,
}

impl EventTokens {
    fn of(
        subscriber: &Subscriber,
        event: &Ident,
        event_type: &TokenStream,
        private: &TokenStream,
        param_span: Span,
    ) -> Self {
        if subscriber.is_awaited() {
            let family = quote!(<#event_type as #private::Family>);
            let member =
                quote_spanned!(param_span=> <#event_type as #private::Family>::Of<'__event>);
            let argument = if subscriber.mutates {
                quote!(#event)
            } else {
                quote!(&*#event)
            };
            return Self {
                handler_trait: "Awaited",
                outcome: "Outcome",
                lifetimes: quote!('__call, '__event: '__call),
                event_ref: quote!(&'__call mut #member),
                argument,
                event_bound: quote!(for<'__any> #family::Of<'__any>: #private::AwaitedEvent,),
            };
        }
        let event_bound = if is_event_copy(&subscriber.event) {
            // An event may be called `EventCopy`; if it is not one, the registration reports that.
            TokenStream::new()
        } else {
            quote!(for<'__any> #event_type: #private::Snapshot,)
        };
        Self {
            handler_trait: "Background",
            outcome: "AsyncOutcome",
            lifetimes: quote!('__call),
            event_ref: quote!(&'__call #event_type),
            argument: quote!(#event),
            event_bound,
        }
    }
}

/// The field with the handle on the subscription, which a subscriber with parameters has.
fn own_field_name(params: &[ParamTokens]) -> Option<Ident> {
    (!params.is_empty()).then(|| hygienic_ident("__own"))
}

/// The function that returns the key of an event, if the calls of the subscriber have one.
fn key_function(subscriber: &Subscriber) -> TokenStream {
    let Some(per_key) = &subscriber.per_key else {
        return quote!(::core::option::Option::None);
    };
    let span = mixed_site_at(per_key.span());
    let core = located_at(&subscriber.core, span);
    let ty = inferred(&subscriber.event, &subscriber.signature.generics);
    quote_spanned! {span=>
        ::core::option::Option::Some({
            let key: fn(&#ty) -> _ = #per_key;
            #core::__private::key_fn(key)
        })
    }
}

/// The body of the function that registers the subscriber: its parameters, its filters, the handler.
pub(super) fn install(subscriber: &Subscriber) -> TokenStream {
    let installer = hygienic_ident("installer");
    let params = ParamTokens::of(subscriber);
    let prepare_params = prepare_params(&params);
    let kept = params.iter().map(|param| &param.kept);
    let own = own_field_name(&params);
    let own = own.map(|own| quote!(#own,));
    let family = (!subscriber.selects()).then(|| parameter_family(subscriber));
    let Filters {
        captures,
        filter,
        is_set,
    } = Filters::new(subscriber, family.as_ref());
    let event_span = type_name_span(&subscriber.event);
    let handler = Token![_](params.first().map_or(event_span, |param| param.span));
    let find_listener = find_listener(subscriber);
    let is_awaited = subscriber.is_awaited();
    let register = if subscriber.selects() {
        located_at(&hygienic_ident("copy_handler"), event_span).into_token_stream()
    } else if is_awaited {
        let register = located_at(&hygienic_ident("subscribe_awaited"), event_span);
        quote_spanned!(event_span=> #register::<#family, #handler>)
    } else {
        let register = located_at(&hygienic_ident("subscribe_background"), event_span);
        quote_spanned!(event_span=> #register::<#family, #handler, #is_set>)
    };
    let listener = subscriber.method.as_ref().map(|_| {
        let listener = hygienic_ident("listener");
        quote!(__listener: #listener,)
    });
    let core = &subscriber.core;
    let mut background = quote!(__Background { #listener #(#kept,)* #own });
    let is_once = subscriber.options.once.is_set();
    let once = hygienic_ident("once");
    let claim = match (is_awaited, is_once) {
        (false, _) => None,
        (true, false) => Some(quote!(::core::option::Option::None::<fn() -> bool>,)),
        (true, true) => Some(quote!(::core::option::Option::Some(move || #once.claim()),)),
    };
    if is_once && !is_awaited {
        background = quote!(#core::__private::OnceHandler::new(move || #once.claim(), #background));
    }
    let policies = subscriber.options.policies(
        core,
        subscriber.per_key.is_some() || subscriber.has_key_of_event,
    );
    let (prepared, background) = match policies {
        None => (None, background),
        Some(policies) => {
            let handler = hygienic_ident("handler");
            let with_policies = if is_awaited {
                quote!(with_timeout::<#family, _>(#policies, #background))
            } else {
                let key = key_function(subscriber);
                quote!(with_policies(#policies, #key, #background))
            };
            let prepared = quote!(let #handler = #installer.#with_policies;);
            (Some(prepared), handler.into_token_stream())
        }
    };
    let registered = quote! {
        #installer.#register(
            #filter,
            #claim
            #background,
        );
    };
    let registered = if subscriber.selects() {
        let any = hygienic_ident("any");
        let selected = subscribe_selected(subscriber, &any, "subscribe_copied");
        quote!(let #any = #registered #selected)
    } else {
        registered
    };
    quote! {
        #prepare_params
        #find_listener
        #captures
        #prepared
        #registered
    }
}
