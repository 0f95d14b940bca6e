//! Writes one setter per field, and a second one for each field that may be left out.

use proc_macro2::{Delimiter, Group, Ident, TokenStream};
use quote::{ToTokens, TokenStreamExt, format_ident, quote, quote_spanned};
use syn::Token;

use super::{
    super::model::Presence,
    model::{Builder, BuilderField},
};
use crate::syntax::{in_place::InPlace, spans::mixed_site_at};

impl Builder<'_> {
    /// The setters: one impl block for all of them, and one for each that has the name of a finisher.
    pub(super) fn setters(&self) -> TokenStream {
        let (params, builder) = (self.impl_params(|_| true), self.generic_type());
        let (bounds, rest) = (self.where_clause(), struct_rest());
        let (special, common): (Vec<_>, Vec<_>) = self
            .fields
            .iter()
            .partition(|field| field.is_named_like_finisher());
        let common = common.into_iter().map(|field| self.setter(field, &rest));
        let maybe = self
            .fields
            .iter()
            .filter_map(|field| self.maybe_setter(field, &rest));
        let setters: TokenStream = common.chain(maybe).collect();
        let special = special.into_iter().map(|field| {
            let is_same = |other: &BuilderField<'_>| other.index == field.index;
            let params = self.impl_params(|other| !is_same(other));
            let builder = self.type_with_state(is_same, "Unset");
            let setter = self.setter(field, &rest);
            quote! {
                impl #params #builder #bounds {
                    #setter
                }
            }
        });
        quote! {
            impl #params #builder #bounds {
                #setters
            }
            #(#special)*
        }
    }

    /// The setter. One that has the name of a finisher is defined only while its field is unset, and the
    /// finisher only once it is set, so the two do not conflict.
    fn setter(&self, field: &BuilderField<'_>, rest: &Group) -> TokenStream {
        let BuilderField {
            model,
            ident: name,
            index,
            ..
        } = field;
        let (vis, builder, result) = (&self.event.vis, &self.ident, self.type_with_set(field));
        let (span, ty, input) = (name.span(), model.setter_type(), field.input_ident());
        let (param, value): (Box<dyn ToTokens>, Box<dyn ToTokens>) = if model.into {
            (
                Box::new(quote_spanned!(span=> impl ::core::convert::Into<#ty>)),
                Box::new(quote!(__events::Into::into(#input))),
            )
        } else {
            (Box::new(ty), Box::new(&input))
        };
        let attrs = &model.setter_attrs;
        let is_documented = attrs.iter().any(|attr| attr.path().is_ident("doc"));
        let docs = (!is_documented).then(|| format!(" Sets `{}`.", model.name));
        let docs = docs.iter();
        let bound = (!field.is_named_like_finisher()).then(|| field.unset_bound());
        quote! {
            #(#[doc = #docs])*
            #(#attrs)*
            #vis fn #name(mut self, #input: #param) -> #result #bound {
                self.__values.#index = __events::Some(#value);
                #builder #rest
            }
        }
    }

    /// The second setter of a field that may be left out: `maybe_<field>`, which accepts an `Option`.
    fn maybe_setter(&self, field: &BuilderField<'_>, rest: &Group) -> Option<TokenStream> {
        let BuilderField {
            model,
            ident,
            index,
            ..
        } = field;
        if matches!(model.presence, Presence::Required) {
            return None;
        }
        let span = ident.span();
        let name = model.name.trim_start_matches('_');
        let name = format_ident!("maybe_{name}", span = span);
        if self.fields.iter().any(|field| *field.ident == name) {
            return None;
        }
        let (vis, builder, result) = (&self.event.vis, &self.ident, self.type_with_set(field));
        let (ty, input) = (model.setter_type(), field.input_ident());
        let (param, value): (_, Box<dyn ToTokens>) = if model.into {
            (
                quote_spanned!(span=> ::core::option::Option<impl ::core::convert::Into<#ty>>),
                Box::new(quote!(__events::Option::map(#input, __events::Into::into))),
            )
        } else {
            (
                quote_spanned!(field.span=> __events::Option<#ty>),
                Box::new(&input),
            )
        };
        let docs = format!(" Sets `{}`; `None` selects its default.", model.name);
        let attrs = model.setter_attrs.iter();
        let deprecated = attrs.filter(|attr| attr.path().is_ident("deprecated"));
        let bound = field.unset_bound();
        Some(quote! {
            #[doc = #docs]
            #(#deprecated)*
            #vis fn #name(mut self, #input: #param) -> #result #bound {
                self.__values.#index = #value;
                #builder #rest
            }
        })
    }

    /// The type of the builder in which this field is set.
    fn type_with_set(&self, field: &BuilderField<'_>) -> impl ToTokens {
        self.type_with_state(|other| other.index == field.index, "Set")
    }
}

/// The braces of the struct literal that a setter returns. All setters share one group: copying a group
/// costs less than creating its tokens again.
fn struct_rest() -> Group {
    let fields = quote! {
        __values: self.__values,
        __states: __events::PhantomData,
    };
    Group::new(Delimiter::Brace, fields)
}

impl BuilderField<'_> {
    /// The bound of a setter that its field is unset: setting a field twice does not compile.
    fn unset_bound(&self) -> impl ToTokens {
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

    /// The name of a setter's parameter, invisible to the user's expressions.
    fn input_ident(&self) -> Ident {
        Ident::new("value", mixed_site_at(self.ident.span()))
    }
}
