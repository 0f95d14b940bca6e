//! Compares what each macro does with an attribute in each place with a table: the macro reads the
//! attribute, or refuses it with an error that names the place where it belongs.

use proc_macro2::TokenStream;

use crate::{event, listener, subscriber};

fn tokens(input: &str) -> TokenStream {
    input.parse().expect("the input is valid tokens")
}

/// The text of the first error in the expansion.
fn error(expansion: &TokenStream) -> Option<String> {
    let text = expansion.to_string();
    let (_, error) = text.split_once("compile_error")?;
    let (_, error) = error.split_once('"')?;
    let (error, _) = error.rsplit_once('"')?;
    Some(error.split("\" }").next().unwrap_or(error).to_owned())
}

/// Expects the error that starts with a text, or no error if that is empty.
fn expect(input: &str, expansion: &TokenStream, expected: &str) {
    match error(expansion) {
        None => assert!(expected.is_empty(), "`{input}` has no error"),
        Some(error) => assert!(
            !expected.is_empty() && error.starts_with(expected),
            "`{input}` has the error `{error}`"
        ),
    }
}

/// The places of `#[event(..)]`, each as an item in which `@` is replaced with the attribute.
const PLACES: [&str; 12] = [
    "@ struct S { a: Option<u8> }",
    "@ enum E { A(u8) }",
    "struct S { @ a: Option<u8> }",
    "struct S(@ Option<u8>);",
    "enum E { @ A }",
    "enum E { @ A(u8) }",
    "enum E { A(@ u8) }",
    "enum E { A { @ a: u8 } }",
    "struct S<@ T> { a: T }",
    "struct S<@ 'a> { a: &'a u8 }",
    "struct S<@ const N: usize> { a: [u8; N] }",
    "struct S { a: fn(@ u8) }",
];

/// The options, and the start of the error in each place; an empty text means that it is read there.
#[test]
fn every_option_of_event_is_read_or_refused_in_every_place() {
    let on_type = |name: &str| {
        let there = format!("`{name}` belongs on the type");
        let mut row = vec![there; PLACES.len()];
        row[0] = String::new();
        row[1] = String::new();
        row
    };
    let on_field = |name: &str, in_tuple: &str| {
        let there = format!("`{name}` belongs on a field");
        let mut row = vec![there; PLACES.len()];
        row[2] = String::new();
        row[3] = in_tuple.to_owned();
        row
    };
    let no_builder = "a tuple struct has no builder";
    let mut table = vec![
        ("topic = \"t\"", on_type("topic")),
        ("serialize", on_type("serialize")),
        ("crate = a::b", on_type("crate")),
        ("no_implicit_prelude", on_type("no_implicit_prelude")),
        ("into", on_field("into", no_builder)),
        ("default", on_field("default", no_builder)),
        ("default = 7", on_field("default", no_builder)),
        ("required", on_field("required", no_builder)),
        ("secret", on_field("secret", "")),
    ];
    let unknown = "unknown option `sercet`";
    table.push(("sercet", vec![unknown.to_owned(); PLACES.len()]));
    for path in ["other::secret", "::serialize"] {
        let one_name = "an option of `#[event(..)]` is a single name";
        table.push((path, vec![one_name.to_owned(); PLACES.len()]));
    }
    for (option, row) in table {
        for (place, expected) in PLACES.iter().zip(row) {
            let item = place.replace('@', &format!("#[event({option})]"));
            expect(&item, &event::derive(tokens(&item)), &expected);
        }
    }
    for place in PLACES {
        let item = place.replace('@', "#[event]");
        expect(
            &item,
            &event::derive(tokens(&item)),
            "`#[event]` has no options",
        );
    }
}

/// An option that belongs on the type is shown as it is written there.
#[test]
fn the_error_shows_how_the_option_is_written_where_it_belongs() {
    for (option, written) in [
        ("topic = \"t\"", "topic = .."),
        ("topic", "topic = .."),
        ("crate = a", "crate = .."),
        ("serialize", "serialize"),
        ("no_implicit_prelude", "no_implicit_prelude"),
    ] {
        let item = format!("struct S {{ #[event({option})] a: u8 }}");
        let (name, _) = written.split_once(' ').unwrap_or((written, ""));
        let expected = format!("`{name}` belongs on the type; put `#[event({written})]` before it");
        expect(&item, &event::derive(tokens(&item)), &expected);
    }
}

/// The attributes on functions and impl blocks: each is given once, in a place where it is read.
#[test]
fn attributes_that_register_a_handler_are_given_once() {
    let event = "fn f(event: &E) {}";
    for (attrs, expected) in [
        ("", ""),
        ("#[inline]", ""),
        ("#[subscriber]", "`#[subscriber]` is given twice"),
        (
            "#[events_core::subscriber(once)]",
            "`#[subscriber]` is given twice",
        ),
    ] {
        let item = format!("{attrs} {event}");
        let expansion = subscriber::attribute(TokenStream::new(), &tokens(&item));
        expect(&item, &expansion, expected);
    }
    let is_either = "an impl block has one of `#[listener]` and `#[observer]`";
    for (attrs, expected) in [
        ("", ""),
        ("#[cfg(all())]", ""),
        ("#[listener]", is_either),
        ("#[observer(User)]", is_either),
        ("#[events_core::observer(User)]", is_either),
    ] {
        let method = "fn created(&self, event: &Created<User>) {}";
        let listener = format!("{attrs} impl L {{ #[on] {method} }}");
        let expansion = listener::listener(TokenStream::new(), tokens(&listener));
        expect(&listener, &expansion, expected);
        let observer = format!("{attrs} impl L {{ {method} }}");
        let expansion = listener::observer(tokens("User"), tokens(&observer));
        expect(&observer, &expansion, expected);
    }
}
