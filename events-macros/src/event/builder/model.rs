//! The names and types that all parts of a builder use.

use proc_macro2::{Ident, Punct, Spacing, Span, TokenStream};
use quote::{ToTokens, TokenStreamExt, format_ident, quote};
use syn::{GenericParam, Index, Token, WherePredicate, ext::IdentExt, punctuated::Punctuated};

use super::super::model::{Event, Field};
use crate::syntax::{
    in_place::InPlace,
    spans::{call_site_at, ident_with_span},
};

/// The builder of an event.
pub(super) struct Builder<'e> {
    pub(super) event: &'e Event,
    /// The name of the builder's type.
    pub(super) ident: Ident,
    /// The generic arguments of the event, each followed by a comma.
    pub(super) event_args: TokenStream,
    pub(super) fields: Vec<BuilderField<'e>>,
}

/// A field in the builder.
pub(super) struct BuilderField<'e> {
    pub(super) model: &'e Field,
    pub(super) ident: &'e Ident,
    /// The location of the name, with the hygiene of the macro.
    pub(super) span: Span,
    /// The index of the field in the tuple of values.
    pub(super) index: Index,
    /// The type parameter for the state, as the methods of the builder call it. The names are the same for
    /// all events: results that the compiler caches for bounds on them then serve all builders.
    pub(super) state: Ident,
    /// The marker trait: implemented for `Set` only.
    pub(super) marker: Ident,
}

impl<'e> Builder<'e> {
    pub(super) fn new(event: &'e Event) -> Self {
        let name = &event.ident;
        let fields = event
            .fields
            .iter()
            .enumerate()
            .filter_map(|(index, model)| {
                let ident = model.ident.as_ref()?;
                let span = ident.span();
                Some(BuilderField {
                    model,
                    ident,
                    span: call_site_at(span),
                    index: Index::from(index),
                    state: format_ident!("__{}", index, span = span),
                    marker: format_ident!("__{}_is_set", model.name, span = span),
                })
            });
        let event_args = event.generics.params.iter().map(|param| match param {
            GenericParam::Lifetime(param) => param.lifetime.to_token_stream(),
            GenericParam::Type(param) => param.ident.to_token_stream(),
            GenericParam::Const(param) => param.ident.to_token_stream(),
        });
        Self {
            event,
            ident: format_ident!("{}Builder", name.unraw(), span = call_site_at(name.span())),
            event_args: quote!(#(#event_args,)*),
            fields: fields.collect(),
        }
    }

    /// The type of the event, with its own generic parameters as arguments.
    pub(super) fn event_type(&self) -> impl ToTokens {
        let (_, args, _) = self.event.generics.split_for_impl();
        InPlace(move |tokens: &mut TokenStream| {
            self.event.ident.to_tokens(tokens);
            args.to_tokens(tokens);
        })
    }

    /// The generic parameters of the event, with bounds and without defaults.
    pub(super) fn event_params(&self) -> Punctuated<GenericParam, Token![,]> {
        let mut params = self.event.generics.params.clone();
        params.pop_punct();
        for param in &mut params {
            match param {
                GenericParam::Type(param) => param.default = None,
                GenericParam::Const(param) => param.default = None,
                GenericParam::Lifetime(_) => {}
            }
        }
        params
    }

    /// The generic parameters of an impl block of the builder: those of the event, and the states of the
    /// fields that `keep` selects.
    pub(super) fn impl_params(&self, keep: impl Fn(&BuilderField<'_>) -> bool) -> impl ToTokens {
        let event_params = self.event_params();
        let states = self.fields.iter().filter(|field| keep(field));
        let states: Vec<_> = states
            .map(|field| field.generated_ident(&field.state))
            .collect();
        InPlace(move |tokens: &mut TokenStream| {
            let params = event_params.iter().map(|param| -> &dyn ToTokens { param });
            let states = states.iter().map(|state| -> &dyn ToTokens { state });
            tokens.append(Punct::new('<', Spacing::Alone));
            tokens.append_separated(params.chain(states), Punct::new(',', Spacing::Alone));
            tokens.append(Punct::new('>', Spacing::Alone));
        })
    }

    /// The type of the builder in which the selected fields have the given state.
    pub(super) fn type_with_state(
        &self,
        selected: impl Fn(&BuilderField<'_>) -> bool,
        state: &str,
    ) -> impl ToTokens {
        // Written for each setter and field. Appending token by token is fastest.
        InPlace(move |tokens: &mut TokenStream| {
            let comma = Punct::new(',', Spacing::Alone);
            self.ident.to_tokens(tokens);
            tokens.append(Punct::new('<', Spacing::Alone));
            if !self.event_args.is_empty() {
                self.event_args.to_tokens(tokens);
            }
            for field in &self.fields {
                if selected(field) {
                    tokens.append(Ident::new("__events", Span::call_site()));
                    <Token![::]>::default().to_tokens(tokens);
                    tokens.append(Ident::new(state, Span::call_site()));
                } else {
                    tokens.append(field.state.clone());
                }
                tokens.append(comma.clone());
            }
            tokens.append(Punct::new('>', Spacing::Alone));
        })
    }

    /// The type of the builder, generic over all states.
    pub(super) fn generic_type(&self) -> impl ToTokens {
        self.type_with_state(|_| false, "")
    }

    pub(super) fn where_clause(&self) -> &'e Option<syn::WhereClause> {
        &self.event.generics.where_clause
    }

    /// The bounds of the event's where clause, for a clause that has further bounds.
    pub(super) fn event_bounds(&self) -> impl Iterator<Item = &'e WherePredicate> {
        let clause = self.where_clause();
        clause.iter().flat_map(|clause| &clause.predicates)
    }
}

impl BuilderField<'_> {
    /// The identifier with the hygiene of the macro, for declarations: naming lints do not apply to it.
    pub(super) fn generated_ident(&self, ident: &Ident) -> Ident {
        ident_with_span(ident, self.span)
    }
}
