//! The shape of folders and files: how many, how long, how they open, and what only some contain.

use std::collections::BTreeMap;

use super::{
    lexer,
    sources::{Files, folder, is_index},
};

/// How many files a folder has at most, its index not counted.
const MOST_FILES: usize = 10;

/// How many lines a file has at most.
const LONGEST: usize = 400;

/// And a file of tests, which are tables for the most part.
const LONGEST_TESTS: usize = 500;

/// A folder with more files than others, and why.
pub(super) struct Crowded {
    pub(super) folder: &'static str,
    pub(super) reason: &'static str,
}

/// Folders with too many files.
pub(super) fn check_folders(files: &Files, allowed: &[Crowded]) -> Vec<String> {
    let mut counts = BTreeMap::<_, usize>::new();
    for path in files.keys().filter(|path| !is_index(path)) {
        *counts.entry(folder(path)).or_default() += 1;
    }
    let mut found = Vec::new();
    for (folder, count) in &counts {
        if *count > MOST_FILES && !allowed.iter().any(|one| one.folder == *folder) {
            found.push(format!(
                "{folder}: {count} files, and {MOST_FILES} are allowed; move some of one subject to a folder"
            ));
        }
    }
    for Crowded { folder, reason } in allowed {
        let is_needed = counts.get(folder).is_some_and(|count| *count > MOST_FILES);
        if !is_needed || reason.is_empty() {
            found.push(format!(
                "{folder}: on the list of folders with many files; it has few, or the list has no reason"
            ));
        }
    }
    found
}

/// Files that no other one declares as a module, apart from the `main.rs` of a binary.
pub(super) fn check_declared(files: &Files) -> Vec<String> {
    let is_declared = |path: &str| {
        let module = path.strip_suffix("/mod.rs").or(path.strip_suffix(".rs"));
        let Some((folder, name)) = module.and_then(|module| module.rsplit_once('/')) else {
            return false;
        };
        let indices = ["/main.rs", "/mod.rs", ".rs"].map(|index| format!("{folder}{index}"));
        let texts = indices.iter().filter_map(|index| files.get(index));
        let ends = [format!("mod {name};"), format!("mod {name} {{")];
        let is_code = |line: &&str| !line.trim().starts_with("//");
        let declares = |line: &str| ends.iter().any(|end| line.trim().ends_with(end));
        texts
            .flat_map(|text| text.lines())
            .filter(is_code)
            .any(declares)
    };
    let modules = files.keys().filter(|path| !path.ends_with("/main.rs"));
    modules
        .filter(|path| !is_declared(path))
        .map(|path| format!("{path}: no module declares it, so it is not compiled; add `mod`"))
        .collect()
}

/// Files that do not open with what they are.
pub(super) fn check_openings(files: &Files) -> Vec<String> {
    let opens = |text: &str| text.starts_with("//! ") || text.starts_with("#![doc = include_str!");
    let wrong = files.iter().filter(|(_, text)| !opens(text));
    wrong
        .map(|(path, _)| format!("{path}:1: does not open with `//!`; say first what the file is"))
        .collect()
}

/// Files that are too long.
pub(super) fn check_lengths(files: &Files) -> Vec<String> {
    let mut found = Vec::new();
    for (path, text) in files {
        let is_test = path.split('/').any(|part| part == "it");
        let longest = if is_test { LONGEST_TESTS } else { LONGEST };
        let lines = text.lines().count();
        if lines > longest {
            found.push(format!(
                "{path}: {lines} lines, and {longest} are allowed; move the second subject to its own file"
            ));
        }
    }
    found
}

/// `unsafe` outside of the files that may have it, and inside of them without its argument.
pub(super) fn check_unsafe(files: &Files, allowed: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for path in allowed.iter().filter(|path| !files.contains_key(**path)) {
        found.push(format!(
            "{path}: may contain `unsafe` and does not exist; correct the list"
        ));
    }
    for (path, text) in files {
        let is_allowed = allowed.contains(&path.as_str());
        let tokens = lexer::code(text);
        for (index, token) in tokens.iter().enumerate() {
            let line = token.line;
            let next = tokens.get(index + 1).map_or("", |next| next.text);
            let opens =
                token.is("unsafe") && ["{", "impl", "fn", "trait", "extern"].contains(&next);
            if !opens && !token.is("unsafe_code") {
                continue;
            }
            let needs_argument = ["{", "impl"].contains(&next);
            if !is_allowed {
                found.push(format!(
                    "{path}:{line}: `{}`; only {} may have it",
                    token.text,
                    allowed.join(" and ")
                ));
            } else if needs_argument && !has_argument(text, line) {
                found.push(format!(
                    "{path}:{line}: `unsafe` without its argument; write `// SAFETY: ..` above it"
                ));
            }
        }
    }
    found
}

/// Whether the comment above the line starts with `// SAFETY:`.
fn has_argument(text: &str, line: usize) -> bool {
    let lines: Vec<_> = text.lines().take(line - 1).map(str::trim_start).collect();
    let comment = lines.iter().rev();
    let first = comment.take_while(|line| line.starts_with("// ")).last();
    first.is_some_and(|line| line.starts_with("// SAFETY:"))
}

/// Paths into linkme outside of the file that may have them.
pub(super) fn check_linkme(files: &Files, allowed: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut is_used = false;
    for (path, text) in files {
        let tokens = lexer::code(text);
        let named = |pair: &&[lexer::Token<'_>]| pair[0].is("linkme") && pair[1].is("::");
        for pair in tokens.windows(2).filter(named) {
            let line = pair[0].line;
            is_used |= path == allowed;
            if path != allowed {
                found.push(format!("{path}:{line}: names linkme; only {allowed} does"));
            }
        }
    }
    if !is_used {
        found.push(format!(
            "{allowed}: may name linkme and does not; correct the path"
        ));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{
        super::sources::{assert_found, assert_none, fixture},
        Crowded, check_declared, check_folders, check_lengths, check_linkme, check_openings,
        check_unsafe,
    };

    #[test]
    fn a_file_that_no_module_declares_is_found() {
        let main = |text| {
            fixture(&[
                ("tests/it/main.rs", text),
                ("tests/it/a.rs", ""),
                ("tests/it/b/mod.rs", "pub mod c;"),
                ("tests/it/b/c.rs", ""),
            ])
        };
        assert_none(&check_declared(&main("mod a;\nmod b;")));
        assert_found(
            &check_declared(&main("mod a;\n// mod b;\nmod bb;")),
            &["tests/it/b/mod.rs: no module"],
        );
        assert_found(
            &check_declared(&main("mod b;")),
            &["tests/it/a.rs: no module"],
        );
    }

    #[test]
    fn a_folder_has_ten_files_or_a_reason() {
        let files = |count: usize| {
            let paths = (0..count).map(|index| format!("src/a/{index}.rs"));
            let others = [
                "src/a/mod.rs",
                "src/a/b/mod.rs",
                "src/a/b/1.rs",
                "src/lib.rs",
            ];
            let paths = paths.chain(others.map(String::from));
            paths.map(|path| (path, String::new())).collect()
        };
        let allowed = |reason| {
            [Crowded {
                folder: "src/a",
                reason,
            }]
        };
        assert_none(&check_folders(&files(10), &[]));
        assert_found(
            &check_folders(&files(11), &[]),
            &["src/a: 11 files, and 10 are allowed"],
        );
        assert_none(&check_folders(&files(11), &allowed("one a topic")));
        assert_found(&check_folders(&files(11), &allowed("")), &["has no reason"]);
        assert_found(
            &check_folders(&files(10), &allowed("one a topic")),
            &["it has few"],
        );
    }

    #[test]
    fn a_file_opens_with_what_it_is() {
        assert_none(&check_openings(&fixture(&[
            ("a.rs", "//! A."),
            ("lib.rs", "#![doc = include_str!(\"README.md\")]"),
        ])));
        let files = fixture(&[("a.rs", "\n//! A."), ("b.rs", "/// B."), ("c.rs", "")]);
        assert_found(&check_openings(&files), &["a.rs:1:", "b.rs:1:", "c.rs:1:"]);
    }

    #[test]
    fn a_file_is_not_too_long() {
        let lines = |count| "\n".repeat(count);
        assert_none(&check_lengths(&fixture(&[
            ("src/a.rs", &lines(400)),
            ("tests/it/a.rs", &lines(500)),
        ])));
        let files = fixture(&[("src/it.rs", &lines(401)), ("tests/it/a/b.rs", &lines(501))]);
        let expected = [
            "src/it.rs: 401 lines, and 400",
            "tests/it/a/b.rs: 501 lines, and 500",
        ];
        assert_found(&check_lengths(&files), &expected);
    }

    #[test]
    fn unsafe_code_stands_where_it_may_with_its_argument() {
        let check = |path: &str, text: &str| {
            let mut files = fixture(&[("a.rs", "")]);
            files.insert(path.to_owned(), text.to_owned());
            check_unsafe(&files, &["a.rs"])
        };
        assert_none(&check(
            "b.rs",
            "// unsafe {}\nconst A: &str = \"unsafe {}\";",
        ));
        for text in [
            "fn f() { unsafe\n{} }",
            "unsafe impl A for B {}",
            "unsafe fn f() {}",
        ] {
            assert_found(
                &check("b.rs", text),
                &["b.rs:1: `unsafe`; only a.rs may have it"],
            );
        }
        assert_found(
            &check("b.rs", "#![allow(unsafe_code)]"),
            &["b.rs:1: `unsafe_code`"],
        );

        assert_none(&check(
            "a.rs",
            "// SAFETY: by invariant 1,\n// and 2.\nunsafe { f() }",
        ));
        assert_none(&check(
            "a.rs",
            "#![expect(unsafe_code)]\ntype F = unsafe fn();",
        ));
        for text in ["\nunsafe { f() }", "// by 1\nunsafe impl A for B {}"] {
            assert_found(
                &check("a.rs", text),
                &["a.rs:2: `unsafe` without its argument"],
            );
        }
        assert_found(&check_unsafe(&fixture(&[]), &["a.rs"]), &["does not exist"]);
    }

    #[test]
    fn linkme_is_named_in_one_file() {
        let check = |text| {
            let slices = "#[$crate::__private::linkme::distributed_slice]";
            check_linkme(&fixture(&[("a.rs", slices), ("b.rs", text)]), "a.rs")
        };
        assert_none(&check("// linkme::x\npub use linkme;"));
        assert_found(
            &check("\nuse linkme::{x};"),
            &["b.rs:2: names linkme; only a.rs does"],
        );
        assert_found(&check_linkme(&fixture(&[]), "a.rs"), &["correct the path"]);
    }
}
