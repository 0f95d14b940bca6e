//! Types as text, for error messages and reports.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::ToTokens;
use syn::Type;

/// The tokens of a type as `rustfmt` spaces them: `Option<String>`, `&'a mut [u8; 4]`.
pub(crate) fn source_text(tokens: &impl ToTokens) -> String {
    let mut text = String::new();
    write(tokens.to_token_stream(), &mut text);
    text
}

/// The name of a type without its path.
pub(crate) fn type_name(ty: &Type) -> String {
    let last = match ty {
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    };
    last.map_or_else(|| source_text(ty), source_text)
}

fn write(tokens: TokenStream, text: &mut String) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => write_group(&group, text),
            TokenTree::Punct(punct) => write_punct(punct.as_char(), text),
            TokenTree::Ident(word) => write_word(&word, text),
            TokenTree::Literal(literal) => write_word(&literal, text),
        }
    }
}

/// A word is separated from a word before it, and in `for<'a> Fn` from the `>`.
fn write_word(word: &impl ToString, text: &mut String) {
    if ends_with_word(text) || text.ends_with('>') {
        text.push(' ');
    }
    text.push_str(&word.to_string());
}

fn write_group(group: &Group, text: &mut String) {
    let (open, close) = match group.delimiter() {
        Delimiter::Parenthesis => ("(", ")"),
        Delimiter::Bracket => ("[", "]"),
        Delimiter::Brace => ("{ ", " }"),
        Delimiter::None => ("", ""),
    };
    let is_argument_list = group.delimiter() == Delimiter::Parenthesis && !ends_with_keyword(text);
    if ends_with_word(text) && !is_argument_list && !open.is_empty() {
        text.push(' ');
    }
    text.push_str(open);
    write(group.stream(), text);
    text.truncate(text.trim_end().len());
    text.push_str(close);
}

fn write_punct(punct: char, text: &mut String) {
    match punct {
        ',' | ';' => text.extend([punct, ' ']),
        '+' | '=' => text.extend([' ', punct, ' ']),
        // The second colon of `::`.
        ':' if text.ends_with(": ") => {
            text.pop();
            text.push(':');
        }
        ':' => text.push_str(": "),
        '-' => text.push_str(" -"),
        '>' if text.ends_with('-') => text.push_str("> "),
        '>' => {
            text.truncate(text.trim_end().len());
            text.push('>');
        }
        '\'' | '&' | '*' if ends_with_word(text) => text.extend([' ', punct]),
        _ => text.push(punct),
    }
}

fn ends_with_word(text: &str) -> bool {
    text.ends_with(|last: char| last == '_' || last.is_alphanumeric())
}

/// Whether the last word is a lifetime or a keyword, before a parenthesis that lists no arguments.
fn ends_with_keyword(text: &str) -> bool {
    let is_separator = |letter: char| letter != '_' && !letter.is_alphanumeric();
    let start = text
        .rfind(is_separator)
        .map_or(0, |separator| separator + 1);
    text[..start].ends_with('\'')
        || matches!(&text[start..], "mut" | "const" | "dyn" | "impl" | "as")
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
            "[u8; match x { 1 | 2 => 3, N.. if N == 1 => 4, _ => S { a: 1, ..s }.a }]",
        ]);
    }

    #[test]
    fn macros_read_as_they_were_written() {
        check(&[
            "m!()",
            "std::m![u8]",
            "m!(Vec<u8>, &'a mut T)",
            "[u8; m!(a < b, c - 1)]",
            "m!(u8 => Vec<T>; 2)",
        ]);
    }

    #[test]
    fn a_type_written_on_several_lines_reads_as_on_one() {
        check_text("Map<\n    K,\n    V, // why\n>", "Map<K, V>");
        check_text("(\n    A,\n    B,\n)", "(A, B)");
        check_text("(\n    A,\n)", "(A,)");
        check_text(
            "fn(\n    A,\n    ::B,\n) -> Fn(\n    C,\n) -> D",
            "fn(A, ::B) -> Fn(C) -> D",
        );
    }
}
