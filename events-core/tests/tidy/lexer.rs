//! A lexer for Rust sources: tokens with their lines, comments among them.
//!
//! The rules on paths read the tokens, and the rule on words reads comments and string literals. A
//! parser such as `syn` drops the comments, so one lexer of our own serves both. It is lenient: a
//! source that does not compile still yields tokens.

/// What a token is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// An identifier or a keyword, without `r#`.
    Ident,
    /// `::`, or one other punctuation character.
    Punct,
    /// `(`, `[` or `{`.
    Open,
    /// `)`, `]` or `}`.
    Close,
    /// A string literal of any kind, with its quotes.
    Text,
    /// A comment or a doc comment, with its markers.
    Comment,
    /// A number, a character or a lifetime.
    Other,
}

/// A token, and the line that it starts on, counted from 1.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'t> {
    pub(super) kind: Kind,
    pub(super) text: &'t str,
    pub(super) line: usize,
}

impl Token<'_> {
    pub(super) fn is(&self, text: &str) -> bool {
        self.text == text && self.kind != Kind::Text
    }
}

/// All tokens of a source.
pub(super) fn tokens(source: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut lexer = Lexer { rest: source };
    let mut line = 1;
    while let Some((kind, length)) = lexer.next_token() {
        let (text, rest) = lexer.rest.split_at(length);
        lexer.rest = rest;
        if let Some(kind) = kind {
            let text = match kind {
                Kind::Ident => text.strip_prefix("r#").unwrap_or(text),
                _ => text,
            };
            tokens.push(Token { kind, text, line });
        }
        line += text.bytes().filter(|byte| *byte == b'\n').count();
    }
    tokens
}

/// The tokens of a source without its comments.
pub(super) fn code(source: &str) -> Vec<Token<'_>> {
    let mut tokens = tokens(source);
    tokens.retain(|token| token.kind != Kind::Comment);
    tokens
}

struct Lexer<'t> {
    rest: &'t str,
}

impl Lexer<'_> {
    /// The kind of the next token and its length; no kind for white space.
    fn next_token(&self) -> Option<(Option<Kind>, usize)> {
        let rest = self.rest;
        let first = rest.chars().next()?;
        let (kind, length) = match first {
            _ if first.is_whitespace() => (None, run(rest, char::is_whitespace)),
            '/' if rest.starts_with("//") => {
                (Some(Kind::Comment), rest.find('\n').unwrap_or(rest.len()))
            }
            '/' if rest.starts_with("/*") => (Some(Kind::Comment), block_comment(rest)),
            '\'' => (Some(Kind::Other), quote(rest)),
            '0'..='9' => (Some(Kind::Other), number(rest)),
            '(' | '[' | '{' => (Some(Kind::Open), 1),
            ')' | ']' | '}' => (Some(Kind::Close), 1),
            ':' if rest.starts_with("::") => (Some(Kind::Punct), 2),
            '"' | 'r' | 'b' | 'c' => self.prefixed(),
            _ if is_word(first) => (Some(Kind::Ident), run(rest, is_word)),
            _ => (Some(Kind::Punct), first.len_utf8()),
        };
        Some((kind, length))
    }

    /// A string literal, or what else may start with the prefix of one.
    fn prefixed(&self) -> (Option<Kind>, usize) {
        let rest = self.rest;
        if let Some(length) = string(rest) {
            return (Some(Kind::Text), length);
        }
        if rest.starts_with("b'") {
            return (Some(Kind::Other), quote(rest));
        }
        let raw = if rest.starts_with("r#") { 2 } else { 0 };
        (Some(Kind::Ident), raw + run(&rest[raw..], is_word))
    }
}

fn is_word(char: char) -> bool {
    char.is_alphanumeric() || char == '_'
}

fn run(text: &str, is: impl Fn(char) -> bool) -> usize {
    text.find(|char| !is(char)).unwrap_or(text.len())
}

fn block_comment(text: &str) -> usize {
    let bytes = text.as_bytes();
    let (mut at, mut depth) = (0, 0);
    while at + 1 < bytes.len() {
        match &bytes[at..at + 2] {
            b"/*" => depth += 1,
            b"*/" => depth -= 1,
            _ => {
                at += 1;
                continue;
            }
        }
        at += 2;
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

/// The length of the string literal that the text starts with, if it starts with one.
fn string(text: &str) -> Option<usize> {
    let prefix = ["br", "cr", "b", "c", "r", ""]
        .into_iter()
        .find(|prefix| text.starts_with(prefix))?;
    let body = &text[prefix.len()..];
    let hashes = run(body, |char| char == '#');
    let is_raw = prefix.ends_with('r');
    let opens = body[hashes..].starts_with('"') && (is_raw || hashes == 0);
    if !opens {
        return None;
    }
    let start = prefix.len() + hashes + 1;
    if is_raw {
        let end = format!("\"{}", "#".repeat(hashes));
        let found = text[start..].find(&end);
        return Some(found.map_or(text.len(), |found| start + found + end.len()));
    }
    let mut escaped = false;
    for (index, char) in text[start..].char_indices() {
        match char {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(start + index + 1),
            _ => {}
        }
    }
    Some(text.len())
}

/// The length of a character literal or a lifetime.
fn quote(text: &str) -> usize {
    let prefix = usize::from(text.starts_with('b'));
    let mut chars = text[prefix + 1..].char_indices();
    let Some((_, first)) = chars.next() else {
        return text.len();
    };
    if first == '\\' {
        let _ = chars.next();
        let end = chars.find(|(_, char)| *char == '\'');
        return end.map_or(text.len(), |(index, _)| prefix + 2 + index);
    }
    match chars.next() {
        Some((index, '\'')) => prefix + 2 + index,
        _ if is_word(first) => prefix + 1 + run(&text[prefix + 1..], is_word),
        _ => prefix + 1,
    }
}

fn number(text: &str) -> usize {
    let mut end = run(text, is_word);
    let fraction = text[end..].strip_prefix('.');
    if fraction.is_some_and(|digits| digits.starts_with(|char: char| char.is_ascii_digit())) {
        end += 1 + run(&text[end + 1..], is_word);
    }
    end
}

#[cfg(test)]
mod tests {
    use super::{Kind, tokens};

    fn check(source: &str, expected: &[(Kind, &str, usize)]) {
        let found: Vec<_> = tokens(source)
            .iter()
            .map(|token| (token.kind, token.text, token.line))
            .collect();
        assert_eq!(found, expected, "{source}");
    }

    #[test]
    fn tokens_have_kinds_and_lines() {
        use Kind::{Close, Comment, Ident, Open, Other, Punct, Text};
        check("", &[]);
        check(
            "a::b(\n'x', 'a\n)",
            &[
                (Ident, "a", 1),
                (Punct, "::", 1),
                (Ident, "b", 1),
                (Open, "(", 1),
                (Other, "'x'", 2),
                (Punct, ",", 2),
                (Other, "'a", 2),
                (Close, ")", 3),
            ],
        );
        check(
            "\"a\\\"\n\" r#type r#\"b\"# '\\'' b'\\\\' 1.5 0..n",
            &[
                (Text, "\"a\\\"\n\"", 1),
                (Ident, "type", 2),
                (Text, "r#\"b\"#", 2),
                (Other, "'\\''", 2),
                (Other, "b'\\\\'", 2),
                (Other, "1.5", 2),
                (Other, "0", 2),
                (Punct, ".", 2),
                (Punct, ".", 2),
                (Ident, "n", 2),
            ],
        );
        check(
            "/* a /* b */\n*/ x // \"y\n/// z",
            &[
                (Comment, "/* a /* b */\n*/", 1),
                (Ident, "x", 2),
                (Comment, "// \"y", 2),
                (Comment, "/// z", 3),
            ],
        );
    }
}
