//! The rules of the house: floors, opening lines, sizes.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The floors of events-core, lowest first; a module imports from floors below its own.
const FLOORS: [&str; 8] = [
    "words", "event", "handler", "engine", "ambient", "queue", "bridge", "stock",
];

/// The modules of events-testing, likewise.
const TESTING: [&str; 15] = [
    "words",
    "values",
    "seen",
    "rule",
    "shared",
    "similar",
    "report",
    "expectation",
    "order",
    "mute",
    "events",
    "asserted",
    "here",
    "mock",
    "private",
];

/// Where a second subject is looked for.
const LARGEST: usize = 400;

/// And where in tests, which are tables for the most part.
const LARGEST_TESTS: usize = 500;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn sources(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder is there").flatten() {
        let path = entry.path();
        if path.is_dir() {
            if path.file_name().is_none_or(|name| name != "target") {
                found.extend(sources(&path));
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("a source is text");
            found.push((path, text));
        }
    }
    found
}

fn ours() -> Vec<(PathBuf, String)> {
    [
        "events-core/src",
        "events-core/tests/it",
        "events-macros/src",
        "events-testing/src",
        "events-testing/tests",
        "examples",
    ]
    .iter()
    .flat_map(|folder| sources(&root().join(folder)))
    .collect()
}

#[test]
fn modules_import_from_floors_below() {
    for (height, floor) in FLOORS.iter().enumerate() {
        for (path, text) in sources(&root().join("events-core/src").join(floor)) {
            for above in &FLOORS[height + 1..] {
                let imports = [format!("crate::{above}"), format!("    {above}::")];
                for line in text
                    .lines()
                    .filter(|line| !line.trim_start().starts_with("//"))
                {
                    let climbs = imports.iter().any(|import| line.contains(import.as_str()));
                    assert!(
                        !climbs,
                        "{}: `{line}` reaches up to {above}",
                        path.display()
                    );
                }
            }
        }
    }
}

#[test]
fn modules_of_events_testing_import_from_those_below() {
    for (height, module) in TESTING.iter().enumerate() {
        let path = root().join(format!("events-testing/src/{module}.rs"));
        let text = fs::read_to_string(&path).expect("the module is there");
        let code = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        let code = code.collect::<Vec<_>>().join("\n");
        for above in &TESTING[height + 1..] {
            let imports = [format!("crate::{above}::"), format!("    {above}::")];
            let climbs = imports.iter().any(|import| code.contains(import.as_str()));
            assert!(!climbs, "{module} reaches up to {above}");
        }
    }
}

#[test]
fn linkme_is_named_in_one_file() {
    let name = ["link", "me::"].concat();
    for (path, text) in sources(&root().join("events-core/src")) {
        let named = text
            .lines()
            .any(|line| !line.trim_start().starts_with("//") && line.contains(&name));
        assert!(
            !named || path.ends_with("ambient/link.rs"),
            "{} names {name}",
            path.display()
        );
    }
}

#[test]
fn every_file_opens_with_its_subject() {
    for (path, text) in ours() {
        let opens = text.starts_with("//! ") || text.starts_with("#![doc = include_str!");
        assert!(opens, "{} does not open with `//!`", path.display());
    }
}

#[test]
fn no_file_has_a_second_subject() {
    for (path, text) in ours() {
        let is_test = path.components().any(|part| part.as_os_str() == "it");
        let largest = if is_test { LARGEST_TESTS } else { LARGEST };
        let lines = text.lines().count();
        assert!(
            lines <= largest,
            "{} has {lines} lines; look for the second subject",
            path.display()
        );
    }
}

/// The files that may say `unsafe`, each block with its argument.
const UNSAFE: [&str; 2] = [
    "events-core/src/handler/futures.rs",
    "events-core/src/handler/link.rs",
];

#[test]
fn what_is_unsafe_stands_in_two_files_with_its_arguments() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).expect("the workspace has one");
    assert!(manifest.contains("unsafe_code = \"deny\""));
    for (path, text) in ours() {
        let allowed = UNSAFE.iter().any(|name| path.ends_with(name));
        let lines: Vec<_> = text.lines().map(str::trim_start).collect();
        for (index, line) in lines.iter().enumerate() {
            let lifts = line.contains("(unsafe_code") || line.starts_with("unsafe_code");
            let opens = line.contains("unsafe {") || line.starts_with("unsafe impl");
            let tests = path.ends_with("tests/it/tidy.rs");
            assert!(
                allowed || tests || !(lifts || opens),
                "{}: `{line}`",
                path.display()
            );
            if allowed && opens {
                let comment = lines[..index].iter().rev();
                let above = comment.take_while(|line| line.starts_with("// ")).last();
                assert!(
                    above.is_some_and(|line| line.starts_with("// SAFETY:")),
                    "{}: `{line}` has no SAFETY comment above it",
                    path.display()
                );
            }
        }
    }
}
