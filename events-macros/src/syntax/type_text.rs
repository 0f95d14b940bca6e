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
            let ty: Type = syn::parse_str(written).expect("a type");
            assert_eq!(source_text(&ty), *written);
        }
    }

    #[test]
    fn a_type_reads_as_it_was_written() {
        check(&[
            "u32",
            "Option<String>",
            "std::collections::BTreeMap<u64, Vec<(u8, String)>>",
            "::core::option::Option<T>",
            "&'a str",
            "&mut T",
            "&'a mut [u8; 4]",
            "&'static [&'static str]",
            "*const T",
            "()",
            "(A, B)",
            "[[u8; 2]; N]",
            "Box<dyn Fn(&str, u8) -> Result<(), E> + Send + 'static>",
            "for<'x> fn(&'x mut T) -> &'x T",
            "<T as Iterator>::Item",
            "impl Iterator<Item = u8>",
            "&'a (dyn Any + Send)",
            "Foo<'a, { N + 1 }>",
            "r#type",
            "!",
        ]);
    }
}
