//! Putting one lifetime in the place of others.

use syn::{GenericParam, Generics, Lifetime, Type, TypeReference, visit_mut::VisitMut};

/// The type with every lifetime, written or left out, replaced by `'static`: the name of an event's
/// family when the type is an event.
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

/// The type with the lifetimes that a function declares left to inference.
pub(crate) fn inferred(ty: &Type, declared: &Generics) -> Type {
    struct Inferred<'g>(&'g Generics);

    impl VisitMut for Inferred<'_> {
        fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
            if self.0.lifetimes().any(|known| known.lifetime == *lifetime) {
                *lifetime = Lifetime::new("'_", lifetime.span());
            }
        }
    }

    let mut ty = ty.clone();
    Inferred(declared).visit_type_mut(&mut ty);
    ty
}

/// The generics without their lifetime, which is replaced where bounds name it.
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

/// Whether the type shows no lifetime but `'static`.
pub(crate) fn is_static(ty: &Type) -> bool {
    struct Find(bool);

    impl VisitMut for Find {
        fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
            self.0 &= lifetime.ident == "static";
        }
    }

    let mut find = Find(true);
    find.visit_type_mut(&mut ty.clone());
    find.0
}
