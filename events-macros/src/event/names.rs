//! Replaces the names in an event that mean something else in generated code: `Self`, which would be the
//! builder, and parameters that are named like generated ones.

use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{
    ConstParam, DeriveInput, GenericParam, Generics, ItemImpl, ItemTrait, Lifetime, Macro, Path,
    TypeParam, parse_quote,
    visit_mut::{self, VisitMut},
};

use crate::syntax::spans::call_site_at;

/// The names of an event, as a visitor that replaces them.
pub(super) struct Names<'e> {
    event: &'e Ident,
    generics: &'e Generics,
    /// The parameters with another name in generated code, those of lifetimes without their `'`.
    renamed: Vec<(&'e Ident, Ident)>,
}

impl<'e> Names<'e> {
    pub(super) fn of(input: &'e DeriveInput) -> Self {
        let (event, generics) = (&input.ident, &input.generics);
        let params = generics.params.iter().enumerate();
        let renamed = params.filter_map(|(index, param)| {
            let (name, new) = match param {
                GenericParam::Lifetime(param) => {
                    (&param.lifetime.ident, format!("__param_{index}"))
                }
                GenericParam::Type(param) => (&param.ident, format!("{event}Param{index}")),
                GenericParam::Const(param) => (&param.ident, format!("__PARAM_{index}")),
            };
            let text = name.to_string();
            let is_generated = text.starts_with("__")
                || text
                    .strip_suffix("Builder")
                    .is_some_and(|rest| event == rest);
            is_generated.then(|| (name, Ident::new(&new, call_site_at(name.span()))))
        });
        Self {
            event,
            generics,
            renamed: renamed.collect(),
        }
    }

    fn rename(&self, name: &mut Ident) {
        let mut renamed = self.renamed.iter();
        if let Some((_, new)) = renamed.find(|(old, _)| *name == **old) {
            *name = new.clone();
        }
    }

    /// The path of the event with its parameters as arguments, as in an expression.
    fn event_path(&self) -> Path {
        let event = self.event;
        let arguments = self.generics.params.iter().map(|param| match param {
            GenericParam::Lifetime(param) => {
                let mut lifetime = param.lifetime.clone();
                self.rename(&mut lifetime.ident);
                lifetime.into_token_stream()
            }
            GenericParam::Type(TypeParam { ident, .. })
            | GenericParam::Const(ConstParam { ident, .. }) => {
                let mut name = ident.clone();
                self.rename(&mut name);
                name.into_token_stream()
            }
        });
        if self.generics.params.is_empty() {
            parse_quote!(#event)
        } else {
            parse_quote!(#event::<#(#arguments),*>)
        }
    }

    fn replaced_tokens(&self, tokens: TokenStream) -> TokenStream {
        let replaced = tokens.into_iter().map(|token| match token {
            TokenTree::Ident(name) if name == "Self" => self.event_path().into_token_stream(),
            TokenTree::Ident(mut name) => {
                self.rename(&mut name);
                name.into_token_stream()
            }
            TokenTree::Group(group) => {
                let content = self.replaced_tokens(group.stream());
                let mut replaced = Group::new(group.delimiter(), content);
                replaced.set_span(group.span());
                replaced.into_token_stream()
            }
            token => quote!(#token),
        });
        replaced.collect()
    }
}

impl VisitMut for Names<'_> {
    fn visit_path_mut(&mut self, path: &mut Path) {
        visit_mut::visit_path_mut(self, path);
        let Some(first) = path.segments.first_mut() else {
            return;
        };
        if first.ident == "Self" {
            let rest = std::mem::replace(path, self.event_path()).segments;
            path.segments.extend(rest.into_iter().skip(1));
        } else {
            self.rename(&mut first.ident);
        }
    }

    fn visit_type_param_mut(&mut self, param: &mut TypeParam) {
        self.rename(&mut param.ident);
        visit_mut::visit_type_param_mut(self, param);
    }

    fn visit_const_param_mut(&mut self, param: &mut ConstParam) {
        self.rename(&mut param.ident);
        visit_mut::visit_const_param_mut(self, param);
    }

    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        self.rename(&mut lifetime.ident);
    }

    /// The arguments of a macro are not parsed.
    fn visit_macro_mut(&mut self, mac: &mut Macro) {
        mac.tokens = self.replaced_tokens(std::mem::take(&mut mac.tokens));
    }

    /// Here `Self` is another type.
    fn visit_item_impl_mut(&mut self, _: &mut ItemImpl) {}

    fn visit_item_trait_mut(&mut self, _: &mut ItemTrait) {}
}
