//! What a user reads when something does not compile.
//!
//! Each case in `ui/fail` has its message beside it, and a twin in `ui/pass` that differs by the
//! cure alone, so that a case cannot fail for another reason than the one it is about. After a
//! change of the texts, `TRYBUILD=overwrite cargo test --test ui` in this crate writes them anew:
//! read them as a user would.

use std::{collections::BTreeSet, fs, path::Path};

#[test]
fn messages_and_cures() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/fail/*.rs");
    cases.pass("tests/ui/pass/*.rs");
}

#[test]
fn every_case_has_its_twin() {
    assert_eq!(cases("fail"), cases("pass"));
}

/// A message names the project and the standard library by `$WORKSPACE` and `$RUST`, and shows
/// nothing of the machine that it was written on.
#[test]
fn messages_name_no_place_of_a_machine() {
    for case in cases("fail") {
        let file = folder("fail").join(case).with_extension("stderr");
        let text = fs::read_to_string(&file).expect("each case has its message");
        for path in [
            env!("CARGO_MANIFEST_DIR"),
            "/home/",
            "/root/",
            "/tmp/",
            ".cargo/",
            "/rustc/",
        ] {
            assert!(!text.contains(path), "{} contains {path}", file.display());
        }
    }
}

fn folder(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/ui")
        .join(name)
}

/// The names of the cases in a folder.
fn cases(name: &str) -> BTreeSet<String> {
    let files = fs::read_dir(folder(name)).expect("the folder is there");
    let names = files.map(|file| file.expect("it is readable").path());
    names
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect()
}
