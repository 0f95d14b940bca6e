//! The structure of the workspace, as tests.
//!
//! What is expected is data, in `expected`. Each rule has a file: `floors` (which folders
//! a file imports from), `circles` (of files), `shape` (of folders and files), `documents` (they name
//! the folders) and `words`. They find what is wrong in a map of files, `sources`, which is the working
//! tree here and a fixture in the tests of the rules. `lexer`, `syntax` and `graph` find out which file
//! each path in a source refers to.
//!
//! A test binary of its own, because the package of the crate does not contain it: it reads the whole repository.

#![allow(missing_docs, reason = "the names of the tests say what they are")]

mod circles;
mod documents;
mod expected;
mod floors;
mod graph;
mod lexer;
mod shape;
mod sources;
mod syntax;
mod words;

use std::sync::LazyLock;

use self::{
    expected::{
        house::{
            ANNOUNCED, CORE, CROWDED, DURABLE, DURABLE_MACROS, LINKME, Library, MACROS, METRICS,
            PAGES, SEAORM, SEAORM_MACROS, SQLX, TESTED_PAGES, TESTING, UNCHECKED, UNSAFE,
        },
        vocabulary::BANNED,
    },
    graph::Graph,
    sources::{Files, assert_none, read, text},
};

const LIBRARIES: [Library; 9] = [
    CORE,
    MACROS,
    TESTING,
    METRICS,
    SQLX,
    DURABLE,
    DURABLE_MACROS,
    SEAORM,
    SEAORM_MACROS,
];

static SOURCES: LazyLock<Files> =
    LazyLock::new(|| read(&LIBRARIES.map(|library| library.src), &[".rs"]));

static GRAPHS: LazyLock<Vec<Graph<'static>>> = LazyLock::new(|| {
    let graph = |library: &Library| Graph::new(library.src, &SOURCES);
    LIBRARIES.iter().map(graph).collect()
});

/// Fails with what a rule finds in the libraries.
#[track_caller]
fn assert_none_in_graphs(rule: impl Fn(&Graph<'_>, &Library) -> Vec<String>) {
    let libraries = GRAPHS.iter().zip(&LIBRARIES);
    let found = libraries.flat_map(|(graph, library)| rule(graph, library));
    assert_none(&found.collect::<Vec<_>>());
}

/// The Rust sources of the workspace, apart from those of `UNCHECKED`.
fn checked() -> Files {
    let folders = [
        "events-core",
        "events-macros",
        "events-testing",
        "integrations",
        "examples",
    ];
    let mut files = read(&folders, &[".rs"]);
    for folder in UNCHECKED {
        let before = files.len();
        files.retain(|path, _| !path.starts_with(folder));
        assert!(
            files.len() < before,
            "{folder} has no source; take it off the list"
        );
    }
    files
}

/// The hidden module of events-core is for generated code only: an integration, or a program, would break with each release.
#[test]
fn no_integration_and_no_example_names_the_hidden_module() {
    let files = read(&["integrations", "examples"], &[".rs"]);
    assert!(!files.is_empty());
    // Their tests may stop the time of a registry, which the other hidden module can.
    let names = |path: &str, text: &str| {
        let is_test = path.contains("/tests/");
        text.contains(concat!("__", "private"))
            || !is_test && text.contains(concat!("events_core::__", "testing"))
    };
    let found = files.iter().filter(|(path, text)| names(path, text));
    assert_none(&found.map(|(path, _)| path.clone()).collect::<Vec<_>>());
}

#[test]
fn every_source_belongs_to_a_module() {
    assert_none_in_graphs(|graph, _| graph.problems.clone());
}

/// A test whose file no binary declares is not compiled, and never fails.
#[test]
fn every_test_belongs_to_a_binary() {
    let folders = [
        "events-core/tests/it",
        "events-core/tests/random",
        "events-core/tests/logging",
        "events-core/tests/tidy",
        "events-testing/tests/it",
        "integrations/events-sqlx/tests/it",
        "integrations/events-seaorm/tests/it",
        "integrations/events-durable/tests/it",
        "integrations/events-durable/tests/kills",
        "integrations/events-durable/tests/store",
    ];
    assert_none(&shape::check_declared(&read(&folders, &[".rs"])));
}

#[test]
fn files_import_from_floors_below() {
    assert_none_in_graphs(|graph, library| floors::check(graph, library.floors, library.climbs));
}

#[test]
fn imports_within_a_folder_name_the_file() {
    assert_none_in_graphs(|graph, _| floors::check_names_the_file(graph));
}

#[test]
fn no_files_import_one_another_in_a_circle() {
    assert_none_in_graphs(|graph, library| circles::check(graph, library.circles));
}

#[test]
fn folders_have_few_files() {
    let folders = [
        "events-core",
        "events-macros",
        "events-testing",
        "integrations",
        "benches",
        "examples",
    ];
    assert_none(&shape::check_folders(&read(&folders, &[".rs"]), CROWDED));
}

#[test]
fn every_file_opens_with_what_it_is() {
    assert_none(&shape::check_openings(&checked()));
}

#[test]
fn files_are_short() {
    assert_none(&shape::check_lengths(&checked()));
}

#[test]
fn unsafe_code_is_in_two_files_with_its_arguments() {
    assert!(text("Cargo.toml").contains("unsafe_code = \"deny\""));
    assert_none(&shape::check_unsafe(&checked(), &UNSAFE));
}

#[test]
fn linkme_is_named_in_one_file() {
    assert_none(&shape::check_linkme(&read(&[CORE.src], &[".rs"]), LINKME));
}

/// The folders of events-core that have a floor.
fn folders() -> Vec<&'static str> {
    let is_file = |unit: &str| SOURCES.contains_key(&format!("{}/{unit}.rs", CORE.src));
    let units = CORE.floors.iter().copied().flatten().copied();
    units.filter(|unit| !is_file(unit)).collect()
}

#[test]
fn architecture_names_every_folder() {
    let file = "ARCHITECTURE.md";
    let found = documents::check(file, &text(file), &folders(), &SOURCES, ANNOUNCED);
    assert_none(&found);
}

#[test]
fn the_code_map_of_architecture_names_every_folder() {
    let file = "ARCHITECTURE.md";
    let text = text(file);
    // The table of folders alone, which names no folder that is not built yet.
    let is_before = |line: &&str| !(line.starts_with('|') && line.contains("| Folder |"));
    let before = text.lines().take_while(is_before).count();
    let table = text.lines().skip(before);
    let table = table.take_while(|line| line.starts_with('|'));
    let table = "\n".repeat(before) + &table.collect::<Vec<_>>().join("\n");
    assert_none(&documents::check(file, &table, &folders(), &SOURCES, &[]));
}

/// A second table of folders would differ from the first one in time.
#[test]
fn one_document_has_a_code_map() {
    let files = read(&["README.md", "CONTRIBUTING.md", "docs"], &[".md"]);
    let has_map = |text: &String| text.lines().any(|line| line.contains("| Folder |"));
    let others = files.iter().filter(|(_, text)| has_map(text));
    let found =
        others.map(|(file, _)| format!("{file}: the table of folders is in ARCHITECTURE.md"));
    assert_none(&found.collect::<Vec<_>>());
}

/// Each page is in the book, in `events_core::guide`, and among those whose examples are tests.
#[test]
fn each_list_of_the_pages_of_the_guide_is_complete() {
    let pages = read(&["docs"], &[".md"]);
    assert_none(&documents::check_pages(&pages, PAGES, text));
    assert_none(&documents::check_tested(&pages, TESTED_PAGES, text));
}

/// The examples in `events-macros` are not tests of that crate: each is in a page, which one of the two crates that
/// re-export the macros tests.
#[test]
fn each_example_of_the_macros_is_a_test() {
    let pages = read(&["events-macros/docs"], &[".md"]);
    let testers = [CORE.src, TESTING.src].map(|src| text(&format!("{src}/lib.rs")));
    let entry = "include_str!(\"../docs/macros/NAME.md\")";
    let found = documents::check_pages(&pages, &[("lib.rs", entry)], |_| testers.concat());
    assert_none(&found);
    let sources = read(&[MACROS.src], &[".rs"]);
    let is_example = |line: &str| line.trim().starts_with("//") && line.contains("```");
    let others = sources
        .iter()
        .filter(|(_, text)| text.lines().any(is_example));
    let found = others.map(|(file, _)| format!("{file}: move the example to events-macros/docs"));
    assert_none(&found.collect::<Vec<_>>());
}

#[test]
fn comments_and_documents_avoid_the_words_of_the_list() {
    let paths = [
        "events-core",
        "events-macros",
        "events-testing",
        "integrations",
        "examples",
        "benches",
        ".ci/packages",
        ".ci/pages",
        ".ci/run",
        "benches/compile-cost/run",
        "benches/gate",
        "events-core/tests/link/matrix",
        "events-core/tests/model/check",
        "events-core/tests/sanitize",
        "events-core/tests/strict/check",
        "examples/check",
        "README.md",
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "docs",
        "BENCHMARKS.md",
        "CHANGELOG.md",
        "Cargo.toml",
    ];
    let files = read(&paths, &[".rs", ".md", ".toml"]);
    assert_none(&words::check(&files, BANNED));
}
