//! What the derive accepts, and its compile errors.

use syn::{DeriveInput, parse_str};

use crate::model::Model;

/// The fields that are compared, secret ones with a star; or the error, with what it marks.
fn parse(input: &str) -> String {
    let input: DeriveInput = parse_str(input).expect("it is Rust");
    match Model::parse(&input) {
        Ok(None) => "nothing".to_owned(),
        Ok(Some(Model {
            error: Some(error), ..
        })) => format!("error: {error}"),
        Ok(Some(model)) => {
            let name = |field: &crate::model::Field| {
                format!("{}{}", field.ident, if field.is_secret { "*" } else { "" })
            };
            model.fields.iter().map(name).collect::<Vec<_>>().join(" ")
        }
        Err(error) => format!("error: {error}"),
    }
}

fn check(inputs: &[(&str, &str)]) {
    for (input, expected) in inputs {
        let parsed = parse(input);
        let is_met = match expected.starts_with("error: ") {
            true => parsed.starts_with(expected),
            false => parsed == *expected,
        };
        assert!(is_met, "{input}: {parsed}");
    }
}

#[test]
fn the_fields_of_a_model_are_compared() {
    check(&[
        ("struct Model { id: i32, email: String }", "id email"),
        (
            "struct Model { #[observed(secret)] password: String }",
            "password*",
        ),
        (
            "struct Model { id: i32, #[observed(skip)] visits: i32 }",
            "id",
        ),
        (
            "struct Model { id: i32, #[sea_orm(ignore)] cache: i32 }",
            "id",
        ),
        (
            "struct Model { id: i32, #[sea_orm(ignore)] #[observed(secret)] cache: i32 }",
            "id",
        ),
        (
            "struct Model { #[sea_orm(column_type = \"Text\", default_value = 1, primary_key)] id: i32 }",
            "id",
        ),
        (
            "struct Model { #[sea_orm(has_many(a = b), ignore)] x: i32, r#type: i32 }",
            "r#type",
        ),
        ("struct Model {}", ""),
        (
            "struct ModelEx { id: i32, #[observed(anything)] x: i32 }",
            "nothing",
        ),
    ]);
}

/// The columns, and the fields whose JSON differs: `name>key`, with a star for a secret, a minus for a skipped field, and a question mark
/// for one that may be missing.
fn json(input: &str) -> String {
    let input: DeriveInput = parse_str(input).expect("it is Rust");
    let model = Model::parse(&input)
        .expect("it is valid")
        .expect("it is a model");
    let field = |field: &crate::model::JsonField| {
        let marks = [
            (field.is_secret, "*"),
            (field.is_skipped, "-"),
            (field.is_optional, "?"),
        ];
        let marks = marks.iter().filter(|(is_marked, _)| *is_marked);
        let marks: String = marks.map(|(_, mark)| *mark).collect();
        format!("{}>{}{marks}", field.name, field.key)
    };
    let fields: Vec<_> = model.json.iter().map(field).collect();
    format!("{} | {}", model.columns.join(" "), fields.join(" "))
}

#[test]
fn the_json_of_a_field_follows_the_attributes_of_serde() {
    for (input, expected) in [
        ("struct Model { id: i32, r#type: i32 }", "id type | "),
        (
            "struct Model { #[observed(secret)] password: String, #[observed(skip)] seen: i32 }",
            "password seen | password>password* seen>seen-",
        ),
        (
            "#[serde(rename_all = \"camelCase\")] struct Model { first_name: i32, #[observed(secret)] pass_word: i32, id: i32 }",
            "first_name pass_word id | first_name>firstName pass_word>passWord*",
        ),
        (
            "struct Model { #[serde(rename(serialize = \"a\", deserialize = \"b\"))] id: i32 }",
            "id | id>a",
        ),
        (
            "struct Model { #[serde(skip)] id: i32, #[serde(skip_serializing)] #[observed(skip)] x: i32 }",
            "id x | id>id*? x>x-?",
        ),
        (
            "struct Model { #[serde(skip_serializing_if = \"f\")] #[observed(secret)] id: i32 }",
            "id | id>id*?",
        ),
        (
            "struct Model { #[sea_orm(ignore)] #[observed(secret)] cache: i32, #[sea_orm(ignore)] plain: i32 }",
            " | cache>cache*",
        ),
    ] {
        assert_eq!(json(input), expected, "{input}");
    }
}

#[test]
fn a_compile_error_names_the_remedy() {
    let misplaced = "error: `Observed` is derived by the struct `Model` of an entity";
    check(&[
        ("struct User { id: i32 }", misplaced),
        ("enum Model { A }", misplaced),
        ("struct Model(i32);", misplaced),
        (
            "#[observed(secret)] struct Model { id: i32 }",
            "error: `secret` and `skip` are options of a field",
        ),
        (
            "struct Model { #[observed(hidden)] id: i32 }",
            "error: unknown option; `secret` shows",
        ),
        (
            "struct Model { #[observed(secret, secret)] id: i32 }",
            "error: this option is given twice",
        ),
        (
            "struct Model { #[observed(secret, skip)] id: i32 }",
            "error: a field that is left out of diffs is not shown",
        ),
        (
            "struct Model { #[observed(secret)] #[observed(skip)] id: i32 }",
            "error: a field that is left out of diffs is not shown",
        ),
    ]);
}

#[test]
fn a_compile_error_of_a_durable_model_names_the_remedy() {
    let model = |options: &str, field: &str| {
        format!(
            "#[observed({options})] struct Model {{ #[sea_orm(primary_key)] id: i32, {field} }}"
        )
    };
    for (options, field, expected) in [
        ("durable = \"user\"", "", "id"),
        (
            "durable = \"user\", version = 2, key = |user| user.id",
            "",
            "id",
        ),
        (
            "durable = \"user\"",
            "#[observed(secret(stored))] pin: i32",
            "id pin*",
        ),
        (
            "durable = \"user\", codec = Cipher",
            "#[observed(secret)] pin: i32",
            "id pin*",
        ),
        (
            "durable = \"user\"",
            "#[observed(secret(skip))] #[serde(default)] pin: i32",
            "id pin*",
        ),
        (
            "",
            "",
            "error: the events of the model are not stored; add `durable",
        ),
        (
            "version = 2",
            "",
            "error: the events of the model are not stored; add `durable",
        ),
        (
            "durable = \"\"",
            "",
            "error: the topics of the events begin with this text",
        ),
        (
            "durable",
            "",
            "error: `durable` needs a text, with which the topics of the events begin",
        ),
        (
            "durable = \"user\", key = \"id\"",
            "",
            "error: a key is a field, whose name has no quotes",
        ),
        ("topic = \"user\"", "", "error: unknown option of a model"),
        (
            "durable = \"user\", version = 0",
            "",
            "error: a version is a number from 1 on",
        ),
        (
            "durable = \"a\", durable = \"b\"",
            "",
            "error: this option is given twice",
        ),
        (
            "durable = \"user\", key = name",
            "",
            "error: `name` is no field of `Model`",
        ),
        (
            "durable = \"user\"",
            "#[observed(secret)] pin: i32",
            "error: the store would contain this secret field; decide",
        ),
        (
            "durable = \"user\"",
            "#[observed(secret(skip))] pin: i32",
            "error: a field that is not stored has its default",
        ),
        (
            "durable = \"user\"",
            "#[observed(secret(encrypted))] pin: i32",
            "error: write `secret(stored)` or `secret(skip)`",
        ),
        (
            "durable = \"user\"",
            "#[observed(secret(stored))] #[serde(flatten)] pin: Pin",
            "error: with `#[serde(flatten)]` a secret field has no key of its own",
        ),
        (
            "durable = \"user\"",
            "#[observed(secret(stored, skip))] pin: i32",
            "error: the field is either stored or skipped",
        ),
    ] {
        check(&[(&model(options, field), expected)]);
    }
    check(&[(
        "struct Model { #[observed(secret(stored))] pin: i32 }",
        "error: the events of the model are not stored; write `secret` alone",
    )]);
}

#[test]
fn the_expansion_of_a_durable_model_is_rust() {
    let input = "#[observed(durable = \"shop.user\")] struct Model {
        #[sea_orm(primary_key)] id: i32,
        #[observed(secret(stored))] #[serde(rename = \"pin\")] r#type: String,
        #[observed(skip)] seen: i32,
    }";
    let model = Model::parse(&parse_str(input).expect("it is Rust"))
        .expect("it is valid")
        .expect("it is a model");
    let expansion = crate::expand::expand(&model).to_string();
    syn::parse_file(&expansion).expect("it is Rust");
    for part in [
        "\"shop.user.created\"",
        "Secret { name : \"pin\" , is_skipped : false }",
        "HIDDEN : & 'static [& 'static str] = & [\"seen\"]",
        "__IS_DURABLE : bool = true",
    ] {
        assert!(expansion.contains(part), "{part}: {expansion}");
    }
}

/// Else the compiler reports what the derive implements as missing as well.
#[test]
fn a_model_with_a_wrong_option_is_expanded() {
    for (input, fields, errors) in [
        (
            "struct Model { #[observed(secrets)] a: i32, b: i32 }",
            "a b",
            1,
        ),
        (
            "#[observed(skip)] struct Model { a: i32, #[observed(secret)] b: i32 }",
            "a b*",
            1,
        ),
        (
            "struct Model { #[observed(x)] a: i32, #[observed(y)] b: i32 }",
            "a b",
            2,
        ),
    ] {
        let mut model = Model::parse(&parse_str(input).expect("it is Rust"))
            .expect("it is a model")
            .expect("it is observed");
        let error = model.error.take().expect("an option is wrong");
        assert_eq!(error.into_iter().count(), errors, "{input}");
        let names = model.fields.iter();
        let names =
            names.map(|field| format!("{}{}", field.ident, if field.is_secret { "*" } else { "" }));
        assert_eq!(names.collect::<Vec<_>>().join(" "), fields, "{input}");
        let expansion = crate::expand::expand(&model).to_string();
        assert!(
            expansion.contains("ActiveModelBehavior for ActiveModel"),
            "{expansion}"
        );
    }
}

#[test]
fn the_expansion_is_rust() {
    let input: DeriveInput =
        parse_str("struct Model { id: i32, #[observed(secret)] r#type: String }")
            .expect("it is Rust");
    let model = Model::parse(&input)
        .expect("it is valid")
        .expect("it is a model");
    let expansion = crate::expand::expand(&model).to_string();
    let file = syn::parse_file(&expansion).expect("it is Rust");
    assert_eq!(file.items.len(), 1);
    assert!(
        expansion.contains("diff . secret (\"type\" , & old . r#type , & new . r#type)"),
        "{expansion}"
    );
    assert!(!expansion.contains("unsafe"));
}
