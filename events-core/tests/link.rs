//! What the linker keeps, in packages as users have them: each test builds some and runs them.
//!
//! The packages are `link/fixtures`, built offline outside this workspace. The same across linkers
//! and kinds of link-time optimisation is `link/matrix`, a script.

#[path = "link/scratch.rs"]
mod scratch;

use scratch::{cargo, crates, two_versions};

/// The order in which the subscribers of `shipping` run.
const SHIPPING: &str = "heard: shipping::pack::check shipping::pack::wrap shipping::weigh \
                        shipping::label::print shipping::pack::seal";

/// Runs `cargo <command>`, which succeeds; each of `told` is a line of its output.
#[track_caller]
fn check(command: &str, told: &[&str]) {
    let ended = cargo(crates(), command, &[]);
    assert!(ended.success, "cargo {command}\n{}", ended.stderr);
    for told in told {
        assert!(
            ended.stdout.lines().any(|line| line == *told),
            "cargo {command}\nprints no line `{told}`:\n{}",
            ended.stdout
        );
    }
}

/// Runs `cargo <command>`, which fails; its errors have each of `told` somewhere.
#[track_caller]
fn check_fails(directory: &std::path::Path, command: &str, told: &[&str]) {
    let ended = cargo(directory, command, &[]);
    assert!(!ended.success, "cargo {command} succeeds\n{}", ended.stdout);
    for told in told {
        assert!(
            ended.stderr.contains(told),
            "cargo {command}\ndoes not say `{told}`:\n{}",
            ended.stderr
        );
    }
}

#[test]
fn a_dependency_that_nothing_names_is_silently_not_there() {
    check(
        "run -p app --bin forgotten",
        &["0 subscribers of 0 events", "heard: "],
    );
}

#[test]
fn an_empty_use_brings_back_every_subscriber_of_a_dependency() {
    check(
        "run -p app --bin used",
        &["5 subscribers of 1 event: 5 from shipping", SHIPPING],
    );
}

#[test]
fn a_dependency_that_another_dependency_names_is_there() {
    check(
        "run -p app --bin through",
        &["5 subscribers of 1 event: 5 from shipping", SHIPPING],
    );
}

#[test]
fn a_scan_that_names_a_dependency_links_it() {
    check(
        "run -p app --bin one",
        &["5 subscribers of 1 event: 5 from shipping", SHIPPING],
    );
}

#[test]
fn a_scan_that_names_a_crate_without_subscribers_fails_and_says_what_to_do() {
    check_fails(
        crates(),
        "run -p app --bin silent",
        &[
            "the crate `silent` was named in the scan and contributed no subscriber and no event",
            "remove it, or annotate its functions with #[subscriber]",
        ],
    );
}

#[test]
fn two_crates_subscribe_to_the_event_of_a_third_in_one_order() {
    check(
        "run -p app --bin both",
        &[
            "7 subscribers of 1 event: 2 from billing, 5 from shipping",
            "heard: billing::charge shipping::pack::check shipping::pack::wrap billing::invoice \
             shipping::weigh shipping::label::print shipping::pack::seal",
        ],
    );
}

#[test]
fn report_and_order_are_the_same_with_any_profile_and_codegen_units() {
    let run = |profile: &str, setting: &str, units: &str| {
        let command = format!("run --quiet --profile {profile} -p app --bin both");
        let ended = cargo(crates(), &command, &[(setting, units)]);
        assert!(ended.success, "cargo {command}\n{}", ended.stderr);
        ended.stdout
    };
    let first = run("dev", "CARGO_PROFILE_DEV_CODEGEN_UNITS", "1");
    assert!(first.contains("shipping::pack::seal"), "{first}");
    for (profile, setting, units) in [
        ("dev", "CARGO_PROFILE_DEV_CODEGEN_UNITS", "16"),
        ("release", "CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "1"),
        ("release", "CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16"),
    ] {
        assert_eq!(
            run(profile, setting, units),
            first,
            "{profile} with {units} codegen units"
        );
    }
}

#[test]
fn a_bin_has_the_subscribers_of_its_own_lib_when_the_scan_names_it() {
    check(
        "run -p shop --bin shop",
        &[
            "2 subscribers of 1 event: 2 from shop",
            "heard: shop::thank shop::stock::count",
        ],
    );
}

#[test]
fn a_bin_that_does_not_name_its_own_lib_has_no_subscribers() {
    check("run -p shop --bin alone", &["0 subscribers of 0 events"]);
}

#[test]
fn an_integration_test_has_the_subscribers_of_the_lib_when_the_scan_names_it() {
    check(
        "test -p shop --test named --test unnamed",
        &[
            "test an_integration_test_that_names_the_lib_has_its_subscribers ... ok",
            "test an_integration_test_that_names_nothing_has_no_subscribers ... ok",
        ],
    );
}

#[test]
fn subscribers_under_cfg_test_are_there_in_unit_tests_and_nowhere_else() {
    check(
        "test -p shop --lib",
        &["test tests::unit_tests_have_the_subscribers_of_the_package_and_their_own ... ok"],
    );
    check(
        "run -p shop --bin shop",
        &["2 subscribers of 1 event: 2 from shop"],
    );
}

#[test]
fn doctests_have_the_subscribers_of_the_lib_when_the_scan_names_it() {
    check(
        "test -p shop --doc",
        &[
            "test shop/src/lib.rs - (line 3) ... ok",
            "test shop/src/lib.rs - (line 13) ... ok",
        ],
    );
}

#[test]
fn events_core_and_a_plugin_may_have_other_names() {
    check(
        "run -p renamed",
        &[
            "6 subscribers of 2 events: 1 from renamed, 5 from shipping",
            "heard: TOML",
            SHIPPING,
        ],
    );
}

#[test]
fn a_scan_of_a_renamed_package_by_its_new_name_alone_says_what_to_write() {
    check_fails(
        crates(),
        "run -p renamed --example half",
        &["`parcels`", "write scan!(parcels = package)"],
    );
}

#[test]
fn a_framework_may_hand_events_core_on() {
    check(
        "run -p framed",
        &[
            "2 subscribers of 2 events: 2 from framed",
            "heard: hello you framed.greeted",
            "heard: framed::start",
        ],
    );
}

#[test]
fn cargo_refuses_two_versions_of_events_core_in_one_program() {
    check_fails(
        two_versions(),
        "build",
        &[
            "package `events-core` links to the native library `events_core`",
            "Only one package in the dependency graph may specify the same links value",
        ],
    );
}

#[test]
fn ten_thousand_subscribers_are_found_and_run_in_order() {
    check(
        "run -p thousands",
        &["10000 subscribers", "20 of 20 events in order"],
    );
}
