//! One setter a field, and a second one of a field that may be left out.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};

use super::{Part, Parts, at, documented};
use crate::event::model::{Field, Fill};

/// A setter, without what is the same in all of them.
struct Setter {
    name: Ident,
    carried: Vec<TokenStream>,
    param: TokenStream,
    value: TokenStream,
    bound: Option<TokenStream>,
}

impl Parts<'_> {
    /// The setters: those of ordinary names together, any other by itself.
    pub(super) fn setters(&self) -> TokenStream {
        let (params, builder, wheres) = (self.params(|_| true), self.builder(), self.wheres());
        let (special, ordinary): (Vec<_>, Vec<_>) =
            self.fields.iter().partition(|part| part.is_finisher());
        let ordinary = ordinary
            .into_iter()
            .map(|part| self.setting(part, &self.setter(part)));
        let maybe = self
            .fields
            .iter()
            .filter_map(|part| Some(self.setting(part, &self.maybe_setter(part)?)));
        let special = special.into_iter().map(|part| {
            let same = |other: &Part<'_>| other.index == part.index;
            let params = self.params(|other| !same(other));
            let builder = self.with(same, "Unset");
            let setter = self.setting(part, &self.setter(part));
            quote! {
                #[automatically_derived]
                impl #params #builder #wheres {
                    #setter
                }
            }
        });
        quote! {
            #[automatically_derived]
            impl #params #builder #wheres {
                #(#ordinary)*
                #(#maybe)*
            }
            #(#special)*
        }
    }

    /// The setter that takes an `Option`, of a field that may be left out.
    fn maybe_setter(&self, part: &Part<'_>) -> Option<Setter> {
        let Part { field, ident, .. } = part;
        let name = format_ident!(
            "maybe_{}",
            field.name.trim_start_matches('_'),
            span = ident.span()
        );
        let is_taken = self.fields.iter().any(|part| *part.ident == name);
        if matches!(field.fill, Fill::Required) || is_taken {
            return None;
        }
        let (span, inside, value) = (ident.span(), field.inside(), part.value());
        let (param, value) = if field.into {
            let into = quote!(__events::Into::into);
            (
                quote_spanned!(span=> ::core::option::Option<impl ::core::convert::Into<#inside>>),
                quote!(__events::Option::map(#value, #into)),
            )
        } else {
            (
                quote_spanned!(at(span)=> __events::Option<#inside>),
                quote!(#value),
            )
        };
        let docs = format!(
            "Sets `{}`, or with `None` leaves it as if it were not set.",
            field.name
        );
        let mut carried = vec![documented(&docs, Span::call_site())];
        carried.extend(
            field
                .carried
                .iter()
                .filter(|attr| attr.path().is_ident("deprecated"))
                .map(ToTokens::to_token_stream),
        );
        Some(Setter {
            name,
            carried,
            param,
            value,
            bound: Some(self.while_unset(part)),
        })
    }

    fn setting(&self, part: &Part<'_>, setter: &Setter) -> TokenStream {
        let Setter {
            name,
            carried,
            param,
            value,
            bound,
        } = setter;
        let (vis, builder) = (&self.event.vis, &self.ident);
        let set = self.with(|other| other.index == part.index, "Set");
        let (index, given) = (&part.index, part.value());
        quote! {
            #(#carried)*
            #vis fn #name(mut self, #given: #param) -> #set #bound {
                self.__values.#index = #value;
                #builder {
                    __values: self.__values,
                    __states: __events::PhantomData,
                }
            }
        }
    }

    /// The setter. One that shares its name with a finisher is defined while its field is unset
    /// only, and the finisher once it is set: so the name is free for both.
    fn setter(&self, part: &Part<'_>) -> Setter {
        let Part { field, ident, .. } = part;
        let (span, inside, value) = (ident.span(), field.inside(), part.value());
        let (param, value) = if field.into {
            (
                quote_spanned!(span=> impl ::core::convert::Into<#inside>),
                quote!(__events::Into::into(#value)),
            )
        } else {
            (quote!(#inside), quote!(#value))
        };
        let value = quote!(__events::Some(#value));
        Setter {
            name: (*ident).clone(),
            carried: field.docs_or(|| format!("Sets `{}`.", field.name)),
            param,
            value,
            bound: (!part.is_finisher()).then(|| self.while_unset(part)),
        }
    }

    fn while_unset(&self, part: &Part<'_>) -> TokenStream {
        let Part { ident, state, .. } = part;
        quote_spanned!(ident.span()=> where #state: __events::Free)
    }
}

impl Part<'_> {
    /// What a setter takes, under a name that the user's own expressions do not see.
    fn value(&self) -> Ident {
        let span = Span::mixed_site().located_at(self.ident.span());
        Ident::new("value", span)
    }
}

impl Field {
    /// The type that its setter takes.
    pub(super) fn inside(&self) -> &syn::Type {
        match &self.fill {
            Fill::Optional(inside) => inside,
            _ => &self.ty,
        }
    }

    /// The attributes that the setter carries, with some text where there is none.
    fn docs_or(&self, text: impl FnOnce() -> String) -> Vec<TokenStream> {
        let mut carried: Vec<_> = self.carried.iter().map(ToTokens::to_token_stream).collect();
        if !self.carried.iter().any(|attr| attr.path().is_ident("doc")) {
            carried.insert(0, documented(&text(), Span::call_site()));
        }
        carried
    }
}
