//! Reads the items of a source: what it defines, which modules it declares, and every path in it.
//!
//! A path is read wherever it stands: in a `use` item, in a signature, in a function body, in the
//! arguments of a macro. Left out are test code (`#[cfg(test)]`, `#[test]`), the tokens inside
//! `quote!` and its relatives, and the bodies of `#[macro_export]` macros: the last two are code of
//! another crate.

use std::collections::BTreeSet;

use super::lexer::{Kind, Token};

/// A path, such as `crate::event::Event`, and the line that it starts on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Path<'t> {
    pub(super) segments: Vec<&'t str>,
    pub(super) line: usize,
    /// The path is called as a macro: `a::b!`.
    pub(super) is_macro: bool,
}

/// One name of a `use` item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Use<'t> {
    pub(super) path: Path<'t>,
    /// The name that it brings into scope, which `as` may change; `*` for a glob.
    pub(super) name: &'t str,
    /// It has a visibility: others may import the name from here.
    pub(super) is_public: bool,
}

/// A module that the source declares.
pub(super) struct Declared<'t> {
    pub(super) name: &'t str,
    /// What is between its braces, when it has them.
    pub(super) inline: Option<Items<'t>>,
    /// The file name in its `#[path = ".."]`.
    pub(super) path: Option<&'t str>,
    /// It stands behind `#[cfg(test)]`.
    pub(super) is_test: bool,
}

/// The content of a module.
#[derive(Default)]
pub(super) struct Items<'t> {
    pub(super) modules: Vec<Declared<'t>>,
    pub(super) uses: Vec<Use<'t>>,
    pub(super) paths: Vec<Path<'t>>,
    /// Types, traits, functions, constants and statics.
    pub(super) defined: BTreeSet<&'t str>,
    /// `macro_rules!` macros.
    pub(super) macros: BTreeSet<&'t str>,
    /// Those of them that stand in the crate's root, as `#[macro_export]` says.
    pub(super) exported: BTreeSet<&'t str>,
}

/// Macros whose arguments are the code that they return.
const QUOTING: [&str; 4] = [
    "quote",
    "quote_spanned",
    "parse_quote",
    "parse_quote_spanned",
];

/// Reads the tokens of a module; they contain no comments.
pub(super) fn items<'t>(tokens: &[Token<'t>]) -> Items<'t> {
    let mut items = Items::default();
    let mut at = 0;
    while at < tokens.len() {
        at += items.item(&tokens[at..]);
    }
    items
}

impl<'t> Items<'t> {
    /// Reads the item that the tokens start with, and returns how many tokens it has.
    fn item(&mut self, tokens: &[Token<'t>]) -> usize {
        let attributes = attributes(tokens);
        let start = attributes.length + visibility(&tokens[attributes.length..]);
        let length = start + item_length(&tokens[start..]);
        let item = &tokens[start..length];
        if attributes.is_test && item.first().is_none_or(|word| !word.is("mod")) {
            return length;
        }
        match &item[modifiers(item)..] {
            [word, name, body @ .., _] if word.is("mod") => self.modules.push(Declared {
                name: name.text,
                inline: body.split_first().map(|(_, body)| items(body)),
                path: attributes.path,
                is_test: attributes.is_test,
            }),
            [word, tree @ ..] if word.is("use") => {
                self.use_tree(tree, &[], start > attributes.length);
            }
            [word, bang, name, body @ ..] if word.is("macro_rules") && bang.is("!") => {
                self.macros.insert(name.text);
                if attributes.is_exported {
                    self.exported.insert(name.text);
                } else {
                    self.body(body);
                }
            }
            [word, rest @ ..] => {
                if is_keyword(word.text) {
                    self.defined.extend(name_after(rest));
                } else if !word.is("impl") {
                    self.defined_in_macro(rest);
                }
                self.body(&tokens[..length]);
            }
            [] => {}
        }
        length
    }

    /// The items in the arguments of a macro such as `pin_project!` or `thread_local!`.
    fn defined_in_macro(&mut self, call: &[Token<'t>]) {
        let mut depth = 0;
        for (index, token) in call.iter().enumerate() {
            match token.kind {
                Kind::Open => depth += 1,
                Kind::Close => depth -= 1,
                Kind::Ident if depth == 1 && is_keyword(token.text) => {
                    self.defined.extend(name_after(&call[index + 1..]));
                }
                _ => {}
            }
        }
    }

    /// The paths in a signature, a body, or the arguments of a macro.
    fn body(&mut self, tokens: &[Token<'t>]) {
        let mut at = 0;
        while at < tokens.len() {
            let token = tokens[at];
            let next = tokens.get(at + 1);
            let before = |text| at > 0 && tokens[at - 1].is(text);
            at += if token.is("#") {
                let attributes = attributes(&tokens[at..]);
                if attributes.is_test {
                    attributes.length + guarded_length(&tokens[at + attributes.length..])
                } else {
                    1
                }
            } else if token.kind != Kind::Ident {
                1
            } else if token.is("pub") {
                visibility(&tokens[at..])
            } else if token.is("use") && next.is_some_and(|next| !next.is("<")) {
                let length = item_length(&tokens[at..]);
                self.use_tree(&tokens[at + 1..at + length], &[], false);
                length
            } else if QUOTING.contains(&token.text) && next.is_some_and(|next| next.is("!")) {
                2 + group_length(&tokens[at + 2..])
            } else if before("::")
                || before("$") && !token.is("crate")
                || before(".") && !(at > 1 && tokens[at - 2].is("."))
            {
                1
            } else {
                self.path(&tokens[at..])
            };
        }
    }

    /// The path that the tokens start with.
    fn path(&mut self, tokens: &[Token<'t>]) -> usize {
        let mut segments = vec![tokens[0].text];
        let mut length = 1;
        while let [colons, name, ..] = &tokens[length..]
            && colons.is("::")
            && name.kind == Kind::Ident
        {
            segments.push(name.text);
            length += 2;
        }
        let rest = &tokens[length..];
        let is_name = rest.first().is_some_and(|token| token.is(":"));
        let is_keyword = ["crate", "self", "super", "Self"].contains(&segments[0]);
        if segments.len() > 1 || !is_name && !is_keyword {
            self.paths.push(Path {
                segments,
                line: tokens[0].line,
                is_macro: matches!(rest, [bang, open, ..] if bang.is("!") && open.kind == Kind::Open),
            });
        }
        length
    }

    /// Reads one tree of a `use` item, up to its comma or its end, and returns its length.
    fn use_tree(&mut self, tokens: &[Token<'t>], prefix: &[&'t str], is_public: bool) -> usize {
        let mut segments = prefix.to_vec();
        let mut name = None;
        let mut at = 0;
        let line = tokens.first().map_or(0, |token| token.line);
        while let Some(token) = tokens.get(at) {
            at += 1;
            match token.text {
                // An absolute path leads to another crate, and a `$name` is not known here.
                "::" if segments.is_empty() => return at + item_length(&tokens[at..]),
                "$" if tokens.get(at).is_none_or(|next| !next.is("crate")) => {
                    return at + item_length(&tokens[at..]);
                }
                "::" | "$" => {}
                "{" => {
                    while tokens.get(at).is_some_and(|token| !token.is("}")) {
                        at += self.use_tree(&tokens[at..], &segments, is_public);
                        at += usize::from(tokens.get(at).is_some_and(|token| token.is(",")));
                    }
                    return at + 1;
                }
                "*" => name = Some("*"),
                "as" => {
                    name = tokens.get(at).map(|token| token.text);
                    at += 1;
                }
                "," | "}" | ";" => {
                    at -= 1;
                    break;
                }
                segment => segments.push(segment),
            }
        }
        if segments.len() > 1 && segments.last() == Some(&"self") {
            segments.pop();
        }
        let Some(name) = name.or(segments.last().copied()) else {
            return at.max(1);
        };
        let path = Path {
            segments,
            line,
            is_macro: false,
        };
        self.uses.push(Use {
            path,
            name,
            is_public,
        });
        at.max(1)
    }
}

/// What the attributes before an item say.
#[derive(Default)]
struct Attributes<'t> {
    length: usize,
    is_test: bool,
    is_exported: bool,
    path: Option<&'t str>,
}

fn attributes<'t>(tokens: &[Token<'t>]) -> Attributes<'t> {
    let mut found = Attributes::default();
    while let Some(hash) = tokens.get(found.length)
        && hash.is("#")
    {
        let inner = usize::from(tokens.get(found.length + 1).is_some_and(|t| t.is("!")));
        let start = found.length + 1 + inner;
        if tokens.get(start).is_none_or(|open| !open.is("[")) {
            break;
        }
        let end = start + group_length(&tokens[start..]);
        let attribute = &tokens[start + 1..end - 1];
        let names = |name: &str| attribute.iter().any(|token| token.is(name));
        if let [first, rest @ ..] = attribute {
            found.is_test |= first.is("test") && rest.is_empty();
            found.is_test |= first.is("cfg") && names("test") && !names("not");
            found.is_exported |= first.is("macro_export");
            if first.is("path")
                && let Some(text) = rest.last()
            {
                found.path = Some(text.text.trim_matches('"'));
            }
        }
        found.length = end;
    }
    found
}

/// The length of `pub` or `pub(..)`, 0 without one.
fn visibility(tokens: &[Token<'_>]) -> usize {
    let scopes = ["crate", "self", "super", "in"];
    match tokens {
        [word, open, scope, ..]
            if word.is("pub") && open.is("(") && scopes.contains(&scope.text) =>
        {
            1 + group_length(&tokens[1..])
        }
        [word, ..] if word.is("pub") => 1,
        _ => 0,
    }
}

/// How many words stand before the one that says what the item is: `unsafe`, `extern "C"`.
fn modifiers(tokens: &[Token<'_>]) -> usize {
    let is_modifier = |token: &&Token<'_>| {
        ["unsafe", "async", "extern"].contains(&token.text) || token.kind == Kind::Text
    };
    tokens.iter().take_while(is_modifier).count()
}

/// The length of a group with its delimiters.
fn group_length(tokens: &[Token<'_>]) -> usize {
    let mut depth = 0;
    for (index, token) in tokens.iter().enumerate() {
        match token.kind {
            Kind::Open => depth += 1,
            Kind::Close => depth -= 1,
            _ => {}
        }
        if depth <= 0 {
            return index + 1;
        }
    }
    tokens.len()
}

/// The length of an item or a statement: up to its `;`, or, if it can end in one, its `{ .. }`.
fn item_length(tokens: &[Token<'_>]) -> usize {
    let start = modifiers(tokens);
    let has_value = match &tokens[start..] {
        [word, next, ..] if word.is("const") => {
            !next.is("fn") && modifiers(std::slice::from_ref(next)) == 0
        }
        [word, ..] => ["use", "static", "type", "let"].contains(&word.text),
        [] => false,
    };
    let mut at = start;
    while let Some(token) = tokens.get(at) {
        let is_block = token.is("{");
        if token.kind == Kind::Open {
            at += group_length(&tokens[at..]);
        } else {
            at += 1;
        }
        if token.is(";") || token.kind == Kind::Close || is_block && !has_value {
            return at;
        }
    }
    tokens.len()
}

/// The length of an item, a field, a variant or an arm behind an attribute.
fn guarded_length(tokens: &[Token<'_>]) -> usize {
    let start = visibility(tokens);
    let begins_item = tokens.get(start).is_some_and(|word| {
        is_keyword(word.text)
            || ["use", "mod", "impl", "unsafe", "async", "extern", "let"].contains(&word.text)
    });
    if begins_item {
        return start + item_length(&tokens[start..]);
    }
    let mut at = start;
    while let Some(token) = tokens.get(at) {
        match token.kind {
            Kind::Open => at += group_length(&tokens[at..]),
            Kind::Close => return at,
            _ if token.is(",") || token.is(";") => return at + 1,
            _ => at += 1,
        }
    }
    at
}

/// A word that is followed by the name of the item that it defines.
fn is_keyword(word: &str) -> bool {
    [
        "struct", "enum", "union", "trait", "type", "fn", "const", "static",
    ]
    .contains(&word)
}

/// The name behind an item's keyword, such as `f` in `const unsafe fn f`.
fn name_after<'t>(tokens: &[Token<'t>]) -> Option<&'t str> {
    let mut names = tokens[modifiers(tokens)..].iter();
    let name = names.find(|token| !is_keyword(token.text) && !token.is("mut"))?;
    (name.kind == Kind::Ident && !name.is("_")).then_some(name.text)
}

#[cfg(test)]
mod tests {
    use super::{super::lexer, items};

    #[test]
    fn items_end_where_they_end() {
        let source = "const A: u8 = { 1 }; const fn b<const N: u8>() {} pub struct C(pub (u8, u8)); \
            static mut D: u8 = 0; unsafe extern \"C\" fn e() {} impl X for Y { fn z() {} } \
            pub(in crate::x) trait F { type G; } m! { pub struct H { i: u8 } } enum J {} \
            #[cfg(test)] fn t() {} type K = [u8; { 2 }]; union L {} macro_rules! n { () => {} }";
        let found = items(&lexer::code(source));
        let names: Vec<_> = found.defined.into_iter().collect();
        assert_eq!(names, ["A", "C", "D", "F", "H", "J", "K", "L", "b", "e"]);
        assert!(found.macros.contains("n"));
    }
}
