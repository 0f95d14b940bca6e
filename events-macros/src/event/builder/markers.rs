//! The traits of each field that carry the text of an error, and what a complete builder builds.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::ext::IdentExt;

use super::{Part, Parts, at, declared};
use crate::event::model::Fill;

impl Parts<'_> {
    pub(super) fn markers(&self) -> TokenStream {
        self.fields.iter().map(|part| self.marker(part)).collect()
    }

    fn marker(&self, part: &Part<'_>) -> TokenStream {
        let core = &self.event.core;
        let event = self.event.ident.unraw();
        let field = part.field;
        let (is_set, is_unset) = (declared(&part.is_set), declared(&part.is_unset));
        let name = &field.name;
        let required = matches!(field.fill, Fill::Required).then(|| {
            let message = format!("`{event}` cannot be built: required field `{name}` is not set");
            let label = format!("add `.{name}(..)` before this call");
            let note = format!("in `emit!`, add `{name} = ..`");
            let text = self.tool(&quote! {
                on_unimplemented(message = #message, label = #label, note = #note)
            });
            let quiet = self.tool(&quote!(do_not_recommend));
            quote! {
                #text
                pub trait #is_set {}
                #quiet
                impl #is_set for #core::__private::Set {}
            }
        });
        let message = format!("field `{name}` of `{event}` is set twice");
        let label = format!("remove this call: `{name}` is set before");
        let text = self.tool(&quote!(on_unimplemented(message = #message, label = #label)));
        let quiet = self.tool(&quote!(do_not_recommend));
        quote! {
            #required
            #text
            pub trait #is_unset {}
            #quiet
            impl #is_unset for #core::__private::Unset {}
        }
    }

    /// An attribute of the compiler's tool `diagnostic`, where that is in scope.
    fn tool(&self, attribute: &TokenStream) -> Option<TokenStream> {
        (!self.event.no_implicit_prelude).then(|| quote!(#[diagnostic::#attribute]))
    }

    /// The trait of complete builders.
    pub(super) fn build(&self) -> TokenStream {
        let core = &self.event.core;
        let (event, target) = (&self.event.ident, &self.target);
        let params = self.params(|_| true);
        let builder = self.with(|_| None);
        let own = self
            .wheres()
            .iter()
            .flat_map(|clause| &clause.predicates)
            .map(ToTokens::to_token_stream);
        let bounds = self.complete().chain(own);
        let values = self.fields.iter().map(|part| {
            let Part {
                field,
                ident,
                index,
                ..
            } = part;
            let value = match &field.fill {
                Fill::Required => quote!(#core::__private::given(self.__values.#index)),
                _ => {
                    let default = field.default();
                    let value = quote!(self.__values.#index);
                    quote!(::core::option::Option::unwrap_or_else(#value, || #default))
                }
            };
            // A derive may set a deprecated field without a word.
            let mut derived = (*ident).clone();
            derived.set_span(at(ident.span()));
            quote!(#derived: #value)
        });
        quote! {
            #[automatically_derived]
            impl #params #core::__private::Build for #builder
            where
                #(#bounds,)*
            {
                type Event = #target;

                #[inline]
                fn build(self) -> #target {
                    #event { #(#values,)* }
                }
            }
        }
    }
}
