//! The methods that finish a builder.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::{Part, Parts, documented};
use crate::event::model::Event;

/// The finishers. A field may share the name of one: see [`Part::setter`]. The first is what
/// `emit!` calls, whatever the fields are called.
const FINISHERS: &[&str] = &["__build", "build", "emit", "try_emit"];

/// Those that ask of the event's type parameters what the trait `Event` asks.
fn emits(name: &str) -> bool {
    !matches!(name, "__build" | "build")
}

impl Parts<'_> {
    /// The finishers that stand beside the setters: the fewer impl blocks, the faster it compiles.
    pub(super) fn ordinary_finishers(&self) -> TokenStream {
        let ordinary = FINISHERS.iter().filter(|name| self.is_ordinary(name));
        ordinary.map(|name| self.finisher(name)).collect()
    }

    /// The finishers that need an impl block of their own.
    pub(super) fn special_finishers(&self) -> TokenStream {
        let special = FINISHERS.iter().filter(|name| !self.is_ordinary(name));
        special.map(|name| self.block(name)).collect()
    }

    fn is_ordinary(&self, name: &str) -> bool {
        let has_types = self.event.generics.type_params().next().is_some();
        let is_field = self.fields.iter().any(|part| part.field.name == name);
        !(is_field || has_types && emits(name))
    }

    /// An impl block with this finisher.
    fn block(&self, name: &str) -> TokenStream {
        let same = |part: &Part<'_>| part.field.name == name;
        let params = self.params(|part| !same(part));
        let builder = self.with(same, &quote!(__events::Set));
        let types = self.event.generics.type_params();
        let types = types.filter(|_| emits(name)).map(|param| &param.ident);
        let own = self.own_bounds();
        let method = self.finisher(name);
        quote! {
            #[automatically_derived]
            impl #params #builder where #own #(#types: 'static,)* {
                #method
            }
        }
    }

    /// It asks for every required field itself: asked for a complete builder instead, the compiler
    /// would explain at length why this is none.
    fn finisher(&self, name: &str) -> TokenStream {
        let Event { core, vis, .. } = self.event;
        let target = &self.target;
        let place = self.event.ident.span();
        let method = Ident::new(name, place);
        let set = self
            .fields
            .iter()
            .filter(|part| part.field.name != name)
            .filter_map(Part::must_be_set);
        let built = quote!(__events::Build::build(self));
        let (docs, result, body) = match name {
            "__build" => ("", quote!(#target), built),
            "build" => ("Puts the event together.", quote!(#target), built),
            "emit" => (
                "Builds the event, runs its subscribers, and gives it back as they left it.",
                quote!(#target),
                quote!(#core::Event::emit(#built)),
            ),
            _ => (
                "Builds the event, runs its subscribers, and tells what became of it.\n\n\
                 # Errors\n\n\
                 When a subscriber failed, or when the emit was refused as nested too deep.",
                quote!(__events::Result<#core::Emitted<#target>, #core::EmitError<#target>>),
                quote!(#core::Event::try_emit(#built)),
            ),
        };
        // Where the method is, there its docs are, or clippy does not find them.
        let about = match name {
            "__build" => quote!(#[doc(hidden)]),
            _ => documented(docs, place),
        };
        let must_use = (name == "build").then(|| quote!(#[must_use]));
        quote! {
            #about
            #[inline]
            #must_use
            #vis fn #method(self) -> #result where #(#set),* {
                #body
            }
        }
    }
}

impl Part<'_> {
    /// Whether its setter shares its name with a finisher.
    pub(super) fn is_finisher(&self) -> bool {
        FINISHERS.contains(&self.field.name.as_str())
    }
}
