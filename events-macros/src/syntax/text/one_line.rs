//! Tokens as one line of text, spaced as by `rustfmt`.
//!
//! A space depends on two neighbouring tokens: [`Last`] of the first and [`Left`] of the second. Whether
//! a token such as `<` or `*` is a binary operator cannot be seen from its neighbours, so the caller
//! marks these.

use std::iter::Peekable;

use proc_macro2::{
    Delimiter, Group, Punct, Spacing, TokenStream, TokenTree, token_stream::IntoIter,
};
use quote::ToTokens;

/// Marks an operator as binary, or with no operator a space: a group without delimiters.
pub(super) fn mark(operator: impl ToTokens) -> Group {
    Group::new(Delimiter::None, operator.into_token_stream())
}

/// The tokens on one line. `+` and `=` need no [`mark`].
pub(super) fn one_line(tokens: TokenStream) -> String {
    let mut line = Line {
        text: String::new(),
        last: Last::Joins,
        in_binder: false,
    };
    line.write(tokens);
    line.text
}

/// The line up to the current token.
struct Line {
    text: String,
    last: Last,
    /// Whether the last word is `for`, so that the next `>` ends its lifetimes: `for<'a>`.
    in_binder: bool,
}

/// What the last token in the line requires of the next.
#[derive(Clone, Copy, PartialEq)]
enum Last {
    /// No space: `&`, `<`, `::`.
    Joins,
    /// A space, as after a keyword, a lifetime or a comma.
    Separates,
    /// It ends an operand: a name, a literal, a group.
    Operand,
}

/// What the next token requires on its left.
#[derive(PartialEq)]
enum Left {
    /// No space: `>`, `,`.
    Close,
    /// No space after an operand, which it continues: `<`, `::`, `(`.
    Suffix,
    /// A space after an operand: a name, a literal, a prefix.
    Start,
    /// Always a space.
    Infix,
}

/// The keywords after which a space precedes even a [`Left::Suffix`]: `mut (A, B)`.
const SEPARATING: [&str; 14] = [
    "async", "break", "const", "dyn", "if", "impl", "in", "let", "match", "move", "mut", "return",
    "static", "while",
];

impl Line {
    fn write(&mut self, tokens: TokenStream) {
        let mut tokens = tokens.into_iter().peekable();
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Group(group) => self.write_group(&group),
                TokenTree::Punct(punct) if punct.as_char() == '\'' => {
                    let name = tokens.next().map(|name| name.to_string());
                    let lifetime = format!("'{}", name.unwrap_or_default());
                    self.push(&lifetime, Left::Start, Last::Separates);
                }
                TokenTree::Punct(punct) => self.write_punct(&whole_punct(punct, &mut tokens)),
                TokenTree::Ident(_) | TokenTree::Literal(_) => self.write_word(&token.to_string()),
            }
        }
    }

    fn write_word(&mut self, word: &str) {
        self.in_binder = word == "for";
        match word {
            "as" => self.push(word, Left::Infix, Last::Separates),
            _ if SEPARATING.contains(&word) => self.push(word, Left::Start, Last::Separates),
            _ => self.push(word, Left::Start, Last::Operand),
        }
    }

    fn write_punct(&mut self, punct: &str) {
        let after_operand = self.last == Last::Operand;
        let (left, last) = match punct {
            "," | ";" | ":" => (Left::Close, Last::Separates),
            "." => (Left::Close, Last::Joins),
            ">" if self.in_binder => (Left::Close, Last::Separates),
            ">" => (Left::Close, Last::Operand),
            // `m!` and `value?`, or `!value` and `?Sized`.
            "!" | "?" if after_operand => (Left::Suffix, Last::Operand),
            "<" | "::" | "|" | ".." | "..=" | "..." | "!" | "?" => (Left::Suffix, Last::Joins),
            "+" | "=" | "->" | "=>" | "/" | "%" | "^" | "@" => (Left::Infix, Last::Separates),
            // Unmarked binary operators stand in macros only. After a block or an attribute it is a prefix.
            "-" | "*" if after_operand && !self.text.ends_with(['}', ']']) => {
                (Left::Infix, Last::Separates)
            }
            _ => (Left::Start, Last::Joins),
        };
        if punct == ">" {
            self.remove_comma();
        }
        self.push(punct, left, last);
    }

    fn write_group(&mut self, group: &Group) {
        let tokens = group.stream();
        let is_mark = || (tokens.clone().into_iter()).all(|it| matches!(it, TokenTree::Punct(_)));
        match group.delimiter() {
            Delimiter::None if tokens.is_empty() => self.last = Last::Separates,
            Delimiter::None if is_mark() => {
                let operator: String = tokens.into_iter().map(|it| it.to_string()).collect();
                self.push(&operator, Left::Infix, Last::Separates);
            }
            Delimiter::None => self.write(tokens),
            Delimiter::Brace if tokens.is_empty() => self.push("{}", Left::Start, Last::Operand),
            Delimiter::Brace => {
                self.push("{", Left::Start, Last::Separates);
                self.write(tokens);
                self.remove_comma();
                self.push("}", Left::Infix, Last::Operand);
            }
            Delimiter::Bracket => {
                self.push("[", Left::Suffix, Last::Joins);
                self.write(tokens);
                self.remove_comma();
                self.push("]", Left::Close, Last::Operand);
            }
            Delimiter::Parenthesis => {
                let is_argument_list = self.last == Last::Operand;
                self.push("(", Left::Suffix, Last::Joins);
                self.write(tokens);
                if is_argument_list {
                    self.remove_comma();
                }
                self.push(")", Left::Close, Last::Operand);
            }
        }
    }

    fn remove_comma(&mut self) {
        // `Token![,]` keeps its comma.
        let is_trailing = !self.text.ends_with("[,") && !self.text.ends_with("(,");
        if is_trailing && self.text.ends_with(',') {
            self.text.pop();
        }
    }

    fn push(&mut self, text: &str, left: Left, last: Last) {
        let is_spaced = match (self.last, left) {
            // In `Token![=]` nothing precedes it.
            (_, Left::Infix) => !self.text.ends_with(['[', '(']),
            (Last::Joins, _) | (_, Left::Close) => false,
            (Last::Separates, _) => true,
            (Last::Operand, left) => left == Left::Start,
        };
        if is_spaced {
            self.text.push(' ');
        }
        self.text.push_str(text);
        self.last = last;
    }
}

/// The punctuation that the character starts, as far as the same characters cannot be two tokens of a
/// type, as `&&` and `>>` can.
fn whole_punct(mut punct: Punct, tokens: &mut Peekable<IntoIter>) -> String {
    let mut text = punct.to_string();
    while punct.spacing() == Spacing::Joint
        && let Some(TokenTree::Punct(next)) = tokens.peek()
        && let longer = format!("{text}{next}")
        && ["::", "->", "=>", "..", "...", "..="].contains(&&*longer)
    {
        punct = next.clone();
        text = longer;
        tokens.next();
    }
    text
}
