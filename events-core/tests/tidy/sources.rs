//! The files that the rules read: a map from path to text, of the working tree or of a fixture.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// Texts by path, relative to the root of the workspace, with `/` between the parts.
pub(super) type Files = BTreeMap<String, String>;

/// Folders of generated files.
const LEFT_OUT: [&str; 1] = ["target"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The files of these folders that have one of these extensions, and these single files.
///
/// Each path exists, or a rule on files that have moved away would never fail.
pub(super) fn read(paths: &[&str], extensions: &[&str]) -> Files {
    let mut files = Files::new();
    for path in paths {
        assert!(
            root().join(path).exists(),
            "{path} does not exist; correct the path in the rule"
        );
        collect(&root(), path, extensions, &mut files);
    }
    files
}

/// The text of a file.
pub(super) fn text(path: &str) -> String {
    let text = read(&[path], &[]).remove(path);
    text.expect("the path is that of a file")
}

fn collect(root: &Path, path: &str, extensions: &[&str], files: &mut Files) {
    let full = root.join(path);
    if full.is_dir() {
        for entry in fs::read_dir(&full)
            .expect("the folder can be read")
            .flatten()
        {
            let name = entry.file_name();
            let name = name.to_str().expect("the file names are UTF-8");
            let is_read = entry.path().is_dir() || extensions.iter().any(|one| name.ends_with(one));
            if is_read && !LEFT_OUT.contains(&name) {
                collect(root, &format!("{path}/{name}"), extensions, files);
            }
        }
    } else if full.is_file() {
        let text = fs::read_to_string(&full).expect("a source is text");
        files.insert(path.to_owned(), text);
    }
}

/// A fixture.
pub(super) fn fixture(files: &[(&str, &str)]) -> Files {
    let owned = files
        .iter()
        .map(|(path, text)| (path.to_string(), text.to_string()));
    owned.collect()
}

/// The folder of a file, empty for one without.
pub(super) fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Whether the file is the index of its folder: it declares and re-exports, and is no file of its own.
pub(super) fn is_index(path: &str) -> bool {
    path.ends_with("/mod.rs") || path.ends_with("/lib.rs")
}

/// Fails with all that a rule found.
#[track_caller]
pub(super) fn assert_none(found: &[String]) {
    assert!(
        found.is_empty(),
        "{} found:\n{}\n",
        found.len(),
        found.join("\n")
    );
}

/// Fails unless a rule found exactly these, in any order; each is a part of a message.
#[track_caller]
pub(super) fn assert_found(found: &[String], expected: &[&str]) {
    let all = found.join("\n");
    assert_eq!(found.len(), expected.len(), "found:\n{all}\n");
    for part in expected {
        assert!(all.contains(part), "no `{part}` in:\n{all}\n");
    }
}
