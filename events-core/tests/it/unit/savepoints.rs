//! The end of a unit and of its savepoints: what is emitted in one that is rolled back did not happen.

use super::check;

#[test]
fn a_commit_emits_what_is_held_in_the_order_of_the_emits() {
    check("COMMIT", "");
    check("a COMMIT", "now a, committed a, later a");
    check(
        "a b c COMMIT",
        "now a, now b, now c, committed a, committed b, committed c, later a, later b, later c",
    );
}

#[test]
fn a_rollback_emits_nothing_but_what_is_undone() {
    for end in ["a b ROLLBACK", "a b DROP", "a b PANIC"] {
        check(end, "now a, now b, undone a, undone b");
    }
}

#[test]
fn a_savepoint_that_is_rolled_back_takes_its_own_along_and_no_others() {
    for script in ["a ( b ! c COMMIT", "a ( b ~ c COMMIT"] {
        check(
            script,
            "now a, now b, undone b, now c, committed a, committed c, later a, later c",
        );
    }
    check(
        "( a ( b ) ( c ! d ) COMMIT",
        "now a, now b, now c, undone c, now d, committed a, committed b, committed d, later a, later b, later d",
    );
}

#[test]
fn what_a_released_savepoint_held_belongs_to_the_one_around_it() {
    check(
        "a ( b ) COMMIT",
        "now a, now b, committed a, committed b, later a, later b",
    );
    check("a ( b ) ROLLBACK", "now a, now b, undone a, undone b");
    check(
        "( a ( b ) c ! d COMMIT",
        "now a, now b, now c, undone a, undone b, undone c, now d, committed d, later d",
    );
    check(
        "( ( ( a ) ) ) b COMMIT",
        "now a, now b, committed a, committed b, later a, later b",
    );
}

#[test]
fn a_rollback_with_open_savepoints_takes_all_along() {
    for script in ["a ( b ( c ROLLBACK", "a ( b ( c DROP"] {
        check(script, "now a, now b, now c, undone a, undone b, undone c");
    }
}
