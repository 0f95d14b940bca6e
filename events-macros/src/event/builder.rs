//! What the derive writes as the builder.
//!
//! It has one type parameter a field, `Unset` or `Set<T>`. Two marker traits a field carry the text
//! of an error literally, so that it names the field whatever else is in scope.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{GenericParam, Generics, ext::IdentExt, spanned::Spanned};

use super::model::{Event, Field, Fill};

/// The methods that finish a builder. A field may share the name of one: see [`Parts::setter`].
const FINISHERS: &[&str] = &["build", "emit", "emit_from", "try_emit", "try_emit_from"];

pub(crate) fn expand(event: &Event) -> TokenStream {
    let parts = Parts::of(event);
    let declaration = parts.declaration();
    let entrance = parts.entrance();
    let markers = parts.markers();
    let build = parts.build();
    let setters = parts.setters();
    let finishers = FINISHERS.iter().map(|name| parts.finisher(name));
    quote! {
        #declaration

        const _: () = {
            #entrance
            #markers
            #build
            #setters
            #(#finishers)*
        };
    }
}

/// The names that the parts of a builder share.
struct Parts<'e> {
    event: &'e Event,
    /// The type of the builder.
    ident: Ident,
    /// The event with its own parameters.
    target: TokenStream,
    fields: Vec<Part<'e>>,
}

struct Part<'e> {
    field: &'e Field,
    ident: &'e Ident,
    /// The type parameter of the builder.
    state: Ident,
    /// Holds for a field that has its value.
    is_set: Ident,
    /// Holds for a field that has none yet.
    is_unset: Ident,
}

impl<'e> Parts<'e> {
    fn of(event: &'e Event) -> Self {
        let (_, args, _) = event.generics.split_for_impl();
        let name = &event.ident;
        let fields = event
            .fields
            .iter()
            .enumerate()
            .filter_map(|(index, field)| {
                Some(Part {
                    field,
                    ident: field.ident.as_ref()?,
                    state: format_ident!("__S{index}"),
                    is_set: format_ident!("__IsSet{index}"),
                    is_unset: format_ident!("__IsUnset{index}"),
                })
            });
        Self {
            event,
            ident: format_ident!("{}Builder", name.unraw(), span = name.span()),
            target: quote!(#name #args),
            fields: fields.collect(),
        }
    }

    /// The builder's parameters with their bounds, the states among them that `keep` names.
    fn params(&self, keep: impl Fn(&Part<'_>) -> bool) -> TokenStream {
        let Generics { params, .. } = &self.event.generics;
        let own = params.iter().map(|param| {
            let mut param = param.clone();
            match &mut param {
                GenericParam::Type(param) => {
                    param.default = None;
                }
                GenericParam::Const(param) => {
                    param.default = None;
                }
                GenericParam::Lifetime(_) => {}
            }
            param.to_token_stream()
        });
        let states = self
            .fields
            .iter()
            .filter(|part| keep(part))
            .map(|part| part.state.to_token_stream());
        let all = own.chain(states);
        quote!(<#(#all),*>)
    }

    /// The builder's type, with something else in the place of some states.
    fn with(&self, replace: impl Fn(&Part<'_>) -> Option<TokenStream>) -> TokenStream {
        let own = self.event.generics.params.iter().map(|param| match param {
            GenericParam::Lifetime(param) => param.lifetime.to_token_stream(),
            GenericParam::Type(param) => param.ident.to_token_stream(),
            GenericParam::Const(param) => param.ident.to_token_stream(),
        });
        let states = self
            .fields
            .iter()
            .map(|part| replace(part).unwrap_or_else(|| part.state.to_token_stream()));
        let (ident, all) = (&self.ident, own.chain(states));
        quote!(#ident<#(#all),*>)
    }

    fn wheres(&self) -> &'e Option<syn::WhereClause> {
        &self.event.generics.where_clause
    }

    fn declaration(&self) -> TokenStream {
        let Event {
            core,
            vis,
            ident: event,
            ..
        } = self.event;
        let (ident, target, wheres) = (&self.ident, &self.target, self.wheres());
        let own = &self.event.generics.params;
        let comma = (!own.is_empty() && !own.trailing_punct()).then(|| quote!(,));
        let states = self.fields.iter().map(|part| &part.state);
        let (names, types) = (self.fields.iter().map(|part| part.ident), states.clone());
        let docs = format!(
            "Builds a [`{event}`]: one setter a field, in any order, and then `build()` or `emit()`.",
        );
        quote! {
            #[doc = #docs]
            #[must_use = "nothing happens before `.build()` or `.emit()`"]
            #vis struct #ident<#own #comma #(#states = #core::__private::Unset),*> #wheres {
                #(#names: #types,)*
                __event: ::core::marker::PhantomData<fn() -> #target>,
            }
        }
    }

    fn entrance(&self) -> TokenStream {
        let Event {
            core,
            ident: event,
            vis,
            ..
        } = self.event;
        let (impls, _, wheres) = self.event.generics.split_for_impl();
        let (ident, target) = (&self.ident, &self.target);
        let names = self.fields.iter().map(|part| part.ident);
        let unset = quote!(#core::__private::Unset);
        let fresh = self.with(|_| Some(unset.clone()));
        let docs = format!("Starts a [`{event}`]; see [`{ident}`].");
        quote! {
            #[automatically_derived]
            impl #impls #target #wheres {
                #[doc = #docs]
                #[inline]
                #vis fn builder() -> #fresh {
                    #ident {
                        #(#names: #unset,)*
                        __event: ::core::marker::PhantomData,
                    }
                }
            }
        }
    }

    fn markers(&self) -> TokenStream {
        let core = &self.event.core;
        let event = self.event.ident.unraw();
        let of_field = self.fields.iter().map(
            |Part {
                 field,
                 is_set,
                 is_unset,
                 ..
             }| {
                let name = &field.name;
                let twice = format!("field `{name}` of `{event}` is set twice");
                let remove = format!("remove this call: `{name}` is set before");
                let missing =
                    format!("`{event}` cannot be built: required field `{name}` is not set");
                let add = format!("add `.{name}(..)` before this call");
                let required = matches!(field.fill, Fill::Required).then(|| {
                    quote! {
                        #[diagnostic::on_unimplemented(message = #missing, label = #add)]
                        pub trait #is_set<T>: #core::__private::Take<T> {}
                        #[diagnostic::do_not_recommend]
                        impl<T> #is_set<T> for #core::__private::Set<T> {}
                    }
                });
                quote! {
                    #required
                    #[diagnostic::on_unimplemented(message = #twice, label = #remove)]
                    pub trait #is_unset {}
                    #[diagnostic::do_not_recommend]
                    impl #is_unset for #core::__private::Unset {}
                }
            },
        );
        quote!(#(#of_field)*)
    }

    fn build(&self) -> TokenStream {
        let core = &self.event.core;
        let (event, target, wheres) = (&self.event.ident, &self.target, self.wheres());
        let params = self.params(|_| true);
        let builder = self.with(|_| None);
        let bounds = self.fields.iter().map(
            |Part {
                 field,
                 state,
                 is_set,
                 ..
             }| {
                let ty = &field.ty;
                match field.fill {
                    Fill::Required => quote!(#state: #is_set<#ty>),
                    _ => quote!(#state: #core::__private::Given<#ty>),
                }
            },
        );
        let own = wheres
            .iter()
            .flat_map(|clause| &clause.predicates)
            .map(ToTokens::to_token_stream);
        let bounds = bounds.chain(own);
        let values = self
            .fields
            .iter()
            .map(|Part { field, ident, .. }| match &field.fill {
                Fill::Required => quote!(#ident: #core::__private::Take::take(self.#ident)),
                fill => {
                    let default = default(fill);
                    quote!(#ident: #core::__private::Given::or_else(self.#ident, || #default))
                }
            });
        let deprecated = self
            .fields
            .iter()
            .any(|part| part.field.deprecated)
            .then(|| quote!(#[allow(deprecated)]));
        quote! {
            #[automatically_derived]
            #deprecated
            impl #params #core::__private::Build for #builder
            where
                #(#bounds,)*
            {
                type Event = #target;

                #[inline]
                fn build(self) -> #target {
                    #event { #(#values,)* }
                }
            }
        }
    }

    /// The setters: those of ordinary names together, any other by itself.
    fn setters(&self) -> TokenStream {
        let (params, builder, wheres) = (self.params(|_| true), self.with(|_| None), self.wheres());
        let ordinary = self
            .fields
            .iter()
            .filter(|part| !part.is_finisher())
            .map(|part| self.setter(part));
        let maybe = self
            .fields
            .iter()
            .filter_map(|part| self.maybe_setter(part));
        let special = self
            .fields
            .iter()
            .filter(|part| part.is_finisher())
            .map(|part| {
                let core = &self.event.core;
                let params = self.params(|other| other.state != part.state);
                let builder = self.with(|other| {
                    (other.state == part.state).then(|| quote!(#core::__private::Unset))
                });
                let setter = self.setter(part);
                quote! {
                    #[automatically_derived]
                    impl #params #builder #wheres {
                        #setter
                    }
                }
            });
        quote! {
            #[automatically_derived]
            impl #params #builder #wheres {
                #(#ordinary)*
                #(#maybe)*
            }
            #(#special)*
        }
    }

    /// A setter. One that shares its name with a finisher is defined while its field is unset only,
    /// and the finisher once it is set: so the name is free for both.
    fn setter(&self, part: &Part<'_>) -> TokenStream {
        let Part {
            field,
            ident,
            state,
            is_unset,
            ..
        } = part;
        let inside = match &field.fill {
            Fill::Optional(inside) => inside,
            _ => &field.ty,
        };
        let value = quote!(value);
        let (param, value) = if field.into {
            (
                quote!(impl ::core::convert::Into<#inside>),
                quote!(::core::convert::Into::into(#value)),
            )
        } else {
            (quote!(#inside), value)
        };
        let value = match field.fill {
            Fill::Optional(_) => quote!(::core::option::Option::Some(#value)),
            _ => value,
        };
        let carried = field.docs_or(|| format!("Sets `{}`.", field.name));
        let bound = (!part.is_finisher()).then(|| quote!(where #state: #is_unset));
        self.setting(part, ident, &carried, &param, &value, bound.as_ref())
    }

    /// The setter that takes an `Option`, of a field that may be left out.
    fn maybe_setter(&self, part: &Part<'_>) -> Option<TokenStream> {
        let Part {
            field,
            state,
            is_unset,
            ident,
            ..
        } = part;
        let name = format_ident!("maybe_{}", field.name, span = ident.span());
        if matches!(field.fill, Fill::Required)
            || self.fields.iter().any(|part| *part.ident == name)
        {
            return None;
        }
        let inside = match &field.fill {
            Fill::Optional(inside) => inside,
            _ => &field.ty,
        };
        let param = if field.into {
            quote!(::core::option::Option<impl ::core::convert::Into<#inside>>)
        } else {
            quote!(::core::option::Option<#inside>)
        };
        let value = if field.into {
            quote!(::core::option::Option::map(
                value,
                ::core::convert::Into::into
            ))
        } else {
            quote!(value)
        };
        let value = match &field.fill {
            Fill::Optional(_) => value,
            fill => {
                let default = default(fill);
                quote!(::core::option::Option::unwrap_or_else(#value, || #default))
            }
        };
        let docs = format!(
            "Sets `{}`, or with `None` leaves it as if it were not set.",
            field.name
        );
        let mut carried = vec![quote!(#[doc = #docs])];
        carried.extend(
            field
                .carried
                .iter()
                .filter(|attr| attr.path().is_ident("deprecated"))
                .map(ToTokens::to_token_stream),
        );
        let bound = Some(quote!(where #state: #is_unset));
        Some(self.setting(part, &name, &carried, &param, &value, bound.as_ref()))
    }

    fn setting(
        &self,
        part: &Part<'_>,
        name: &Ident,
        carried: &[TokenStream],
        param: &TokenStream,
        value: &TokenStream,
        bound: Option<&TokenStream>,
    ) -> TokenStream {
        let (core, vis, builder, ty) = (
            &self.event.core,
            &self.event.vis,
            &self.ident,
            &part.field.ty,
        );
        let set = self
            .with(|other| (other.state == part.state).then(|| quote!(#core::__private::Set<#ty>)));
        let values = self.fields.iter().map(|Part { ident, state, .. }| {
            if *state == part.state {
                quote!(#ident: #core::__private::Set(#value))
            } else {
                quote!(#ident: self.#ident)
            }
        });
        quote! {
            #(#carried)*
            #[inline]
            #vis fn #name(self, value: #param) -> #set #bound {
                #builder {
                    #(#values,)*
                    __event: ::core::marker::PhantomData,
                }
            }
        }
    }

    fn finisher(&self, name: &str) -> TokenStream {
        let Event { core, vis, .. } = self.event;
        let target = &self.target;
        let method = Ident::new(name, Span::call_site());
        let complete = quote!(where Self: #core::__private::Build<Event = #target>);
        let built = quote!(#core::__private::Build::build(self));
        let result =
            quote!(::core::result::Result<#core::Emitted<#target>, #core::EmitError<#target>>);
        let body = match name {
            "build" => quote! {
                /// Puts the event together.
                #[inline]
                #[must_use]
                #vis fn #method(self) -> #target #complete {
                    #built
                }
            },
            "emit" => quote! {
                /// Builds the event, runs its subscribers, and gives it back as they left it.
                #[inline]
                #vis fn #method(self) -> #target #complete {
                    #core::Event::emit(#built)
                }
            },
            "emit_from" => quote! {
                /// `emit`, and says where from.
                #[inline]
                #vis fn #method<__M>(self, origin: impl #core::IntoKey<__M>) -> #target #complete {
                    #core::Event::emit_from(#built, origin)
                }
            },
            "try_emit" => quote! {
                /// Builds the event, runs its subscribers, and tells what became of it.
                ///
                /// # Errors
                ///
                /// When a subscriber failed, or when the emit was refused as nested too deep.
                #[inline]
                #vis fn #method(self) -> #result #complete {
                    #core::Event::try_emit(#built)
                }
            },
            _ => quote! {
                /// `try_emit`, and says where from.
                ///
                /// # Errors
                ///
                /// As `try_emit`.
                #[inline]
                #vis fn #method<__M>(self, origin: impl #core::IntoKey<__M>) -> #result #complete {
                    #core::Event::try_emit_from(#built, origin)
                }
            },
        };
        let same = |part: &Part<'_>| part.field.name == name;
        let params = self.params(|part| !same(part));
        let builder = self.with(|part| {
            let ty = &part.field.ty;
            same(part).then(|| quote!(#core::__private::Set<#ty>))
        });
        let own = self.wheres().iter().flat_map(|clause| &clause.predicates);
        // Emitting needs what the trait needs.
        let types = self
            .event
            .generics
            .type_params()
            .filter(|_| name != "build");
        let types = types.map(|param| &param.ident);
        quote! {
            #[automatically_derived]
            impl #params #builder where #(#own,)* #(#types: 'static,)* {
                #body
            }
        }
    }
}

impl Part<'_> {
    fn is_finisher(&self) -> bool {
        FINISHERS.contains(&self.field.name.as_str())
    }
}

impl Field {
    /// The attributes that the setter carries, with some text where there is none.
    fn docs_or(&self, text: impl FnOnce() -> String) -> Vec<TokenStream> {
        let mut carried: Vec<_> = self.carried.iter().map(ToTokens::to_token_stream).collect();
        if !self.carried.iter().any(|attr| attr.path().is_ident("doc")) {
            let text = text();
            carried.insert(0, quote!(#[doc = #text]));
        }
        carried
    }
}

/// What stands for a field that is left out.
fn default(fill: &Fill) -> TokenStream {
    match fill {
        Fill::Default(Some(value)) => quote_spanned!(value.span()=> #value),
        Fill::Optional(_) => quote!(::core::option::Option::None),
        _ => quote!(::core::default::Default::default()),
    }
}
