//! Types as text, for metadata, error messages and reports: `&'a mut [u8; 4]`, `Option<String>`.
//!
//! Comments and line breaks are not tokens, so they are not in the text. `Span::source_text` has them,
//! but a whole type has a span only on nightly.

use quote::{ToTokens, quote};
use syn::{
    Expr, ExprBinary, GenericArgument, Macro, Pat, ReturnType, Token, Type, parse::Parse,
    punctuated::Punctuated, visit_mut, visit_mut::VisitMut,
};

use super::one_line::{mark, one_line};

/// The type as it is written in the source.
pub(crate) fn source_text(ty: &Type) -> String {
    let mut ty = ty.clone();
    Marks.visit_type_mut(&mut ty);
    one_line(ty.into_token_stream())
}

/// The name of a type without its path.
pub(crate) fn type_name(ty: &Type) -> String {
    let mut ty = ty.clone();
    if let Type::Path(path) = &mut ty
        && let Some(last) = path.path.segments.last()
    {
        path.path = last.clone().into();
        path.qself = None;
    }
    source_text(&ty)
}

/// Replaces each binary operator, the `|` of patterns included, by a `mark` of it, and inserts an
/// empty mark after the parameters of a closure. It also removes the groups around fragments of
/// `macro_rules`, and the trailing commas that are not needed on one line.
struct Marks;

impl VisitMut for Marks {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        while let Type::Group(group) = ty {
            *ty = (*group.elem).clone();
        }
        if let Type::Tuple(tuple) = ty
            && tuple.elems.len() > 1
        {
            tuple.elems.pop_punct();
        }
        visit_mut::visit_type_mut(self, ty);
    }

    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        visit_mut::visit_expr_mut(self, expr);
        if let Expr::Closure(closure) = expr
            && matches!(closure.output, ReturnType::Default)
        {
            let (mark, body) = (mark(quote!()), &closure.body);
            *closure.body = Expr::Verbatim(quote!(#mark #body));
        } else if let Expr::Binary(ExprBinary {
            attrs,
            left,
            op,
            right,
        }) = expr
        {
            let mark = mark(op);
            *expr = Expr::Verbatim(quote!(#(#attrs)* #left #mark #right));
        }
    }

    fn visit_pat_mut(&mut self, pat: &mut Pat) {
        visit_mut::visit_pat_mut(self, pat);
        if let Pat::Or(or) = pat {
            let (mut cases, mark) = (or.cases.iter(), mark(quote!(|)));
            let first = cases.next();
            *pat = Pat::Verbatim(quote!(#first #(#mark #cases)*));
        }
    }

    /// The arguments of a macro are marked if they parse as generic arguments or as expressions.
    fn visit_macro_mut(&mut self, mac: &mut Macro) {
        fn parse<T: Parse>(mac: &Macro) -> Option<Punctuated<T, Token![,]>> {
            mac.parse_body_with(Punctuated::parse_terminated).ok()
        }

        if let Some(mut arguments) = parse::<GenericArgument>(mac) {
            (arguments.iter_mut()).for_each(|it| self.visit_generic_argument_mut(it));
            mac.tokens = arguments.into_token_stream();
        } else if let Some(mut arguments) = parse(mac) {
            (arguments.iter_mut()).for_each(|it| self.visit_expr_mut(it));
            mac.tokens = arguments.into_token_stream();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(types: &[&str]) {
        for written in types {
            check_text(written, written);
        }
    }

    fn check_text(written: &str, expected: &str) {
        let ty: Type = syn::parse_str(written).expect("a type");
        assert_eq!(source_text(&ty), expected);
    }

    #[test]
    fn a_type_reads_as_it_was_written() {
        check(&[
            "u32",
            "Option<String>",
            "std::collections::BTreeMap<u64, Vec<(u8, String)>>",
            "::std::vec::Vec<T>",
            "Self::X",
            "r#type",
            "()",
            "(T,)",
            "(A, B)",
            "!",
            "<! as Trait>::X",
            "[[u8; 2]; N]",
            "*const T",
            "*mut *const [T]",
            "<T as Iterator>::Item",
            "<[u8] as Index<usize>>::Output",
            "Vec<<T as Trait<'a>>::X<u8>>",
            "Foo<'a, T, { N + 1 }>",
        ]);
    }

    #[test]
    fn references_read_as_they_were_written() {
        check(&[
            "&&T",
            "&'a str",
            "&'a mut T",
            "&'a mut [u8; 4]",
            "&'a ::std::string::String",
            "&'a <T as Trait>::X",
            "&mut (A, B)",
            "&'a (dyn Any + Send)",
            "&'static [&'static str]",
        ]);
    }

    #[test]
    fn functions_and_traits_read_as_they_were_written() {
        check(&[
            "extern \"C\" fn(u8) -> u8",
            "unsafe extern \"C\" fn(*const u8, ...)",
            "fn(name: &str, _: u8) -> !",
            "for<'a> fn(&'a T)",
            "for<'x> fn(&'x mut T) -> &'x T",
            "Box<dyn Fn(&str, u8) -> Result<(), E> + Send + 'static>",
            "Box<dyn for<'a> ::std::ops::Fn(&'a T) -> ! + Send>",
            "impl Iterator<Item = u8> + ?Sized + use<'a, T>",
            "impl ?Sized + Into<X<Y: Z>>",
            "&dyn Fn(fn() -> (A, B))",
        ]);
    }

    #[test]
    fn expressions_read_as_they_were_written() {
        check(&[
            "W<-1>",
            "W<{ -1 }, N = -1>",
            "W<'c', \"text\", true>",
            "[u8; N * 2]",
            "[u8; N - 1]",
            "[u8; N - -1]",
            "[u8; *N & !M | *&K]",
            "[u8; -1_i32 as usize]",
            "[u8; N as usize * 2]",
            "[u8; f(N) / 2]",
            "[u8; (N) % 2]",
            "[u8; N[0].len() << 1]",
            "[u8; { 1 << 2 }]",
            "[u8; (N >= 2 && true) as usize]",
            "[u8; (a < b || c > d) as usize]",
            "[u8; <T as Trait>::N + size_of::<Vec<T>>()]",
            "[u8; if true { 1 } else { 2 }]",
            "[u8; if !a { 1 } else { -2 }]",
            "[u8; sum(&mut [1, 2], 0..N, ..=9)]",
            "[u8; (|| -> u8 { 1 })()]",
            "[u8; f(move |a, &b| a * *b)]",
            "[u8; { let a: &[u8] = &[1; 2]; a.len() }]",
            "[u8; { let mut n = 0; while n < 9 { n += 1; } n }]",
            "[u8; match x { 1 | 2 => 3, 4..=N if N == 1 => 5, _ => S { a: 1, ..s }.a }]",
        ]);
    }

    #[test]
    fn macros_read_as_they_were_written() {
        check(&[
            "m!()",
            "std::m![u8]",
            "(Token![,], Token![=], Token![=>])",
            "m!(Vec<u8>, &'a mut T)",
            "[u8; m!(a < b, c - 1)]",
            "m!(u8 => Vec<T>; 2)",
            "m![u8; N - 1]",
        ]);
    }

    #[test]
    fn a_type_written_on_several_lines_reads_as_on_one() {
        check_text("Map<\n    K,\n    V, // why\n>", "Map<K, V>");
        check_text("(\n    A,\n    B,\n)", "(A, B)");
        check_text("(\n    A,\n)", "(A,)");
        check_text(
            "X<fn(\n    A,\n    ::B,\n) -> C, dyn Fn(\n    D,\n) -> E>",
            "X<fn(A, ::B) -> C, dyn Fn(D) -> E>",
        );
    }
}
