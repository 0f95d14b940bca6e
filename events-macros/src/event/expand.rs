//! Writes the implementations of the traits `Event` and `Family`, and the static description of the
//! event.

use std::iter;

use proc_macro2::{Ident, Punct, Spacing, Span, TokenStream};
use quote::{ToTokens, TokenStreamExt, quote, quote_spanned};
use syn::{GenericParam, Index, Lifetime, Member, Token, Type, ext::IdentExt, parse_quote};

use super::{
    builder, json,
    model::{Event, Field, Presence, Shape},
};
use crate::syntax::{
    in_place::InPlace,
    lifetimes::{non_static_lifetime, with_static},
    spans::{ident_with_span, located_at, mixed_site_at},
};

pub(crate) fn expand(event: &Event) -> TokenStream {
    let builder = (event.shape != Shape::TupleOrEnum).then(|| builder::expand(event));
    iter::once(implementations(event)).chain(builder).collect()
}

fn implementations(event: &Event) -> TokenStream {
    let Event {
        core,
        ident,
        docs,
        lints,
        fields,
        ..
    } = event;
    let span = ident.span();
    let name = ident.unraw().to_string();
    let topic = match &event.topic {
        Some(topic) => quote!(#topic),
        None => {
            // A variable, because a literal inside `quote!` is parsed again on each expansion.
            let separator = "::";
            quote!(__events::concat!(__events::module_path!(), #separator, #name))
        }
    };
    let location = quote_spanned!(span=> __events::here());
    let field_names = fields.iter().map(|field| &field.name);
    let field_types = fields.iter().map(|field| &field.type_text);
    let secrets = fields.iter().map(|field| field.secret);

    let mut generics = event.generics.clone();
    for param in event.generics.type_params() {
        let param = &param.ident;
        generics
            .make_where_clause()
            .predicates
            .push(parse_quote!(#param: 'static));
    }
    let static_generics = with_static(&generics);
    let (params, args, bounds) = generics.split_for_impl();
    let (static_params, _, static_bounds) = static_generics.split_for_impl();
    let family = with_lifetime(event, Lifetime::new("'static", span));
    let member = with_lifetime(event, Lifetime::new("'__member", span));
    let (slot, slot_ref) = if event.is_generic() {
        (quote!(), quote!(__events::None))
    } else {
        let slot = quote! {
            static __SLOT: __events::Slot = __events::Slot::NEW;
        };
        (slot, quote!(__events::Some(&__SLOT)))
    };

    let ownership = if event.borrows() { "Borrowed" } else { "Owned" };
    let ownership = Ident::new(ownership, Span::call_site());
    let (clone_fn, has_copy) = copies(event, &family);
    let after_commit = event.after_commit.map(|_| quote!(.after_commit()));

    let field_method = field_method(event);
    let json_method = json::method(event);
    let nested_impl = json::nested_impl(event, &generics);
    // Keeps this impl out of the compiler's list of events in the error for a type that is not one. A
    // module without a prelude does not know `#[diagnostic::..]`; it needs the option
    // `no_implicit_prelude` only if the builder has such attributes, which is if a field is required.
    let is_required = |field: &Field| matches!(field.presence, Presence::Required);
    let has_diagnostics = event.shape == Shape::NamedFields && fields.iter().any(is_required);
    let do_not_recommend = (has_diagnostics && !event.no_implicit_prelude)
        .then(|| quote!(#[diagnostic::do_not_recommend]));

    quote! {
        #(#lints)*
        const _: () = {
            use #core::__private::{self as __events, UnknownClone as _};

            const __DESCRIBED: __events::EventInfo = __events::EventInfo::new(
                #topic,
                #name,
                __events::module_path!(),
                #location,
                #docs,
                &[#((#field_names, #field_types, #secrets)),*],
                #has_copy,
            )#after_commit;
            #core::__register! {
                static __INFO: EventInfo in EVENTS = __DESCRIBED
            }

            #slot

            #do_not_recommend
            #[automatically_derived]
            impl #params #core::Event for #ident #args #bounds {
                type Family = #family;
                type Ownership = __events::#ownership;
                type Backend = __events::CurrentRegistry;

                #[inline]
                fn __lend<'__s, __V: __events::Visit<'__s, #family>>(
                    &'__s mut self,
                    visitor: __V,
                ) -> __V::Output {
                    visitor.visit(self)
                }

                #field_method
                #json_method
            }

            #[automatically_derived]
            impl #static_params #core::__private::Family for #family #static_bounds {
                type Of<'__member> = #member;

                #[inline]
                fn statics() -> __events::EventStatics {
                    __events::EventStatics { info: &__INFO, default_slot: #slot_ref, clone_fn: #clone_fn }
                }
            }

            #nested_impl
        };
    }
}

/// The function that clones the event, if it can be cloned, and whether it can. That of a generic event depends on its
/// parameters.
fn copies(event: &Event, family: &impl ToTokens) -> (TokenStream, TokenStream) {
    if event.borrows() {
        return (quote!(__events::None), quote!(false));
    }
    if let Some(option) = event.after_commit {
        let family = located_at(family, option);
        let clone_fn = quote_spanned! {mixed_site_at(option)=>
            __events::held_clone_fn::<#family>()
        };
        return (clone_fn, quote!(true));
    }
    if let Some(option) = event.clone_option {
        let family = located_at(family, option);
        let clone_fn = quote_spanned! {mixed_site_at(option)=>
            __events::required_clone_fn::<#family>()
        };
        return (clone_fn, quote!(true));
    }
    let probe = quote!(__events::CloneProbe::<#family>);
    let has_copy = if event.is_generic() {
        quote!(false)
    } else {
        quote!(#probe::HAS_COPY)
    };
    (quote!(#probe::CLONE_FN), has_copy)
}

/// The method that returns a field by its index, if any field is `'static`.
fn field_method(event: &Event) -> Option<TokenStream> {
    let is_static = |field: &Field| {
        let may_hide_lifetime = matches!(field.ty, Type::Macro(_)) && event.borrows();
        !may_hide_lifetime && non_static_lifetime(&field.ty).is_none()
    };
    let fields = event.fields.iter().enumerate().map(|(index, field)| {
        let member = is_static(field).then(|| match &field.ident {
            Some(ident) => {
                // With the macro's hygiene no lint checks the name.
                Member::Named(ident_with_span(ident, mixed_site_at(ident.span())))
            }
            None => Member::Unnamed(Index::from(index)),
        });
        InPlace(move |tokens: &mut TokenStream| match &member {
            Some(member) => {
                <Token![self]>::default().to_tokens(tokens);
                <Token![.]>::default().to_tokens(tokens);
                member.to_tokens(tokens);
            }
            None => quote!(__events::Borrows).to_tokens(tokens),
        })
    });
    event.fields.iter().any(is_static).then(|| {
        quote! {
            #[inline]
            fn __field(&self, number: usize) -> __events::Option<&dyn __events::Any> {
                __events::nth(&[#(&#fields),*], number)
            }
        }
    })
}

/// The event's type with its lifetime parameter replaced.
fn with_lifetime(event: &Event, lifetime: Lifetime) -> impl ToTokens {
    InPlace(move |tokens: &mut TokenStream| {
        let args = event.generics.params.iter().map(|param| -> &dyn ToTokens {
            match param {
                GenericParam::Lifetime(_) => &lifetime,
                GenericParam::Type(param) => &param.ident,
                GenericParam::Const(param) => &param.ident,
            }
        });
        event.ident.to_tokens(tokens);
        tokens.append(Punct::new('<', Spacing::Alone));
        tokens.append_separated(args, Punct::new(',', Spacing::Alone));
        tokens.append(Punct::new('>', Spacing::Alone));
    })
}
