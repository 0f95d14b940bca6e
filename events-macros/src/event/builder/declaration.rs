//! Writes the builder's struct and the event's function `builder()`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::Token;

use super::{super::model::Event, model::Builder};
use crate::syntax::in_place::shared;

impl Builder<'_> {
    pub(super) fn declaration(&self) -> TokenStream {
        let Event {
            core,
            vis,
            ident: event,
            lints,
            deprecations,
            ..
        } = self.event;
        let (ident, bounds) = (&self.ident, self.where_clause());
        let params = &self.event.generics.params;
        let comma = (!params.is_empty() && !params.trailing_punct()).then(<Token![,]>::default);
        let states = self.fields.iter().map(|field| {
            let name = format!("__{}", field.model.name);
            Ident::new(&name, field.span)
        });
        let states: Vec<_> = states.collect();
        let values = self.fields.iter().map(|field| field.model.setter_type());
        let docs = format!(
            " The builder of [`{event}`]: call the setters in any order, then `build()` or `emit()`.",
        );
        let option = shared(quote!(::core::option::Option));
        let unset = shared(quote!(#core::__private::Unset));
        // A variable, because a literal inside `quote!` is parsed again on each expansion.
        let hint = "nothing happens before `.build()` or `.emit()`";
        quote! {
            #[doc = #docs]
            #(#lints)*
            #(#deprecations)*
            #[must_use = #hint]
            #vis struct #ident<#params #comma #(#states = #unset),*> #bounds {
                __values: (#(#option<#values>,)*),
                __states: ::core::marker::PhantomData<(#(#states,)*)>,
            }
        }
    }

    pub(super) fn builder_fn(&self) -> TokenStream {
        let Event {
            ident: event, vis, ..
        } = self.event;
        let (params, args, bounds) = self.event.generics.split_for_impl();
        let (ident, event_type) = (&self.ident, self.event_type());
        let none = self.fields.iter();
        let none = none.map(|_| Ident::new("None", Span::call_site()));
        let docs =
            format!(" Returns the builder of [`{event}`], with no field set; see [`{ident}`].");
        quote! {
            impl #params #event_type #bounds {
                #[doc = #docs]
                #[inline]
                #vis fn builder() -> #ident #args {
                    #ident {
                        __values: (#(__events::#none,)*),
                        __states: __events::PhantomData,
                    }
                }
            }
        }
    }
}
