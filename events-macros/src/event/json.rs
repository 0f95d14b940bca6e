//! Writes the event as JSON: the method for that, and the implementation of `Nested`, through which an event
//! that contains this one writes it.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Generics, Index, Member};

use super::{
    json_model::{JsonForm, Variant},
    model::{Event, Field, Shape},
    serde_attributes::SerdeField,
};
use crate::syntax::spans::{call_site_at, mixed_site_at, type_name_span};

/// The method that returns the event as JSON, if the option `serialize` is given.
pub(super) fn method(event: &Event) -> Option<TokenStream> {
    let json = event.json.as_ref()?;
    let body = match &json.form {
        JsonForm::Fields(fields) => by_field(event, fields),
        JsonForm::Whole(_) | JsonForm::Variants(_) => {
            let hides = hides(event, &json.form);
            quote!(__events::json::whole(self, #hides))
        }
    };
    let feature_check =
        quote_spanned!(mixed_site_at(json.option_span)=> __events::json::on::<Self>());
    Some(quote! {
        fn __json(&self) -> __events::Option<__events::json::Json> {
            #feature_check;
            #body
        }
    })
}

/// A struct, each of whose fields is written by itself.
fn by_field(event: &Event, attrs: &[(String, SerdeField)]) -> TokenStream {
    let written = || {
        let fields = event.fields.iter().enumerate().zip(attrs);
        fields.filter(|(_, (_, attrs))| !attrs.skip)
    };
    let values = written().map(|((index, field), (_, attrs))| value(index, field, attrs));
    let keys = written().map(|(_, (key, _))| key);
    match event.shape {
        Shape::Unit => quote!(__events::json::null()),
        Shape::NamedFields => quote!(__events::json::object([#((#keys, #values)),*])),
        Shape::TupleOrEnum => quote!(__events::json::array([#(#values),*])),
    }
}

/// The value of a field, or `None` if it is left out.
fn value(index: usize, field: &Field, attrs: &SerdeField) -> TokenStream {
    if field.secret {
        return quote!(__events::json::secret());
    }
    let member = member(index, field);
    // Call-site hygiene, as `self` has elsewhere; errors underline the field's type.
    let span = call_site_at(type_name_span(&field.ty));
    let value = match &attrs.serialize_with {
        None => quote_spanned!(span=> __events::nested_json::field(&self.#member).json()),
        Some(function) => {
            let result = quote!(#function(&self.#member, __events::json::serializer()));
            quote_spanned!(span=> __events::json::converted(#result))
        }
    };
    match &attrs.skip_if {
        None => value,
        Some(function) => {
            quote!(if #function(&self.#member) { __events::None } else { #value })
        }
    }
}

fn member(index: usize, field: &Field) -> Member {
    match &field.ident {
        Some(ident) => Member::Named(ident.clone()),
        None => Member::Unnamed(Index::from(index)),
    }
}

/// The implementation of `Nested`, if the event has JSON or hides a field. `generics` have all bounds.
pub(super) fn nested_impl(event: &Event, generics: &Generics) -> Option<TokenStream> {
    let Event { core, ident, .. } = event;
    let has_secret = event.fields.iter().any(|field| field.secret);
    let json = event.json.as_ref().map(|_| {
        quote! {
            fn json(&self) -> __events::Option<__events::json::Json> {
                #core::Event::__json(self)
            }
        }
    });
    let hides = match &event.json {
        None if !has_secret => return None,
        Some(json) if !has_secret => {
            let hides = hides(event, &json.form);
            Some(quote! {
                fn hides(&self) -> bool {
                    #hides
                }
            })
        }
        _ => None,
    };
    let (params, args, bounds) = generics.split_for_impl();
    Some(quote! {
        #[automatically_derived]
        impl #params __events::nested_json::Nested for #ident #args #bounds {
            #json
            #hides
        }
    })
}

/// Whether a field that is written hides something, for an event without secrets of its own.
fn hides(event: &Event, form: &JsonForm) -> TokenStream {
    let of_fields = |attrs: &mut dyn Iterator<Item = &SerdeField>| {
        let fields = event.fields.iter().enumerate().zip(attrs);
        let written = fields.filter(|(_, attrs)| !attrs.skip && attrs.serialize_with.is_none());
        let hides = written.map(|((index, field), _)| {
            let member = member(index, field);
            let span = call_site_at(type_name_span(&field.ty));
            quote_spanned!(span=> __events::nested_json::field(&self.#member).hides())
        });
        any(hides)
    };
    match form {
        JsonForm::Fields(attrs) => of_fields(&mut attrs.iter().map(|(_, attrs)| attrs)),
        JsonForm::Whole(attrs) => of_fields(&mut attrs.iter()),
        JsonForm::Variants(variants) => {
            let has_fields = |variant: &&Variant| !variant.written.is_empty();
            let arms = variants.iter().filter(has_fields).map(|variant| {
                let Variant { ident, written } = variant;
                let bindings: Vec<_> = (0..written.len()).map(binding).collect();
                let hides = any(bindings
                    .iter()
                    .map(|binding| quote!(__events::nested_json::field(#binding).hides())));
                quote!(Self::#ident { #(#written: #bindings,)* .. } => #hides,)
            });
            let arms: Vec<_> = arms.collect();
            if arms.is_empty() {
                return quote!(false);
            }
            let rest = (arms.len() < variants.len()).then(|| quote!(_ => false,));
            quote!(match self { #(#arms)* #rest })
        }
    }
}

fn binding(index: usize) -> Ident {
    format_ident!("__field{index}", span = Span::mixed_site())
}

/// Whether one of the conditions holds.
fn any(conditions: impl Iterator<Item = TokenStream>) -> TokenStream {
    conditions
        .reduce(|any, next| quote!(#any || #next))
        .unwrap_or_else(|| quote!(false))
}
