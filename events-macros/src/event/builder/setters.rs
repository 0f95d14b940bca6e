//! One setter a field, and a second one of a field that may be left out.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{ToTokens, TokenStreamExt, format_ident, quote, quote_spanned};
use syn::Token;

use super::{Part, Parts};
use crate::{
    event::model::{Field, Fill},
    inplace::InPlace,
};

impl Parts<'_> {
    /// The setters: those of ordinary names together, any other by itself.
    pub(super) fn setters(&self) -> TokenStream {
        let (params, builder, wheres) = (self.params(|_| true), self.builder(), self.wheres());
        let rest = rest();
        let (special, ordinary): (Vec<_>, Vec<_>) =
            self.fields.iter().partition(|part| part.is_finisher());
        let ordinary = ordinary.into_iter().map(|part| self.setter(part, &rest));
        let maybe = self
            .fields
            .iter()
            .filter_map(|part| self.maybe_setter(part, &rest));
        let setters: TokenStream = ordinary.chain(maybe).collect();
        let special = special.into_iter().map(|part| {
            let same = |other: &Part<'_>| other.index == part.index;
            let params = self.params(|other| !same(other));
            let builder = self.with(same, "Unset");
            let setter = self.setter(part, &rest);
            quote! {
                impl #params #builder #wheres {
                    #setter
                }
            }
        });
        quote! {
            impl #params #builder #wheres {
                #setters
            }
            #(#special)*
        }
    }

    /// The setter. One that shares its name with a finisher is defined while its field is unset
    /// only, and the finisher once it is set: so the name is free for both.
    fn setter(&self, part: &Part<'_>, rest: &Group) -> TokenStream {
        let Part {
            field,
            ident: name,
            index,
            ..
        } = part;
        let (vis, builder, set) = (&self.event.vis, &self.ident, self.once_set(part));
        let (span, inside, given) = (name.span(), field.inside(), part.value());
        let (param, value): (Box<dyn ToTokens>, Box<dyn ToTokens>) = if field.into {
            (
                Box::new(quote_spanned!(span=> impl ::core::convert::Into<#inside>)),
                Box::new(quote!(__events::Into::into(#given))),
            )
        } else {
            (Box::new(inside), Box::new(&given))
        };
        let carried = &field.carried;
        let is_documented = carried.iter().any(|attr| attr.path().is_ident("doc"));
        let docs = (!is_documented).then(|| format!(" Sets `{}`.", field.name));
        let docs = docs.iter();
        let bound = (!part.is_finisher()).then(|| part.while_unset());
        quote! {
            #(#[doc = #docs])*
            #(#carried)*
            #vis fn #name(mut self, #given: #param) -> #set #bound {
                self.__values.#index = __events::Some(#value);
                #builder #rest
            }
        }
    }

    /// The setter that takes an `Option`, of a field that may be left out.
    fn maybe_setter(&self, part: &Part<'_>, rest: &Group) -> Option<TokenStream> {
        let Part {
            field,
            ident,
            index,
            ..
        } = part;
        if matches!(field.fill, Fill::Required) {
            return None;
        }
        let span = ident.span();
        let name = field.name.trim_start_matches('_');
        let name = format_ident!("maybe_{name}", span = span);
        if self.fields.iter().any(|part| *part.ident == name) {
            return None;
        }
        let (vis, builder, set) = (&self.event.vis, &self.ident, self.once_set(part));
        let (inside, given) = (field.inside(), part.value());
        let (param, value): (_, Box<dyn ToTokens>) = if field.into {
            (
                quote_spanned!(span=> ::core::option::Option<impl ::core::convert::Into<#inside>>),
                Box::new(quote!(__events::Option::map(#given, __events::Into::into))),
            )
        } else {
            (
                quote_spanned!(part.here=> __events::Option<#inside>),
                Box::new(&given),
            )
        };
        let docs = format!(
            " Sets `{}`, or with `None` leaves it as if it were not set.",
            field.name
        );
        let carried = field.carried.iter();
        let deprecated = carried.filter(|attr| attr.path().is_ident("deprecated"));
        let bound = part.while_unset();
        Some(quote! {
            #[doc = #docs]
            #(#deprecated)*
            #vis fn #name(mut self, #given: #param) -> #set #bound {
                self.__values.#index = #value;
                #builder #rest
            }
        })
    }

    /// The builder in which this field is set.
    fn once_set(&self, part: &Part<'_>) -> impl ToTokens {
        self.with(|other| other.index == part.index, "Set")
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
    /// The bound of a setter: it is called once.
    fn while_unset(&self) -> impl ToTokens {
        let span = self.ident.span();
        InPlace(move |tokens: &mut TokenStream| {
            Token![where](span).to_tokens(tokens);
            self.state.to_tokens(tokens);
            Token![:](span).to_tokens(tokens);
            tokens.append(Ident::new("__events", span));
            Token![::](span).to_tokens(tokens);
            tokens.append(Ident::new("Free", span));
        })
    }

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
