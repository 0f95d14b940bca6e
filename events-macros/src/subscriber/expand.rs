//! What the attribute writes beside the function: a static in the link-time slice.
//!
//! Names of our own stand at `mixed_site`, where the user's tokens do not see them: a function may
//! be called `event`, and a filter may be written by a macro.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Expr, Type, ext::IdentExt, spanned::Spanned};

use super::{
    install, later,
    model::{Hears, Subscriber},
};
use crate::{
    lifetimes::all_static,
    spans::{at, located, place},
};

/// The registration inside something that may stand beside a free function only.
///
/// Nobody tells the attribute whether its function stands in an impl block. An `impl` there is an
/// error that says what to do, and the compiler does not look inside: so it is one error, not one
/// for each name that is not found. Anywhere else the attribute is called again, by [`unwrap`].
pub(super) fn wrapped(subscriber: &Subscriber) -> TokenStream {
    let Subscriber { core, ident, .. } = subscriber;
    let registration = expand(subscriber);
    quote_spanned!(at(ident.span())=> #[#core::subscriber(@ #registration)] impl () {})
}

/// What [`wrapped`] has wrapped, if this is that.
pub(super) fn unwrap(options: &TokenStream) -> Option<TokenStream> {
    let mut tokens = options.clone().into_iter();
    match tokens.next()? {
        TokenTree::Punct(mark) if mark.as_char() == '@' => Some(tokens.collect()),
        _ => None,
    }
}

/// The registration.
pub(super) fn expand(subscriber: &Subscriber) -> TokenStream {
    let Subscriber { core, cfgs, .. } = subscriber;
    let background = background(subscriber);
    let declared = declared(subscriber);
    quote_spanned! {Span::mixed_site()=>
        #(#cfgs)*
        const _: () = {
            #background

            const __DECLARED: #core::__private::Subscriber = #declared;
            #core::__register! {
                static __SUBSCRIBER: Subscriber in SUBSCRIBERS = __DECLARED
            }
        };
    }
}

/// The type that stands beside a function which runs later.
pub(crate) fn background(subscriber: &Subscriber) -> Option<TokenStream> {
    subscriber.is_later().then(|| later::background(subscriber))
}

/// What is declared.
pub(crate) fn declared(subscriber: &Subscriber) -> TokenStream {
    let Subscriber {
        core,
        ident,
        changes,
        once,
        deferred,
        ..
    } = subscriber;
    let asynchronous = subscriber.is_async();
    let name = match &subscriber.method {
        None => ident.unraw().to_string(),
        Some(method) => format!("{}::{}", method.listener, ident.unraw()),
    };
    let by_hand = match &subscriber.method {
        None => quote!(false),
        Some(method) => method.by_hand(),
    };
    let location = quote_spanned! {ident.span()=>
        #core::Location::new(::core::file!(), ::core::line!(), ::core::column!())
    };
    let priority = match &subscriber.priority {
        Some(priority) => quote!(#priority),
        None => quote!(0),
    };
    let concurrency = match &subscriber.concurrency {
        Some(calls) => {
            let span = at(calls.span());
            let core = located(core, span);
            quote_spanned!(span=> #core::__private::at_once(#calls))
        }
        None => quote!(0),
    };
    let hears = hears(subscriber);
    let this = key(subscriber, &function(subscriber, ident.span()));
    let keys = |targets: &[Expr]| -> Vec<_> {
        targets
            .iter()
            .map(|target| key(subscriber, target))
            .collect()
    };
    let (before, after) = (keys(&subscriber.before), keys(&subscriber.after));
    let install = if subscriber.is_later() {
        later::install(subscriber)
    } else {
        install::install(subscriber)
    };
    quote_spanned! {Span::mixed_site()=>
        #core::__private::Subscriber {
            name: ::core::concat!(::core::module_path!(), "::", #name),
            module: ::core::module_path!(),
            location: #location,
            priority: #priority,
            changes: #changes,
            once: #once,
            asynchronous: #asynchronous,
            deferred: #deferred,
            concurrency: #concurrency,
            by_hand: #by_hand,
            key: || #this,
            hears: #hears,
            before: &[#(|| #before),*],
            after: &[#(|| #after),*],
            install: |installer| { #install },
        }
    }
}

/// The function or method by name, as if it were named there.
pub(super) fn function(subscriber: &Subscriber, place: Span) -> TokenStream {
    let function = located(&subscriber.ident, place);
    match &subscriber.method {
        None => function,
        Some(method) => {
            let this = method.this(place);
            quote_spanned!(at(place)=> #this::#function)
        }
    }
}

/// What it listens to.
fn hears(subscriber: &Subscriber) -> TokenStream {
    let core = &subscriber.core;
    let families = match &subscriber.hears {
        Hears::Topic(topic) => return quote!(#core::__private::Hears::Topic(#topic)),
        Hears::Event => vec![family(subscriber)],
        Hears::Events(_) => families(subscriber),
    };
    quote!(#core::__private::Hears::Events(&[#(#core::__private::event::<#families>),*]))
}

/// The families of the events, when it says which: where the compiler says so if one is none.
pub(super) fn families(subscriber: &Subscriber) -> Vec<TokenStream> {
    match &subscriber.hears {
        Hears::Events(events) => {
            let one = |event: &Type| family_of(subscriber, event);
            events.iter().map(one).collect()
        }
        Hears::Event | Hears::Topic(_) => Vec::new(),
    }
}

/// The family of the event: where the compiler says so if it is none.
pub(super) fn family(subscriber: &Subscriber) -> TokenStream {
    family_of(subscriber, &subscriber.event)
}

fn family_of(subscriber: &Subscriber, event: &Type) -> TokenStream {
    let core = &subscriber.core;
    let place = place(event);
    let (core, event) = (located(core, place), located(&all_static(event), place));
    let event = match &subscriber.method {
        None => event,
        Some(method) => method.checked(&event, place),
    };
    quote_spanned!(place=> <#event as #core::Event>::Family)
}

/// The key of a function or a text.
pub(super) fn key(subscriber: &Subscriber, named: &impl ToTokens) -> TokenStream {
    let span = at(named.span());
    let core = located(&subscriber.core, span);
    quote_spanned!(span=> #core::IntoKey::into_key(#named))
}
