//! Which subscribers the linker keeps: each test builds packages as users have them and runs them.
//!
//! The packages are in `link/fixtures` and are built offline, outside this workspace. The script
//! `link/matrix` checks the same with several linkers, profiles, numbers of codegen units, and kinds of link-time
//! optimisation.

#[path = "link/scratch.rs"]
mod scratch;

use scratch::{cargo, crates, two_versions};

/// The order in which the subscribers of `shipping` run.
const SHIPPING: &str = "log: shipping::pack::check shipping::pack::wrap shipping::weigh \
                        shipping::label::print shipping::pack::seal";

/// The hint of a scan that finds no declared subscriber.
const NOT_LINKED: &str =
    "a crate that no code names is not linked; name it: events_core::scan!(the_crate)";

/// Runs `cargo <command>`, which succeeds; each of `lines` is a line of its output.
#[track_caller]
fn check(command: &str, lines: &[&str]) {
    let result = cargo(crates(), command);
    assert!(result.success, "cargo {command}\n{}", result.stderr);
    for expected in lines {
        assert!(
            result.stdout.lines().any(|line| line == *expected),
            "cargo {command}\nprints no line `{expected}`:\n{}",
            result.stdout
        );
    }
}

/// Runs `cargo <command>`, which fails; its errors contain each of `texts`.
#[track_caller]
fn check_fails(directory: &std::path::Path, command: &str, texts: &[&str]) {
    let result = cargo(directory, command);
    assert!(
        !result.success,
        "cargo {command} succeeds\n{}",
        result.stdout
    );
    for text in texts {
        assert!(
            result.stderr.contains(text),
            "cargo {command}\ndoes not print `{text}`:\n{}",
            result.stderr
        );
    }
}

#[test]
fn the_subscribers_of_a_dependency_that_nothing_names_are_not_linked() {
    check(
        "run -p app --bin forgotten",
        &["0 subscribers of 0 events", NOT_LINKED, "log: "],
    );
}

#[test]
fn a_use_item_links_every_subscriber_of_a_dependency() {
    check(
        "run -p app --bin used",
        &["5 subscribers of 1 event: 5 from shipping", SHIPPING],
    );
}

#[test]
fn a_dependency_that_another_dependency_names_is_linked() {
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
fn a_scan_that_names_a_crate_without_subscribers_fails_with_a_remedy() {
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
fn a_scan_of_two_versions_of_a_crate_fails_with_a_remedy_for_the_dependencies() {
    check_fails(
        crates(),
        "run -p copies",
        &[
            "the crate `orders` is linked in several versions or copies, which share topics: \
             orders::OrderPlaced (orders",
            "orders::OrderPlaced (orders-2",
            "make all dependencies use one version of it",
        ],
    );
}

#[test]
fn subscribers_in_two_crates_to_the_event_of_a_third_share_one_order() {
    check(
        "run -p app --bin both",
        &[
            "7 subscribers of 1 event: 2 from billing, 5 from shipping",
            "log: billing::charge shipping::pack::check shipping::pack::wrap billing::invoice \
             shipping::weigh shipping::label::print shipping::pack::seal",
        ],
    );
}

#[test]
fn a_bin_has_the_subscribers_of_its_own_lib_when_the_scan_names_it() {
    check(
        "run -p shop --bin shop",
        &[
            "2 subscribers of 1 event: 2 from shop",
            "log: shop::thank shop::stock::count",
        ],
    );
}

#[test]
fn a_bin_that_does_not_name_its_own_lib_has_no_subscribers() {
    check(
        "run -p shop --bin alone",
        &["0 subscribers of 0 events", NOT_LINKED],
    );
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
fn subscribers_under_cfg_test_are_linked_in_unit_tests_only() {
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
fn events_core_and_a_plugin_can_be_renamed() {
    check(
        "run -p renamed",
        &[
            "6 subscribers of 2 events: 1 from renamed, 5 from shipping",
            "log: TOML",
            SHIPPING,
        ],
    );
}

#[test]
fn a_scan_of_a_renamed_package_by_its_new_name_alone_fails_with_a_remedy() {
    check_fails(
        crates(),
        "run -p renamed --example half",
        &["`parcels`", "write scan!(parcels = package)"],
    );
}

#[test]
fn a_framework_can_reexport_events_core() {
    check(
        "run -p framed",
        &[
            "2 subscribers of 2 events: 2 from framed",
            "log: hello you framed.greeted",
            "log: framed::start",
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
