//! What the derive writes for the type itself: the trait, its family, its description.

use std::iter;

use proc_macro2::{Ident, Punct, Spacing, Span, TokenStream};
use quote::{ToTokens, TokenStreamExt, quote, quote_spanned};
use syn::{GenericParam, Index, Lifetime, Member, Token, Type, ext::IdentExt, parse_quote};

use super::{
    builder,
    model::{Built, Event, Field, Fill},
};
use crate::{
    inplace::InPlace,
    lifetimes::{is_static, with_static},
    spans::{at, place},
};

pub(crate) fn expand(event: &Event) -> TokenStream {
    let builder = (event.built != Built::ByHand).then(|| builder::expand(event));
    iter::once(implementations(event)).chain(builder).collect()
}

fn implementations(event: &Event) -> TokenStream {
    let Event {
        core,
        ident,
        docs,
        fields,
        ..
    } = event;
    let span = ident.span();
    let name = ident.unraw().to_string();
    let topic = match &event.topic {
        Some(topic) => quote!(#topic),
        None => {
            // As a value, for what is a literal here would be parsed anew for each event.
            let between = "::";
            quote!(__events::concat!(__events::module_path!(), #between, #name))
        }
    };
    let here = quote_spanned!(span=> __events::here());
    let field_names = fields.iter().map(|field| &field.name);
    let field_types = fields.iter().map(|field| text(&field.ty));
    let secrets = fields.iter().map(|field| field.secret);

    let mut generics = event.generics.clone();
    for param in event.generics.type_params() {
        let param = &param.ident;
        generics
            .make_where_clause()
            .predicates
            .push(parse_quote!(#param: 'static));
    }
    let of_static = with_static(&generics);
    let (impls, args, wheres) = generics.split_for_impl();
    let (static_impls, _, static_wheres) = of_static.split_for_impl();
    let family = instance(event, Lifetime::new("'static", span));
    let member = instance(event, Lifetime::new("'__member", span));
    let (slot, home) = if event.is_generic() {
        (quote!(), quote!(__events::None))
    } else {
        let slot = quote! {
            static __SLOT: __events::Slot = __events::Slot::NEW;
        };
        (slot, quote!(__events::Some(&__SLOT)))
    };

    let (ownership, copier) = if event.borrows() {
        ("Borrowed", quote!(__events::None))
    } else {
        let copier = quote!(__events::Copying::<#family>(__events::PhantomData).copier());
        ("Owned", copier)
    };
    let ownership = Ident::new(ownership, Span::call_site());

    let by_number = by_number(event);
    let json = json(event);
    // To a type that is no event the compiler would list those that are, and some come with the crate.
    // Where the builder has no such attribute the module may have no prelude, and not say so.
    let is_required = |field: &Field| matches!(field.fill, Fill::Required);
    let has_tools = event.built == Built::ByName && fields.iter().any(is_required);
    let quiet =
        (has_tools && !event.no_implicit_prelude).then(|| quote!(#[diagnostic::do_not_recommend]));

    quote! {
        const _: () = {
            use #core::__private as __events;

            const __DESCRIBED: __events::EventInfo = __events::EventInfo::new(
                #topic,
                #name,
                __events::module_path!(),
                #here,
                #docs,
                &[#((#field_names, #field_types, #secrets)),*],
            );
            #core::__register! {
                static __INFO: EventInfo in EVENTS = __DESCRIBED
            }

            #slot

            #quiet
            #[automatically_derived]
            impl #impls #core::Event for #ident #args #wheres {
                type Family = #family;
                type Ownership = __events::#ownership;
                type Verbs = __events::Current;

                #[inline]
                fn __lend<__V: __events::Visit<#family>>(
                    &mut self,
                    visitor: __V,
                ) -> __V::Output {
                    visitor.visit(self)
                }

                #by_number
                #json
            }

            #[automatically_derived]
            impl #static_impls #core::Family for #family #static_wheres {
                type Of<'__member> = #member;

                #[inline]
                fn declared() -> __events::Declared {
                    __events::Declared { info: &__INFO, home: #home, copier: #copier }
                }
            }
        };
    }
}

/// The type as the compiler prints it. A name by itself is its own text, and that is quicker.
fn text(ty: &Type) -> String {
    let name = match ty {
        Type::Path(ty) if ty.qself.is_none() && ty.attrs.is_empty() => ty.path.get_ident(),
        _ => None,
    };
    match name {
        Some(name) => name.to_string(),
        None => ty.to_token_stream().to_string(),
    }
}

/// What makes JSON of the event, when it is marked for that.
fn json(event: &Event) -> Option<TokenStream> {
    let marked = at(event.serialize?);
    let Event { fields, built, .. } = event;
    let values = fields.iter().enumerate().map(|(number, field)| {
        if field.secret {
            return quote!(__events::json::secret());
        }
        let member = match &field.ident {
            Some(ident) => Member::Named(ident.clone()),
            None => Member::Unnamed(Index::from(number)),
        };
        // As `self` is written elsewhere here, and underlined at the field's type.
        let written = Span::call_site().located_at(place(&field.ty));
        quote_spanned!(written=> __events::json::value(&self.#member))
    });
    let names = fields.iter().map(|field| &field.name);
    let json = match built {
        Built::Unit => quote!(__events::json::null()),
        Built::ByName => quote!(__events::json::object([#((#names, #values)),*])),
        Built::ByHand if fields.is_empty() => quote!(__events::json::value(self)),
        Built::ByHand => quote!(__events::json::array([#(#values),*])),
    };
    let on = quote_spanned!(marked=> __events::json::on::<Self>());
    Some(quote! {
        fn __json(&self) -> __events::Option<__events::json::Json> {
            #on;
            __events::Some(#json)
        }
    })
}

/// What finds a field by its number, when there are any that borrow nothing.
fn by_number(event: &Event) -> Option<TokenStream> {
    let owned = |field: &Field| {
        let may_hide = matches!(field.ty, Type::Macro(_)) && event.borrows();
        !may_hide && is_static(&field.ty)
    };
    let fields = event.fields.iter().enumerate().map(|(index, field)| {
        let member = owned(field).then(|| match &field.ident {
            Some(ident) => Member::Named(declared(ident)),
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
    event.fields.iter().any(owned).then(|| {
        quote! {
            #[inline]
            fn __field(&self, number: usize) -> __events::Option<&dyn __events::Any> {
                __events::nth(&[#(&#fields),*], number)
            }
        }
    })
}

/// The name where it is declared, as ours: no lint shall look at it.
fn declared(name: &Ident) -> Ident {
    let mut name = name.clone();
    name.set_span(at(name.span()));
    name
}

/// The type with this lifetime in the place of its own.
fn instance(event: &Event, lifetime: Lifetime) -> impl ToTokens {
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
