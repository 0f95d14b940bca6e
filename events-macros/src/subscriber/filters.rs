//! Writes the filters of a subscriber: `origin`, `when` and `once`.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::{
    model::Subscriber,
    tokens::{hygienic_ident, key},
};
use crate::syntax::{lifetimes::inferred, spans::mixed_site_at};

/// The filters of a subscriber.
pub(super) struct Filters {
    /// Declares the variables that the checks capture.
    pub(super) captures: TokenStream,
    /// Checks the filters, and returns if one does not hold.
    pub(super) checks: TokenStream,
}

impl Filters {
    /// `source` names the variable that has the event's origin; `skipped` is the value to return if a filter
    /// does not hold.
    pub(super) fn new(subscriber: &Subscriber, source: &Ident, skipped: &TokenStream) -> Self {
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
            let ty = inferred(&subscriber.event, &subscriber.signature.generics);
            checks.extend(quote_spanned! {mixed_site_at(when.span())=>
                let when: fn(&#ty) -> bool = #when;
                if !when(#event) { #skip }
            });
        }
        if subscriber.options.once.is_set() {
            captures.extend(quote!(let #once = #core::__private::Once::new();));
            checks.extend(quote!(if !#once.claim() { #skip }));
        }
        Self { captures, checks }
    }
}
