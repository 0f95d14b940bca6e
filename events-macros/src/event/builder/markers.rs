//! Writes the marker trait of each required field, which carries the error text for a field that is
//! not set.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt;

use super::{super::model::Presence, model::Builder};
use crate::syntax::in_place::shared;

impl Builder<'_> {
    pub(super) fn marker_traits(&self) -> TokenStream {
        let required: Vec<_> = self
            .fields
            .iter()
            .filter(|field| matches!(field.model.presence, Presence::Required))
            .collect();
        let traits = required
            .iter()
            .map(|field| field.generated_ident(&field.marker));
        if self.event.no_implicit_prelude {
            // The tool module `diagnostic` is not in scope without a prelude.
            return quote! {
                #(
                    pub trait #traits {}
                    impl #traits for __events::Set {}
                )*
            };
        }
        let event = self.event.ident.unraw();
        let fields = required.iter().map(|field| &field.model.name);
        let messages = fields
            .clone()
            .map(|name| format!("`{event}` cannot be built: required field `{name}` is not set"));
        let labels = fields
            .clone()
            .map(|name| format!("add `.{name}(..)` before this call"));
        let notes = fields.map(|name| format!("in `emit!`, add `{name} = ..`"));
        let do_not_recommend = shared(quote!(#[diagnostic::do_not_recommend]));
        quote! {
            #(
                #[diagnostic::on_unimplemented(message = #messages, label = #labels, note = #notes)]
                pub trait #traits {}
                #do_not_recommend
                impl #traits for __events::Set {}
            )*
        }
    }
}
