//! Writes the finishers: the methods that build, emit or enqueue the event. Their bodies are the same for
//! all events; a macro of `events-core` contains them.

use std::iter;

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use super::model::{Builder, BuilderField};

/// The finishers. A field may have the name of one: see `Builder::setter`. Those with an origin are methods of the trait
/// `EmitFrom`, so that they are not compiled for each event.
const FINISHERS: &[&str] = &["build", "emit", "try_emit", "emit_async", "enqueue"];

/// Whether the finisher needs the event's type parameters to be `'static`, as the trait `Event` does.
fn needs_event(name: &str) -> bool {
    name != "build"
}

impl Builder<'_> {
    /// The finishers, defined for all states: each has its own bounds that the required fields are set.
    pub(super) fn finishers(&self) -> TokenStream {
        let (common, special): (Vec<_>, Vec<_>) =
            FINISHERS.iter().partition(|name| self.is_common(name));
        let special = special.into_iter().map(|name| self.finisher_impl(&[name]));
        iter::once(self.finisher_impl(&common))
            .chain(special)
            .collect()
    }

    /// Whether the finisher goes into the common impl block, which adds no bounds.
    fn is_common(&self, name: &str) -> bool {
        let has_types = self.event.generics.type_params().next().is_some();
        let is_field = self.fields.iter().any(|field| field.model.name == name);
        !(is_field || has_types && needs_event(name))
    }

    /// An impl block with these finishers. If a field has the name of one of them, the block is for builders
    /// in which that field is set.
    fn finisher_impl(&self, names: &[&&str]) -> TokenStream {
        let has_name =
            |field: &BuilderField<'_>| names.iter().any(|name| field.model.name == **name);
        let params = self.impl_params(|field| !has_name(field));
        let builder = self.type_with_state(has_name, "Set");
        let types = self.event.generics.type_params();
        let types = types.filter(|_| names.iter().any(|name| needs_event(name)));
        let types = types.map(|param| &param.ident);
        let bounds = self.event_bounds();
        let (vis, event_type) = (&self.event.vis, self.event_type());
        // An event without a lifetime parameter is always owned; leaving the bound out compiles faster.
        let core = &self.event.core;
        let owned = self
            .event
            .borrows()
            .then(|| quote!(#core::__private::OwnedEvent +));
        let names = names.iter().map(|name| Ident::new(name, Span::call_site()));
        quote! {
            impl #params #builder where #(#bounds,)* #(#types: 'static,)* {
                __events::finishers! { #vis #event_type, { #owned __events::Send }: #(#names)* }
            }
        }
    }
}

impl BuilderField<'_> {
    /// Whether the field, and so its setter, has the name of a finisher.
    pub(super) fn is_named_like_finisher(&self) -> bool {
        FINISHERS.contains(&self.model.name.as_str())
    }
}
