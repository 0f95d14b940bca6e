//! What the attribute writes beside the function: a static in the link-time slice.
//!
//! Names of our own stand at `mixed_site`, where the user's tokens do not see them: a function may
//! be called `event`, and a filter may be written by a macro.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{Expr, ext::IdentExt, spanned::Spanned};

use super::model::Subscriber;
use crate::{
    lifetimes::{all_static, inferred},
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
    let Subscriber {
        core,
        ident,
        cfgs,
        changes,
        once,
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
    let family = family(subscriber);
    let this = key(subscriber, ident);
    let keys = |targets: &[Expr]| -> Vec<_> {
        targets
            .iter()
            .map(|target| key(subscriber, target))
            .collect()
    };
    let (before, after) = (keys(&subscriber.before), keys(&subscriber.after));
    let install = install(subscriber);
    quote_spanned! {Span::mixed_site()=>
        #(#cfgs)*
        const _: () = {
            const __DECLARED: #core::__private::Subscriber = #core::__private::Subscriber {
                name: ::core::concat!(::core::module_path!(), "::", #name),
                module: ::core::module_path!(),
                location: #location,
                priority: #priority,
                changes: #changes,
                once: #once,
                key: || #this,
                event: #core::__private::event::<#family>,
                before: &[#(|| #before),*],
                after: &[#(|| #after),*],
                install: |installer| { #install },
            };
            #core::__register! {
                static __SUBSCRIBER: Subscriber in SUBSCRIBERS = __DECLARED
            }
        };
    }
}

/// The family of the event: where the compiler says so if it is none.
fn family(subscriber: &Subscriber) -> TokenStream {
    let Subscriber { core, event, .. } = subscriber;
    let place = place(event);
    let (core, event) = (located(core, place), located(&all_static(event), place));
    quote_spanned!(place=> <#event as #core::Event>::Family)
}

/// The key of a function or a text.
fn key(subscriber: &Subscriber, named: &impl ToTokens) -> TokenStream {
    let span = at(named.span());
    let core = located(&subscriber.core, span);
    quote_spanned!(span=> #core::IntoKey::into_key(#named))
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
    let [installer, event, run, origin, once] = ["installer", "event", "run", "origin", "once"]
        .map(|name| Ident::new(name, Span::mixed_site()));
    let skip = quote!(return #private::Step::Skipped;);

    let mut finds = TokenStream::new();
    let mut checks = TokenStream::new();
    let mut makes = TokenStream::new();
    let mut lends = Vec::new();
    for (index, ty) in params.iter().enumerate() {
        let place = place(ty);
        let kept = format_ident!("__kept{index}", span = place);
        let made = format_ident!("__made{index}", span = place);
        let (core, ty) = (located(core, place), located(&all_static(ty), place));
        finds.extend(quote_spanned!(place=> let #kept = #installer.find::<#ty>();));
        checks.extend(quote_spanned! {place=>
            let ::core::option::Option::Some(#kept) = #kept else { return; };
        });
        let param = quote_spanned!(place=> <#ty as #core::Param>);
        makes.extend(quote_spanned!(place=> let #made = #param::make(&#kept, #run);));
        lends.push(quote_spanned!(place=> #param::lend(&#made)));
    }

    let (keep_origin, ask_origin) = match &subscriber.origin {
        None => (quote!(), quote!()),
        Some(place) => {
            let key = key(subscriber, place);
            (
                quote!(let #origin = #installer.origin(#key);),
                quote!(if !#run.is_from(&#origin) { #skip }),
            )
        }
    };
    let ask_when = subscriber.when.as_ref().map(|when| {
        let ty = inferred(&subscriber.event, &subscriber.signature.generics);
        quote_spanned! {at(when.span())=>
            let when: fn(&#ty) -> bool = #when;
            if !when(#event) { #skip }
        }
    });
    let (keep_once, ask_once) = if subscriber.once {
        (
            quote!(let #once = #private::Once::new();),
            quote!(if !#once.claim() { #skip }),
        )
    } else {
        (quote!(), quote!())
    };

    let call = call(subscriber, ident, &event, &lends);
    let family = family(subscriber);
    quote! {
        #finds
        #checks
        #keep_origin
        #keep_once
        #installer.subscribe::<#family, _>(move |#event, #run| {
            #ask_origin
            #ask_when
            #ask_once
            #makes
            #call
        });
    }
}

/// The call, located at the type of what it returns: there stands what might be no outcome.
fn call(
    subscriber: &Subscriber,
    ident: &Ident,
    event: &Ident,
    lends: &[TokenStream],
) -> TokenStream {
    let (place, span) = match &subscriber.returns {
        Some(ty) => (place(ty), place(ty)),
        None => (ident.span(), at(ident.span())),
    };
    let core = located(&subscriber.core, span);
    let function = located(ident, place);
    quote_spanned!(span=> #core::__private::Outcome::into_step(#function(#event, #(#lends),*)))
}
