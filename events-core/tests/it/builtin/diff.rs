//! Section 6: the difference between a record before and after an update.

use events_core::record::{Change, Diff};

fn check_diff(diff: &Diff, names: &[&str], displayed: &str) {
    let changed: Vec<_> = diff.changes().iter().map(Change::name).collect();
    assert_eq!(changed, names);
    assert_eq!(
        (diff.len(), diff.is_empty()),
        (names.len(), names.is_empty())
    );
    assert!(names.iter().all(|name| diff.contains(name)));
    assert!(!diff.contains("nothing") && diff.get("nothing").is_none());
    assert_eq!(diff.to_string(), displayed);
    assert_eq!(format!("{diff:?}"), format!("Diff({displayed})"));
    assert_eq!(diff.clone().to_string(), displayed);
}

#[test]
fn a_diff_contains_the_changed_fields_in_order() {
    check_diff(&Diff::new(), &[], "");
    check_diff(&Diff::new().field("age", &36, &36), &[], "");
    check_diff(&Diff::new().secret("key", &[1_u8], &[1]), &[], "");
    check_diff(
        &Diff::new().field("age", &36, &37),
        &["age"],
        "age: 36 -> 37",
    );
    check_diff(
        &Diff::new()
            .field("visits", &1_u64, &2)
            .field("name", "Ada", "Ada")
            .field(String::from("email"), "a@x.org", "b@x.org")
            .secret("password", "12345", "hunter2")
            .field("age", &None, &Some(36)),
        &["visits", "email", "password", "age"],
        r#"visits: 1 -> 2, email: "a@x.org" -> "b@x.org", password: [redacted], age: None -> Some(36)"#,
    );
}

#[test]
fn the_later_comparison_of_a_field_replaces_the_earlier_one() {
    let diff = Diff::new().field("age", &1, &2).field("name", "a", "b");
    check_diff(
        &diff.clone().field("age", &3, &4),
        &["name", "age"],
        r#"name: "a" -> "b", age: 3 -> 4"#,
    );
    check_diff(&diff.field("age", &3, &3), &["name"], r#"name: "a" -> "b""#);
}

#[test]
fn old_and_new_values_are_read_by_their_type() {
    let (old, new) = (
        (String::from("a@x.org"), None::<u8>),
        (String::from("b@x.org"), Some(36)),
    );
    let diff = Diff::new()
        .field("email", &old.0, &new.0)
        .field("age", &old.1, &new.1)
        .field("tags", &["a"][..], &["b"][..]);
    let email = diff.get("email").expect("it changes");
    assert_eq!(email.old::<String>(), Some(&old.0));
    assert_eq!(email.new::<String>(), Some(&new.0));
    assert_eq!(email.old::<&str>(), None);
    assert_eq!(email.new::<u8>(), None);
    let age = diff.get("age").expect("it changes");
    assert_eq!(age.old(), Some(&None::<u8>));
    assert_eq!(age.new(), Some(&Some(36_u8)));
    let tags = diff.get("tags").expect("it changes");
    assert_eq!(tags.new(), Some(&vec!["b"]));
}

#[test]
fn a_secret_field_is_compared_and_never_displayed() {
    /// It has no `Debug`.
    #[derive(Clone, PartialEq)]
    struct Hash(u32);
    let diff = Diff::new()
        .secret("password", &Hash(1), &Hash(2))
        .field("age", &1, &2);
    let password = diff.get("password").expect("it changes");
    assert!(password.is_secret());
    assert!(!diff.get("age").expect("it changes").is_secret());
    assert!(password.old() == Some(&Hash(1)) && password.new() == Some(&Hash(2)));
    assert_eq!(password.to_string(), "password: [redacted]");
    assert_eq!(format!("{password:#?}"), "Change(password: [redacted])");
    assert_eq!(
        format!("{diff:#?}"),
        "Diff(password: [redacted], age: 1 -> 2)"
    );
}
