//! The names of the arguments of a named event: which are possible, and one that is added again.

use events_core::{
    args,
    emitting::{ArgError, Args},
};

use super::named_args::read;

#[test]
fn names_and_values_of_arguments_are_any_names_and_any_expressions() -> Result<(), ArgError> {
    mod user {
        pub(super) fn id() -> u32 {
            7
        }
    }
    let args = 1_u8;
    let value = 2_u8;
    let json = 3_u8;
    let user = user::id();
    // Each name is also that of something in the value.
    let named = args! {
        args: args,
        value: value,
        json: json,
        user: user,
        id: user::id(),
        u32: u32::MAX,
        Vec: Vec::<u8>::new(),
        self: 8,
        type: { let value = 9; value + args },
        u8: Ok::<u8, ArgError>(10)?,
    };
    for (name, expected) in [
        ("args", 1),
        ("value", 2),
        ("json", 3),
        ("type", 10),
        ("u8", 10),
    ] {
        assert_eq!(named.arg::<u8>(name), Some(&expected), "{name}");
    }
    for (name, expected) in [("user", 7), ("id", 7), ("u32", u32::MAX)] {
        assert_eq!(named.arg::<u32>(name), Some(&expected), "{name}");
    }
    assert_eq!(named.arg::<i32>("self"), Some(&8));
    assert_eq!(named.arg::<Vec<u8>>("Vec"), Some(&vec![]));
    Ok(())
}

#[test]
fn a_name_that_is_added_again_is_shown_once() {
    for (args, shown) in [
        (
            Args::new().with("pin", "a").with_secret("pin", "b"),
            "pin: [redacted]",
        ),
        (
            args! { secret pin: 1, user: 7 }.with("pin", 2),
            "user: .., pin: ..",
        ),
    ] {
        assert_eq!(format!("{args:?}"), format!("Args {{ {shown} }}"));
        let names = read(
            |registry| drop(registry.emit_topic("named", args)),
            |event| format!("{event:?}"),
        );
        assert_eq!(names, format!("named {{ {shown} }}"));
    }
}

#[test]
fn a_name_is_shown_on_one_line() {
    let args = || Args::new().with("a\n\u{1b}[31mb", 1);
    let shown = read(
        |registry| drop(registry.emit_topic("named", args())),
        |event| format!("{event:?}"),
    );
    for text in [shown, format!("{:?}", args())] {
        assert!(!text.contains(['\n', '\u{1b}']), "{text:?}");
        assert!(text.contains("31mb: .."), "{text:?}");
    }
}
