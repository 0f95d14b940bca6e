//! What the derive writes for a model whose events are stored by `events-durable`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{LitStr, ext::IdentExt, spanned::Spanned};

use crate::{
    durable::{Durable, UNDECIDED, field_of},
    model::{Field, Model},
};

impl Durable {
    pub(crate) fn expand(&self, model: &Model) -> TokenStream {
        let ident = &model.ident;
        let codec = match &self.codec {
            Some(codec) => quote!(#codec),
            None => quote!(__durable::Json),
        };
        let version = match &self.version {
            Some(version) => quote!(#version),
            None => quote!(1),
        };
        let topics = ["created", "updated", "deleted"].map(|event| {
            let topic = format!("{}.{event}", self.topic.value());
            LitStr::new(&topic, self.topic.span())
        });
        let secrets = self.secrets.iter().map(
            |(name, is_skipped)| quote!(__durable::Secret { name: #name, is_skipped: #is_skipped }),
        );
        let hidden = &self.hidden;
        let checks = self.encrypted.iter().map(|&span| {
            quote_spanned! {at(span)=>
                const _: () = ::core::assert!(<#codec as ::events_durable::Codec>::ENCRYPTS, #UNDECIDED);
            }
        });
        let key = self.durable_key();
        let before = model.fields.iter().map(before);
        let events = events(ident);
        quote! {
            const _: () = {
                use ::events_durable::__derive as __durable;

                #[automatically_derived]
                impl __durable::DurableModel for #ident {
                    type Codec = #codec;
                    const VERSION: i32 = #version;
                    const TOPICS: [&'static str; 3] = [#(#topics),*];
                    const SECRETS: &'static [__durable::Secret] = &[#(#secrets),*];
                    const HIDDEN: &'static [&'static str] = &[#(#hidden),*];

                    fn durable_key(&self) -> ::core::option::Option<__durable::String> {
                        #key
                    }

                    fn before(&self, changes: &__events::Diff) -> Self {
                        let mut before = ::core::clone::Clone::clone(self);
                        #(#before)*
                        before
                    }

                    fn diff(old: &Self, new: &Self) -> __events::Diff {
                        <Self as ::events_seaorm::Observed>::diff(old, new)
                    }
                }

                #(#checks)*

                #events
            };
        }
    }

    /// The body of the function that returns the key of a record.
    fn durable_key(&self) -> TokenStream {
        let Some(key) = &self.key else {
            return self.primary_key_text();
        };
        let span = at(key.span());
        if let Some(field) = field_of(key) {
            return quote_spanned! {span=>
                ::core::option::Option::Some(__durable::key_text(&self.#field))
            };
        }
        quote_spanned! {span=>
            let key: fn(&Self) -> _ = #key;
            ::core::option::Option::Some(__durable::key_text(&key(self)))
        }
    }

    /// That of the primary key, which is unique among the models by the name before it.
    fn primary_key_text(&self) -> TokenStream {
        let topic = self.topic.value();
        let parts = self.primary_key.iter().map(|field| {
            quote_spanned! {at(field.span())=>
                key.push('/');
                key.push_str(&__durable::key_text(&self.#field));
            }
        });
        quote! {
            let mut key = __durable::String::from(#topic);
            #(#parts)*
            ::core::option::Option::Some(key)
        }
    }
}

/// This place, as one of generated code: lints take what has a span of the user for code of the user.
fn at(place: Span) -> Span {
    Span::call_site().located_at(place)
}

/// Sets a field to its value before the changes.
fn before(field: &Field) -> TokenStream {
    let ident = &field.ident;
    let name = ident.unraw().to_string();
    quote_spanned! {at(ident.span())=>
        if let ::core::option::Option::Some(change) = changes.get(#name)
            && let ::core::option::Option::Some(old) = change.old()
        {
            before.#ident = ::core::clone::Clone::clone(old);
        }
    }
}

/// Adds the three events to the durable event types, each with what fails while no store is registered.
fn events(model: &Ident) -> TokenStream {
    let events = [
        ("Created", "__store_created"),
        ("Updated", "__store_updated"),
        ("Deleted", "__store_deleted"),
    ];
    let events = events.map(|(event, function)| {
        let event = Ident::new(event, Span::call_site());
        let function = Ident::new(function, model.span());
        quote! {
            const _: () = {
                __durable::register_type! { __durable::core::record::#event<#model> }
            };

            #[__durable::subscriber(crate = __durable::core, priority = i32::MAX, at_once)]
            fn #function(
                _: &__durable::core::record::#event<#model>,
            ) -> ::core::result::Result<(), __durable::NotRegistered> {
                __durable::check_registered_for_write()
            }
        }
    });
    quote!(#(#events)*)
}
