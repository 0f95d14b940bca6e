//! What the attribute writes to register a function: it finds what the function takes, and hands over
//! a closure that asks the filters and calls it.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{Path, Type, spanned::Spanned};

use super::{
    expand::{families, family, function, key},
    model::{Hears, Subscriber},
};
use crate::{
    lifetimes::{all_static, inferred},
    spans::{at, located, place},
};

/// A name of our own.
pub(super) fn own(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

/// The body of the function that registers the handler: what it captures, then the handler.
pub(super) fn install(subscriber: &Subscriber) -> TokenStream {
    let core = &subscriber.core;
    let private = quote!(#core::__private);
    let [installer, event, run] = ["installer", "event", "run"].map(own);

    let params = Asked::of(subscriber);
    let finds = find(&params);
    let makes = params.iter().map(|param| {
        let kept = &param.kept;
        param.make(&quote!(#kept), &run)
    });
    let lends = params.iter().map(Asked::lend);
    let filters = Filters::of(subscriber, &run, &quote!(#private::Step::Skipped));
    let Filters { keep, ask } = filters;

    let (place, span) = returned(subscriber);
    let core = located(core, span);
    let function = function(subscriber, place);
    let listener = subscriber.method.as_ref().map(|_| own("listener"));
    let this = listener.as_ref().map(|listener| quote!(&#listener,));
    let call = quote_spanned! {span=>
        #core::__private::Outcome::into_step(#function(#this #event, #(#lends),*))
    };
    let finds_listener = find_listener(subscriber);
    let subscribe = own(if listener.is_some() {
        "listen"
    } else {
        "subscribe"
    });
    if !matches!(subscriber.hears, Hears::Event) {
        let any = own("any");
        let families = families(subscriber);
        let topic = matches!(subscriber.hears, Hears::Topic(_));
        let hear_topic = topic.then(|| quote!(#installer.hear_topic(&#any);));
        return quote! {
            #finds
            #finds_listener
            #keep
            let #any = #installer.any(move |#event, #run| {
                #ask
                #(#makes)*
                #call
            });
            #(#installer.hear::<#families>(&#any);)*
            #hear_topic
        };
    }
    let family = family(subscriber);
    quote! {
        #finds
        #finds_listener
        #keep
        #installer.#subscribe::<#family, _>(move |#event, #run| {
            #ask
            #(#makes)*
            #call
        });
    }
}

/// Where the call is located, and who writes it there: at the type of what it returns, for there
/// stands what might be no outcome.
pub(super) fn returned(subscriber: &Subscriber) -> (Span, Span) {
    match &subscriber.returns {
        Some(ty) => (place(ty), place(ty)),
        None => (subscriber.ident.span(), at(subscriber.ident.span())),
    }
}

/// One of the things that a subscriber takes beside its event, in the steps of its way there.
pub(super) struct Asked {
    pub(super) place: Span,
    /// `<Type as Param>`.
    param: TokenStream,
    ty: TokenStream,
    pub(super) kept: Ident,
    made: Ident,
}

impl Asked {
    pub(super) fn of(subscriber: &Subscriber) -> Vec<Self> {
        let one = |(index, ty): (usize, &Type)| {
            let place = place(ty);
            let (core, ty) = (
                located(&subscriber.core, place),
                located(&all_static(ty), place),
            );
            Self {
                place,
                param: quote_spanned!(place=> <#ty as #core::Param>),
                ty,
                kept: format_ident!("__kept{index}", span = place),
                made: format_ident!("__made{index}", span = place),
            }
        };
        subscriber.params.iter().enumerate().map(one).collect()
    }

    /// The bound by which a type is that which is kept.
    pub(super) fn keeps(&self, core: &Path, kept: &Ident) -> TokenStream {
        let Self { place, ty, .. } = self;
        let core = located(core, *place);
        quote_spanned!(*place=> #ty: #core::Param<Kept = #kept>)
    }

    pub(super) fn make(&self, kept: &impl ToTokens, asked: &Ident) -> TokenStream {
        let Self {
            place, param, made, ..
        } = self;
        quote_spanned!(*place=> let #made = #param::make(&#kept, #asked);)
    }

    pub(super) fn lend(&self) -> TokenStream {
        let Self {
            place, param, made, ..
        } = self;
        quote_spanned!(*place=> #param::lend(&#made))
    }
}

/// Finds what is kept: all of it, so that all that is missing is told.
pub(super) fn find(params: &[Asked]) -> TokenStream {
    let installer = own("installer");
    let finds = params.iter().map(|param| {
        let Asked {
            place, ty, kept, ..
        } = param;
        quote_spanned!(*place=> let #kept = #installer.find::<#ty>();)
    });
    let checks = params.iter().map(|Asked { place, kept, .. }| {
        quote_spanned! {*place=>
            let ::core::option::Option::Some(#kept) = #kept else { return; };
        }
    });
    quote!(#(#finds)* #(#checks)*)
}

/// Finds the listener of a method.
pub(super) fn find_listener(subscriber: &Subscriber) -> Option<TokenStream> {
    let method = subscriber.method.as_ref()?;
    let [installer, listener] = ["installer", "listener"].map(own);
    let by_default = method.by_default();
    Some(quote! {
        let ::core::option::Option::Some(#listener) = #installer.listener(#by_default) else {
            return;
        };
    })
}

/// The filters.
pub(super) struct Filters {
    /// What they keep.
    pub(super) keep: TokenStream,
    /// Asks them, and returns if one of them says no.
    pub(super) ask: TokenStream,
}

impl Filters {
    /// `source` knows where the event came from; `no` is what is returned.
    pub(super) fn of(subscriber: &Subscriber, source: &Ident, no: &TokenStream) -> Self {
        let core = &subscriber.core;
        let [installer, event, origin, once] = ["installer", "event", "origin", "once"].map(own);
        let skip = quote!(return #no;);
        let (mut keep, mut ask) = (TokenStream::new(), TokenStream::new());
        if let Some(place) = &subscriber.origin {
            let key = key(subscriber, place);
            keep.extend(quote!(let #origin = #installer.origin(#key);));
            ask.extend(quote!(if !#source.is_from(&#origin) { #skip }));
        }
        if let Some(when) = &subscriber.when {
            let ty = inferred(&subscriber.event, &subscriber.signature.generics);
            ask.extend(quote_spanned! {at(when.span())=>
                let when: fn(&#ty) -> bool = #when;
                if !when(#event) { #skip }
            });
        }
        if subscriber.once {
            keep.extend(quote!(let #once = #core::__private::Once::new();));
            ask.extend(quote!(if !#once.claim() { #skip }));
        }
        Self { keep, ask }
    }
}
