//! The methods that finish a builder; `events-core` has their text, which is the same for all events.

use std::iter;

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use super::{Part, Parts};

/// The finishers. A field may share the name of one: see [`Part::setter`].
const FINISHERS: &[&str] = &["build", "emit", "try_emit", "emit_async", "enqueue"];

/// Those that ask of the event's type parameters what the trait `Event` asks.
fn emits(name: &str) -> bool {
    name != "build"
}

impl Parts<'_> {
    /// The finishers, of builders in any state: each asks by itself whether a field is missing.
    pub(super) fn finishers(&self) -> TokenStream {
        let (ordinary, special): (Vec<_>, Vec<_>) =
            FINISHERS.iter().partition(|name| self.is_ordinary(name));
        let special = special.into_iter().map(|name| self.block(&[name]));
        iter::once(self.block(&ordinary)).chain(special).collect()
    }

    fn is_ordinary(&self, name: &str) -> bool {
        let has_types = self.event.generics.type_params().next().is_some();
        let is_field = self.fields.iter().any(|part| part.field.name == name);
        !(is_field || has_types && emits(name))
    }

    /// An impl block with these finishers. The field that shares the name of one is set there.
    fn block(&self, names: &[&&str]) -> TokenStream {
        let shares = |part: &Part<'_>| names.iter().any(|name| part.field.name == **name);
        let params = self.params(|part| !shares(part));
        let builder = self.with(shares, "Set");
        let types = self.event.generics.type_params();
        let types = types.filter(|_| names.iter().any(|name| emits(name)));
        let types = types.map(|param| &param.ident);
        let own = self.own_bounds();
        let (vis, target) = (&self.event.vis, self.target());
        // That an event without a lifetime is owned, it knows without asking, and compiles faster.
        let core = &self.event.core;
        let owned = self.event.borrows().then(|| quote!(#core::OwnedEvent +));
        let names = names.iter().map(|name| Ident::new(name, Span::call_site()));
        quote! {
            impl #params #builder where #(#own,)* #(#types: 'static,)* {
                __events::finishers! { #vis #target, { #owned __events::Send }: #(#names)* }
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
