//! What a test with a mock is. Every error of the attribute is born here.

use proc_macro2::TokenStream;
use syn::{
    Attribute, Path, Result, Signature, Type, Visibility,
    parse::{Parse, Parser},
    parse_quote,
};

use crate::{
    body::{Body, said, split},
    function::Function,
    options::{Errors, Once, Options},
};

/// A test with a mock.
pub(crate) struct Test {
    pub(crate) testing: Path,
    pub(crate) empty: bool,
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) signature: Signature,
    pub(crate) body: Body,
    /// Whether another attribute makes it a test, and runs it when it is async.
    pub(crate) is_test: bool,
    /// What it returns, as far as a body may say it.
    pub(crate) returns: Option<Type>,
}

const OPTIONS: &[&str] = &["empty", "crate"];
const OTHERWISE: &str = "`#[events_testing::test]` goes on a function, which is a test then; move it \
                         there";
const BODILESS: &str = "a test has a body; write `{ .. }`";

impl Test {
    pub(crate) fn of(options: TokenStream, item: TokenStream) -> Result<Self> {
        let mut errors = Errors::default();
        let (mut testing, mut empty) = (Once::default(), Once::default());
        let options = errors.note(Options::parse.parse2(options));
        for option in options.into_iter().flat_map(|Options(written)| written) {
            let name = option.name.clone();
            let set = match name.to_string().as_str() {
                "empty" => option.flag().and_then(|()| empty.set(&name, ())),
                "crate" => option
                    .path("my_framework::testing")
                    .and_then(|path| testing.set(&name, path)),
                _ => Err(option.unknown("`#[events_testing::test]`", OPTIONS)),
            };
            errors.note(set);
        }
        let function = errors.note(Function::of(item.clone(), OTHERWISE));
        let parts = function.and_then(|function| {
            let (_, body) = errors.note(split(item, &function.signature, BODILESS))?;
            Some((function, body))
        });
        let (function, body) = errors.need(parts)?;
        let Function {
            attrs,
            vis,
            signature,
        } = function;
        errors.finish(Self {
            testing: testing
                .get()
                .unwrap_or_else(|| parse_quote!(::events_testing)),
            empty: empty.is_set(),
            is_test: attrs.iter().any(is_test),
            attrs,
            vis,
            returns: said(&signature),
            signature,
            body,
        })
    }
}

/// Whether an attribute makes a function a test: `#[test]`, `#[tokio::test]`, `#[rstest]`,
/// `#[test_case(..)]`, `#[wasm_bindgen_test]`.
fn is_test(attr: &Attribute) -> bool {
    let last = attr.path().segments.last();
    last.is_some_and(|last| last.ident.to_string().contains("test"))
}
