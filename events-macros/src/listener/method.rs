//! What a handler has beside a function's when it is a method: its listener.
//!
//! What is written for it stands outside of the impl block, where `Self` means nothing: an alias takes
//! its place.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Path, PathArguments, Token, Type, spanned::Spanned, visit_mut::VisitMut};

use super::observer::Observed;
use crate::spans::{at, located, written_at};

/// A method of a listener.
#[derive(Clone)]
pub(crate) struct Method {
    pub(crate) core: Path,
    /// The name of the listener's type.
    pub(crate) listener: String,
    /// The event that its name stands for.
    pub(crate) observed: Option<Observed>,
}

impl Method {
    /// The listener's type, named there.
    pub(crate) fn this(&self, place: Span) -> Ident {
        this(place)
    }

    /// The type, where `Self` means nothing.
    pub(crate) fn said(&self, ty: &Type) -> Type {
        struct Named;

        impl VisitMut for Named {
            fn visit_ident_mut(&mut self, ident: &mut Ident) {
                if ident == "Self" {
                    *ident = this(ident.span());
                }
            }
        }

        let mut ty = ty.clone();
        Named.visit_type_mut(&mut ty);
        ty
    }

    /// The type of the event, if it is the one that is meant; where the compiler says so if it is not.
    pub(crate) fn checked(&self, written: &TokenStream, place: Span) -> TokenStream {
        let Some(Observed { event, model }) = &self.observed else {
            return written.clone();
        };
        let (core, model) = (located(&self.core, place), located(model, place));
        let event = Ident::new(event, at(place));
        quote_spanned! {place=>
            <#written as #core::__private::Observed<#core::record::#event<#model>>>::Event
        }
    }

    /// How a scan makes the listener, if it can.
    pub(crate) fn by_default(&self) -> TokenStream {
        quote_spanned!(Span::mixed_site()=> __BY_DEFAULT)
    }

    /// Whether no scan can make the listener.
    pub(crate) fn by_hand(&self) -> TokenStream {
        quote_spanned!(Span::mixed_site()=> __BY_DEFAULT.is_none())
    }

    /// That the listener may be shared, where it is not to be looked at.
    pub(crate) fn shared(&self) -> TokenStream {
        let this = this(Span::mixed_site());
        quote!(for<'__any> #this: ::core::marker::Send + ::core::marker::Sync,)
    }

    /// The listener as a field.
    pub(crate) fn kept(&self, name: &Ident) -> TokenStream {
        let (core, this) = (&self.core, this(Span::mixed_site()));
        quote!(#name: #core::__private::Arc<#this>,)
    }
}

/// The alias of the listener's type.
pub(super) fn this(place: Span) -> Ident {
    Ident::new("__This", at(place))
}

/// The tokens of an option, where `Self` means nothing: it may be called there or be a pattern, which
/// an alias may not.
pub(super) fn without_self(tokens: TokenStream, this: &Type) -> TokenStream {
    let mut this = this.clone();
    if let Type::Path(path) = &mut this {
        for segment in &mut path.path.segments {
            if let PathArguments::AngleBracketed(arguments) = &mut segment.arguments {
                arguments.colon2_token = Some(Token![::](arguments.span()));
            }
        }
    }
    replaced(tokens, &this)
}

fn replaced(tokens: TokenStream, this: &Type) -> TokenStream {
    let tokens = tokens.into_iter().flat_map(|token| match token {
        TokenTree::Ident(ident) if ident == "Self" => written_at(this, ident.span()),
        TokenTree::Group(group) => {
            let mut named = Group::new(group.delimiter(), replaced(group.stream(), this));
            named.set_span(group.span());
            TokenTree::from(named).into()
        }
        token => token.into(),
    });
    tokens.collect()
}

/// The name of a type as reports show it: without the path before it.
pub(super) fn name(ty: &Type) -> String {
    let last = match ty {
        Type::Path(path) => path.path.segments.last().map(ToTokens::to_token_stream),
        _ => None,
    };
    let tokens = last.unwrap_or_else(|| quote!(#ty)).to_string();
    [(" < ", "<"), (" >", ">"), (" ,", ","), (" :: ", "::")]
        .iter()
        .fold(tokens, |text, (from, to)| text.replace(from, to))
}
