//! The methods that finish a builder.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::{Part, Parts, documented};
use crate::event::model::{Event, Fill};

/// The finishers. A field may share the name of one: see [`Part::setter`]. The first is what
/// `emit!` calls, whatever the fields are called. A builder in which a field is missing has them,
/// too, from `Incomplete`, to say what is missing.
const FINISHERS: &[&str] = &[
    "__build",
    "build",
    "emit",
    "try_emit",
    "emit_async",
    "enqueue",
];

/// Those that ask of the event's type parameters what the trait `Event` asks.
fn emits(name: &str) -> bool {
    !matches!(name, "__build" | "build")
}

impl Parts<'_> {
    /// The finishers of complete builders.
    pub(super) fn finishers(&self) -> TokenStream {
        let (ordinary, special): (Vec<_>, Vec<_>) =
            FINISHERS.iter().partition(|name| self.is_ordinary(name));
        let ordinary = self.block(&ordinary);
        let special = special.into_iter().map(|name| self.block(&[name]));
        quote!(#ordinary #(#special)*)
    }

    fn is_ordinary(&self, name: &str) -> bool {
        let has_types = self.event.generics.type_params().next().is_some();
        let is_field = self.fields.iter().any(|part| part.field.name == name);
        !(is_field || has_types && emits(name))
    }

    /// An impl block with these finishers: for builders whose required fields are set, and the field
    /// that shares the name of one.
    fn block(&self, names: &[&&str]) -> TokenStream {
        let is_set = |part: &Part<'_>| {
            let shares = names.iter().any(|name| part.field.name == **name);
            shares || matches!(part.field.fill, Fill::Required)
        };
        let params = self.params(|part| !is_set(part));
        let builder = self.with(is_set, &quote!(__events::Set));
        let types = self.event.generics.type_params();
        let types = types.filter(|_| names.iter().any(|name| emits(name)));
        let types = types.map(|param| &param.ident);
        let own = self.own_bounds();
        let methods = names.iter().map(|name| self.finisher(name));
        quote! {
            #[automatically_derived]
            impl #params #builder where #own #(#types: 'static,)* {
                #(#methods)*
            }
        }
    }

    fn finisher(&self, name: &str) -> TokenStream {
        let Event { core, vis, .. } = self.event;
        let target = &self.target;
        let place = self.event.ident.span();
        let method = Ident::new(name, place);
        let built = quote!(__events::Build::build(self));
        let (docs, result, body) = match name {
            "__build" => ("", quote!(#target), built),
            "build" => ("Puts the event together.", quote!(#target), built),
            "emit" => (
                "Builds the event, runs its subscribers, and gives it back as they left it.",
                quote!(#target),
                quote!(#core::Event::emit(#built)),
            ),
            "emit_async" => (
                "Builds the event; awaited, runs its subscribers, the async ones beside each \
                 other, and gives it back.",
                quote!(#core::EmitAsync<#target>),
                quote!(#core::Event::emit_async(#built)),
            ),
            "enqueue" => (
                "Builds the event, and puts it into the queue, to be emitted later.\n\n\
                 # Errors\n\n\
                 When the queue is full; the event is in the error.",
                quote!(__events::Result<(), #core::QueueFull<#target>>),
                quote!(#core::Event::enqueue(#built)),
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
        // Where an event is emitted is where its builder is finished.
        let tracked = emits(name).then(|| quote!(#[track_caller]));
        let must_use = (name == "build").then(|| quote!(#[must_use]));
        let bound = (name == "enqueue").then(|| self.can_wait());
        quote! {
            #about
            #must_use
            #tracked
            #vis fn #method(self) -> #result #bound {
                #body
            }
        }
    }
}

impl Parts<'_> {
    /// Asks whether the event can wait in the queue, as if the event had one more lifetime: so those
    /// are asked who call the method, and an event that is never put there need not be able to. That
    /// an event without a lifetime is owned, it knows without asking, and compiles faster.
    fn can_wait(&self) -> TokenStream {
        let Event { core, .. } = self.event;
        let owned = self.event.borrows().then(|| quote!(#core::OwnedEvent +));
        let target = &self.target;
        quote!(where for<'__any> #target: #owned __events::Send)
    }

    /// What tells of a builder that lacks a field: see `Incomplete`.
    pub(super) fn incomplete(&self) -> TokenStream {
        let (params, builder, wheres) = (self.params(|_| true), self.builder(), self.wheres());
        let target = &self.target;
        quote! {
            impl #params __events::Deref for #builder #wheres {
                type Target = __events::Incomplete<Self, #target>;

                #[inline]
                fn deref(&self) -> &Self::Target {
                    __events::Incomplete::of(self)
                }
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
