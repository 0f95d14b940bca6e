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
        let core = &self.event.core;
        let same = |part: &Part<'_>| part.field.name == name;
        let params = self.params(|part| !same(part));
        let builder = self.with(|part| same(part).then(|| quote!(#core::__private::Set)));
        let types = self.event.generics.type_params();
        let types = types.filter(|_| emits(name)).map(|param| &param.ident);
        let own = self.wheres().iter().flat_map(|clause| &clause.predicates);
        let method = self.finisher(name);
        quote! {
            #[automatically_derived]
            impl #params #builder where #(#own,)* #(#types: 'static,)* {
                #method
            }
        }
    }

    fn finisher(&self, name: &str) -> TokenStream {
        let Event { core, vis, .. } = self.event;
        let target = &self.target;
        let method = Ident::new(name, self.event.ident.span());
        let bounds = self
            .fields
            .iter()
            .filter(|part| part.field.name != name)
            .filter_map(Part::must_be_set);
        let complete = quote!(where #(#bounds),*);
        let built = quote!(#core::__private::Build::build(self));
        let place = self.event.ident.span();
        let told =
            quote!(::core::result::Result<#core::Emitted<#target>, #core::EmitError<#target>>);
        let (docs, result, body) = match name {
            "__build" => ("", target, built),
            "build" => ("Puts the event together.", target, built),
            "emit" => (
                "Builds the event, runs its subscribers, and gives it back as they left it.",
                target,
                quote!(#core::Event::emit(#built)),
            ),
            _ => (
                "Builds the event, runs its subscribers, and tells what became of it.\n\n\
                 # Errors\n\n\
                 When a subscriber failed, or when the emit was refused as nested too deep.",
                &told,
                quote!(#core::Event::try_emit(#built)),
            ),
        };
        let about = match name {
            "__build" => quote!(#[doc(hidden)]),
            // Where the method is, there its docs are, or clippy does not find them.
            _ => documented(docs, place),
        };
        let must_use = (name == "build").then(|| quote!(#[must_use]));
        quote! {
            #about
            #[inline]
            #must_use
            #vis fn #method(self) -> #result #complete {
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
