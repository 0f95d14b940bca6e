//! Tokens that several parts of a registration contain.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Type, spanned::Spanned};

use super::{
    checks::event_param::{is_event_copy, is_record_event, pointee},
    method::{Method, listener_alias},
    model::{EventSelector, Subscriber},
};
use crate::syntax::{
    lifetimes::all_static,
    spans::{located_at, mixed_site_at, type_name_span},
};

/// An identifier that the user's code does not see, and that does not shadow the user's.
pub(super) fn hygienic_ident(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

/// The path of the function or method, at this location.
pub(super) fn function_path(subscriber: &Subscriber, location: Span) -> TokenStream {
    let function = located_at(&subscriber.ident, location);
    match &subscriber.method {
        None => function,
        Some(_) => {
            let listener = listener_alias(location);
            quote_spanned!(mixed_site_at(location)=> #listener::#function)
        }
    }
}

/// The location of the function's path in a call, and the span of the tokens around it: the return type,
/// where the compiler reports one that is not an outcome.
pub(super) fn call_spans(subscriber: &Subscriber) -> (Span, Span) {
    match &subscriber.return_type {
        Some(ty) => (type_name_span(ty), type_name_span(ty)),
        None => {
            let span = subscriber.ident.span();
            (span, mixed_site_at(span))
        }
    }
}

/// Resolves the listener of a method.
pub(super) fn find_listener(subscriber: &Subscriber) -> Option<TokenStream> {
    let method = subscriber.method.as_ref()?;
    let [installer, listener] = ["installer", "listener"].map(hygienic_ident);
    let default_listener = method.default_listener();
    Some(quote! {
        let ::core::option::Option::Some(#listener) = #installer.listener(#default_listener) else {
            return;
        };
    })
}

/// Registers how the events of a model are copied, if they can be, and checks that the type is a model: for a handler of an observer, and
/// for a parameter that has the name of an event of a model.
pub(super) fn register_copies(subscriber: &Subscriber) -> Option<TokenStream> {
    let core = &subscriber.core;
    let observed = subscriber.method.as_ref().and_then(Method::observed_event);
    let event = match observed {
        Some(event) => event,
        None if is_record_event(&subscriber.event) => {
            let span = type_name_span(&subscriber.event);
            located_at(&all_static(&subscriber.event), span)
        }
        None => return None,
    };
    // An error of it is reported at the type.
    let span = type_name_span(&subscriber.event);
    let core_at_type = located_at(core, span);
    let check = quote_spanned! {span=>
        #core_at_type::__private::check_model(#core_at_type::__private::ModelCheck::<#event>::REMEDY)
    };
    Some(quote_spanned! {Span::mixed_site()=>
        {
            use #core::__private::{AnyModel as _, OtherEvent as _};
            const _: () = #check;
            #core::__private::RecordProbe::<#event>::REGISTER_COPIES();
        }
    })
}

/// Registers how the events are copied, for a subscriber that runs when a unit of work has ended. Async and deferred
/// subscribers of a type, and subscribers of a topic, register none.
pub(super) fn hold_events(subscriber: &Subscriber) -> Option<TokenStream> {
    let phase = subscriber.options.unit_phase.as_ref();
    phase.filter(|phase| phase.holds())?;
    let is_in_order = !subscriber.is_async_or_deferred() || subscriber.is_awaited();
    let families = match &subscriber.selector {
        EventSelector::Parameter if is_in_order => vec![parameter_family(subscriber)],
        _ => listed_families(subscriber),
    };
    let installer = hygienic_ident("installer");
    Some(quote!(#(#installer.hold::<#families>();)*))
}

/// The families of the listed event types, located where the compiler reports a type that is not an event.
/// Empty unless types are listed.
pub(super) fn listed_families(subscriber: &Subscriber) -> Vec<TokenStream> {
    match &subscriber.selector {
        EventSelector::Types(events) => {
            let family = |event: &Type| family_of(subscriber, event);
            events.iter().map(family).collect()
        }
        EventSelector::Parameter | EventSelector::Topic(_) => Vec::new(),
    }
}

/// Registers the handler `any` for the listed event types, by the method with that name, or for the topic.
pub(super) fn subscribe_selected(
    subscriber: &Subscriber,
    any: &Ident,
    subscribe_type: &str,
) -> TokenStream {
    let installer = hygienic_ident("installer");
    let families = listed_families(subscriber);
    let subscribe_type = hygienic_ident(subscribe_type);
    let has_topic = matches!(subscriber.selector, EventSelector::Topic(_));
    let add_topic = has_topic.then(|| quote!(#installer.subscribe_topic(&#any);));
    quote! {
        #(#installer.#subscribe_type::<#families>(&#any);)*
        #add_topic
    }
}

/// The family of the event parameter's type, located where the compiler reports a type that is not an
/// event.
pub(super) fn parameter_family(subscriber: &Subscriber) -> TokenStream {
    family_of(subscriber, &subscriber.event)
}

fn family_of(subscriber: &Subscriber, event: &Type) -> TokenStream {
    let written = event;
    let core = &subscriber.core;
    let span = type_name_span(event);
    let core = located_at(core, span);
    let pointee = pointee(event).map(|inner| located_at(&all_static(inner), span));
    let event = located_at(&all_static(event), span);
    let event = match &subscriber.method {
        None => event,
        Some(method) => method.checked_event(&event, span),
    };
    if is_event_copy(written) {
        return quote_spanned!(span=> <#event as #core::__private::SelectsEvents<_>>::Family);
    }
    match pointee {
        // The compiler reports a pointer to an event. An event may have the name of a pointer.
        Some(inner) => {
            quote_spanned!(span=> <#event as #core::__private::Pointed<#inner, _>>::Family)
        }
        None => quote_spanned!(span=> <#event as #core::Event>::Family),
    }
}

/// The key of a function or of a string.
pub(super) fn key(subscriber: &Subscriber, target: &impl ToTokens) -> TokenStream {
    let span = mixed_site_at(target.span());
    let core = located_at(&subscriber.core, span);
    quote_spanned!(span=> #core::__private::IntoKey::into_key(#target))
}
