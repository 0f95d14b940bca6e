//! What the derive writes as the builder.
//!
//! It has one type parameter a field, `Unset` or `Set`, and keeps the values apart from these, in
//! `Option`s: a setter is then as long for thirty fields as for one, and events compile fast. A marker
//! trait for each required field carries the text of an error literally, so that it names the field
//! whatever else is in scope.
//!
//! What else a method asks of a state is the same for all events, down to the names of the parameters:
//! with words of each event's own, an eighth more time went into these than into all of the rest.
//!
//! What an error points at is located at the user's field, and everything still counts as written
//! by a macro, so that no lint of the user's looks at it.
//!
//! Every token costs whoever compiles an event. So one import, `__events`, stands for what this
//! would otherwise take from `core` and `events_core` by long paths.

mod finish;
mod markers;
mod setters;

use proc_macro2::{Ident, Punct, Spacing, Span, TokenStream};
use quote::{ToTokens, TokenStreamExt, format_ident, quote};
use syn::{GenericParam, Index, Token, WherePredicate, ext::IdentExt, punctuated::Punctuated};

use super::model::{Event, Field};
use crate::inplace::{InPlace, shared};

pub(super) fn expand(event: &Event) -> TokenStream {
    let parts = Parts::of(event);
    let core = &event.core;
    let methods: TokenStream = [
        parts.entrance(),
        parts.markers(),
        parts.build(),
        parts.setters(),
        parts.finishers(),
    ]
    .into_iter()
    .collect();
    let methods = quote! {
        const _: () = {
            use #core::__private::{self as __events, Build as __Build};

            #methods
        };
    };
    [parts.declaration(), methods].into_iter().collect()
}

/// The names that the parts of a builder share.
struct Parts<'e> {
    event: &'e Event,
    /// The type of the builder.
    ident: Ident,
    /// The event's own parameters as arguments, each with a comma.
    own: TokenStream,
    fields: Vec<Part<'e>>,
}

struct Part<'e> {
    field: &'e Field,
    ident: &'e Ident,
    /// Located at its name, and written by the derive.
    here: Span,
    /// Its place among the values.
    index: Index,
    /// The type parameter of the builder, as its methods call it. All events call the first one the
    /// same: what the compiler finds out where these are its parameters it then finds out once.
    state: Ident,
    /// Holds for a field that has its value.
    is_set: Ident,
}

impl<'e> Parts<'e> {
    fn of(event: &'e Event) -> Self {
        let name = &event.ident;
        let fields = event
            .fields
            .iter()
            .enumerate()
            .filter_map(|(index, field)| {
                let ident = field.ident.as_ref()?;
                let span = ident.span();
                Some(Part {
                    field,
                    ident,
                    here: at(span),
                    index: Index::from(index),
                    state: format_ident!("__{}", index, span = span),
                    is_set: format_ident!("__{}_is_set", field.name, span = span),
                })
            });
        let own = event.generics.params.iter().map(|param| match param {
            GenericParam::Lifetime(param) => param.lifetime.to_token_stream(),
            GenericParam::Type(param) => param.ident.to_token_stream(),
            GenericParam::Const(param) => param.ident.to_token_stream(),
        });
        Self {
            event,
            ident: format_ident!("{}Builder", name.unraw(), span = at(name.span())),
            own: quote!(#(#own,)*),
            fields: fields.collect(),
        }
    }

    /// The event with its own parameters.
    fn target(&self) -> impl ToTokens {
        let (_, args, _) = self.event.generics.split_for_impl();
        InPlace(move |tokens: &mut TokenStream| {
            self.event.ident.to_tokens(tokens);
            args.to_tokens(tokens);
        })
    }

    /// The event's own parameters with their bounds.
    fn own_params(&self) -> Punctuated<GenericParam, Token![,]> {
        let mut own = self.event.generics.params.clone();
        own.pop_punct();
        for param in &mut own {
            match param {
                GenericParam::Type(param) => param.default = None,
                GenericParam::Const(param) => param.default = None,
                GenericParam::Lifetime(_) => {}
            }
        }
        own
    }

    /// The builder's parameters with their bounds, the states among them that `keep` names.
    fn params(&self, keep: impl Fn(&Part<'_>) -> bool) -> impl ToTokens {
        let own = self.own_params();
        let states = self.fields.iter().filter(|part| keep(part));
        let states: Vec<_> = states.map(|part| part.declared(&part.state)).collect();
        InPlace(move |tokens: &mut TokenStream| {
            let own = own.iter().map(|param| -> &dyn ToTokens { param });
            let states = states.iter().map(|state| -> &dyn ToTokens { state });
            tokens.append(Punct::new('<', Spacing::Alone));
            tokens.append_separated(own.chain(states), Punct::new(',', Spacing::Alone));
            tokens.append(Punct::new('>', Spacing::Alone));
        })
    }

    /// The builder's type, with another state of the fields that `replaced` names.
    fn with(&self, replaced: impl Fn(&Part<'_>) -> bool, by: &str) -> impl ToTokens {
        // Written once a setter and field, token by token: that is the quickest way.
        InPlace(move |tokens: &mut TokenStream| {
            let comma = Punct::new(',', Spacing::Alone);
            self.ident.to_tokens(tokens);
            tokens.append(Punct::new('<', Spacing::Alone));
            if !self.own.is_empty() {
                self.own.to_tokens(tokens);
            }
            for part in &self.fields {
                if replaced(part) {
                    tokens.append(Ident::new("__events", Span::call_site()));
                    <Token![::]>::default().to_tokens(tokens);
                    tokens.append(Ident::new(by, Span::call_site()));
                } else {
                    tokens.append(part.state.clone());
                }
                tokens.append(comma.clone());
            }
            tokens.append(Punct::new('>', Spacing::Alone));
        })
    }

    /// The builder's type with its own states.
    fn builder(&self) -> impl ToTokens {
        self.with(|_| false, "")
    }

    fn wheres(&self) -> &'e Option<syn::WhereClause> {
        &self.event.generics.where_clause
    }

    /// The event's own bounds, for a clause that has others, too.
    fn own_bounds(&self) -> impl Iterator<Item = &'e WherePredicate> {
        self.wheres().iter().flat_map(|clause| &clause.predicates)
    }

    fn declaration(&self) -> TokenStream {
        let Event {
            core,
            vis,
            ident: event,
            ..
        } = self.event;
        let (ident, wheres) = (&self.ident, self.wheres());
        let own = &self.event.generics.params;
        let comma = (!own.is_empty() && !own.trailing_punct()).then(<Token![,]>::default);
        let states = self.fields.iter().map(|part| {
            let name = format!("__{}", part.field.name);
            Ident::new(&name, part.here)
        });
        let states: Vec<_> = states.collect();
        let values = self.fields.iter().map(|part| part.field.inside());
        let docs = format!(
            " Builds a [`{event}`]: one setter a field, in any order, and then `build()` or `emit()`.",
        );
        let option = shared(quote!(::core::option::Option));
        let unset = shared(quote!(#core::__private::Unset));
        // As a value, for what is a literal here would be parsed anew for each event.
        let hint = "nothing happens before `.build()` or `.emit()`";
        quote! {
            #[doc = #docs]
            #[must_use = #hint]
            #vis struct #ident<#own #comma #(#states = #unset),*> #wheres {
                __values: (#(#option<#values>,)*),
                __states: ::core::marker::PhantomData<(#(#states,)*)>,
            }
        }
    }

    fn entrance(&self) -> TokenStream {
        let Event {
            ident: event, vis, ..
        } = self.event;
        let (impls, args, wheres) = self.event.generics.split_for_impl();
        let (ident, target) = (&self.ident, self.target());
        let none = self.fields.iter();
        let none = none.map(|_| Ident::new("None", Span::call_site()));
        let docs = format!(" Starts a [`{event}`]; see [`{ident}`].");
        quote! {
            impl #impls #target #wheres {
                #[doc = #docs]
                #[inline]
                #vis fn builder() -> #ident #args {
                    #ident {
                        __values: (#(__events::#none,)*),
                        __states: __events::PhantomData,
                    }
                }
            }
        }
    }
}

/// Located there, and written by the derive all the same.
fn at(place: Span) -> Span {
    Span::call_site().located_at(place)
}

impl Part<'_> {
    /// The name where it is declared: there a lint would find it too small.
    fn declared(&self, name: &Ident) -> Ident {
        respanned(name, self.here)
    }
}

/// The name at another place.
fn respanned(name: &Ident, span: Span) -> Ident {
    let mut name = name.clone();
    name.set_span(span);
    name
}
