//! Queries of a parameter's type, and the error of a generic one.

use proc_macro2::Span;
use syn::{Error, PathSegment, Type, TypeImplTrait, visit_mut::VisitMut};

pub(super) fn last_segment(ty: &Type) -> Option<&PathSegment> {
    match ty {
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    }
}

pub(super) fn generic_error(span: Span) -> Error {
    let text = "a subscriber cannot be generic, because it is registered once, when the program is \
                linked; write one function for each type and let them call the generic one";
    Error::new(span, text)
}

/// The span of the first `impl Trait` in the type.
pub(super) fn impl_trait_span(ty: &Type) -> Option<Span> {
    struct Find(Option<Span>);

    impl VisitMut for Find {
        fn visit_type_impl_trait_mut(&mut self, ty: &mut TypeImplTrait) {
            self.0.get_or_insert(ty.impl_token.span);
        }
    }

    let mut find = Find(None);
    find.visit_type_mut(&mut ty.clone());
    find.0
}
