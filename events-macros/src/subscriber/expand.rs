//! Writes the registration of a function: a static in the slice that the linker collects.
//!
//! Generated names have mixed-site hygiene, so that the user's tokens do not see them: a function may be
//! called `event`, and a filter may come from another macro.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;

use super::{
    background, install,
    model::{EventSelector, Subscriber},
    options::OrderTarget,
    tokens::{
        function_path, hold_events, hygienic_ident, key, listed_families, parameter_family,
        register_copies,
    },
};
use crate::syntax::spans::mixed_site_at;

/// The registration, passed through an attribute on an `impl` item.
///
/// An attribute cannot find out whether its function is in an impl block. In one, a nested `impl` is a
/// syntax error that says so, and the compiler reports this one error instead of one for each name that
/// it cannot resolve. Elsewhere the compiler expands the attribute, which
/// [`unwrap_registration`] turns into the registration.
pub(super) fn wrapped_registration(subscriber: &Subscriber) -> TokenStream {
    let Subscriber { core, ident, .. } = subscriber;
    let registration = registration(subscriber);
    let span = mixed_site_at(ident.span());
    quote_spanned!(span=> #[#core::subscriber(@ #registration)] impl () {})
}

/// The registration inside the options that [`wrapped_registration`] writes; `None` for the user's options.
pub(super) fn unwrap_registration(options: &TokenStream) -> Option<TokenStream> {
    let mut tokens = options.clone().into_iter();
    match tokens.next()? {
        TokenTree::Punct(mark) if mark.as_char() == '@' => Some(tokens.collect()),
        _ => None,
    }
}

/// The registration.
pub(super) fn registration(subscriber: &Subscriber) -> TokenStream {
    let Subscriber {
        core, cfgs, lints, ..
    } = subscriber;
    let background_type = background_type(subscriber);
    let declaration = declaration(subscriber);
    quote_spanned! {Span::mixed_site()=>
        #(#cfgs)*
        #(#lints)*
        const _: () = {
            #background_type

            const __DECLARED: #core::__private::Subscriber = #declaration;
            #core::__register! {
                static __SUBSCRIBER: Subscriber in SUBSCRIBERS = __DECLARED
            }
        };
    }
}

/// The struct that an async or deferred handler needs beside the function.
pub(crate) fn background_type(subscriber: &Subscriber) -> Option<TokenStream> {
    let has_type = subscriber.is_async_or_deferred();
    has_type.then(|| background::background_type(subscriber))
}

/// The value that describes the subscriber.
pub(crate) fn declaration(subscriber: &Subscriber) -> TokenStream {
    let Subscriber {
        core,
        ident,
        mutates,
        options,
        ..
    } = subscriber;
    let is_awaited = subscriber.is_awaited();
    let asynchronous = subscriber.is_async() && !is_awaited;
    let options = options.tokens(core, *mutates, [is_awaited, asynchronous]);
    let name = match &subscriber.method {
        None => ident.unraw().to_string(),
        Some(method) => format!("{}::{}", method.listener, ident.unraw()),
    };
    let has_no_default = match &subscriber.method {
        None => quote!(false),
        Some(method) => method.has_no_default(),
    };
    let location = quote_spanned! {ident.span()=>
        #core::__private::Location::new(::core::file!(), ::core::line!(), ::core::column!())
    };
    let selector = selector(subscriber);
    let own_key = key(subscriber, &function_path(subscriber, ident.span()));
    let before = order_targets(subscriber, &subscriber.before);
    let after = order_targets(subscriber, &subscriber.after);
    let install = if subscriber.is_async_or_deferred() {
        background::install(subscriber)
    } else {
        install::install(subscriber)
    };
    let durable = durable(subscriber);
    let register_copies = register_copies(subscriber);
    let hold_events = hold_events(subscriber);
    quote_spanned! {Span::mixed_site()=>
        #core::__private::Subscriber {
            name: ::core::concat!(::core::module_path!(), "::", #name),
            module: ::core::module_path!(),
            location: #location,
            options: #options,
            added_only: #has_no_default,
            key: || #own_key,
            selector: #selector,
            before: &[#before],
            after: &[#after],
            install: |installer| { #durable #register_copies #hold_events #install },
        }
    }
}

/// Makes the subscriber durable, if it is.
fn durable(subscriber: &Subscriber) -> Option<TokenStream> {
    let Subscriber { core, options, .. } = subscriber;
    let id = options.durable.value()?;
    let policies = options.policies(core, subscriber.has_key_of_event);
    let policies = policies.unwrap_or_else(|| quote!(#core::__private::CallPolicies::NONE));
    let installer = hygienic_ident("installer");
    Some(quote!(#installer.durable(#id, #policies);))
}

/// The targets of an order, as elements of a slice.
fn order_targets(subscriber: &Subscriber, targets: &[OrderTarget]) -> TokenStream {
    let core = &subscriber.core;
    let elements = targets.iter().map(|target| {
        let key = key(subscriber, &target.path);
        if target.is_required {
            quote_spanned!(Span::mixed_site()=> || #core::__private::OrderTarget::required(#key))
        } else {
            quote_spanned!(Span::mixed_site()=> || #core::__private::OrderTarget::if_present(#key))
        }
    });
    quote_spanned!(Span::mixed_site()=> #(#elements),*)
}

/// The events that the subscriber receives.
fn selector(subscriber: &Subscriber) -> TokenStream {
    let core = &subscriber.core;
    let families = match &subscriber.selector {
        EventSelector::Topic(pattern) => return pattern.selector(core),
        EventSelector::Parameter => vec![parameter_family(subscriber)],
        EventSelector::Types(_) => listed_families(subscriber),
    };
    quote!(#core::__private::EventSelector::Events(&[#(#core::__private::event::<#families>),*]))
}
