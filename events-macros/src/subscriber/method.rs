//! A handler that is a method of a listener.
//!
//! Its registration is written outside the impl block, where `Self` does not resolve. A type alias, the
//! *listener alias*, replaces it.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Path, Type, visit_mut::VisitMut};

use crate::syntax::spans::{located_at, mixed_site_at};

/// A method of a listener.
#[derive(Clone)]
pub(crate) struct Method {
    pub(crate) core: Path,
    /// The name of the listener's type.
    pub(crate) listener: String,
    /// The event that the name of an observer's method determines.
    pub(crate) observed: Option<Observed>,
}

/// The record event that an observer's method handles.
#[derive(Clone)]
pub(crate) struct Observed {
    /// The name of the event in `events_core::record`.
    pub(crate) event: &'static str,
    pub(crate) model: Type,
}

impl Method {
    /// The type with `Self` replaced by the listener alias.
    pub(crate) fn without_self(&self, ty: &Type) -> Type {
        struct ReplaceSelf;

        impl VisitMut for ReplaceSelf {
            fn visit_ident_mut(&mut self, ident: &mut Ident) {
                if ident == "Self" {
                    *ident = listener_alias(ident.span());
                }
            }
        }

        let mut ty = ty.clone();
        ReplaceSelf.visit_type_mut(&mut ty);
        ty
    }

    /// The event's type. For an observer it is wrapped so that the compiler reports, at that span, a type
    /// other than the event that the method's name determines.
    pub(crate) fn checked_event(&self, written: &TokenStream, span: Span) -> TokenStream {
        let Some(Observed { event, model }) = &self.observed else {
            return written.clone();
        };
        let (core, model) = (located_at(&self.core, span), located_at(model, span));
        let event = Ident::new(event, mixed_site_at(span));
        quote_spanned! {span=>
            <#written as #core::__private::Observed<#core::record::#event<#model>>>::Event
        }
    }

    /// The event that the method's name determines, if it is a method of an observer.
    pub(crate) fn observed_event(&self) -> Option<TokenStream> {
        let Observed { event, model } = self.observed.as_ref()?;
        let (core, span) = (&self.core, Span::mixed_site());
        let (event, model) = (Ident::new(event, span), located_at(model, span));
        Some(quote_spanned!(span=> #core::record::#event<#model>))
    }

    /// An `Option` of the function that creates the listener in a scan.
    pub(crate) fn default_listener(&self) -> TokenStream {
        quote_spanned!(Span::mixed_site()=> __CONSTRUCTOR)
    }

    /// Whether a scan cannot create the listener, so that the program adds it.
    pub(crate) fn has_no_default(&self) -> TokenStream {
        quote_spanned!(Span::mixed_site()=> __CONSTRUCTOR.is_none())
    }

    /// The bound that the listener is `Send + Sync`. The higher-ranked lifetime delays the check until the
    /// impl is used, which is at the registration, where the error is useful.
    pub(crate) fn thread_safe_bound(&self) -> TokenStream {
        let listener = listener_alias(Span::mixed_site());
        quote!(for<'__any> #listener: ::core::marker::Send + ::core::marker::Sync,)
    }

    /// The struct field that holds the listener.
    pub(crate) fn listener_field(&self, name: &Ident) -> TokenStream {
        let (core, listener) = (&self.core, listener_alias(Span::mixed_site()));
        quote!(#name: #core::__private::Arc<#listener>,)
    }
}

/// The listener alias, at this location.
pub(crate) fn listener_alias(location: Span) -> Ident {
    Ident::new("__This", mixed_site_at(location))
}
