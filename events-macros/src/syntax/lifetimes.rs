//! Finding and replacing the lifetimes of types and generics.

use syn::{GenericParam, Generics, Lifetime, Type, TypeReference, visit_mut::VisitMut};

/// The type with every lifetime, explicit or elided, replaced by `'static`. For the type of an event this
/// is its family.
pub(crate) fn all_static(ty: &Type) -> Type {
    struct AllStatic;

    impl VisitMut for AllStatic {
        fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
            *lifetime = Lifetime::new("'static", lifetime.span());
        }

        fn visit_type_reference_mut(&mut self, reference: &mut TypeReference) {
            let span = reference.and_token.span;
            reference.lifetime = Some(Lifetime::new("'static", span));
            self.visit_type_mut(&mut reference.elem);
        }
    }

    let mut ty = ty.clone();
    AllStatic.visit_type_mut(&mut ty);
    ty
}

/// The type with the lifetime parameters of a function replaced by `'_`.
pub(crate) fn inferred(ty: &Type, declared: &Generics) -> Type {
    struct Inferred<'g>(&'g Generics);

    impl VisitMut for Inferred<'_> {
        fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
            if self.0.lifetimes().any(|param| param.lifetime == *lifetime) {
                *lifetime = Lifetime::new("'_", lifetime.span());
            }
        }
    }

    let mut ty = ty.clone();
    Inferred(declared).visit_type_mut(&mut ty);
    ty
}

/// The generics without their lifetime parameter, which becomes `'static` in the bounds.
pub(crate) fn with_static(generics: &Generics) -> Generics {
    struct Replace(Lifetime);

    impl VisitMut for Replace {
        fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
            if *lifetime == self.0 {
                *lifetime = Lifetime::new("'static", lifetime.span());
            }
        }
    }

    let mut generics = generics.clone();
    let Some(lifetime) = generics
        .lifetimes()
        .next()
        .map(|param| param.lifetime.clone())
    else {
        return generics;
    };
    generics.params = generics
        .params
        .into_iter()
        .filter(|param| !matches!(param, GenericParam::Lifetime(_)))
        .collect();
    Replace(lifetime).visit_generics_mut(&mut generics);
    generics
}

/// The first explicit lifetime in the type other than `'static`.
pub(crate) fn non_static_lifetime(ty: &Type) -> Option<Lifetime> {
    struct Find(Option<Lifetime>);

    impl VisitMut for Find {
        fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
            if self.0.is_none() && lifetime.ident != "static" {
                self.0 = Some(lifetime.clone());
            }
        }
    }

    let mut find = Find(None);
    find.visit_type_mut(&mut ty.clone());
    find.0
}
