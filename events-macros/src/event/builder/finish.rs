//! The methods that finish a builder.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};

use super::{Part, Parts};
use crate::{event::model::Event, spans::located};

/// The finishers. A field may share the name of one: see [`Part::setter`]. The first is what
/// `emit!` calls, whatever the fields are called.
const FINISHERS: &[&str] = &[
    "__build",
    "build",
    "emit",
    "emit_from",
    "try_emit",
    "try_emit_from",
];

/// Those that ask of the event's type parameters what the trait `Event` asks.
fn emits(name: &str) -> bool {
    !matches!(name, "__build" | "build")
}

impl Parts<'_> {
    /// The finishers: those of the same impl block together.
    pub(super) fn finishers(&self) -> TokenStream {
        let is_special = |name: &str| self.fields.iter().any(|part| part.field.name == name);
        let (special, ordinary): (Vec<&str>, Vec<&str>) =
            FINISHERS.iter().partition(|name| is_special(name));
        let has_types = self.event.generics.type_params().next().is_some();
        let (building, emitting) = ordinary
            .into_iter()
            .partition(|name| has_types && !emits(name));
        let special = special.into_iter().map(|name| vec![name]);
        special
            .chain([building, emitting])
            .filter(|group| !group.is_empty())
            .map(|group| self.block(&group))
            .collect()
    }

    /// An impl block with these finishers.
    fn block(&self, names: &[&str]) -> TokenStream {
        let core = &self.event.core;
        let same = |part: &Part<'_>| names.contains(&part.field.name.as_str());
        let params = self.params(|part| !same(part));
        let builder = self.with(|part| {
            let ty = &part.field.ty;
            same(part).then(|| quote!(#core::__private::Set<#ty>))
        });
        let types = self.event.generics.type_params();
        let types = types
            .filter(|_| names.iter().all(|name| emits(name)))
            .map(|param| &param.ident);
        let own = self.wheres().iter().flat_map(|clause| &clause.predicates);
        let methods = names.iter().map(|name| self.finisher(name));
        quote! {
            #[automatically_derived]
            impl #params #builder where #(#own,)* #(#types: 'static,)* {
                #(#methods)*
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
            .zip(self.complete())
            .filter(|(part, _)| part.field.name != name)
            .map(|(_, bound)| bound);
        let complete = quote!(where #(#bounds),*);
        let built = quote!(#core::__private::Build::build(self));
        let place = self.event.ident.span();
        let shown = located(core, place);
        let origin = quote_spanned!(place=> impl #shown::IntoKey<__M>);
        let result =
            quote!(::core::result::Result<#core::Emitted<#target>, #core::EmitError<#target>>);
        match name {
            "__build" => quote! {
                #[doc(hidden)]
                #[inline]
                #vis fn #method(self) -> #target #complete {
                    #built
                }
            },
            "build" => quote! {
                /// Puts the event together.
                #[inline]
                #[must_use]
                #vis fn #method(self) -> #target #complete {
                    #built
                }
            },
            "emit" => quote! {
                /// Builds the event, runs its subscribers, and gives it back as they left it.
                #[inline]
                #vis fn #method(self) -> #target #complete {
                    #core::Event::emit(#built)
                }
            },
            "emit_from" => quote! {
                /// `emit`, and says where from.
                #[inline]
                #vis fn #method<__M>(self, origin: #origin) -> #target #complete {
                    #core::Event::emit_from(#built, origin)
                }
            },
            "try_emit" => quote! {
                /// Builds the event, runs its subscribers, and tells what became of it.
                ///
                /// # Errors
                ///
                /// When a subscriber failed, or when the emit was refused as nested too deep.
                #[inline]
                #vis fn #method(self) -> #result #complete {
                    #core::Event::try_emit(#built)
                }
            },
            _ => quote! {
                /// `try_emit`, and says where from.
                ///
                /// # Errors
                ///
                /// As `try_emit`.
                #[inline]
                #vis fn #method<__M>(self, origin: #origin) -> #result #complete {
                    #core::Event::try_emit_from(#built, origin)
                }
            },
        }
    }
}

impl Part<'_> {
    /// Whether its setter shares its name with a finisher.
    pub(super) fn is_finisher(&self) -> bool {
        FINISHERS.contains(&self.field.name.as_str())
    }
}
