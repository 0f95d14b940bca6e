//! Writes the body of a sync subscriber's `install` function.
//!
//! It resolves the function's further parameters, then registers a closure that checks the filters and
//! calls the function.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{Path, Type, spanned::Spanned};

use super::{
    model::{EventSelector, Subscriber},
    tokens::{call_spans, function_path, hygienic_ident, key, listed_families, parameter_family},
};
use crate::syntax::{
    lifetimes::{all_static, inferred},
    spans::{located_at, mixed_site_at, type_name_span},
};

/// The body of the function that registers the subscriber.
pub(super) fn install(subscriber: &Subscriber) -> TokenStream {
    let core = &subscriber.core;
    let private = quote!(#core::__private);
    let [installer, event, run] = ["installer", "event", "run"].map(hygienic_ident);

    let params = ParamTokens::of(subscriber);
    let find_params = find_params(&params);
    let makes = params.iter().map(|param| {
        let kept = &param.kept;
        param.make(&quote!(#kept), &run)
    });
    let lends = params.iter().map(ParamTokens::lend);
    let filters = Filters::new(subscriber, &run, &quote!(#private::Step::Skipped));
    let Filters { captures, checks } = filters;

    let (location, span) = call_spans(subscriber);
    let core = located_at(core, span);
    let function = function_path(subscriber, location);
    let listener = subscriber
        .method
        .as_ref()
        .map(|_| hygienic_ident("listener"));
    let receiver = listener.as_ref().map(|listener| quote!(&#listener,));
    let call = quote_spanned! {span=>
        #core::__private::Outcome::into_step(#function(#receiver #event, #(#lends),*))
    };
    let find_listener = find_listener(subscriber);
    let subscribe = hygienic_ident(if listener.is_some() {
        "listen"
    } else {
        "subscribe"
    });
    if !matches!(subscriber.selector, EventSelector::Parameter) {
        let any = hygienic_ident("any");
        let families = listed_families(subscriber);
        let has_topic = matches!(subscriber.selector, EventSelector::Topic(_));
        let add_topic = has_topic.then(|| quote!(#installer.hear_topic(&#any);));
        return quote! {
            #find_params
            #find_listener
            #captures
            let #any = #installer.any(move |#event, #run| {
                #checks
                #(#makes)*
                #call
            });
            #(#installer.hear::<#families>(&#any);)*
            #add_topic
        };
    }
    let family = parameter_family(subscriber);
    quote! {
        #find_params
        #find_listener
        #captures
        #installer.#subscribe::<#family, _>(move |#event, #run| {
            #checks
            #(#makes)*
            #call
        });
    }
}

/// The tokens for one parameter after the event.
///
/// The *kept* value is resolved at registration. Each call creates the *made* value from it, and the
/// argument borrows from that.
pub(super) struct ParamTokens {
    /// The span of the type's name, where errors about the parameter are reported.
    pub(super) span: Span,
    /// `<Type as Param>`.
    as_param: TokenStream,
    ty: TokenStream,
    pub(super) kept: Ident,
    made: Ident,
}

impl ParamTokens {
    pub(super) fn of(subscriber: &Subscriber) -> Vec<Self> {
        let one = |(index, ty): (usize, &Type)| {
            let span = type_name_span(ty);
            let (core, ty) = (
                located_at(&subscriber.core, span),
                located_at(&all_static(ty), span),
            );
            Self {
                span,
                as_param: quote_spanned!(span=> <#ty as #core::Param>),
                ty,
                kept: format_ident!("__kept{index}", span = span),
                made: format_ident!("__made{index}", span = span),
            }
        };
        subscriber.params.iter().enumerate().map(one).collect()
    }

    /// The bound that ties a type parameter to the kept type.
    pub(super) fn kept_bound(&self, core: &Path, kept: &Ident) -> TokenStream {
        let Self { span, ty, .. } = self;
        let core = located_at(core, *span);
        quote_spanned!(*span=> #ty: #core::Param<Kept = #kept>)
    }

    pub(super) fn make(&self, kept: &impl ToTokens, source: &Ident) -> TokenStream {
        let Self {
            span,
            as_param,
            made,
            ..
        } = self;
        quote_spanned!(*span=> let #made = #as_param::make(&#kept, #source);)
    }

    pub(super) fn lend(&self) -> TokenStream {
        let Self {
            span,
            as_param,
            made,
            ..
        } = self;
        quote_spanned!(*span=> #as_param::lend(&#made))
    }
}

/// Resolves all parameters before it returns if one is missing, so that all missing ones are reported.
pub(super) fn find_params(params: &[ParamTokens]) -> TokenStream {
    let installer = hygienic_ident("installer");
    let finds = params.iter().map(|param| {
        let ParamTokens { span, ty, kept, .. } = param;
        quote_spanned!(*span=> let #kept = #installer.find::<#ty>();)
    });
    let checks = params.iter().map(|ParamTokens { span, kept, .. }| {
        quote_spanned! {*span=>
            let ::core::option::Option::Some(#kept) = #kept else { return; };
        }
    });
    quote!(#(#finds)* #(#checks)*)
}

/// Resolves the listener of a method.
pub(super) fn find_listener(subscriber: &Subscriber) -> Option<TokenStream> {
    let method = subscriber.method.as_ref()?;
    let [installer, listener] = ["installer", "listener"].map(hygienic_ident);
    let default_listener = method.default_listener();
    Some(quote! {
        let ::core::option::Option::Some(#listener) = #installer.listener(#default_listener) else {
            return;
        };
    })
}

/// The filters of a subscriber: `origin`, `when` and `once`.
pub(super) struct Filters {
    /// Declares the variables that the checks capture.
    pub(super) captures: TokenStream,
    /// Checks the filters, and returns if one does not hold.
    pub(super) checks: TokenStream,
}

impl Filters {
    /// `source` names the variable that has the event's origin; `skipped` is the value to return if a filter
    /// does not hold.
    pub(super) fn new(subscriber: &Subscriber, source: &Ident, skipped: &TokenStream) -> Self {
        let core = &subscriber.core;
        let [installer, event, origin, once] =
            ["installer", "event", "origin", "once"].map(hygienic_ident);
        let skip = quote!(return #skipped;);
        let (mut captures, mut checks) = (TokenStream::new(), TokenStream::new());
        if let Some(expected) = &subscriber.origin {
            let key = key(subscriber, expected);
            captures.extend(quote!(let #origin = #installer.origin(#key);));
            checks.extend(quote!(if !#source.is_from(&#origin) { #skip }));
        }
        if let Some(when) = &subscriber.when {
            let ty = inferred(&subscriber.event, &subscriber.signature.generics);
            checks.extend(quote_spanned! {mixed_site_at(when.span())=>
                let when: fn(&#ty) -> bool = #when;
                if !when(#event) { #skip }
            });
        }
        if subscriber.once {
            captures.extend(quote!(let #once = #core::__private::Once::new();));
            checks.extend(quote!(if !#once.claim() { #skip }));
        }
        Self { captures, checks }
    }
}
