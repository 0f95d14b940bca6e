//! The trait of each required field that carries the text of an error, and what a builder builds in
//! which none is missing.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::{Token, ext::IdentExt, spanned::Spanned};

use super::{Part, Parts, at, respanned};
use crate::{
    event::model::Fill,
    inplace::{InPlace, shared},
    spans::written_at,
};

impl Parts<'_> {
    pub(super) fn markers(&self) -> TokenStream {
        let required: Vec<_> = self
            .fields
            .iter()
            .filter(|part| matches!(part.field.fill, Fill::Required))
            .collect();
        let traits = required.iter().map(|part| part.declared(&part.is_set));
        if self.event.no_implicit_prelude {
            // There the compiler's tool `diagnostic` is not in scope.
            return quote! {
                #(
                    pub trait #traits {}
                    impl #traits for __events::Set {}
                )*
            };
        }
        let event = self.event.ident.unraw();
        let fields = required.iter().map(|part| &part.field.name);
        let messages = fields
            .clone()
            .map(|name| format!("`{event}` cannot be built: required field `{name}` is not set"));
        let labels = fields
            .clone()
            .map(|name| format!("add `.{name}(..)` before this call"));
        let notes = fields.map(|name| format!("in `emit!`, add `{name} = ..`"));
        let quiet = shared(quote!(#[diagnostic::do_not_recommend]));
        quote! {
            #(
                #[diagnostic::on_unimplemented(message = #messages, label = #labels, note = #notes)]
                pub trait #traits {}
                #quiet
                impl #traits for __events::Set {}
            )*
        }
    }

    /// What makes a builder one that can be built: each required field holds that it is set.
    pub(super) fn build(&self) -> TokenStream {
        let (event, target) = (&self.event.ident, self.target());
        // At the user's token, the name of the event: from an impl of a derive the compiler concludes
        // that bounds were derived carelessly, and says so.
        let place = event.span();
        let own_params = self.own_params();
        let comma = (!own_params.is_empty() && !self.fields.is_empty()).then(<Token![,]>::default);
        let own_params = written_at(&quote!(#own_params #comma), place);
        let own_args = written_at(&self.own, place);
        let builder = respanned(&self.ident, place);
        let states = self.fields.iter();
        let states: Vec<_> = states.map(|part| respanned(&part.state, place)).collect();
        let set = self.fields.iter().filter_map(Part::must_be_set);
        // Apart from the rest, for the commas here are ours.
        let own = self.own_bounds();
        let own = quote!(#(#own,)*);
        let values: TokenStream = self.fields.iter().map(Part::built).collect();
        // So the trait has one name, or a lint of the user's would find its path longer than it need be.
        let head = quote_spanned! {place=>
            impl<#own_params #(#states),*> __Build for #builder<#own_args #(#states,)*>
            where #(#set,)* #own
        };
        quote! {
            #head {
                type Event = #target;

                fn build(self) -> #target {
                    #event { #values }
                }
            }
        }
    }
}

impl Part<'_> {
    /// What must hold of the state of a field that cannot be left out.
    fn must_be_set(&self) -> Option<impl ToTokens> {
        matches!(self.field.fill, Fill::Required).then_some(InPlace(|tokens: &mut TokenStream| {
            self.state.to_tokens(tokens);
            Token![:](self.ident.span()).to_tokens(tokens);
            self.is_set.to_tokens(tokens);
        }))
    }

    /// The field in the literal of the event. What is left out becomes the default, with `into` a
    /// converted one, like a value that is set. An expression of the user's is closed in: it may
    /// cost something, or `return`.
    fn built(&self) -> TokenStream {
        // A derive may set a deprecated field without a word.
        let (field, index) = (self.declared(self.ident), &self.index);
        let default = match &self.field.fill {
            Fill::Required => return quote!(#field: __events::given(self.__values.#index),),
            Fill::Optional(_) => return quote!(#field: self.__values.#index,),
            Fill::Default { word, value: None } => {
                let default = quote_spanned!(at(*word)=> __events::Default::default());
                return quote! {
                    #field: match self.__values.#index {
                        __events::Some(value) => value,
                        __events::None => #default,
                    },
                };
            }
            Fill::Default {
                value: Some(default),
                ..
            } if self.field.into => {
                quote_spanned!(at(default.span())=> __events::Into::into(#default))
            }
            Fill::Default {
                value: Some(default),
                ..
            } => quote_spanned!(default.span()=> #default),
        };
        quote!(#field: __events::Option::unwrap_or_else(self.__values.#index, || #default),)
    }
}
