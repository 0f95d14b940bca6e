//! One setter a field, and a second one of a field that may be left out.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::Attribute;

use super::{Part, Parts, at};
use crate::event::model::{Field, Fill};

/// A setter, without what is the same in all of them.
struct Setter<'p> {
    name: Ident,
    docs: Option<String>,
    carried: Vec<&'p Attribute>,
    param: Box<dyn ToTokens + 'p>,
    value: TokenStream,
    bound: Option<TokenStream>,
}

impl Parts<'_> {
    /// The setters: those of ordinary names together, any other by itself.
    pub(super) fn setters(&self) -> TokenStream {
        let (params, builder, wheres) = (self.params(|_| true), self.builder(), self.wheres());
        let rest = rest();
        let (special, ordinary): (Vec<_>, Vec<_>) =
            self.fields.iter().partition(|part| part.is_finisher());
        let ordinary = ordinary
            .into_iter()
            .map(|part| self.setting(part, &self.setter(part), &rest));
        let maybe = self
            .fields
            .iter()
            .filter_map(|part| Some(self.setting(part, &self.maybe_setter(part)?, &rest)));
        let setters: TokenStream = ordinary.chain(maybe).collect();
        let special = special.into_iter().map(|part| {
            let same = |other: &Part<'_>| other.index == part.index;
            let params = self.params(|other| !same(other));
            let builder = self.with(same, "Unset");
            let setter = self.setting(part, &self.setter(part), &rest);
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
                #setters
            }
            #(#special)*
        }
    }

    /// The setter that takes an `Option`, of a field that may be left out.
    fn maybe_setter<'p>(&self, part: &'p Part<'_>) -> Option<Setter<'p>> {
        let Part { field, ident, .. } = part;
        if matches!(field.fill, Fill::Required) {
            return None;
        }
        let name = format_ident!(
            "maybe_{}",
            field.name.trim_start_matches('_'),
            span = ident.span()
        );
        if self.fields.iter().any(|part| *part.ident == name) {
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
            " Sets `{}`, or with `None` leaves it as if it were not set.",
            field.name
        );
        let carried = field.carried.iter();
        Some(Setter {
            name,
            docs: Some(docs),
            carried: carried
                .filter(|attr| attr.path().is_ident("deprecated"))
                .collect(),
            param: Box::new(param),
            value,
            bound: Some(self.while_unset(part)),
        })
    }

    fn setting(&self, part: &Part<'_>, setter: &Setter<'_>, rest: &Group) -> TokenStream {
        let Setter {
            name,
            docs,
            carried,
            param,
            value,
            bound,
        } = setter;
        let docs = docs.iter();
        let (vis, builder) = (&self.event.vis, &self.ident);
        let set = self.with(|other| other.index == part.index, "Set");
        let (index, given) = (&part.index, part.value());
        quote! {
            #(#[doc = #docs])*
            #(#carried)*
            #vis fn #name(mut self, #given: #param) -> #set #bound {
                self.__values.#index = #value;
                #builder #rest
            }
        }
    }

    /// The setter. One that shares its name with a finisher is defined while its field is unset
    /// only, and the finisher once it is set: so the name is free for both.
    fn setter<'p>(&self, part: &'p Part<'_>) -> Setter<'p> {
        let Part { field, ident, .. } = part;
        let (span, inside, given) = (ident.span(), field.inside(), part.value());
        let param: Box<dyn ToTokens> = if field.into {
            Box::new(quote_spanned!(span=> impl ::core::convert::Into<#inside>))
        } else {
            Box::new(inside)
        };
        let value = if field.into {
            quote!(__events::Some(__events::Into::into(#given)))
        } else {
            quote!(__events::Some(#given))
        };
        let is_documented = field.carried.iter().any(|attr| attr.path().is_ident("doc"));
        Setter {
            name: (*ident).clone(),
            docs: (!is_documented).then(|| format!(" Sets `{}`.", field.name)),
            carried: field.carried.iter().collect(),
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

/// What stands behind the builder's name in the body of a setter: one for all of them, for a group
/// that is there already costs less than its tokens anew.
fn rest() -> Group {
    let fields = quote! {
        __values: self.__values,
        __states: __events::PhantomData,
    };
    Group::new(Delimiter::Brace, fields)
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
}
