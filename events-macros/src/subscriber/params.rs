//! Writes the parameters after the event: how each is resolved at registration and lent to the function.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{Path, Type};

use super::{model::Subscriber, tokens::hygienic_ident};
use crate::syntax::{
    lifetimes::all_static,
    spans::{located_at, type_name_span},
};

/// The tokens for one parameter after the event.
///
/// The *kept* value is resolved at registration. Each call creates the *made* value from it, and the
/// argument borrows from that.
pub(super) struct ParamTokens {
    /// The span of the type's name, where errors about the parameter are reported.
    pub(super) span: Span,
    /// `<Type as Param>`.
    as_param: TokenStream,
    ty: TokenStream,
    pub(super) kept: Ident,
    made: Ident,
}

impl ParamTokens {
    pub(super) fn of(subscriber: &Subscriber) -> Vec<Self> {
        let one = |(index, ty): (usize, &Type)| {
            let span = type_name_span(ty);
            let (core, ty) = (
                located_at(&subscriber.core, span),
                located_at(&all_static(ty), span),
            );
            Self {
                span,
                as_param: quote_spanned!(span=> <#ty as #core::__private::Param>),
                ty,
                kept: format_ident!("__kept{index}", span = span),
                made: format_ident!("__made{index}", span = span),
            }
        };
        subscriber.params.iter().enumerate().map(one).collect()
    }

    /// The bound that ties a type parameter to the kept type.
    pub(super) fn kept_bound(&self, core: &Path, kept: &Ident) -> TokenStream {
        let Self { span, ty, .. } = self;
        let core = located_at(core, *span);
        quote_spanned!(*span=> #ty: #core::__private::Param<Kept = #kept>)
    }

    pub(super) fn make(&self, kept: &impl ToTokens, source: &Ident) -> TokenStream {
        let Self {
            span,
            as_param,
            made,
            ..
        } = self;
        quote_spanned!(*span=> let #made = #as_param::make(&#kept, #source);)
    }

    pub(super) fn lend(&self) -> TokenStream {
        let Self {
            span,
            as_param,
            made,
            ..
        } = self;
        quote_spanned!(*span=> #as_param::lend(&#made))
    }
}

/// Resolves all parameters before it returns if one is missing, so that all missing ones are reported.
pub(super) fn find_params(params: &[ParamTokens]) -> TokenStream {
    let installer = hygienic_ident("installer");
    let finds = params.iter().map(|param| {
        let ParamTokens { span, ty, kept, .. } = param;
        quote_spanned!(*span=> let #kept = #installer.find::<#ty>();)
    });
    let checks = params.iter().map(|ParamTokens { span, kept, .. }| {
        quote_spanned! {*span=>
            let ::core::option::Option::Some(#kept) = #kept else { return; };
        }
    });
    quote!(#(#finds)* #(#checks)*)
}
