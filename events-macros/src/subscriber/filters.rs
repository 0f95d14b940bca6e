//! Writes the filters of a subscriber: `origin`, `when` and `once`.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;

use super::{
    checks::event_param::is_event_copy,
    model::Subscriber,
    tokens::{hygienic_ident, key},
};
use crate::syntax::{lifetimes::inferred, spans::mixed_site_at};

/// The filters of a subscriber.
pub(super) struct Filters {
    /// Declares the variables that the filter captures.
    pub(super) captures: TokenStream,
    /// The filter, an `Option` of a closure that takes the event and its origin.
    pub(super) filter: TokenStream,
    /// Whether it is not `None`.
    pub(super) is_set: bool,
}

impl Filters {
    /// The filters for the events of a family, or of any type if that is `None`.
    pub(super) fn new(subscriber: &Subscriber, family: Option<&TokenStream>) -> Self {
        let core = &subscriber.core;
        let private = quote!(#core::__private);
        let [event, source] = ["event", "source"].map(hygienic_ident);
        let (captures, checks) = checks(subscriber, &source, &quote!(false));
        let is_set = !checks.is_empty();
        let filter = if !is_set {
            let ty = match family {
                Some(family) => quote!(#private::Filter<#family>),
                None => quote!(#private::AnyFilter),
            };
            quote!(::core::option::Option::None::<#ty>)
        } else {
            let filter = match family {
                Some(family) => quote!(#private::filter::<#family, _>),
                None => quote!(#private::any_filter),
            };
            quote! {
                #filter(move |#event, #source| {
                    #checks
                    true
                })
            }
        };
        Self {
            captures,
            filter,
            is_set,
        }
    }
}

/// The variables that the checks capture, and the checks, which return `skipped` if a filter does not hold.
/// `source` is the variable that has the event's origin.
pub(super) fn checks(
    subscriber: &Subscriber,
    source: &Ident,
    skipped: &TokenStream,
) -> (TokenStream, TokenStream) {
    let core = &subscriber.core;
    let [installer, event, origin, once] =
        ["installer", "event", "origin", "once"].map(hygienic_ident);
    let skip = quote!(return #skipped;);
    let (mut captures, mut checks) = (TokenStream::new(), TokenStream::new());
    if let Some(expected) = &subscriber.origin {
        let key = key(subscriber, expected);
        captures.extend(quote!(let #origin = #installer.origin(#key);));
        checks.extend(quote!(if !#source.is_from(&#origin) { #skip }));
    }
    if let Some(when) = &subscriber.when {
        captures.extend(quote!(#installer.conditional();));
        let ty = if is_event_copy(&subscriber.event) && subscriber.selects() {
            quote!(dyn #core::__private::AnyEvent)
        } else {
            inferred(&subscriber.event, &subscriber.signature.generics).into_token_stream()
        };
        checks.extend(quote_spanned! {mixed_site_at(when.span())=>
            let when: fn(&#ty) -> bool = #when;
            if !when(#event) { #skip }
        });
    }
    if subscriber.options.once.is_set() {
        if subscriber.is_async_or_deferred() {
            // The handler claims the permit when it is called.
            let tested = hygienic_ident("tested");
            captures.extend(quote! {
                let #once = #installer.once();
                let #tested = ::core::clone::Clone::clone(&#once);
            });
            checks.extend(quote!(if #tested.is_claimed() { #skip }));
        } else {
            captures.extend(quote!(let #once = #installer.once();));
            checks.extend(quote!(if !#once.claim() { #skip }));
        }
    }
    (captures, checks)
}
