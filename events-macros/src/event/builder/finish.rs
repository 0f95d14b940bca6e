//! The methods that finish a builder.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use super::{Part, Parts};
use crate::event::model::Event;

/// The finishers. A field may share the name of one: see [`Part::setter`].
const FINISHERS: &[&str] = &["build", "emit", "emit_from", "try_emit", "try_emit_from"];

impl Parts<'_> {
    /// The finishers: those of the same impl block together.
    pub(super) fn finishers(&self) -> TokenStream {
        let is_special = |name: &str| self.fields.iter().any(|part| part.field.name == name);
        // Emitting needs what the trait needs.
        let emitting: Vec<_> = self
            .event
            .generics
            .type_params()
            .map(|param| &param.ident)
            .collect();
        let alone = |name: &str| is_special(name) || (name == "build" && !emitting.is_empty());
        let together: Vec<_> = FINISHERS
            .iter()
            .copied()
            .filter(|name| !alone(name))
            .collect();
        let mut blocks = TokenStream::new();
        for group in FINISHERS
            .iter()
            .filter(|name| alone(name))
            .map(std::slice::from_ref)
            .chain([&together[..]])
            .filter(|group| !group.is_empty())
        {
            let types = (group != ["build"]).then_some(&emitting);
            let types = types.into_iter().flatten();
            blocks.extend(self.block(group, types.copied()));
        }
        blocks
    }

    /// An impl block with these finishers.
    fn block<'i>(&self, names: &[&str], types: impl Iterator<Item = &'i Ident>) -> TokenStream {
        let core = &self.event.core;
        let same = |part: &Part<'_>| names.contains(&part.field.name.as_str());
        let params = self.params(|part| !same(part));
        let builder = self.with(|part| {
            let ty = &part.field.ty;
            same(part).then(|| quote!(#core::__private::Set<#ty>))
        });
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
        let method = Ident::new(name, Span::call_site());
        let bounds = self
            .fields
            .iter()
            .zip(self.complete())
            .filter(|(part, _)| part.field.name != name)
            .map(|(_, bound)| bound);
        let complete = quote!(where #(#bounds),*);
        let built = quote!(#core::__private::Build::build(self));
        let result =
            quote!(::core::result::Result<#core::Emitted<#target>, #core::EmitError<#target>>);
        match name {
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
                #vis fn #method<__M>(self, origin: impl #core::IntoKey<__M>) -> #target #complete {
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
                #vis fn #method<__M>(self, origin: impl #core::IntoKey<__M>) -> #result #complete {
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
