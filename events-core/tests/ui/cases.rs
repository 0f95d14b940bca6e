//! The compile errors of wrong user code, for the crate whose test binary includes this file.
//!
//! Each case in `ui/fail` has its expected messages beside it, and a twin in `ui/pass` that differs
//! only by the fix, so that a case cannot fail for another reason than the one that it is about.
//! A case is a file with a module for each program of a user, since the compiler is started once for each file. A program
//! has a file of its own if the compiler reports its error only in the absence of others.
//! The twins are modules of the test binary, and are built once; `ui/pass/mod.rs` names them.
//! After a change of the texts, `TRYBUILD=overwrite cargo test --workspace --test ui` rewrites
//! the messages: read them as a user would.

use std::{collections::BTreeSet, fs, path::Path};

#[test]
fn failing_cases_have_their_messages() {
    let all = trybuild::TestCases::new();
    all.compile_fail("tests/ui/fail/*.rs");
    // With a case that passes, the others are built, not only checked: some errors appear only then.
    all.pass(format!("tests/ui/pass/{}.rs", crate::pass::TWINS[0]));
}

#[test]
fn every_case_has_a_twin_that_compiles() {
    let compiled: BTreeSet<_> = crate::pass::TWINS
        .iter()
        .map(|&name| name.to_owned())
        .collect();
    assert_eq!(cases("fail"), compiled);
    assert_eq!(cases("pass"), compiled);
    for case in &compiled {
        assert_eq!(programs("fail", case), programs("pass", case), "{case}");
    }
}

/// The programs of a case: the modules of its file.
fn programs(name: &str, case: &str) -> Vec<String> {
    let file = folder(name).join(case).with_extension("rs");
    let text = fs::read_to_string(file).expect("it is readable");
    let modules = text.lines().filter(|line| line.starts_with("mod "));
    modules.map(ToOwned::to_owned).collect()
}

/// A message contains `$WORKSPACE` and `$RUST` in place of the paths of the project and of the
/// standard library, and no path of the machine on which it was written.
#[test]
fn messages_contain_no_path_of_a_machine() {
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
    let files = fs::read_dir(folder(name)).expect("the folder exists");
    let names = files.map(|file| file.expect("it is readable").path());
    names
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .filter(|name| name != "mod")
        .collect()
}
