//! What the derive writes for the type itself: the trait, its family, its description.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Lifetime, ext::IdentExt, parse_quote};

use super::{
    builder,
    model::{Built, Event},
};
use crate::lifetimes::with_static;

pub(crate) fn expand(event: &Event) -> TokenStream {
    let mut tokens = implementations(event);
    if event.built != Built::ByHand {
        tokens.extend(builder::expand(event));
    }
    tokens
}

fn implementations(event: &Event) -> TokenStream {
    let Event {
        core,
        ident,
        docs,
        fields,
        ..
    } = event;
    let span = ident.span();
    let name = ident.unraw().to_string();
    let topic = match &event.topic {
        Some(topic) => quote!(#topic),
        None => quote!(::core::concat!(::core::module_path!(), "::", #name)),
    };
    let location = quote_spanned! {span=>
        #core::Location::new(::core::file!(), ::core::line!(), ::core::column!())
    };
    let field_names = fields.iter().map(|field| &field.name);
    let field_types = fields.iter().map(|field| {
        let ty = &field.ty;
        quote!(#ty).to_string()
    });
    let secrets = fields.iter().map(|field| field.secret);

    let mut generics = event.generics.clone();
    for param in event.generics.type_params() {
        let param = &param.ident;
        generics
            .make_where_clause()
            .predicates
            .push(parse_quote!(#param: 'static));
    }
    let of_static = with_static(&generics);
    let (impls, args, wheres) = generics.split_for_impl();
    let (static_impls, _, static_wheres) = of_static.split_for_impl();
    let family = instance(event, &Lifetime::new("'static", span));
    let member = instance(event, &Lifetime::new("'__member", span));
    let (slot, home) = if event.is_generic() {
        (quote!(), quote!(::core::option::Option::None))
    } else {
        let slot = quote! {
            static __SLOT: #core::__private::Slot = #core::__private::Slot::new();
        };
        (slot, quote!(::core::option::Option::Some(&__SLOT)))
    };

    quote! {
        const _: () = {
            const __DESCRIBED: #core::EventInfo = #core::EventInfo::new(
                #topic,
                #name,
                ::core::module_path!(),
                #location,
                #docs,
                &[#(#core::FieldInfo::new(#field_names, #field_types, #secrets)),*],
            );
            #core::__register! {
                static __INFO: EventInfo in EVENTS = __DESCRIBED
            }

            #slot

            #[automatically_derived]
            impl #impls #core::Event for #ident #args #wheres {
                type Family = #family;

                #[inline]
                fn __emit(&mut self, origin: ::core::option::Option<&#core::Origin>) {
                    #core::__private::emit::<#family>(self, origin)
                }

                #[inline]
                fn __try_emit(
                    self,
                    origin: ::core::option::Option<&#core::Origin>,
                ) -> ::core::result::Result<#core::Emitted<Self>, #core::EmitError<Self>> {
                    #core::__private::try_emit(self, origin)
                }

                #[inline]
                fn __lend<__V: #core::__private::Visit<#family>>(
                    &mut self,
                    visitor: __V,
                ) -> __V::Output {
                    visitor.visit(self)
                }
            }

            #[automatically_derived]
            impl #static_impls #core::Family for #family #static_wheres {
                type Of<'__member> = #member;

                #[inline]
                fn info() -> &'static #core::EventInfo {
                    &__INFO
                }

                #[inline]
                fn home() -> ::core::option::Option<&'static #core::__private::AnyHome> {
                    #home
                }
            }
        };
    }
}

/// The type with this lifetime in the place of its own.
fn instance(event: &Event, lifetime: &Lifetime) -> TokenStream {
    let ident = &event.ident;
    let args = event.generics.params.iter().map(|param| match param {
        syn::GenericParam::Lifetime(_) => quote!(#lifetime),
        syn::GenericParam::Type(param) => {
            let ident = &param.ident;
            quote!(#ident)
        }
        syn::GenericParam::Const(param) => {
            let ident = &param.ident;
            quote!(#ident)
        }
    });
    quote!(#ident<#(#args),*>)
}
