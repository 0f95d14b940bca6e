//! Comments, documents and texts avoid the words of a list.
//!
//! Searched are comments and doc comments, in sources of the libraries also string literals, Markdown,
//! and the comments of manifests and scripts. In code blocks of documents the comments are searched,
//! and inline code is not.

use std::collections::BTreeMap;

use super::{
    lexer::{self, Kind},
    sources::Files,
};

/// A word or a phrase in lower case, and what to write in its place.
pub(super) type Banned = (&'static str, &'static str);

/// All banned phrases in these files, in the order of their lines.
pub(super) fn check(files: &Files, banned: &[Banned]) -> Vec<String> {
    let mut by_first_word = BTreeMap::<_, Vec<_>>::new();
    for (phrase, instead) in banned {
        let words: Vec<_> = phrase.split(' ').collect();
        let entry = by_first_word.entry(words[0]).or_default();
        entry.push((words, *phrase, *instead));
    }
    let mut all = Vec::new();
    for (file, text) in files {
        let mut found = Vec::new();
        let words = if file.ends_with(".md") {
            words_of_markdown(text, 1, false)
        } else if file.ends_with(".rs") {
            let is_library = file.starts_with("events-") && file.split('/').nth(1) == Some("src");
            words_of_rust(text, 1, is_library)
        } else {
            words_of_script(text)
        };
        for (index, word) in words.iter().enumerate() {
            let candidates = by_first_word.get(word.text.as_str()).into_iter().flatten();
            let meant = candidates.filter(|(phrase, ..)| {
                let meant = &words[index..words.len().min(index + phrase.len())];
                let is_joined = meant.iter().skip(1).all(|word| word.follows);
                is_joined && meant.iter().map(|word| &word.text).eq(phrase)
            });
            if let Some((_, phrase, instead)) = meant.max_by_key(|(phrase, ..)| phrase.len()) {
                let line = word.line;
                let message = format!("{file}:{line}: \"{phrase}\"; write {instead}");
                found.push((line, message));
            }
        }
        // The words of string literals follow those of comments.
        found.sort_by_key(|(line, _)| *line);
        all.extend(found.into_iter().map(|(_, message)| message));
    }
    all
}

/// A word in lower case.
struct Word {
    text: String,
    line: usize,
    /// Only white space is between the word before and this one.
    follows: bool,
}

/// The words in the comments of a source, and, if `with_texts`, in its string literals.
fn words_of_rust(source: &str, first_line: usize, with_texts: bool) -> Vec<Word> {
    let mut words = Vec::new();
    // Lines of comments that stand below one another are one text.
    let mut comment = String::new();
    let mut comment_line = 0;
    let mut marker = "";
    let mut flush = |comment: &mut String, line| {
        words.extend(words_of_markdown(comment, line, true));
        comment.clear();
    };
    let mut texts = Vec::new();
    for token in lexer::tokens(source) {
        let line = token.line + first_line - 1;
        if token.kind == Kind::Comment {
            let markers = ["//!", "///", "//", "/**", "/*!", "/*"];
            let own = markers
                .iter()
                .find(|marker| token.text.starts_with(**marker));
            let own = own.copied().unwrap_or_default();
            let below = comment_line + comment.lines().count();
            if own != marker || line != below || !own.starts_with("//") {
                flush(&mut comment, comment_line);
                comment_line = line;
                marker = own;
            }
            comment.push_str(token.text[own.len()..].trim_end_matches("*/"));
            comment.push('\n');
            continue;
        }
        if !comment.is_empty() {
            flush(&mut comment, comment_line);
        }
        if with_texts && token.kind == Kind::Text {
            texts.extend(words_of_text(&token.text.replace("\\n", "  "), line));
        }
    }
    flush(&mut comment, comment_line);
    words.extend(texts);
    words
}

/// The words in the comments of a manifest or a script.
fn words_of_script(text: &str) -> Vec<Word> {
    let comment = |line: &str| match line.trim_start().strip_prefix('#') {
        Some(comment) => format!("{comment}\n"),
        None => String::from("#\n"),
    };
    words_of_markdown(&text.lines().map(comment).collect::<String>(), 1, false)
}

/// The words of a document; its code blocks without a language are Rust in doc comments.
fn words_of_markdown(text: &str, first_line: usize, is_doc: bool) -> Vec<Word> {
    let mut words = Vec::new();
    // What precedes a fence or is between two of them, and its first line.
    let mut part = String::new();
    let mut part_line = first_line;
    let mut fence = None;
    for (index, line) in text.lines().chain(["```"]).enumerate() {
        let Some(language) = line.trim_start().strip_prefix("```") else {
            part.push_str(line);
            part.push('\n');
            continue;
        };
        let is_rust = match fence {
            Some("text" | "console" | "sh" | "toml" | "json" | "html") => false,
            Some("") => is_doc,
            Some(_) => true,
            None => false,
        };
        words.extend(if is_rust {
            words_of_rust(&part, part_line, false)
        } else if fence.is_some() {
            words_of_text(&part, part_line)
        } else {
            words_of_text(&without_inline_code(&part), part_line)
        });
        part.clear();
        part_line = first_line + index + 1;
        fence = match fence {
            Some(_) => None,
            None => Some(language.trim()),
        };
    }
    words
}

/// The text with each stretch between backticks replaced by one character.
fn without_inline_code(text: &str) -> String {
    let mut is_code = false;
    let mut before = ' ';
    text.chars()
        .map(|char| {
            let is_tick = char == '`';
            is_code ^= is_tick;
            // A code without an end goes no further than its paragraph.
            is_code &= char != '\n' || before != '\n';
            before = char;
            if is_tick || is_code && char != '\n' {
                '`'
            } else {
                char
            }
        })
        .collect()
}

fn words_of_text(text: &str, first_line: usize) -> Vec<Word> {
    let is_word = |char: char| char.is_alphanumeric() || char == '_';
    let mut words = Vec::new();
    let mut line = first_line;
    let mut follows = false;
    let mut word = String::new();
    for char in text.chars().chain([' ']) {
        if is_word(char) {
            word.extend(char.to_lowercase());
            continue;
        }
        if !word.is_empty() {
            let text = std::mem::take(&mut word);
            words.push(Word {
                text,
                line,
                follows,
            });
            follows = true;
        }
        follows &= char.is_whitespace() || char == '\\';
        line += usize::from(char == '\n');
    }
    words
}

#[cfg(test)]
mod tests {
    use super::{
        super::sources::{assert_found, assert_none, fixture},
        Banned, check,
    };

    const BANNED: &[Banned] = &[
        ("gizmo", "`device`"),
        ("goes on", "`resumes`"),
        ("goes on top", "`is last`"),
    ];

    fn found(file: &str, text: &str) -> Vec<String> {
        check(&fixture(&[(file, text)]), BANNED)
    }

    #[test]
    fn banned_words_are_found_in_comments_and_texts() {
        let file = "events-core/src/a.rs";
        for text in [
            "\n// It is the gizmo.",
            "\n/// Gizmo calls.",
            "/* a\n*/ //! GIZMO's",
            "\nconst A: &str = \"gizmo\";",
            "f(\na!(r#\"gizmo\"#))",
            "// a\n/* gizmo */",
        ] {
            let expected = "events-core/src/a.rs:2: \"gizmo\"; write `device`";
            assert_found(&found(file, text), &[expected]);
        }
    }

    #[test]
    fn a_phrase_is_found_across_lines() {
        let file = "events-core/src/a.rs";
        for text in [
            "/// It goes\n/// on.",
            "/// It goes on.",
            "//! It goes   on",
            "const A: &str = \"it goes \\\n    on\";",
        ] {
            assert_found(
                &found(file, text),
                &["a.rs:1: \"goes on\"; write `resumes`"],
            );
        }
        assert_none(&found("Cargo.toml", "# It goes\na = \"gizmo\"\n# on."));
        assert_found(
            &found("Cargo.toml", "# It goes\n# on."),
            &["Cargo.toml:1: \"goes on\""],
        );
        for text in [
            "// It goes. On.",
            "// It goes\n\n/// on.",
            "// It goes\nfn on() {} // on",
        ] {
            assert_none(&found(file, text));
        }
    }

    #[test]
    fn the_longest_phrase_is_reported() {
        let found = found("A.md", "It goes on top.");
        assert_found(&found, &["\"goes on top\"; write `is last`"]);
    }

    #[test]
    fn identifiers_and_code_are_not_searched() {
        let file = "events-core/src/a.rs";
        for text in [
            "fn gizmo() {}",
            "// `gizmo` and gizmo_else",
            "/// ```\n/// let gizmo = \"gizmo\";\n/// ```",
            "/// ```rust,ignore\n/// let gizmo = 1;\n/// ```",
        ] {
            assert_none(&found(file, text));
        }
        let comment = "/// Text\n/// ```\n/// // gizmo\n/// ```\n/// More.";
        assert_found(&found(file, comment), &["a.rs:3: \"gizmo\""]);
        let after = "/// ```\n/// a();\n/// ```\n/// Gizmo.";
        assert_found(&found(file, after), &["a.rs:4: \"gizmo\""]);
        assert_found(&found(file, "// \"gizmo\""), &["a.rs:1:"]);
    }

    #[test]
    fn tests_and_examples_are_searched_without_their_texts() {
        for file in [
            "events-core/tests/it/a.rs",
            "examples/a.rs",
            "benches/later/src/a.rs",
        ] {
            assert_none(&found(file, "f(\"gizmo\");"));
            assert_found(&found(file, "f(); // gizmo"), &[":1: \"gizmo\""]);
        }
    }

    #[test]
    fn documents_are_searched() {
        assert_found(
            &found("README.md", "# A\n\nIt goes\non."),
            &["README.md:3: \"goes on\""],
        );
        assert_found(
            &found("A.md", "`a`\n```text\ngizmo\n```"),
            &["A.md:3: \"gizmo\""],
        );
        assert_found(
            &found("A.md", "```rust\nf(); // gizmo\n```"),
            &["A.md:2: \"gizmo\""],
        );
        assert_none(&found("A.md", "`gizmo`\n```rust\nf(\"gizmo\");\n```"));
    }
}
