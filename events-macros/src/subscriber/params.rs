//! Writes the parameters after the event: how each is prepared at registration, and acquired for a call of the function.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{Path, Type};

use super::{model::Subscriber, tokens::hygienic_ident};
use crate::syntax::{
    lifetimes::all_static,
    spans::{located_at, type_name_span},
};

/// The tokens for one parameter after the event.
///
/// The *kept* value is prepared at registration. Each call acquires the *held* value from it, and the
/// argument borrows from that.
pub(super) struct ParamTokens {
    /// The span of the type's name, where errors about the parameter are reported.
    pub(super) span: Span,
    core: TokenStream,
    ty: TokenStream,
    pub(super) kept: Ident,
    held: Ident,
}

impl ParamTokens {
    pub(super) fn of(subscriber: &Subscriber) -> Vec<Self> {
        let one = |(index, ty): (usize, &Type)| {
            let span = type_name_span(ty);
            Self {
                span,
                core: located_at(&subscriber.core, span),
                ty: located_at(&all_static(ty), span),
                kept: format_ident!("__kept{index}", span = span),
                held: format_ident!("__held{index}", span = span),
            }
        };
        subscriber.params.iter().enumerate().map(one).collect()
    }

    /// Whether both have the same type, as it is written.
    pub(super) fn is_as(&self, other: &Self) -> bool {
        self.ty.to_string() == other.ty.to_string()
    }

    /// `<Type as Param>`.
    fn as_param(&self) -> TokenStream {
        let Self { span, core, ty, .. } = self;
        quote_spanned!(*span=> <#ty as #core::__private::Param>)
    }

    /// The bound that ties a type parameter to the kept type.
    pub(super) fn kept_bound(&self, core: &Path, kept: &Ident) -> TokenStream {
        let Self { span, ty, .. } = self;
        let core = located_at(core, *span);
        quote_spanned!(*span=> #ty: #core::__private::Param<Kept = #kept>)
    }

    /// Acquires the held value, or returns that this failed.
    fn acquire(&self, kept: &impl ToTokens, context: &Ident) -> TokenStream {
        let Self {
            span,
            core,
            ty,
            held,
            ..
        } = self;
        let as_param = self.as_param();
        let error = hygienic_ident("error");
        quote_spanned! {*span=>
            #[allow(clippy::let_unit_value)]
            let mut #held = match #as_param::acquire(&#kept, #context) {
                ::core::result::Result::Ok(#held) => #held,
                ::core::result::Result::Err(#error) => {
                    return #core::__private::not_acquired::<#ty>(#error);
                }
            };
        }
    }

    /// The argument of the function.
    pub(super) fn item(&self) -> TokenStream {
        let (span, as_param, held) = (self.span, self.as_param(), &self.held);
        quote_spanned!(span=> #as_param::item(&mut #held))
    }
}

/// Acquires all parameters for a call, of which `source` is the emission. `prefix` is what the names of the kept values
/// and of the handle on the subscription stand behind.
pub(super) fn acquire_params(
    params: &[ParamTokens],
    prefix: Option<&TokenStream>,
    source: &Ident,
) -> TokenStream {
    let Some(first) = params.first() else {
        return TokenStream::new();
    };
    let core = &first.core;
    let [slot, needs_call, context, own] =
        ["slot", "__NeedsCall", "context", "__own"].map(hygienic_ident);
    let needed = params.iter().map(|param| {
        let ParamTokens { span, core, ty, .. } = param;
        quote_spanned!(*span=> #core::__private::CallProbe::<#ty>::NEEDED)
    });
    let acquired = params.iter().map(|param| {
        let kept = &param.kept;
        param.acquire(&quote!(#prefix #kept), &context)
    });
    quote_spanned! {first.span=>
        type #needs_call = #core::__private::NeedsCall<{
            use #core::__private::NoParam as _;
            #(#needed)||*
        }>;
        let #slot = <#needs_call as #core::__private::CallSlot>::new(#source, &#prefix #own);
        let #context = <#needs_call as #core::__private::CallSlot>::context(&#slot);
        #(#acquired)*
    }
}

/// Prepares all parameters before it returns if one cannot be prepared, so that all of these are reported.
pub(super) fn prepare_params(params: &[ParamTokens]) -> TokenStream {
    if params.is_empty() {
        return TokenStream::new();
    }
    let [installer, own] = ["installer", "__own"].map(hygienic_ident);
    let prepared = params.iter().map(|param| {
        let ParamTokens { span, ty, kept, .. } = param;
        quote_spanned!(*span=> let #kept = #installer.prepare::<#ty>();)
    });
    let checks = params.iter().map(|ParamTokens { span, kept, .. }| {
        quote_spanned! {*span=>
            let ::core::option::Option::Some(#kept) = #kept else { return; };
        }
    });
    quote!(#(#prepared)* #(#checks)* let #own = #installer.own();)
}
