//! Writes the implementation of the trait `Build`: a builder in which every required field is set
//! builds the event.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::{Token, spanned::Spanned};

use super::{
    super::model::Presence,
    model::{Builder, BuilderField},
};
use crate::syntax::{
    in_place::InPlace,
    spans::{call_site_at, ident_with_span, with_span},
};

impl Builder<'_> {
    pub(super) fn build_impl(&self) -> TokenStream {
        let (event, event_type) = (&self.event.ident, self.event_type());
        // With the span of the event's name: for an impl that a derive wrote, the compiler suggests that
        // the derive's bounds are wrong.
        let span = event.span();
        let params = self.event_params();
        let comma = (!params.is_empty() && !self.fields.is_empty()).then(<Token![,]>::default);
        let params = with_span(&quote!(#params #comma), span);
        let event_args = with_span(&self.event_args, span);
        let builder = ident_with_span(&self.ident, span);
        let states = self.fields.iter();
        let states: Vec<_> = states
            .map(|field| ident_with_span(&field.state, span))
            .collect();
        let set = self.fields.iter().filter_map(BuilderField::set_bound);
        // Quoted separately, so that the commas do not get the user's span.
        let bounds = self.event_bounds();
        let bounds = quote!(#(#bounds,)*);
        let values: TokenStream = self.fields.iter().map(BuilderField::built_value).collect();
        // `__Build` is one segment: with the user's span, a lint could report a longer path as
        // unnecessarily qualified.
        let head = quote_spanned! {span=>
            impl<#params #(#states),*> __Build for #builder<#event_args #(#states,)*>
            where #(#set,)* #bounds
        };
        quote! {
            #head {
                type Event = #event_type;

                fn build(self) -> #event_type {
                    #event { #values }
                }
            }
        }
    }
}

impl BuilderField<'_> {
    /// The bound on the state of a required field.
    fn set_bound(&self) -> Option<impl ToTokens> {
        matches!(self.model.presence, Presence::Required).then_some(InPlace(
            |tokens: &mut TokenStream| {
                self.state.to_tokens(tokens);
                Token![:](self.ident.span()).to_tokens(tokens);
                self.marker.to_tokens(tokens);
            },
        ))
    }

    /// The field in the struct literal of the event. A default is converted if the option `into` is
    /// given, like a value that is set. A default expression is evaluated in a closure and only if needed:
    /// it may be expensive, or contain `return`.
    fn built_value(&self) -> TokenStream {
        // With the macro's hygiene, setting a deprecated field causes no warning.
        let (field, index) = (self.generated_ident(self.ident), &self.index);
        let default = match &self.model.presence {
            Presence::Required => return quote!(#field: __events::given(self.__values.#index),),
            Presence::Optional(_) => return quote!(#field: self.__values.#index,),
            Presence::Default { span, value: None } => {
                let default = quote_spanned!(call_site_at(*span)=> __events::Default::default());
                return quote! {
                    #field: match self.__values.#index {
                        __events::Some(value) => value,
                        __events::None => #default,
                    },
                };
            }
            Presence::Default {
                value: Some(default),
                ..
            } if self.model.into => {
                quote_spanned!(call_site_at(default.span())=> __events::Into::into(#default))
            }
            Presence::Default {
                value: Some(default),
                ..
            } => quote_spanned!(default.span()=> #default),
        };
        quote!(#field: __events::Option::unwrap_or_else(self.__values.#index, || #default),)
    }
}
