//! The documents that describe the tree name each folder of it, and no folder that does not exist; the lists of the pages
//! of the guide name each page.

use std::collections::BTreeSet;

use super::sources::Files;

/// The folders that a document names, as `` `name/` `` or `[name/](..)`, with their lines. A path
/// counts by its last folder.
fn named(text: &str) -> Vec<(&str, usize)> {
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        for (end, _) in line.match_indices(['`', ']']) {
            let path = line[..end].rsplit(['`', '[']).next().unwrap_or_default();
            if let Some(path) = path.strip_suffix('/') {
                let name = path.rsplit('/').next().unwrap_or(path);
                found.push((name, index + 1));
            }
        }
    }
    found
}

/// Folders that a document does not name, and names without a folder.
///
/// `folders` are those that must be named, `others` those that may be: folders inside of these and
/// of the other crates, and `announced` are those that are not built yet.
pub(super) fn check(
    path: &str,
    text: &str,
    folders: &[&str],
    others: &Files,
    announced: &[&str],
) -> Vec<String> {
    let named = named(text);
    let mut found = Vec::new();
    for folder in folders {
        if !named.iter().any(|(name, _)| name == folder) {
            found.push(format!(
                "{path}: does not name `{folder}/`; say what the folder is"
            ));
        }
    }
    let existing: BTreeSet<_> = others
        .keys()
        .flat_map(|path| path.split('/').rev().skip(1))
        .chain(folders.iter().copied())
        .collect();
    for announced in announced.iter().filter(|name| existing.contains(*name)) {
        found.push(format!(
            "{announced}: exists; take it off the list of announced folders"
        ));
    }
    for (name, line) in named {
        if !existing.contains(name) && !announced.contains(&name) {
            found.push(format!(
                "{path}:{line}: `{name}/` does not exist; name the folder as it is now"
            ));
        }
    }
    found
}

/// The names of the pages of the guide.
fn page_names(pages: &Files) -> impl Iterator<Item = &str> {
    let names = pages.keys().filter_map(|path| path.strip_suffix(".md"));
    let names = names.filter_map(|path| path.rsplit('/').next());
    names.filter(|name| !["README", "SUMMARY"].contains(name))
}

/// Lists that do not name a page. `lists` are files, and how they name the page `NAME`.
pub(super) fn check_pages(
    pages: &Files,
    lists: &[(&str, &str)],
    text: impl Fn(&str) -> String,
) -> Vec<String> {
    let mut found = Vec::new();
    for name in page_names(pages) {
        for (file, entry) in lists {
            let entry = entry.replace("NAME", name);
            if !text(file).contains(&entry) {
                found.push(format!("{file}: has no `{}`; add it", entry.trim()));
            }
        }
    }
    found
}

/// Pages whose examples are tests of no file, or of more than one. `testers` are as the lists of [`check_pages`].
pub(super) fn check_tested(
    pages: &Files,
    testers: &[(&str, &str)],
    text: impl Fn(&str) -> String,
) -> Vec<String> {
    let tests = |name: &str| {
        let names =
            |(file, entry): &&(&str, &str)| text(file).contains(&entry.replace("NAME", name));
        testers.iter().filter(names).count()
    };
    page_names(pages)
        .filter(|name| tests(name) != 1)
        .map(|name| {
            format!(
                "{name}.md: the examples are tests of {} files, not of one",
                tests(name)
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{
        super::sources::{assert_found, assert_none, fixture},
        check, check_pages, check_tested,
    };

    fn found(text: &str) -> Vec<String> {
        let others = fixture(&[
            ("core/src/queue/mod.rs", ""),
            ("core/src/builtin/auth/mod.rs", ""),
        ]);
        check("A.md", text, &["queue", "builtin"], &others, &["policy"])
    }

    #[test]
    fn a_document_names_every_folder() {
        assert_none(&found("`queue/`, [`builtin/`](src/builtin)"));
        assert_none(&found(
            "| `core/src/queue/` | [builtin/](x) with `auth/`; later `policy/` |",
        ));
        assert_found(
            &found("`builtin/`, queue"),
            &["A.md: does not name `queue/`"],
        );
    }

    #[test]
    fn a_document_names_no_folder_that_is_gone() {
        let text = "`queue/`, `builtin/`\n`stock/` and `a / b`";
        assert_found(&found(text), &["A.md:2: `stock/` does not exist"]);
    }

    #[test]
    fn a_folder_is_no_longer_announced_when_it_exists() {
        let others = fixture(&[("core/src/policy/mod.rs", "")]);
        let text = "`queue/`";
        let found = check("A.md", text, &["queue"], &others, &["policy"]);
        assert_found(&found, &["policy: exists"]);
    }

    #[test]
    fn each_list_names_each_page() {
        let pages = fixture(&[("docs/README.md", ""), ("docs/order.md", "")]);
        let lists = [("SUMMARY.md", "(NAME.md)"), ("guide.rs", "page!(NAME)")];
        let found = |text: &'static str| check_pages(&pages, &lists, |_| text.to_owned());
        assert_none(&found("(order.md) page!(order)"));
        assert_found(&found("(order.md)"), &["guide.rs: has no `page!(order)`"]);
    }

    #[test]
    fn each_page_is_tested_once() {
        let pages = fixture(&[("docs/README.md", ""), ("docs/order.md", "")]);
        let testers = [("kit.rs", "pages!(NAME)"), ("sqlx.rs", "guide/NAME.md")];
        let found = |text: &'static str| check_tested(&pages, &testers, |_| text.to_owned());
        assert_none(&found("pages!(order)"));
        assert_none(&found("guide/order.md"));
        assert_found(
            &found("order"),
            &["order.md: the examples are tests of 0 files"],
        );
        assert_found(
            &found("pages!(order) guide/order.md"),
            &["order.md: the examples are tests of 2 files"],
        );
    }
}
