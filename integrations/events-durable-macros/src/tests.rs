//! The compile errors of the macros, each text once.

use syn::parse_str;

use crate::{derive, upcast};

/// The text of the error is the expected one, at its beginning.
fn check(cases: &[(&str, &str)], expand: fn(&str) -> syn::Result<()>) {
    for (input, expected) in cases {
        let result = expand(input).map_err(|error| error.to_string());
        match (result, *expected) {
            (Ok(()), "") => {}
            (Err(text), expected) if !expected.is_empty() && text.starts_with(expected) => {}
            (result, _) => panic!("{input}: {result:?}"),
        }
    }
}

fn derived(input: &str) -> syn::Result<()> {
    derive::expand(&parse_str(input)?).map(drop)
}

/// An upcast with its options before the bar.
fn upcasted(input: &str) -> syn::Result<()> {
    let (options, function) = input.split_once('|').expect("it has a bar");
    upcast::expand(options.parse()?, &parse_str(function)?).map(drop)
}

#[test]
fn options_of_the_type() {
    check(
        &[
            ("struct Order { number: u64 }", ""),
            (
                "#[durable(version = 2, key = number)] struct Order { number: u64 }",
                "",
            ),
            ("#[durable(key = |it| it.0)] enum Order { Placed(u64) }", ""),
            (
                "struct Page<T> { items: Vec<T> }",
                "a generic event is stored under a topic for each of its types; write `events_durable::durable!(Page<User>, \
                 topic = \"..\")`",
            ),
            (
                "struct Order<'a> { number: &'a str }",
                "a stored event owns its data, and this one borrows; write `String` in place of `&str`",
            ),
            (
                "#[durable(key = \"number\")] struct Order { number: u64 }",
                "a key is a field, whose name has no quotes, `key = order`, or a function",
            ),
            (
                "#[durable(topic = \"order\")] struct Order;",
                "this is no option of `#[durable(..)]` on a type; there are `version = 2`, `key = field` and `codec = MyCodec`",
            ),
            (
                "#[durable(version = 0)] struct Order;",
                "a version is a number from 1 on; write `version = 2`",
            ),
            (
                "#[durable(version = 2, version = 3)] struct Order;",
                "this option is given twice; remove one of them",
            ),
            (
                "#[durable(key = customer)] struct Order { number: u64 }",
                "`customer` is no field of `Order`; write the name of one, or a function",
            ),
        ],
        derived,
    );
}

#[test]
fn secret_fields() {
    check(
        &[
            (
                "struct Order { #[event(secret)] #[durable(secret(stored))] card: String }",
                "",
            ),
            (
                "struct Order { #[event(secret)] #[durable(secret(skip))] #[serde(default)] card: String }",
                "",
            ),
            (
                "#[durable(codec = Cipher)] struct Order { #[event(secret)] card: String }",
                "",
            ),
            (
                "struct Order { #[event(secret)] card: String }",
                "the store would contain this secret field; decide: `#[durable(secret(stored))]`",
            ),
            (
                "struct Order { #[durable(secret(stored))] card: String }",
                "the field is not secret; add `#[event(secret)]`",
            ),
            (
                "struct Order { #[event(secret)] #[durable(secret(skip))] card: String }",
                "a field that is not stored has its default when the event is delivered; add `#[serde(default)]`",
            ),
            (
                "struct Order { #[event(secret)] #[durable(secret(encrypted))] card: String }",
                "write `secret(stored)` or `secret(skip)`",
            ),
            (
                "struct Order { #[event(secret)] #[durable(secret(stored, skip))] card: String }",
                "the field is either stored or skipped; remove one of them",
            ),
            (
                "struct Order { #[event(secret)] #[durable(version = 2)] card: String }",
                "this is no option of `#[durable(..)]` on a field",
            ),
            (
                "#[serde(tag = \"type\")] struct Order { #[event(secret)] #[durable(secret(stored))] card: String }",
                "",
            ),
            (
                "#[serde(transparent)] struct Order { #[event(secret)] #[durable(secret(stored))] card: String }",
                "with `#[serde(transparent)]` the secret field has no key of its own in the payload, by which it would be \
                 found; remove `transparent`, or give the type a codec that encrypts",
            ),
            (
                "struct Order { #[event(secret)] #[durable(secret(stored))] #[serde(flatten)] card: Card }",
                "with `#[serde(flatten)]` the secret field has no key of its own in the payload",
            ),
            (
                "enum Order { Paid { #[event(secret)] #[durable(secret(stored))] card: String } }",
                "the secret field of an enum has no key of its own in the payload, by which it would be found; leave it out \
                 with `#[serde(skip)]`",
            ),
            (
                "enum Order { Paid { #[event(secret)] #[durable(secret(skip))] #[serde(skip)] card: String } }",
                "",
            ),
            (
                "#[durable(codec = Cipher)] enum Order { Paid(#[event(secret)] String) }",
                "",
            ),
            (
                "struct Order(#[event(secret)] #[durable(secret(stored))] String);",
                "a secret field that is stored has a name; give the struct named fields",
            ),
        ],
        derived,
    );
}

#[test]
fn upcasts() {
    const OPTIONS: &str =
        "write the event and the version of the old payload: `#[upcast(OrderPlaced, from = 1)]`";
    check(
        &[
            ("Order, from = 1 | fn upgrade(old: Value) -> Upcast {}", ""),
            (" | fn upgrade(old: Value) -> Upcast {}", OPTIONS),
            ("Order | fn upgrade(old: Value) -> Upcast {}", OPTIONS),
            (
                "Order, to = 2 | fn upgrade(old: Value) -> Upcast {}",
                OPTIONS,
            ),
            (
                "Order, from = \"1\" | fn upgrade(old: Value) -> Upcast {}",
                OPTIONS,
            ),
            (
                "Order, from = 0 | fn upgrade(old: Value) -> Upcast {}",
                "a version is a number from 1 on",
            ),
            (
                "Order, from = 1 | async fn upgrade(old: Value) -> Upcast {}",
                "an upcast is not async; it computes the new payload from the old one",
            ),
        ],
        upcasted,
    );
}
